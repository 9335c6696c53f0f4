use asterism_db::{Db, Viewer};
use protocol::account::User;
use protocol::element::{ElementPatch, Neighbours, Visibility};
use protocol::{ClusterId, ElementId};

use crate::support::{both, picture, save, user};

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

async fn made(db: &Db, owner: &User, name: &str) -> ClusterId {
    let who = sees(owner);
    let made = db.create_cluster(&who, name.to_owned(), String::new(), Visibility::Public);
    made.await.unwrap()
}

/// All pages, with a few follows in between.
async fn followed(db: &Db, who: &User, more: &[ClusterId]) -> Vec<ClusterId> {
    let (mut all, mut cursor, mut more) = (Vec::new(), None, more.iter());
    loop {
        let page = db
            .followed_clusters(&sees(who), None, cursor, 2)
            .await
            .unwrap();
        assert!(page.items.iter().all(|c| c.following));
        all.extend(page.items.into_iter().map(|c| c.id));
        if let Some(id) = more.next() {
            db.follow_cluster(&sees(who), id, true).await.unwrap();
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

#[tokio::test]
async fn followed_clusters_come_last_followed_first_on_stable_pages() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let mut ids = Vec::new();
        for n in 0..7 {
            ids.push(made(&db, &ada, &format!("{n}")).await);
        }
        let own = made(&db, &bob, "own").await;
        db.follow_cluster(&sees(&bob), &own, true).await.unwrap();
        for id in &ids[..5] {
            db.follow_cluster(&sees(&bob), id, true).await.unwrap();
        }
        let newest: Vec<ClusterId> = ids[..5].iter().rev().cloned().collect();
        let seen = followed(&db, &bob, &ids[5..]).await;
        assert_eq!(seen, newest, "what comes meanwhile changes no page");
        assert_eq!(followed(&db, &bob, &[]).await.len(), 7);
        assert!(followed(&db, &ada, &[]).await.is_empty());

        // what is hidden or gone leaves no hole
        let hide = asterism_db::ClusterChange {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.change_cluster(&sees(&ada), &ids[6], hide).await.unwrap();
        db.remove_cluster(&sees(&ada), &ids[5]).await.unwrap();
        let by_link = asterism_db::ClusterChange {
            visibility: Some(Visibility::Unlisted),
            ..Default::default()
        };
        db.change_cluster(&sees(&ada), &ids[4], by_link)
            .await
            .unwrap();
        let page = db
            .followed_clusters(&sees(&bob), None, None, 3)
            .await
            .unwrap();
        let first: Vec<_> = page.items.into_iter().map(|c| c.id).collect();
        assert_eq!(first, newest[..3]);
        // followed anew, it is in front
        for on in [false, true] {
            db.follow_cluster(&sees(&bob), &ids[0], on).await.unwrap();
        }
        assert_eq!(followed(&db, &bob, &[]).await[0], ids[0]);
        let foreign = Some("anything".parse().unwrap());
        let page = db.followed_clusters(&sees(&bob), None, foreign, 3).await;
        assert!(matches!(page, Err(asterism_db::DbError::BadCursor)));
    }
}

#[tokio::test]
async fn neighbours_are_those_that_the_viewer_sees() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let mut ids: Vec<ElementId> = Vec::new();
        for n in 0..5 {
            ids.push(save(&db, picture(&ada, n)).await);
            // others' do not come in between
            save(&db, picture(&bob, n)).await;
        }
        let hide = ElementPatch {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.update_element(&sees(&ada), &ids[1], hide).await.unwrap();
        db.remove_element(&sees(&ada), &ids[3]).await.unwrap();
        let beside =
            async |who: &User, at: usize| db.neighbours(&sees(who), &ids[at]).await.unwrap();
        let pair = |previous: Option<usize>, next: Option<usize>| {
            let id = |at: Option<usize>| at.map(|at| ids[at].clone());
            Some(Neighbours {
                previous: id(previous),
                next: id(next),
            })
        };
        assert_eq!(beside(&ada, 2).await, pair(Some(4), Some(1)));
        assert_eq!(beside(&bob, 2).await, pair(Some(4), Some(0)));
        assert_eq!(beside(&ada, 4).await, pair(None, Some(2)));
        assert_eq!(beside(&ada, 0).await, pair(Some(1), None));
        assert_eq!(beside(&bob, 1).await, None, "hidden");
        assert_eq!(beside(&ada, 3).await, None, "deleted");
    }
}
