//! What recommendations and explore are made of.

use std::collections::HashSet;

use asterism_db::{ClusterChange, Db, TopicRow, Viewer};
use protocol::account::User;
use protocol::cluster::{Influence, Place};
use protocol::element::{ElementPatch, Visibility};
use protocol::{ClusterId, ElementId};

use crate::support::{both, picture, saved_with_preview, user};

fn sees(user: &User) -> Viewer {
    Viewer::user(user.id.clone())
}

async fn cluster(db: &Db, owner: &User, visibility: Visibility, holds: &[&ElementId]) -> ClusterId {
    let who = sees(owner);
    let made = db.create_cluster(&who, "Kept".into(), String::new(), visibility);
    let id = made.await.unwrap();
    for element in holds {
        let placed = db.place_item(&who, &id, element, None, Place::Usual);
        placed.await.unwrap();
    }
    id
}

async fn change(db: &Db, who: &User, id: &ClusterId, change: ClusterChange) {
    db.change_cluster(&sees(who), id, change).await.unwrap();
}

#[tokio::test]
async fn a_cluster_says_that_what_it_holds_has_changed() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let p = saved_with_preview(&db, picture(&ada, 1)).await;
        let id = cluster(&db, &ada, Visibility::Private, &[]).await;
        let before = db.interests(&sees(&ada), 9).await.unwrap();
        assert_eq!(
            before[0].state,
            db.cluster_state(&id).await.unwrap().unwrap()
        );
        tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        db.place_item(&sees(&ada), &id, &p, None, Place::Usual)
            .await
            .unwrap();
        let after = db.interests(&sees(&ada), 9).await.unwrap();
        assert_ne!(before[0].state, after[0].state);
        db.remove_cluster(&sees(&ada), &id).await.unwrap();
        assert_eq!(db.cluster_state(&id).await.unwrap(), None);
        assert!(db.interests(&sees(&ada), 9).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn what_is_kept_beside_clusters_is_ones_own_and_not_muted() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let own = saved_with_preview(&db, picture(&ada, 1)).await;
        let mut sample = picture(&ada, 2);
        sample.source.via = "sample".into();
        saved_with_preview(&db, sample).await;
        let (liked, muted) = (
            saved_with_preview(&db, picture(&bob, 3)).await,
            saved_with_preview(&db, picture(&bob, 4)).await,
        );
        for element in [&muted, &liked] {
            db.like(&sees(&ada), element, true).await.unwrap();
        }
        let loose = |who: &User| {
            let (db, who) = (db.db.clone(), sees(who));
            async move { db.kept_loosely(&who, 9).await.unwrap() }
        };
        assert_eq!(loose(&ada).await, [&liked, &muted, &own].map(Clone::clone));
        assert_eq!(
            loose(&bob).await.len(),
            2,
            "likes of others are not one's own"
        );
        let id = cluster(&db, &ada, Visibility::Private, &[&muted]).await;
        let mute = ClusterChange {
            influence: Some(Influence::Muted),
            ..ClusterChange::default()
        };
        change(&db, &ada, &id, mute).await;
        assert_eq!(loose(&ada).await, [liked.clone(), own.clone()]);
        let removed = db.remove_element(&sees(&bob), &liked).await.unwrap();
        assert_eq!(
            loose(&ada).await,
            std::slice::from_ref(&own),
            "what is deleted has no say: {removed:?}"
        );
        db.restore_element(&sees(&bob), &liked, 0).await.unwrap();
        assert_eq!(loose(&ada).await, [liked.clone(), own.clone()]);
        db.like(&sees(&ada), &liked, false).await.unwrap();
        assert_eq!(loose(&ada).await, std::slice::from_ref(&own));

        let all = [own.clone(), liked, muted.clone()];
        let held = db.held_by(&sees(&ada), &all).await.unwrap();
        assert_eq!(held, HashSet::from([muted.clone()]));
        assert!(db.held_by(&sees(&bob), &all).await.unwrap().is_empty());
        assert_eq!(db.held_in(&id, &all).await.unwrap(), HashSet::from([muted]));
    }
}

#[tokio::test]
async fn only_what_happens_in_public_is_told() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let p = saved_with_preview(&db, picture(&ada, 1)).await;
        let q = saved_with_preview(&db, picture(&ada, 2)).await;
        let secret = cluster(&db, &ada, Visibility::Private, &[&p]).await;
        let by_link = cluster(&db, &ada, Visibility::Unlisted, &[&p]).await;
        let open = cluster(&db, &ada, Visibility::Public, &[&p, &q]).await;
        let gone = cluster(&db, &ada, Visibility::Public, &[&p]).await;
        for id in [&open, &gone, &by_link] {
            db.follow_cluster(&sees(&bob), id, true).await.unwrap();
        }
        db.remove_cluster(&sees(&ada), &gone).await.unwrap();
        let saves = db.latest_saves(0).await.unwrap();
        let told: Vec<_> = saves
            .iter()
            .map(|s| (&s.cluster, &s.element, &s.by))
            .collect();
        assert_eq!(
            told,
            [(&open, &q, &ada.id), (&open, &p, &ada.id)],
            "the last first"
        );
        let follows = db.latest_follows(0).await.unwrap();
        let told: Vec<_> = follows.iter().map(|f| (&f.cluster, &f.by)).collect();
        assert_eq!(told, [(&open, &bob.id)]);
        assert!(db.latest_saves(i64::MAX).await.unwrap().is_empty());
        assert!(db.latest_follows(i64::MAX).await.unwrap().is_empty());
        let _ = secret;
    }
}

#[tokio::test]
async fn covers_show_what_the_viewer_may_see() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let open = saved_with_preview(&db, picture(&ada, 1)).await;
        let hidden = saved_with_preview(&db, picture(&ada, 2)).await;
        let hide = ElementPatch {
            visibility: Some(Visibility::Private),
            ..Default::default()
        };
        db.update_element(&sees(&ada), &hidden, hide).await.unwrap();
        let ids = [open.clone(), hidden.clone()];
        assert_eq!(db.covers(&sees(&ada), &ids).await.unwrap().len(), 2);
        let seen = db.covers(&sees(&bob), &ids).await.unwrap();
        assert_eq!(seen.len(), 1);
        assert_eq!((&seen[0].element, seen[0].media.len()), (&open, 2));
    }
}

#[tokio::test]
async fn topics_are_kept_as_they_are() {
    for db in both().await {
        assert!(db.topics().await.unwrap().is_empty());
        let row = |id: &str, x: f32| TopicRow {
            id: id.into(),
            space: "clip".into(),
            centre: vec![x, -0.5, 1e-7],
        };
        db.keep_topics(&[row("a", 0.1), row("b", 0.2)])
            .await
            .unwrap();
        db.keep_topics(&[row("b", 0.3), row("c", 0.4)])
            .await
            .unwrap();
        let mut kept = db.topics().await.unwrap();
        kept.sort_by(|a, b| a.id.cmp(&b.id));
        assert_eq!(kept, [row("b", 0.3), row("c", 0.4)]);
        db.keep_topics(&[]).await.unwrap();
        assert!(db.topics().await.unwrap().is_empty());
    }
}
