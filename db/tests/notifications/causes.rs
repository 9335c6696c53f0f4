//! Everything that is told, once.

use std::time::Duration;

use asterism_db::{
    ClusterChange, Db, DeviceChange, InviteKey, NewDevice, Outcome, Presence, Retry, Tally,
};
use protocol::cluster::ClusterRole;
use protocol::device::{Device, DeviceKind, Quota};
use protocol::element::{StageName, Visibility};
use protocol::label::{AppealState, Label, LabelName, LabelSource, Verdict};
use protocol::notification::{ClusterNews, NotificationKind, What};
use protocol::{DeviceId, ElementId};

use super::{cluster, kinds, list, sees, shown, unread};
use crate::support::{both, lease, picture, preview, save, user};

#[tokio::test]
async fn followers_come_and_go() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = cluster(&db, &ada, Visibility::Public).await;
        for _ in 0..2 {
            db.follow_cluster(&sees(&bob), &id, true).await.unwrap();
        }
        let told = list(&db, &ada).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].what, What::Followed);
        assert_eq!(told[0].actors[0].id, bob.id);
        assert_eq!(told[0].cluster.as_ref().unwrap().name, "Doors");
        db.follow_cluster(&sees(&bob), &id, false).await.unwrap();
        assert!(list(&db, &ada).await.is_empty());
        db.follow_cluster(&sees(&ada), &id, true).await.unwrap();
        assert!(list(&db, &ada).await.is_empty(), "one's own act");
    }
}

#[tokio::test]
async fn members_are_told_of_their_part_and_owners_of_who_joins() {
    for db in both().await {
        let (ada, bob, cleo) = (
            user(&db, "ada").await,
            user(&db, "bob").await,
            user(&db, "cleo").await,
        );
        let a = sees(&ada);
        let id = cluster(&db, &ada, Visibility::Private).await;
        let role = async |role| db.set_member(&a, &id, &bob.id, role).await.unwrap();
        role(ClusterRole::Viewer).await;
        let told = list(&db, &bob).await;
        let viewer = ClusterRole::Viewer;
        assert_eq!(told[0].what, What::Invited { role: viewer });
        assert_eq!(told[0].actors[0].id, ada.id);
        let before = told[0].seq;
        // another role: in place of the first, and news again
        role(ClusterRole::Editor).await;
        role(ClusterRole::Editor).await;
        let told = list(&db, &bob).await;
        let editor = ClusterRole::Editor;
        assert_eq!((told.len(), told[0].seq), (1, before + 1));
        assert_eq!(told[0].what, What::Invited { role: editor });
        // nothing is left of it for who is out
        db.drop_member(&a, &id, &bob.id).await.unwrap();
        assert!(list(&db, &bob).await.is_empty());

        let key = InviteKey("k".repeat(64));
        db.create_invite(&a, &id, key.clone(), viewer, i64::MAX)
            .await
            .unwrap();
        for _ in 0..2 {
            db.join_cluster(&sees(&cleo), key.clone()).await.unwrap();
        }
        assert!(list(&db, &cleo).await.is_empty(), "they did it themselves");
        let told = list(&db, &ada).await;
        let joined = ClusterNews::Joined { role: viewer };
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].what, What::ClusterChanged { change: joined });
        assert_eq!(told[0].actors[0].id, cleo.id);
        // members are told what it is called now, and who may see it
        let change = ClusterChange {
            name: Some("Gates".into()),
            visibility: Some(Visibility::Public),
            ..ClusterChange::default()
        };
        db.change_cluster(&a, &id, change).await.unwrap();
        while db.spread_notifications().await.unwrap() {}
        let told = list(&db, &cleo).await;
        let whats: Vec<&What> = told.iter().map(|n| &n.what).collect();
        let (renamed, shared) = (
            What::ClusterChanged {
                change: ClusterNews::Renamed {
                    before: "Doors".into(),
                },
            },
            What::ClusterChanged {
                change: ClusterNews::Shared {
                    visibility: Visibility::Public,
                },
            },
        );
        assert_eq!(whats, [&shared, &renamed]);
        assert_eq!(list(&db, &ada).await.len(), 1, "their own act");
    }
}

async fn through(db: &Db, id: &ElementId) {
    while let Some(job) = lease(db, &StageName::IMAGE, 1).await.pop() {
        assert_eq!(job.element, *id);
        let done = match job.stage {
            StageName::Preview => db.complete(&job, preview()).await,
            _ => db.fail(&job, "no model", Retry::Never).await,
        };
        assert!(done.unwrap());
    }
}

#[tokio::test]
async fn who_waits_for_a_picture_is_told_once_that_it_is_ready() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        assert!(list(&db, &ada).await.is_empty());
        through(&db, &id).await;
        let told = list(&db, &ada).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].what, What::ElementReady { failed: false });
        assert!(told[0].actors.is_empty() && told[0].elements[0].id == id);
        // tried again: ready again, and no news
        db.retry_failed(&sees(&ada), &id).await.unwrap();
        through(&db, &id).await;
        assert_eq!(list(&db, &ada).await.len(), 1);
        // several of a day together
        let other = save(&db, picture(&ada, 2)).await;
        through(&db, &other).await;
        let told = list(&db, &ada).await;
        assert_eq!((told.len(), told[0].count), (1, 2));
        assert_eq!(told[0].elements.len(), 2);
        // nobody waits for what is imported in bulk
        let mut quiet = picture(&ada, 3);
        quiet.backfill = true;
        let quiet = save(&db, quiet).await;
        through(&db, &quiet).await;
        assert_eq!(list(&db, &ada).await[0].count, 2);
    }
}

#[tokio::test]
async fn a_picture_that_fails_is_told_until_it_does_not() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let id = save(&db, picture(&ada, 1)).await;
        let job = lease(&db, &[StageName::Preview], 1).await.remove(0);
        assert!(db.fail(&job, "too blue", Retry::Never).await.unwrap());
        let told = list(&db, &ada).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].what, What::ElementReady { failed: true });
        db.retry_failed(&sees(&ada), &id).await.unwrap();
        through(&db, &id).await;
        let told = list(&db, &ada).await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].what, What::ElementReady { failed: false });
    }
}

async fn screened(db: &Db, id: &ElementId, verdict: Verdict) {
    let jobs = lease(db, &[StageName::Screen], 10).await;
    let job = jobs.into_iter().find(|job| job.element == *id).unwrap();
    let label = Label {
        label: LabelName::Nsfw,
        verdict,
        confidence: 0.6,
        evidence: Vec::new(),
        source: LabelSource::Model,
        model: None,
        appeal: None,
    };
    let labels = vec![label];
    assert!(
        db.complete(&job, Outcome::Screened { labels })
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn owners_are_told_of_reviews_and_who_appealed_of_the_decision() {
    for db in both().await {
        let (ada, bob) = (user(&db, "ada").await, user(&db, "bob").await);
        let id = shown(&db, &bob, 1).await;
        let embed = lease(&db, &[StageName::Embed], 1).await.remove(0);
        assert!(db.fail(&embed, "no model", Retry::Never).await.unwrap());
        screened(&db, &id, Verdict::Unsure).await;
        let nsfw = LabelName::Nsfw;
        let told = list(&db, &bob).await;
        let review = What::ElementReview { label: nsfw };
        assert_eq!(told.iter().filter(|n| n.what == review).count(), 1);
        let note = "It is a statue".to_owned();
        let appealed = db.appeal(&sees(&bob), &id, nsfw, note).await.unwrap();
        assert!(appealed.is_ok());
        let ruled = db
            .rule(&ada.id, &id, nsfw, Verdict::None, "so it is".into())
            .await;
        assert!(ruled.unwrap().is_some());
        let told = list(&db, &bob).await;
        let decided = What::AppealDecided {
            label: nsfw,
            state: AppealState::Granted,
            answer: "so it is".into(),
        };
        assert_eq!(told[0].what, decided);
        assert!(told[0].actors.is_empty(), "moderators are not named");
        assert!(list(&db, &ada).await.is_empty());
        // read, and decided once more: news again
        let latest = told[0].seq;
        db.mark_notifications_read(&bob.id, latest).await.unwrap();
        let again = db.appeal(&sees(&bob), &id, nsfw, "still".into()).await;
        assert!(again.unwrap().is_ok());
        db.rule(&ada.id, &id, nsfw, Verdict::None, "yes".into())
            .await
            .unwrap();
        assert_eq!(unread(&db, &bob).await, 1);
        let all = kinds(&db, &bob).await;
        let decided = NotificationKind::AppealDecided;
        assert_eq!(all.iter().filter(|kind| **kind == decided).count(), 1);
    }
}

async fn device(db: &Db, owner: &protocol::account::User, name: &str, kind: DeviceKind) -> Device {
    let new = NewDevice {
        owner: owner.id.clone(),
        name: name.to_owned(),
        kind,
        cluster: None,
        visibility: Visibility::Private,
        quota: Quota::default(),
        secret_hash: [7; 32],
    };
    db.create_device(new).await.unwrap()
}

async fn present(db: &Db, id: &DeviceId, each: &[Presence]) {
    let mut tally = Tally::default();
    for presence in each {
        tally.present(*presence, 1_000);
    }
    db.count_device(id, tally).await.unwrap().unwrap();
}

#[tokio::test]
async fn owners_are_told_of_cameras_that_go_without_a_goodbye() {
    use Presence::{Here, Left, Lost};
    for db in both().await {
        let ada = user(&db, "ada").await;
        let door = device(&db, &ada, "Door", DeviceKind::Camera).await.id;
        let yard = device(&db, &ada, "Yard", DeviceKind::Camera).await.id;
        let hub = device(&db, &ada, "Hub", DeviceKind::Hub).await.id;
        let missed = async || db.tell_missed_devices(Duration::ZERO).await.unwrap();
        let patient = Duration::from_secs(u64::from(u32::MAX));
        // a goodbye, also where the connection ends without one after it
        for end in [&[Left][..], &[Left, Lost]] {
            present(&db, &door, &[Here]).await;
            present(&db, &door, end).await;
            assert_eq!(missed().await, 0);
        }
        // back in time
        present(&db, &door, &[Here, Lost]).await;
        assert_eq!(db.tell_missed_devices(patient).await.unwrap(), 0);
        present(&db, &door, &[Here]).await;
        assert_eq!(missed().await, 0);
        // gone, and said to be so again: told once
        for _ in 0..2 {
            present(&db, &door, &[Lost]).await;
            missed().await;
        }
        let told = list(&db, &ada).await;
        let offline = |id: &DeviceId, name: &str| What::DeviceOffline {
            device: id.clone(),
            name: name.to_owned(),
        };
        assert_eq!((told.len(), told[0].count), (1, 1));
        assert_eq!(told[0].what, offline(&door, "Door"));
        assert!(told[0].actors.is_empty() && told[0].elements.is_empty());
        // another one, with the first; hubs and those that were sent away are not missed
        for id in [&yard, &hub] {
            present(&db, id, &[Here]).await;
            present(&db, id, &[Lost]).await;
        }
        assert_eq!(missed().await, 2);
        let told = list(&db, &ada).await;
        assert_eq!((told.len(), told[0].count), (1, 2));
        assert_eq!(told[0].what, offline(&yard, "Yard"));
        let revoke = DeviceChange {
            revoke: true,
            ..DeviceChange::default()
        };
        let latest = told[0].seq;
        present(&db, &door, &[Here]).await;
        db.change_device(&ada.id, &door, revoke).await.unwrap();
        present(&db, &door, &[Lost]).await;
        missed().await;
        assert_eq!(list(&db, &ada).await[0].seq, latest);
        // the same one once more is news
        present(&db, &yard, &[Here]).await;
        present(&db, &yard, &[Lost]).await;
        missed().await;
        let told = list(&db, &ada).await;
        assert_eq!((told[0].count, told[0].seq), (2, latest + 1));
        // forgotten, it takes what was not read along
        assert!(db.remove_device(&ada.id, &yard).await.unwrap());
        assert_eq!(list(&db, &ada).await[0].what, offline(&door, "Door"));
    }
}

#[tokio::test]
async fn after_a_start_cameras_have_their_time_to_come_back() {
    for db in both().await {
        let ada = user(&db, "ada").await;
        let [door, yard] = [
            device(&db, &ada, "Door", DeviceKind::Camera).await.id,
            device(&db, &ada, "Yard", DeviceKind::Camera).await.id,
        ];
        // one was connected when the process died, the other was lost just before
        present(&db, &door, &[Presence::Here]).await;
        present(&db, &yard, &[Presence::Here]).await;
        present(&db, &yard, &[Presence::Lost]).await;
        db.all_devices_offline().await.unwrap();
        let soon = Duration::from_secs(3_600);
        assert_eq!(db.tell_missed_devices(soon).await.unwrap(), 0);
        present(&db, &yard, &[Presence::Here]).await;
        assert_eq!(db.tell_missed_devices(Duration::ZERO).await.unwrap(), 1);
        assert_eq!(list(&db, &ada).await[0].count, 1);
    }
}
