use std::collections::HashSet;

use asterism_db::{DbError, Scope, Viewer};
use protocol::ElementId;
use protocol::element::Visibility;

use crate::support::{both, lease, memory, picture, preview, save, user};

#[tokio::test]
async fn pages_are_newest_first_and_stable_while_elements_arrive() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let mut made = Vec::new();
        for n in 0..23 {
            made.push(save(&db, picture(&ada, n)).await);
        }
        made.reverse();
        let (mut seen, mut cursor, mut extra) = (Vec::new(), None, 1_000);
        loop {
            let page = db.list_elements(&me, Scope::Mine, cursor, 5).await.unwrap();
            seen.extend(page.items.into_iter().map(|e| e.id));
            // somebody adds while another reads
            for _ in 0..3 {
                save(&db, picture(&ada, extra)).await;
                extra += 1;
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, made);
    }
}

#[tokio::test]
async fn a_removed_element_does_not_break_the_page_that_ended_with_it() {
    let db = memory().await;
    let ada = user(&db, "ada").await;
    let me = Viewer::user(ada.id.clone());
    let mut made: Vec<ElementId> = Vec::new();
    for n in 0..9 {
        made.push(save(&db, picture(&ada, n)).await);
    }
    let page = db.list_elements(&me, Scope::Mine, None, 4).await.unwrap();
    let last = &page.items[3].id;
    db.remove_element(&me, last).await.unwrap();
    let rest = db
        .list_elements(&me, Scope::Mine, page.next_cursor, 50)
        .await
        .unwrap();
    let ids: HashSet<_> = rest.items.into_iter().map(|e| e.id).collect();
    assert_eq!(ids, made[..5].iter().cloned().collect::<HashSet<_>>());
    assert!(rest.next_cursor.is_none());
}

#[tokio::test]
async fn explore_holds_public_elements_with_a_preview() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut shown = Vec::new();
        for (n, visibility) in [
            (1, Visibility::Public),
            (2, Visibility::Private),
            (3, Visibility::Unlisted),
            (4, Visibility::Public),
        ] {
            let mut new = picture(&ada, n);
            new.visibility = visibility;
            let id = save(&db, new).await;
            if visibility == Visibility::Public {
                shown.insert(0, id);
            }
        }
        for job in lease(&db, &[protocol::element::StageName::Preview], 10).await {
            db.complete(&job, preview()).await.unwrap();
        }
        // still without a preview
        save(&db, picture(&ada, 5)).await;
        for viewer in [Viewer::user(ada.id.clone()), Viewer::System] {
            let page = db
                .list_elements(&viewer, Scope::Explore, None, 10)
                .await
                .unwrap();
            let ids: Vec<_> = page.items.into_iter().map(|e| e.id).collect();
            assert_eq!(ids, shown);
        }
        let first = db
            .list_elements(&Viewer::System, Scope::Explore, None, 1)
            .await
            .unwrap();
        let next = db
            .list_elements(&Viewer::System, Scope::Explore, first.next_cursor, 1)
            .await;
        assert_eq!(next.unwrap().items[0].id, shown[1]);
    }
}

#[tokio::test]
async fn elements_come_in_the_order_asked() {
    let db = memory().await;
    let ada = user(&db, "ada").await;
    let mut ids = Vec::new();
    for n in 0..4 {
        ids.push(save(&db, picture(&ada, n)).await);
    }
    let unknown: ElementId = "01jd3v2k8m0000000000000000".parse().unwrap();
    let asked = [&ids[2], &ids[0], &unknown, &ids[3], &ids[0]].map(Clone::clone);
    let found = db.elements(&Viewer::System, &asked).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|e| e.id).collect();
    assert_eq!(
        found,
        [&ids[2], &ids[0], &ids[3], &ids[0]].map(Clone::clone)
    );
}

#[tokio::test]
async fn a_made_up_cursor_is_refused() {
    let db = memory().await;
    let cursor = "anything".parse().unwrap();
    let page = db
        .list_elements(&Viewer::System, Scope::Explore, Some(cursor), 5)
        .await;
    assert!(matches!(page, Err(DbError::BadCursor)));
}
