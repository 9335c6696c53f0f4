//! What is new in a cluster reaches everybody who follows it, once.

use std::collections::BTreeSet;

use asterism_db::Db;
use protocol::UserId;
use protocol::cluster::ClusterRole;
use protocol::element::Visibility;
use protocol::notification::What;
use tempfile::TempDir;

use super::{cluster, list, people, put, sees, shown};
use crate::support::{both, on_disk, picture, saved_with_preview, user};

/// More than one step tells at once.
const MANY: usize = 70;

async fn spread(db: &Db) {
    while db.spread_notifications().await.unwrap() {}
}

#[tokio::test]
async fn every_follower_and_member_is_told_once_even_if_it_is_cut_short() {
    let dir = TempDir::new().unwrap();
    let db = Db::open(on_disk(&dir)).await.unwrap();
    let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
    let fans = people(&db, MANY).await;
    let id = cluster(&db, &ada, Visibility::Public).await;
    for fan in &fans {
        db.follow_cluster(&sees(fan), &id, true).await.unwrap();
    }
    let editor = ClusterRole::Editor;
    db.set_member(&sees(&ada), &id, &bob.id, editor)
        .await
        .unwrap();
    // one of the followers is a member too
    db.set_member(&sees(&ada), &id, &fans[3].id, ClusterRole::Viewer)
        .await
        .unwrap();
    let element = shown(&db, &ada, 1).await;
    put(&db, &bob, &id, &element).await;
    // members, some followers, and then the end of the process
    for _ in 0..2 {
        assert!(db.spread_notifications().await.unwrap());
    }
    db.close().await.unwrap();
    let db = Db::open(on_disk(&dir)).await.unwrap();
    spread(&db).await;
    let mut told = BTreeSet::new();
    for fan in &fans {
        let list = list(&db, fan).await;
        let added: Vec<_> = list
            .iter()
            .filter(|n| n.what == What::ClusterAdded)
            .collect();
        assert_eq!(added.len(), 1, "{list:?}");
        assert_eq!((added[0].count, &added[0].actors[0].id), (1, &bob.id));
        told.insert(fan.id.clone());
    }
    assert_eq!(told.len(), MANY);
    assert!(!db.spread_notifications().await.unwrap(), "nothing is left");
    // who did it, and who is told that it was saved
    let whats = |list: Vec<protocol::notification::Notification>| -> Vec<What> {
        list.into_iter().map(|n| n.what).collect()
    };
    assert!(!whats(list(&db, &bob).await).contains(&What::ClusterAdded));
    let adas = whats(list(&db, &ada).await);
    assert!(adas.contains(&What::Saved) && !adas.contains(&What::ClusterAdded));
}

#[tokio::test]
async fn what_is_hidden_or_gone_is_spread_to_nobody() {
    for db in both().await {
        let (ada, bob, cleo) = (
            user(&db, "ada").await,
            user(&db, "bob").await,
            user(&db, "cleo").await,
        );
        let id = cluster(&db, &ada, Visibility::Public).await;
        for fan in [&bob, &cleo] {
            db.follow_cluster(&sees(fan), &id, true).await.unwrap();
        }
        let mut private = picture(&ada, 1);
        private.visibility = Visibility::Private;
        let private = saved_with_preview(&db, private).await;
        let open = shown(&db, &ada, 2).await;
        let other = shown(&db, &ada, 3).await;
        for element in [&private, &open, &other] {
            put(&db, &ada, &id, element).await;
        }
        db.remove_item(&sees(&ada), &id, &other).await.unwrap();
        spread(&db).await;
        let told = list(&db, &bob).await;
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].count, &told[0].elements[0].id), (1, &open));
        // three of them are one entry
        for n in 4..6 {
            let more = shown(&db, &ada, n).await;
            put(&db, &ada, &id, &more).await;
        }
        spread(&db).await;
        let told = list(&db, &bob).await;
        assert_eq!((told.len(), told[0].count, told[0].people), (1, 3, 1));
        assert_eq!(told[0].elements.len(), 3);
        // taken out again: one less for everybody, without anything being written
        db.remove_item(&sees(&ada), &id, &open).await.unwrap();
        assert_eq!(list(&db, &bob).await[0].count, 2);
        // a cluster that closes tells those who only follow it nothing any more
        let change = asterism_db::ClusterChange {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.change_cluster(&sees(&ada), &id, change).await.unwrap();
        assert!(list(&db, &bob).await.is_empty());
        let last = shown(&db, &ada, 9).await;
        put(&db, &ada, &id, &last).await;
        spread(&db).await;
        let ids: Vec<UserId> = vec![bob.id.clone(), cleo.id.clone()];
        for fan in ids {
            let state = db.notifications_read(&fan).await.unwrap();
            assert_eq!(state.unread, 0);
        }
    }
}
