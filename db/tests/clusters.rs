use std::collections::BTreeSet;

use asterism_db::{ClusterChange, Db, DbError, InviteKey, Viewer};
use protocol::account::User;
use protocol::cluster::{Cluster, ClusterRole, Influence, ItemChange, Place, SectionPatch};
use protocol::element::{ElementPatch, Visibility};
use protocol::{ClusterId, ElementId, Topic};

use crate::support::{both, kinds, picture, relay_all, saved_with_preview, user};

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

async fn made(db: &Db, owner: &User, name: &str, visibility: Visibility) -> ClusterId {
    let who = sees(owner);
    let made = db.create_cluster(&who, name.to_owned(), String::new(), visibility);
    made.await.unwrap()
}

async fn pictures(db: &Db, owner: &User, seeds: std::ops::Range<u64>) -> Vec<ElementId> {
    let mut ids = Vec::new();
    for seed in seeds {
        ids.push(saved_with_preview(db, picture(owner, seed)).await);
    }
    ids
}

async fn put(db: &Db, who: &User, id: &ClusterId, element: &ElementId, place: Place) {
    let placed = db.place_item(&sees(who), id, element, None, place).await;
    placed.unwrap();
}

async fn listed(db: &Db, who: &User, id: &ClusterId) -> Vec<ElementId> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        // pages smaller than the list, so that they have to fit together
        let page = db
            .cluster_items(&sees(who), id, None, cursor, 2)
            .await
            .unwrap();
        all.extend(page.items.into_iter().map(|item| item.element.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

async fn read(db: &Db, who: &User, id: &ClusterId) -> Option<Cluster> {
    db.cluster(&sees(who), id, None).await.unwrap()
}

#[tokio::test]
async fn items_stay_where_they_are_put() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let a = sees(&ada);
        let id = made(&db, &ada, "Doors", Visibility::Private).await;
        let p = pictures(&db, &ada, 0..5).await;
        for element in &p[..3] {
            put(&db, &ada, &id, element, Place::Usual).await;
        }
        assert_eq!(
            listed(&db, &ada, &id).await,
            [2, 1, 0].map(|i| p[i].clone())
        );
        put(&db, &ada, &id, &p[3], Place::Last).await;
        put(&db, &ada, &id, &p[4], Place::After(p[2].clone())).await;
        put(&db, &ada, &id, &p[0], Place::Before(p[2].clone())).await;
        let order = [0, 2, 4, 1, 3].map(|i| p[i].clone());
        assert_eq!(listed(&db, &ada, &id).await, order);
        // once more is no change
        let again = db.place_item(&a, &id, &p[0], None, Place::Usual);
        assert_eq!(again.await.unwrap().change, None);
        assert_eq!(listed(&db, &ada, &id).await, order);

        // a section of its own, which comes after what has none
        let change = ClusterChange {
            sections: Some(vec![SectionPatch {
                id: None,
                name: "Blue".into(),
            }]),
            ..ClusterChange::default()
        };
        let changed = db.change_cluster(&a, &id, change).await.unwrap();
        let section = changed.sections[0].id.clone();
        let moved = db.place_item(&a, &id, &p[0], Some(section.clone()), Place::Usual);
        assert_eq!(moved.await.unwrap().change, Some(ItemChange::Moved));
        let order = [2, 4, 1, 3, 0].map(|i| p[i].clone());
        assert_eq!(listed(&db, &ada, &id).await, order);
        let unknown = db.place_item(&a, &id, &p[1], Some("x".into()), Place::Usual);
        assert!(matches!(unknown.await, Err(DbError::Missing("section"))));
        // without the section its items are still there
        let change = ClusterChange {
            sections: Some(vec![]),
            ..ClusterChange::default()
        };
        db.change_cluster(&a, &id, change).await.unwrap();
        let all: BTreeSet<_> = listed(&db, &ada, &id).await.into_iter().collect();
        assert_eq!(all, p.iter().cloned().collect());
    }
}

#[tokio::test]
async fn counts_are_exact_however_many_save_at_once() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let a = sees(&ada);
        let id = made(&db, &ada, "All", Visibility::Public).await;
        let p = pictures(&db, &ada, 0..8).await;
        // each twice at the same time
        let puts = p.iter().chain(&p).map(|element| {
            let (db, id, element, who) = (db.db.clone(), id.clone(), element.clone(), sees(&ada));
            async move {
                db.place_item(&who, &id, &element, None, Place::Usual)
                    .await
                    .unwrap()
            }
        });
        let placed = futures_util::future::join_all(puts).await;
        let added = placed
            .iter()
            .filter(|p| p.change == Some(ItemChange::Added))
            .count();
        assert_eq!(added, 8);
        assert_eq!(read(&db, &ada, &id).await.unwrap().count, 8);
        let orders: BTreeSet<_> = placed.iter().map(|p| p.order.clone()).collect();
        assert!(orders.len() >= 8);

        assert!(db.remove_item(&a, &id, &p[0]).await.unwrap());
        assert!(!db.remove_item(&a, &id, &p[0]).await.unwrap());
        // an element that is deleted is in no cluster any more
        db.remove_element(&a, &p[1]).await.unwrap();
        assert_eq!(read(&db, &ada, &id).await.unwrap().count, 6);
        assert_eq!(listed(&db, &ada, &id).await.len(), 6);
    }
}

#[tokio::test]
async fn nobody_learns_of_what_is_private() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let (a, b) = (sees(&ada), sees(&bob));
        let secret = made(&db, &ada, "Secret", Visibility::Private).await;
        let open = made(&db, &ada, "Open", Visibility::Public).await;
        let by_link = made(&db, &ada, "Link", Visibility::Unlisted).await;
        let p = pictures(&db, &ada, 0..2).await;
        let hide = ElementPatch {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.update_element(&a, &p[0], hide).await.unwrap();
        for id in [&secret, &open, &by_link] {
            for element in &p {
                put(&db, &ada, id, element, Place::Usual).await;
            }
        }
        assert!(read(&db, &bob, &secret).await.is_none());
        let seen = read(&db, &bob, &open).await.unwrap();
        assert_eq!(
            (seen.count, seen.role, seen.cover.len()),
            (1, None, 1),
            "not even in numbers"
        );
        assert_eq!(listed(&db, &bob, &open).await, [p[1].clone()]);
        let refused = db.cluster_items(&b, &secret, None, None, 9).await;
        assert!(matches!(refused, Err(DbError::Missing("cluster"))));
        let page = db.clusters_of(&b, &ada.id, None, 9).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|c| c.id.clone()).collect();
        assert_eq!(ids, std::slice::from_ref(&open));
        let holding = db.clusters_holding(&b, &p[1], 9).await.unwrap();
        assert_eq!(holding.len(), 1);
        assert!(db.clusters_holding(&b, &p[0], 9).await.unwrap().is_empty());
        assert_eq!(db.clusters_holding(&a, &p[0], 9).await.unwrap().len(), 3);
        assert!(read(&db, &bob, &by_link).await.is_some(), "by its address");
        // and changes nothing
        for id in [&secret, &open] {
            let placed = db.place_item(&b, id, &p[1], None, Place::First).await;
            assert!(matches!(
                placed,
                Err(DbError::Missing(_) | DbError::Denied(_))
            ));
            assert!(db.remove_cluster(&b, id).await.is_err());
            assert!(db.cluster_members(&b, id).await.is_err());
        }
        // what was saved together is told of public clusters alone
        let together = db.saved_together(&[p[1].clone()]).await.unwrap();
        assert_eq!(together.iter().map(|t| t.clusters).max(), Some(1));
    }
}

#[tokio::test]
async fn members_do_what_their_role_allows() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let (a, b) = (sees(&ada), sees(&bob));
        let id = made(&db, &ada, "Trip", Visibility::Private).await;
        let p = pictures(&db, &bob, 0..1).await;
        let key = || InviteKey("00ff".into());
        let ends = i64::MAX / 2;
        let invite = db.create_invite(&b, &id, key(), ClusterRole::Viewer, ends);
        assert!(matches!(invite.await, Err(DbError::Missing("cluster"))));
        let invite = db.create_invite(&a, &id, key(), ClusterRole::Viewer, ends);
        invite.await.unwrap();
        assert_eq!(db.join_cluster(&b, key()).await.unwrap(), id);
        let unknown = db.join_cluster(&b, InviteKey("aa".into())).await;
        assert!(matches!(unknown, Err(DbError::Missing("invitation"))));
        assert_eq!(
            read(&db, &bob, &id).await.unwrap().role,
            Some(ClusterRole::Viewer)
        );
        let placed = db.place_item(&b, &id, &p[0], None, Place::Usual).await;
        assert!(matches!(placed, Err(DbError::Denied(_))));

        let editor = db.set_member(&a, &id, &bob.id, ClusterRole::Editor).await;
        editor.unwrap();
        relay_all(&db).await;
        put(&db, &bob, &id, &p[0], Place::Usual).await;
        let told = relay_all(&db).await;
        assert_eq!(kinds(&told, &Topic::Cluster(id.clone())), ["cluster_item"]);
        assert_eq!(
            kinds(&told, &Topic::User(ada.id.clone())),
            ["cluster_changed"]
        );
        // joining by an old link takes nothing away
        db.join_cluster(&b, key()).await.unwrap();
        assert_eq!(
            read(&db, &bob, &id).await.unwrap().role,
            Some(ClusterRole::Editor)
        );
        let rename = ClusterChange {
            name: Some("Mine".into()),
            ..Default::default()
        };
        let refused = db.change_cluster(&b, &id, rename).await;
        assert!(matches!(refused, Err(DbError::Denied(_))));
        let mute = ClusterChange {
            influence: Some(Influence::Muted),
            ..Default::default()
        };
        let muted = db.change_cluster(&b, &id, mute).await.unwrap();
        assert_eq!(muted.influence, Influence::Muted);
        assert_eq!(
            read(&db, &ada, &id).await.unwrap().influence,
            Influence::Normal
        );
        assert!(db.interests(&b, 9).await.unwrap().is_empty());
        assert_eq!(db.interests(&a, 9).await.unwrap().len(), 1);

        let members = db.cluster_members(&b, &id).await.unwrap().items;
        assert_eq!(members[0].user.handle, ada.handle);
        assert!(db.drop_member(&b, &id, &ada.id).await.is_err());
        relay_all(&db).await;
        db.drop_member(&b, &id, &bob.id).await.unwrap();
        let told = relay_all(&db).await;
        assert_eq!(
            kinds(&told, &Topic::User(bob.id.clone())),
            ["cluster_removed", "notification_removed"]
        );
        assert!(read(&db, &bob, &id).await.is_none());
        // following twice is following once
        let open = made(&db, &ada, "Open", Visibility::Public).await;
        for _ in 0..2 {
            db.follow_cluster(&b, &open, true).await.unwrap();
        }
        let seen = read(&db, &bob, &open).await.unwrap();
        assert_eq!((seen.followers, seen.following), (1, true));
        db.follow_cluster(&b, &open, false).await.unwrap();
        assert_eq!(read(&db, &bob, &open).await.unwrap().followers, 0);
    }
}

#[tokio::test]
async fn a_deleted_cluster_comes_back_while_it_can() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let (a, b) = (sees(&ada), sees(&bob));
        let id = made(&db, &ada, "Doors", Visibility::Public).await;
        let kept = made(&db, &ada, "Kept", Visibility::Public).await;
        let p = pictures(&db, &ada, 0..1).await;
        put(&db, &ada, &id, &p[0], Place::Usual).await;
        db.remove_cluster(&a, &id).await.unwrap();
        assert!(read(&db, &ada, &id).await.is_none());
        let mine = db.my_clusters(&a, Some(&p[0]), None, 9).await.unwrap();
        assert_eq!(mine.items.len(), 1);
        assert_eq!(mine.items[0].holds, Some(false));
        assert!(db.restore_cluster(&b, &id, 0).await.is_err());
        assert!(db.restore_cluster(&a, &id, i64::MAX).await.is_err());
        let back = db.restore_cluster(&a, &id, 0).await.unwrap();
        assert_eq!((back.count, listed(&db, &ada, &id).await), (1, p.clone()));
        // swept, it is gone for good, and nothing else is
        db.remove_cluster(&a, &id).await.unwrap();
        assert_eq!(db.sweep_clusters(i64::MAX).await.unwrap(), 1);
        assert!(db.restore_cluster(&a, &id, 0).await.is_err());
        assert!(read(&db, &ada, &kept).await.is_some());
        let mine = db.my_clusters(&a, None, None, 9).await.unwrap();
        assert_eq!(mine.items.len(), 1);
    }
}
