use asterism_db::{DbError, NewLogin, NewUser};
use protocol::Timestamp;
use protocol::Topic;
use protocol::event::Event;

use crate::support::{both, relay_all, user};

fn login(user: &protocol::account::User, token: u8, expires: i64) -> NewLogin {
    NewLogin {
        user: user.id.clone(),
        token_hash: [token; 32],
        client: "x".repeat(500),
        address: "192.0.2.1".to_owned(),
        expires_at: Timestamp::from_millis(expires),
    }
}

/// The year 2100.
const FAR: i64 = 4_102_444_800_000;

#[tokio::test]
async fn an_account_is_found_by_each_of_its_names() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        assert_eq!(db.user(&ada.id).await.unwrap().as_ref(), Some(&ada));
        assert_eq!(
            db.user_by_handle(&ada.handle).await.unwrap().as_ref(),
            Some(&ada)
        );
        let found = db.credentials("ADA ").await.unwrap().unwrap();
        assert_eq!(found.user, ada);
        assert_eq!(found.password_hash, "hash of ada");
        assert!(db.credentials("no such handle!").await.unwrap().is_none());
        assert!(db.set_password_hash(&ada.id, "new").await.unwrap());
        assert_eq!(
            db.credentials("ada").await.unwrap().unwrap().password_hash,
            "new"
        );
    }
}

#[tokio::test]
async fn a_handle_has_one_account_even_when_raced() {
    for db in both().await {
        let tries = (0..8).map(|_| {
            let db = db.db.clone();
            async move {
                db.create_user(NewUser {
                    handle: "bob".parse().unwrap(),
                    display_name: "Bob".to_owned(),
                    password_hash: "hash".to_owned(),
                    house: false,
                })
                .await
            }
        });
        let made = futures_util::future::join_all(tries).await;
        assert_eq!(made.iter().filter(|r| r.is_ok()).count(), 1);
        assert!(
            made.iter()
                .all(|r| matches!(r, Ok(_) | Err(DbError::HandleTaken)))
        );
    }
}

#[tokio::test]
async fn logins_work_until_they_end_or_expire() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let first = db.create_login(login(&ada, 1, FAR)).await.unwrap();
        db.create_login(login(&ada, 2, 1)).await.unwrap();
        let active = db.login_by_token(&[1; 32]).await.unwrap().unwrap();
        assert_eq!(
            (active.id.clone(), active.user),
            (first.clone(), ada.clone())
        );
        assert!(
            db.login_by_token(&[2; 32]).await.unwrap().is_none(),
            "expired"
        );
        assert!(
            db.login_by_token(&[3; 32]).await.unwrap().is_none(),
            "unknown"
        );

        let listed = db.logins(&ada.id).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].client.len() < 200, "a client's name is shortened");

        assert!(
            !db.end_login(&bob.id, &first).await.unwrap(),
            "not bob's to end"
        );
        assert!(db.end_login(&ada.id, &first).await.unwrap());
        assert!(!db.end_login(&ada.id, &first).await.unwrap());
        assert!(db.login_by_token(&[1; 32]).await.unwrap().is_none());
        assert_eq!(db.sweep_logins().await.unwrap(), 1);

        let told = relay_all(&db).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].topic, Topic::User(ada.id));
        assert!(matches!(&told[0].event, Event::LoginRevoked(gone) if gone.id == first));
    }
}
