use std::collections::HashMap;

use asterism_db::{History, Scope, Turns, Viewer};
use protocol::event::Event;
use protocol::{ElementId, Topic};

use crate::support::{both, picture, relay_all, save, user};

#[tokio::test]
async fn offsets_are_gap_free_under_concurrent_writers() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let writers = (0..6u64).map(|w| {
            let (db, ada) = (db.db.clone(), ada.clone());
            tokio::spawn(async move {
                for n in 0..10 {
                    save(&db, picture(&ada, w * 100 + n)).await;
                }
            })
        });
        let writers: Vec<_> = writers.collect();
        let mut all = Vec::new();
        while all.len() < 60 {
            all.extend(db.relay_batch(4).await.unwrap());
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let mut next: HashMap<Topic, u64> = HashMap::new();
        for event in &all {
            assert_eq!(event.epoch, db.epoch());
            let next = next.entry(event.topic.clone()).or_insert(1);
            assert_eq!(event.offset, *next);
            *next += 1;
        }
        assert!(db.relay_batch(10).await.unwrap().is_empty());
        let topic = Topic::User(ada.id.clone());
        assert_eq!(db.position(&topic).await.unwrap(), 60);
    }
}

#[tokio::test]
async fn by_turns_each_server_tells_what_any_of_them_numbered() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        assert_eq!(db.turn().await.unwrap(), 0);
        let nothing = Turns::Told {
            events: Vec::new(),
            upto: 0,
        };
        assert_eq!(db.turns_after(0, 10).await.unwrap(), nothing);
        // two relays at once: each event is numbered by one of them
        let relays = (0..2).map(|_| {
            let db = db.db.clone();
            tokio::spawn(async move {
                let mut numbered = 0;
                for _ in 0..60 {
                    numbered += db.relay_turn(2).await.unwrap();
                    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
                }
                numbered
            })
        });
        let relays: Vec<_> = relays.collect();
        for n in 0..12 {
            save(&db, picture(&ada, n)).await;
        }
        let mut numbered = 0;
        for relay in relays {
            numbered += relay.await.unwrap();
        }
        loop {
            match db.relay_turn(2).await.unwrap() {
                0 => break,
                more => numbered += more,
            }
        }
        let mut told = Vec::new();
        let mut turn = 0;
        loop {
            let Turns::Told { events, upto } = db.turns_after(turn, 3).await.unwrap() else {
                panic!("all turns are kept");
            };
            if upto == turn {
                break;
            }
            (turn, told) = (upto, [told, events].concat());
        }
        assert_eq!(turn, db.turn().await.unwrap());
        assert_eq!(told.len(), numbered);
        let topic = Topic::User(ada.id.clone());
        let offsets = told.iter().filter(|e| e.topic == topic).map(|e| e.offset);
        let History::Events(all) = db.history(&topic, 0, 1_000).await.unwrap() else {
            panic!("it is all there");
        };
        assert!(offsets.eq(1..=all.len() as u64));

        // who comes back after they were forgotten is told that something is missing
        while db.prune_outbox(0).await.unwrap() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        db.prune_outbox(0).await.unwrap();
        assert_eq!(db.turns_after(0, 3).await.unwrap(), Turns::Missed);
        assert!(matches!(
            db.turns_after(turn, 3).await.unwrap(),
            Turns::Told { .. }
        ));
    }
}

#[tokio::test]
async fn history_replays_what_was_told_or_says_that_it_cannot() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let topic = Topic::User(ada.id.clone());
        assert_eq!(db.position(&topic).await.unwrap(), 0);
        assert_eq!(
            db.history(&topic, 0, 10).await.unwrap(),
            History::Events(vec![])
        );
        for n in 0..5 {
            save(&db, picture(&ada, n)).await;
        }
        let told = relay_all(&db).await;
        let History::Events(all) = db.history(&topic, 0, 100).await.unwrap() else {
            panic!("it is all there");
        };
        assert_eq!(all, told);
        let History::Events(some) = db.history(&topic, 2, 2).await.unwrap() else {
            panic!("it is all there");
        };
        assert_eq!(some, told[2..4]);
        assert_eq!(
            db.history(&topic, 5, 10).await.unwrap(),
            History::Events(vec![])
        );
        assert_eq!(db.history(&topic, 6, 10).await.unwrap(), History::TooOld);

        // within the millisecond nothing is older than nothing
        while db.prune_outbox(0).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        save(&db, picture(&ada, 50)).await;
        let told = relay_all(&db).await;
        assert_eq!(told[0].offset, 6, "offsets go on");
        assert_eq!(db.history(&topic, 0, 10).await.unwrap(), History::TooOld);
        assert_eq!(
            db.history(&topic, 5, 10).await.unwrap(),
            History::Events(told)
        );
    }
}

#[tokio::test]
async fn events_show_elements_as_they_are_and_not_as_they_were() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let me = Viewer::user(ada.id.clone());
        let (kept, gone) = (
            save(&db, picture(&ada, 1)).await,
            save(&db, picture(&ada, 2)).await,
        );
        let title = protocol::element::ElementPatch {
            title: Some("new".to_owned()),
            ..Default::default()
        };
        db.update_element(&me, &kept, title).await.unwrap();
        db.remove_element(&me, &gone).await.unwrap();
        let of = |id: &ElementId, event: &Event| match event {
            Event::ElementAdded(e) | Event::ElementChanged(e) => {
                assert_eq!(e.title, "new");
                e.id == *id
            }
            Event::ElementRemoved(e) => e.id == *id,
            other => panic!("unexpected {other:?}"),
        };
        let topic = Topic::User(ada.id.clone());
        let told = relay_all(&db).await;
        let kinds = |id| -> Vec<_> {
            told.iter()
                .filter(|e| e.topic == topic && of(id, &e.event))
                .map(|e| e.event.kind())
                .collect()
        };
        assert_eq!(kinds(&kept), ["element_added", "element_changed"]);
        assert_eq!(kinds(&gone), ["element_removed", "element_removed"]);
        let page = db.list_elements(&me, Scope::Mine, None, 9).await.unwrap();
        assert_eq!(page.items.len(), 1);
    }
}

#[tokio::test]
async fn commits_wake_whoever_waits_and_idle_reads_do_not() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let mut commits = db.subscribe_commits();
        commits.mark_unchanged();
        assert!(db.relay_batch(10).await.unwrap().is_empty());
        assert!(
            crate::support::lease(&db, &protocol::element::StageName::IMAGE, 5)
                .await
                .is_empty()
        );
        assert!(!commits.has_changed().unwrap());
        save(&db, picture(&ada, 1)).await;
        commits.changed().await.unwrap();
    }
}
