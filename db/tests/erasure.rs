use asterism_db::{NewDevice, NewLogin, Outcome, ReceiptKey, Scope, Tie, Viewer};
use protocol::cluster::{ClusterRole, Place};
use protocol::device::{DeviceKind, Quota};
use protocol::element::{StageName, Visibility};
use protocol::profile::{Erased, ReceiptState};
use protocol::{Timestamp, Topic};

use crate::support::{both, hash, kinds, lease, picture, relay_all, saved_with_preview, user};

const FAR: i64 = 4_102_444_800_000;

#[tokio::test]
async fn all_that_an_account_has_goes_and_is_counted() {
    for db in both().await {
        let [ada, bob, cleo] = [
            user(&db, "ada").await,
            user(&db, "bob").await,
            user(&db, "cleo").await,
        ];
        let (me, other) = (Viewer::user(ada.id.clone()), Viewer::user(bob.id.clone()));
        let key = ReceiptKey("aa".repeat(32));
        // one that both have, one of her own, one that she deleted already
        let shared = saved_with_preview(&db, picture(&ada, 1)).await;
        saved_with_preview(&db, picture(&bob, 1)).await;
        saved_with_preview(&db, picture(&ada, 2)).await;
        let gone = saved_with_preview(&db, picture(&ada, 3)).await;
        db.remove_element(&me, &gone).await.unwrap();
        let theirs = saved_with_preview(&db, picture(&bob, 4)).await;
        for lease in lease(&db, &[StageName::Embed], 9).await {
            let vector = asterism_db::NewEmbedding {
                space: "clip".into(),
                model: "m@1".into(),
                vector: vec![1.0; 4],
            };
            let outcome = Outcome::Embedded {
                embeddings: vec![vector],
            };
            assert!(db.complete(&lease, outcome).await.unwrap());
        }
        db.like(&me, &theirs, true).await.unwrap();
        let cluster = |name: &str, who: &Viewer| {
            let (name, who) = (name.to_owned(), who.clone());
            let db = db.db.clone();
            async move {
                db.create_cluster(&who, name, String::new(), Visibility::Public)
                    .await
                    .unwrap()
            }
        };
        let alone = cluster("Alone", &me).await;
        let common = cluster("Common", &me).await;
        db.set_member(&me, &common, &bob.id, ClusterRole::Editor)
            .await
            .unwrap();
        db.set_member(&me, &common, &cleo.id, ClusterRole::Editor)
            .await
            .unwrap();
        db.place_item(&me, &common, &theirs, None, Place::Last)
            .await
            .unwrap();
        let his = cluster("His", &other).await;
        db.set_member(&other, &his, &ada.id, ClusterRole::Editor)
            .await
            .unwrap();
        db.place_item(&me, &his, &theirs, None, Place::Last)
            .await
            .unwrap();
        db.follow_cluster(&me, &his, true).await.unwrap();
        db.set_tie(&me, &cleo.id, Tie::Follow, true).await.unwrap();
        db.set_tie(&other, &ada.id, Tie::Mute, true).await.unwrap();
        db.create_device(NewDevice {
            owner: ada.id.clone(),
            name: "Door".into(),
            kind: DeviceKind::Camera,
            cluster: None,
            visibility: Visibility::Private,
            quota: Quota::default(),
            secret_hash: [1; 32],
        })
        .await
        .unwrap();
        let login = NewLogin {
            user: ada.id.clone(),
            token_hash: [1; 32],
            client: "x".into(),
            address: "192.0.2.1".into(),
            expires_at: Timestamp::from_millis(FAR),
        };
        db.create_login(login.clone()).await.unwrap();
        relay_all(&db).await;

        let preview = db.erasure_preview(&ada.id).await.unwrap();
        assert_eq!(preview.state, ReceiptState::Preview);
        let expected = Erased {
            elements: 3,
            embeddings: preview.erased.embeddings,
            files: 2,
            likes: 1,
            clusters: 1,
            clusters_handed_over: 1,
            memberships: 1,
            relations: 2,
            devices: 1,
            logins: 1,
        };
        assert!(expected.embeddings >= 2, "{expected:?}");
        assert_eq!(preview.erased, expected);

        db.begin_erasure(&ada.id, &key).await.unwrap();
        assert!(db.begin_erasure(&ada.id, &key).await.is_err(), "once");
        // at once: no login, no way to find it
        assert!(db.login_by_token(&[1; 32]).await.unwrap().is_none());
        assert!(db.create_login(login).await.is_err());
        assert!(db.credentials("ada").await.unwrap().is_none());
        assert!(db.profile(&other, &ada.handle).await.unwrap().is_none());
        assert!(db.save_element(picture(&ada, 9)).await.is_err());
        assert_eq!(
            db.open_erasures().await.unwrap(),
            std::slice::from_ref(&key)
        );
        assert_eq!(
            db.receipt(&key).await.unwrap().unwrap().state,
            ReceiptState::Erasing
        );

        while db.erase_some(&key).await.unwrap() {}
        assert!(!db.finish_erasure(&key).await.unwrap(), "files are left");
        let mut media = db.unclaimed().await.unwrap();
        media.sort();
        let mut wanted = vec![hash(1), hash(2), hash(3)];
        wanted.sort();
        assert_eq!(media, wanted);
        for hash in media {
            let removed = !db.is_claimed(&hash).await.unwrap();
            db.looked_at(&hash, removed).await.unwrap();
            // a kill in between looks again, and counts once
            db.looked_at(&hash, removed).await.unwrap();
        }
        assert!(db.finish_erasure(&key).await.unwrap());
        assert!(db.finish_erasure(&key).await.unwrap(), "again is fine");
        let receipt = db.receipt(&key).await.unwrap().unwrap();
        assert_eq!(
            (receipt.state, receipt.erased),
            (ReceiptState::Done, expected)
        );
        assert!(db.open_erasures().await.unwrap().is_empty());

        // what is left belongs to others
        assert!(db.user(&ada.id).await.unwrap().is_none());
        assert!(
            db.element(&Viewer::System, &shared)
                .await
                .unwrap()
                .is_none()
        );
        assert!(db.cluster(&other, &alone, None).await.unwrap().is_none());
        let common = db.cluster(&other, &common, None).await.unwrap().unwrap();
        assert_eq!(
            (common.owner.id, common.role),
            (bob.id.clone(), Some(ClusterRole::Owner))
        );
        for id in [&common.id, &his] {
            let items = db.cluster_items(&other, id, None, None, 9).await.unwrap();
            assert_eq!(items.items.len(), 1);
            assert_eq!(items.items[0].by.id, bob.id, "nobody is named who is gone");
        }
        assert_eq!(
            db.cluster(&other, &his, None)
                .await
                .unwrap()
                .unwrap()
                .followers,
            0
        );
        let page = db
            .list_elements(&other, Scope::Explore, None, 50)
            .await
            .unwrap();
        assert!(page.items.iter().all(|e| e.owner.id == bob.id));
        assert!(db.tied_to(&bob.id, Tie::Mute).await.unwrap().is_empty());
        let told = relay_all(&db).await;
        assert!(kinds(&told, &Topic::Accounts).contains(&"login_revoked"));
        assert!(kinds(&told, &Topic::User(ada.id.clone())).contains(&"element_removed"));
        // the handle is free
        user(&db, "ada").await;
    }
}
