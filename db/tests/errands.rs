//! What is to be fetched is taken down, lent to one at a time, and ends once.

use asterism_db::{DbError, ErrandEnd, NewErrand};
use protocol::account::User;
use protocol::element::Visibility;
use protocol::fetch::FetchState;
use protocol::{ErrorCode, Problem, Topic};

use crate::support::{both, kinds, memory, picture, relay_all, save, user};

fn errand(owner: &User, n: usize) -> NewErrand {
    NewErrand {
        owner: owner.id.clone(),
        url: format!("https://example.org/{n}.jpg"),
        picture: None,
        title: Some(format!("Picture {n}")),
        description: None,
        visibility: Visibility::Private,
        cluster: None,
    }
}

fn problem() -> Problem {
    Problem::new(ErrorCode::FetchRefused, "no")
}

#[tokio::test]
async fn an_errand_is_lent_once_and_told_at_each_step() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let added = db.add_errand(errand(&ada, 1)).await.unwrap();
        assert_eq!(added.state, FetchState::Waiting);
        // the same again, while it waits, is the same
        assert_eq!(db.add_errand(errand(&ada, 1)).await.unwrap(), added);
        let lent = db.lease_errands(5, 2, 60_000).await.unwrap();
        assert_eq!(lent.len(), 1);
        assert_eq!((&lent[0].id, lent[0].attempt), (&added.id, 1));
        assert_eq!(lent[0].title.as_deref(), Some("Picture 1"));
        assert!(db.lease_errands(5, 2, 60_000).await.unwrap().is_empty());
        assert!(db.holds_errand(&lent[0]).await.unwrap());

        let element = save(&db, picture(&ada, 1)).await;
        let end = ErrandEnd::Saved {
            element: element.clone(),
            duplicate: false,
            problem: None,
        };
        assert!(db.end_errand(&lent[0], end.clone()).await.unwrap());
        assert!(!db.end_errand(&lent[0], end).await.unwrap(), "it is over");
        assert!(!db.holds_errand(&lent[0]).await.unwrap());
        let saved = db.errand(&ada.id, &added.id).await.unwrap().unwrap();
        assert_eq!(
            (saved.state, saved.element),
            (FetchState::Saved, Some(element))
        );
        // after its end the same address is a new errand
        let again = db.add_errand(errand(&ada, 1)).await.unwrap();
        assert_ne!(again.id, added.id);
        let ids =
            |all: Vec<protocol::fetch::Fetch>| all.into_iter().map(|f| f.id).collect::<Vec<_>>();
        assert_eq!(
            ids(db.errands(&ada.id).await.unwrap()),
            [again.id.clone(), added.id]
        );

        let told = kinds(&relay_all(&db).await, &Topic::User(ada.id.clone()));
        let fetched = told.iter().filter(|kind| **kind == "fetch_changed").count();
        assert_eq!(fetched, 4, "{told:?}");
    }
}

#[tokio::test]
async fn one_account_does_not_take_all_the_turns() {
    let db = memory().await;
    let [ada, bob] = [user(&db, "ada").await, user(&db, "bob").await];
    for n in 0..6 {
        db.add_errand(errand(&ada, n)).await.unwrap();
    }
    db.add_errand(errand(&bob, 0)).await.unwrap();
    let lent = db.lease_errands(4, 2, 60_000).await.unwrap();
    let of = |who: &User| lent.iter().filter(|l| l.owner == who.id).count();
    assert_eq!((of(&ada), of(&bob)), (2, 1));
    assert!(db.lease_errands(4, 2, 60_000).await.unwrap().is_empty());
    // and cannot pile up without end
    for n in 6..200 {
        db.add_errand(errand(&ada, n)).await.unwrap();
    }
    let full = db.add_errand(errand(&ada, 200)).await;
    assert!(matches!(full, Err(DbError::Full { .. })), "{full:?}");
    assert!(db.add_errand(errand(&bob, 1)).await.is_ok());
}

#[tokio::test]
async fn failures_are_tried_again_and_leases_run_out() {
    let db = memory().await;
    let [ada, bob] = [user(&db, "ada").await, user(&db, "bob").await];
    let id = db.add_errand(errand(&ada, 1)).await.unwrap().id;
    let first = db.lease_errands(1, 1, 0).await.unwrap().remove(0);
    // nobody came back with it: somebody else gets it
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    let second = db.lease_errands(1, 1, 60_000).await.unwrap().remove(0);
    assert_eq!((second.id.clone(), second.attempt), (first.id.clone(), 2));
    assert!(
        !db.end_errand(&first, ErrandEnd::Failed(problem()))
            .await
            .unwrap()
    );
    assert!(
        db.end_errand(&second, ErrandEnd::Later(0, problem()))
            .await
            .unwrap()
    );
    let waits = db.errand(&ada.id, &id).await.unwrap().unwrap();
    assert_eq!(
        (waits.state, waits.error),
        (FetchState::Waiting, Some(problem()))
    );
    // a stop of the server gives it back at once
    let third = db.lease_errands(1, 1, 60_000).await.unwrap().remove(0);
    assert_eq!(third.attempt, 3);
    db.recover_errands().await.unwrap();
    let fourth = db.lease_errands(1, 1, 60_000).await.unwrap().remove(0);
    assert!(
        db.end_errand(&fourth, ErrandEnd::Failed(problem()))
            .await
            .unwrap()
    );

    // its own account alone sees it, tries it again and drops it
    assert_eq!(db.errand(&bob.id, &id).await.unwrap(), None);
    assert_eq!(db.retry_errand(&bob.id, &id).await.unwrap(), None);
    assert!(!db.drop_errand(&bob.id, &id).await.unwrap());
    let again = db.retry_errand(&ada.id, &id).await.unwrap().unwrap();
    assert_eq!((again.state, again.error), (FetchState::Waiting, None));
    let fifth = db.lease_errands(1, 1, 60_000).await.unwrap().remove(0);
    assert_eq!(fifth.attempt, 1, "from the beginning");
    assert!(db.drop_errand(&ada.id, &id).await.unwrap());
    assert!(!db.holds_errand(&fifth).await.unwrap());
    assert!(db.errands(&ada.id).await.unwrap().is_empty());
}
