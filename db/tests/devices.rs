//! Devices, their credential and what is counted of them.

use asterism_db::{DeviceChange, NewDevice, Presence, Tally};
use protocol::device::{DeviceKind, Quota};
use protocol::element::Visibility;
use protocol::mqtt::{Health, Setting};
use protocol::{ErrorCode, Problem, Topic, limits};

use crate::support::{both, kinds, picture, relay_all, save, user};

fn camera(owner: &protocol::account::User, name: &str) -> NewDevice {
    NewDevice {
        owner: owner.id.clone(),
        name: name.to_owned(),
        kind: DeviceKind::Camera,
        cluster: None,
        visibility: Visibility::Private,
        quota: Quota::default(),
        secret_hash: [7; 32],
    }
}

#[tokio::test]
async fn a_device_belongs_to_one_account() {
    for db in both().await {
        let (ada, eve) = (user(&db, "ada").await, user(&db, "eve").await);
        let door = db.create_device(camera(&ada, "Door")).await.unwrap();
        let yard = db.create_device(camera(&ada, "Yard")).await.unwrap();
        let names = |list: Vec<protocol::device::Device>| -> Vec<String> {
            list.into_iter().map(|device| device.name).collect()
        };
        assert_eq!(names(db.devices(&ada.id).await.unwrap()), ["Yard", "Door"]);
        assert!(db.devices(&eve.id).await.unwrap().is_empty());
        assert_eq!(db.device(&eve.id, &door.id).await.unwrap(), None);
        let change = DeviceChange {
            name: Some("Hers".into()),
            ..DeviceChange::default()
        };
        let changed = db.change_device(&eve.id, &door.id, change.clone()).await;
        assert_eq!(changed.unwrap(), None);
        assert!(!db.remove_device(&eve.id, &door.id).await.unwrap());
        let changed = db.change_device(&ada.id, &door.id, change).await.unwrap();
        assert_eq!(changed.unwrap().name, "Hers");
        assert!(db.remove_device(&ada.id, &door.id).await.unwrap());
        assert_eq!(db.known_device(&door.id).await.unwrap(), None);
        let all = db.all_devices(None).await.unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].0, ada.id);
        assert!(db.all_devices(Some(&yard.id)).await.unwrap().is_empty());
        let said = relay_all(&db).await;
        let topic = Topic::User(ada.id);
        let wanted = [
            "device_changed",
            "device_changed",
            "device_changed",
            "device_removed",
        ];
        assert_eq!(kinds(&said, &topic), wanted);
    }
}

#[tokio::test]
async fn a_revoked_credential_counts_again_only_with_a_new_secret() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let door = db.create_device(camera(&ada, "Door")).await.unwrap();
        for client in ["a", "b", "a", "c", "d", "e"] {
            db.remember_session(&door.id, client).await.unwrap();
        }
        let known = db.known_device(&door.id).await.unwrap().unwrap();
        assert_eq!(known.owner.id, ada.id);
        assert_eq!(known.secret_hash, "07".repeat(32));
        assert_eq!(known.sessions, ["a", "c", "d", "e"]);
        let revoke = DeviceChange {
            revoke: true,
            ..DeviceChange::default()
        };
        let gone = db.change_device(&ada.id, &door.id, revoke).await.unwrap();
        assert!(gone.unwrap().revoked_at.is_some());
        let anew = DeviceChange {
            secret_hash: Some([8; 32]),
            ..DeviceChange::default()
        };
        let back = db.change_device(&ada.id, &door.id, anew).await.unwrap();
        assert_eq!(back.unwrap().revoked_at, None);
        let known = db.known_device(&door.id).await.unwrap().unwrap();
        assert_eq!(known.secret_hash, "08".repeat(32));
        assert!(known.sessions.is_empty());
    }
}

#[tokio::test]
async fn what_a_device_did_adds_up() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let door = db.create_device(camera(&ada, "Door")).await.unwrap();
        let element = save(&db, picture(&ada, 1)).await;
        let tally = Tally {
            accepted: 2,
            frames: 3,
            bytes: 10,
            frame_bytes: 15,
            duplicates: 1,
            last_frame: Some((element.clone(), 5_000)),
            seen_at: Some(6_000),
            presence: Some((Presence::Here, 4_000)),
            came: true,
            refused: [("flood", 2)].into(),
            health: Some((
                Health {
                    battery: Some(40.0),
                    rssi: Some(-60),
                    ..Health::default()
                },
                6_000,
            )),
            settings: [(Setting::Interval, "30".to_owned())].into(),
            problem: Some(Problem::new(ErrorCode::RateLimited, "slowly").retry_after(3)),
        };
        assert!(!tally.is_empty());
        db.count_device(&door.id, tally).await.unwrap().unwrap();
        let mut later = Tally {
            presence: Some((Presence::Here, 9_000)),
            refused: [("flood", 1), ("retained", 1)].into(),
            problem: Some(Problem::field("size", "too small")),
            ..Tally::default()
        };
        later.add(Tally {
            accepted: 1,
            health: Some((Health::default(), 7_000)),
            ..Tally::default()
        });
        let now = db.count_device(&door.id, later).await.unwrap().unwrap();
        assert_eq!((now.counts.accepted, now.counts.duplicates), (3, 1));
        assert_eq!((now.counts.today_frames, now.counts.today_bytes), (3, 15));
        assert_eq!(now.counts.refused["flood"], 3);
        assert_eq!(now.counts.refused["retained"], 1);
        assert_eq!(now.last_frame.unwrap().element, element);
        assert!(now.online);
        assert_eq!(now.since.unwrap().millis(), 4_000, "it was online before");
        let health = now.health.unwrap();
        assert_eq!(
            health.health,
            Health::default(),
            "nothing of the old one stays"
        );
        assert_eq!(now.settings[&Setting::Interval], "30");
        let problem = now.problem.unwrap();
        assert_eq!(
            (problem.code, problem.retry_after),
            (ErrorCode::InvalidField, None)
        );
        db.all_devices_offline().await.unwrap();
        let off = db.device(&ada.id, &door.id).await.unwrap().unwrap();
        assert!(!off.online);
        let none = protocol::DeviceId::from_parts(1, 1);
        assert_eq!(
            db.count_device(&none, Tally::default()).await.unwrap(),
            None
        );
    }
}

#[tokio::test]
async fn an_account_has_not_endless_devices() {
    let db = crate::support::memory().await;
    let ada = user(&db, "ada").await;
    for n in 0..limits::DEVICES_PER_USER {
        db.create_device(camera(&ada, &n.to_string()))
            .await
            .unwrap();
    }
    let more = db.create_device(camera(&ada, "one more")).await;
    assert!(
        matches!(more, Err(asterism_db::DbError::Full { .. })),
        "{more:?}"
    );
}
