use asterism_db::{DbError, NewUser, Viewer};
use protocol::Topic;
use protocol::profile::{ProfileLink, ProfilePatch};
use protocol::value::Handle;

use crate::support::{both, hash, kinds, picture, relay_all, saved_with_preview, user};

fn handle(text: &str) -> Handle {
    text.parse().unwrap()
}

fn renamed(to: &str) -> ProfilePatch {
    ProfilePatch {
        handle: Some(handle(to)),
        ..ProfilePatch::default()
    }
}

#[tokio::test]
async fn what_an_account_shows_is_changed_field_by_field() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let link = ProfileLink {
            title: "Page".into(),
            url: "https://a.example".into(),
        };
        let patch = ProfilePatch {
            bio: Some("Pots".into()),
            links: Some(vec![link.clone()]),
            ..ProfilePatch::default()
        };
        db.change_profile(&ada.id, patch).await.unwrap();
        let patch = ProfilePatch {
            display_name: Some("Ada L.".into()),
            share_likes: Some(true),
            ..ProfilePatch::default()
        };
        db.change_profile(&ada.id, patch).await.unwrap();
        let shown = db.profile(&me, &handle("ada")).await.unwrap().unwrap();
        assert_eq!(shown.user.display_name, "Ada L.");
        assert_eq!((shown.bio.as_str(), shown.links), ("Pots", vec![link]));
        assert!(shown.shares_likes && shown.relation.is_none() && shown.moved_from.is_none());
        assert!(db.profile(&me, &handle("nobody")).await.unwrap().is_none());
        // the account's own sessions hear of it, and whoever shows its name
        let told = relay_all(&db).await;
        let own = kinds(&told, &Topic::User(ada.id.clone()));
        assert_eq!(own, ["account_changed", "account_changed"]);
        assert_eq!(kinds(&told, &Topic::Explore).len(), 2);
    }
}

#[tokio::test]
async fn a_former_handle_leads_to_its_account_and_is_nobody_elses() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        saved_with_preview(&db, picture(&ada, 1)).await;
        db.change_profile(&ada.id, renamed("lovelace"))
            .await
            .unwrap();
        let shown = db.profile(&me, &handle("ada")).await.unwrap().unwrap();
        assert_eq!(shown.user.handle, handle("lovelace"));
        assert_eq!(shown.moved_from, Some(handle("ada")));
        let now = db.profile(&me, &handle("lovelace")).await.unwrap().unwrap();
        assert_eq!(now.moved_from, None);
        assert_eq!(
            db.user_by_handle(&handle("ada")).await.unwrap().unwrap().id,
            ada.id
        );
        // her elements are called so too
        let page = db
            .list_elements(&me, asterism_db::Scope::Mine, None, 9)
            .await
            .unwrap();
        assert_eq!(page.items[0].owner.handle, handle("lovelace"));

        let taken = |text: &str| NewUser {
            handle: handle(text),
            display_name: "X".into(),
            password_hash: "x".into(),
            house: false,
        };
        for text in ["ada", "lovelace", "me"] {
            let refused = db.create_user(taken(text)).await;
            assert!(matches!(refused, Err(DbError::HandleTaken)), "{text}");
        }
        let bob = user(&db, "bob").await;
        let refused = db.change_profile(&bob.id, renamed("ada")).await;
        assert!(matches!(refused, Err(DbError::HandleTaken)));
        // her own she may have back, and then the other one leads to it
        db.change_profile(&ada.id, renamed("ada")).await.unwrap();
        let shown = db.profile(&me, &handle("lovelace")).await.unwrap().unwrap();
        assert_eq!(shown.user.handle, handle("ada"));
        // but not for ever
        db.change_profile(&ada.id, renamed("countess"))
            .await
            .unwrap();
        let refused = db.change_profile(&ada.id, renamed("ada")).await;
        assert!(
            matches!(refused, Err(DbError::TooSoon { .. })),
            "{refused:?}"
        );
        // what is the same is no change
        db.change_profile(&ada.id, renamed("countess"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn an_avatar_is_served_while_it_is_one() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let bob = Viewer::user(bob.id);
        let [first, second] = [hash(71), hash(72)];
        assert_eq!(
            db.set_avatar(&ada.id, Some(first.clone())).await.unwrap(),
            None
        );
        let before = db.set_avatar(&ada.id, Some(second.clone())).await.unwrap();
        assert_eq!(
            before.as_ref(),
            Some(&first),
            "to be removed by whoever asked"
        );
        for (media, variant, is) in [
            (&second, "jpeg-96", Some("image/jpeg")),
            (&second, "avif-320", Some("image/avif")),
            (&second, "original", None),
            (&second, "jpeg-640", None),
            (&first, "jpeg-96", None),
        ] {
            let found = db.media_visible(&bob, media, variant).await.unwrap();
            assert_eq!(found.map(|f| f.mime).as_deref(), is, "{variant}");
        }
        let shown = db.user(&ada.id).await.unwrap().unwrap();
        assert!(
            shown
                .avatar
                .iter()
                .all(|file| file.url.contains(second.as_str()))
        );
        assert!(!shown.avatar.is_empty());
        assert_eq!(db.set_avatar(&ada.id, None).await.unwrap(), Some(second));
        assert!(db.user(&ada.id).await.unwrap().unwrap().avatar.is_empty());
    }
}

#[tokio::test]
async fn likes_are_shown_by_those_who_share_them() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let me = Viewer::user(ada.id.clone());
        let other = Viewer::user(bob.id.clone());
        let mut ids = Vec::new();
        for n in 0..5 {
            let id = saved_with_preview(&db, picture(&bob, n)).await;
            db.like(&me, &id, true).await.unwrap();
            ids.push(id);
        }
        ids.reverse();
        assert!(
            db.liked_by(&other, &ada.id, None, 9)
                .await
                .unwrap()
                .is_none()
        );
        let mut own = Vec::new();
        let mut cursor = None;
        loop {
            let page = db.liked_by(&me, &ada.id, cursor, 2).await.unwrap().unwrap();
            own.extend(page.items.into_iter().map(|e| e.id));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(own, ids, "the latest first, page by page");
        let share = ProfilePatch {
            share_likes: Some(true),
            ..ProfilePatch::default()
        };
        db.change_profile(&ada.id, share).await.unwrap();
        let page = db
            .liked_by(&other, &ada.id, None, 9)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(page.items.len(), 5);
    }
}
