use std::sync::Arc;

use asterism_db::{Access, DbError, InviteKey, NewLogin, Scope, Tie, Viewer};
use protocol::account::User;
use protocol::cluster::{ClusterRole, Place};
use protocol::element::Visibility;
use protocol::{ElementId, Timestamp};

use crate::support::{TestDb, both, hash, picture, saved_with_preview, user};

/// As the account sees things now: what it keeps away comes with its login.
async fn viewer(db: &TestDb, of: &User, token: u8) -> Viewer {
    let login = NewLogin {
        user: of.id.clone(),
        token_hash: [token; 32],
        client: "test".into(),
        address: "192.0.2.1".into(),
        expires_at: Timestamp::from_millis(4_102_444_800_000),
    };
    let _ = db.create_login(login).await;
    let login = db.login_by_token(&[token; 32]).await.unwrap().unwrap();
    Viewer::user(of.id.clone()).tied(Arc::clone(&login.ties))
}

async fn ways(
    db: &TestDb,
    viewer: &Viewer,
    owner: &User,
    id: &ElementId,
    n: u64,
) -> Vec<&'static str> {
    let mut ways = Vec::new();
    let mut add = |way, is: bool| {
        if is {
            ways.push(way);
        }
    };
    add("address", db.element(viewer, id).await.unwrap().is_some());
    let many = db.elements(viewer, std::slice::from_ref(id)).await.unwrap();
    add("lists", !many.is_empty());
    for (way, scope) in [
        ("explore", Scope::Explore),
        ("owner", Scope::Owner(owner.id.clone())),
    ] {
        let page = db.list_elements(viewer, scope, None, 50).await.unwrap();
        add(way, page.items.iter().any(|e| e.id == *id));
    }
    let file = db
        .media_visible(viewer, &hash(n), "jpeg-320")
        .await
        .unwrap();
    add("file", file.is_some());
    let liked = db.like(viewer, id, true).await.unwrap();
    add("like", liked.is_some());
    let access = Access {
        owner: owner.id.clone(),
        visibility: Visibility::Public,
        flags: Vec::new(),
    };
    // memory says what the database says
    assert_eq!(viewer.lists(&access), !many.is_empty());
    assert_eq!(viewer.opens(&access), ways.contains(&"address"));
    ways
}

#[tokio::test]
async fn who_is_muted_is_in_no_list_but_where_one_goes() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = saved_with_preview(&db, picture(&bob, 1)).await;
        let me = viewer(&db, &ada, 1).await;
        assert_eq!(
            ways(&db, &me, &bob, &id, 1).await,
            ["address", "lists", "explore", "owner", "file", "like"]
        );
        db.set_tie(&me, &bob.id, Tie::Mute, true).await.unwrap();
        let me = viewer(&db, &ada, 1).await;
        assert_eq!(
            ways(&db, &me, &bob, &id, 1).await,
            ["address", "owner", "file", "like"]
        );
        let profile = db.profile(&me, &bob.handle).await.unwrap().unwrap();
        assert!(profile.relation.unwrap().muted);
        // and nothing of it is different for the other
        let own = saved_with_preview(&db, picture(&ada, 2)).await;
        let other = viewer(&db, &bob, 2).await;
        assert_eq!(ways(&db, &other, &ada, &own, 2).await.len(), 6);
        db.set_tie(&me, &bob.id, Tie::Mute, false).await.unwrap();
        let me = viewer(&db, &ada, 1).await;
        assert_eq!(ways(&db, &me, &bob, &id, 1).await.len(), 6);
    }
}

#[tokio::test]
async fn who_is_blocked_and_who_blocks_see_nothing_of_each_other() {
    for db in both().await {
        let [ada, bob, cleo] = [
            user(&db, "ada").await,
            user(&db, "bob").await,
            user(&db, "cleo").await,
        ];
        let theirs = saved_with_preview(&db, picture(&bob, 1)).await;
        let own = saved_with_preview(&db, picture(&ada, 2)).await;
        let (me, other) = (viewer(&db, &ada, 1).await, viewer(&db, &bob, 2).await);
        let third = viewer(&db, &cleo, 3).await;
        // what they have to do with each other
        let mine = db
            .create_cluster(&me, "Mine".into(), String::new(), Visibility::Public)
            .await
            .unwrap();
        db.set_member(&me, &mine, &bob.id, ClusterRole::Editor)
            .await
            .unwrap();
        let his = db
            .create_cluster(&other, "His".into(), String::new(), Visibility::Public)
            .await
            .unwrap();
        db.follow_cluster(&me, &his, true).await.unwrap();
        db.set_tie(&other, &ada.id, Tie::Follow, true)
            .await
            .unwrap();
        let common = db
            .create_cluster(&third, "Common".into(), String::new(), Visibility::Public)
            .await
            .unwrap();
        for id in [&own, &theirs] {
            db.place_item(&third, &common, id, None, Place::Last)
                .await
                .unwrap();
        }
        let invite = InviteKey("ab".repeat(32));
        db.create_invite(&me, &mine, invite.clone(), ClusterRole::Viewer, i64::MAX)
            .await
            .unwrap();

        db.set_tie(&me, &bob.id, Tie::Block, true).await.unwrap();
        let (me, other) = (viewer(&db, &ada, 1).await, viewer(&db, &bob, 2).await);
        assert_eq!(ways(&db, &me, &bob, &theirs, 1).await, [""; 0]);
        assert_eq!(ways(&db, &other, &ada, &own, 2).await, [""; 0]);
        assert_eq!(ways(&db, &third, &ada, &own, 2).await.len(), 6, "others do");
        for (who, cluster) in [(&me, &his), (&other, &mine)] {
            assert!(db.cluster(who, cluster, None).await.unwrap().is_none());
            assert!(db.cluster_sight(who, cluster).await.unwrap().is_none());
            assert!(db.follow_cluster(who, cluster, true).await.is_err());
            let place = db.place_item(who, cluster, &own, None, Place::Last).await;
            assert!(matches!(place, Err(DbError::Missing(_))), "{place:?}");
        }
        for (who, whom) in [(&me, &bob), (&other, &ada)] {
            let list = db.clusters_of(who, &whom.id, None, 9).await.unwrap();
            assert!(list.items.is_empty());
            let items = db.cluster_items(who, &common, None, None, 9).await.unwrap();
            assert_eq!(items.items.len(), 1);
            let seen = db.cluster(who, &common, None).await.unwrap().unwrap();
            assert_eq!(
                (seen.count, seen.cover.len()),
                (1, 1),
                "counts tell nothing either"
            );
        }
        assert_eq!(
            db.cluster(&third, &common, None)
                .await
                .unwrap()
                .unwrap()
                .count,
            2
        );
        // the blocked one finds nobody; the other one whom to let in again
        assert!(db.profile(&other, &ada.handle).await.unwrap().is_none());
        assert!(db.account(&other, &ada.handle).await.unwrap().is_none());
        let shown = db.profile(&me, &bob.handle).await.unwrap().unwrap();
        assert!(shown.relation.unwrap().blocked && shown.counts.followers == 0);
        // what was between them is over, and cannot begin anew
        let follow = db.set_tie(&other, &ada.id, Tie::Follow, true).await;
        assert!(matches!(follow, Err(DbError::Missing(_))));
        assert!(db.tied_to(&bob.id, Tie::Follow).await.unwrap().is_empty());
        let members = db.cluster_members(&me, &mine).await.unwrap();
        assert_eq!(members.items.len(), 1);
        let again = db
            .set_member(&me, &mine, &bob.id, ClusterRole::Viewer)
            .await;
        assert!(matches!(again, Err(DbError::Missing(_))));
        let joined = db.join_cluster(&other, invite.clone()).await;
        assert!(matches!(joined, Err(DbError::Missing(_))));
        assert_eq!(
            db.cluster(&third, &his, None)
                .await
                .unwrap()
                .unwrap()
                .followers,
            0
        );

        db.set_tie(&me, &bob.id, Tie::Block, false).await.unwrap();
        let (me, other) = (viewer(&db, &ada, 1).await, viewer(&db, &bob, 2).await);
        assert_eq!(ways(&db, &me, &bob, &theirs, 1).await.len(), 6);
        assert_eq!(ways(&db, &other, &ada, &own, 2).await.len(), 6);
        assert!(db.profile(&other, &ada.handle).await.unwrap().is_some());
        assert!(db.join_cluster(&other, invite).await.is_ok());
    }
}

#[tokio::test]
async fn a_tie_is_one_however_often_it_is_made() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let me = viewer(&db, &ada, 1).await;
        for _ in 0..2 {
            db.set_tie(&me, &bob.id, Tie::Follow, true).await.unwrap();
        }
        let followed = db.tied_to(&ada.id, Tie::Follow).await.unwrap();
        assert_eq!(followed.len(), 1);
        let profile = db.profile(&me, &bob.handle).await.unwrap().unwrap();
        assert_eq!((profile.counts.followers, profile.counts.following), (1, 0));
        assert!(profile.relation.unwrap().following);
        let back = viewer(&db, &bob, 2).await;
        let profile = db.profile(&back, &ada.handle).await.unwrap().unwrap();
        assert!(profile.relation.unwrap().followed_by);
        for tie in [Tie::Follow, Tie::Mute, Tie::Block] {
            let oneself = db.set_tie(&me, &ada.id, tie, true).await;
            assert!(matches!(oneself, Err(DbError::Denied(_))));
        }
        db.set_tie(&me, &bob.id, Tie::Follow, false).await.unwrap();
        db.set_tie(&me, &bob.id, Tie::Follow, false).await.unwrap();
        assert!(db.tied_to(&ada.id, Tie::Follow).await.unwrap().is_empty());
    }
}
