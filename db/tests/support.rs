//! A database to test on, and the things that are put into it.

use asterism_db::{
    Db, DbConfig, Lease, LeaseRequest, NewElement, NewUser, Outcome, Published, Saved,
};
use protocol::account::User;
use protocol::element::{Media, Source, StageName, Swatch, Visibility};
use protocol::{ElementId, MediaHash};
use tempfile::TempDir;

/// A database that is gone with the test. Drops before its directory.
pub struct TestDb {
    pub db: Db,
    _dir: Option<TempDir>,
}

impl std::ops::Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

pub fn on_disk(dir: &TempDir) -> DbConfig {
    DbConfig::new(format!("surrealkv://{}", dir.path().join("db").display()))
}

pub async fn memory() -> TestDb {
    let db = Db::open(DbConfig::for_testing()).await.unwrap();
    TestDb { db, _dir: None }
}

/// One on each engine.
pub async fn both() -> [TestDb; 2] {
    let dir = TempDir::new().unwrap();
    let db = Db::open(on_disk(&dir)).await.unwrap();
    let disk = TestDb {
        db,
        _dir: Some(dir),
    };
    [memory().await, disk]
}

pub async fn user(db: &Db, handle: &str) -> User {
    db.create_user(NewUser {
        handle: handle.parse().unwrap(),
        display_name: handle.to_uppercase(),
        password_hash: format!("hash of {handle}"),
        house: false,
    })
    .await
    .unwrap()
}

pub fn hash(n: u64) -> MediaHash {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&n.to_le_bytes());
    MediaHash::from_bytes(digest)
}

pub fn picture(owner: &User, n: u64) -> NewElement {
    NewElement {
        owner: owner.id.clone(),
        media: hash(n),
        bytes: 1_000 + n,
        mime: "image/jpeg".to_owned(),
        width: 640,
        height: 480,
        taken_at: None,
        camera: None,
        title: format!("Picture {n}"),
        description: String::new(),
        visibility: Visibility::Public,
        source: Source {
            via: "upload".to_owned(),
            file_name: Some(format!("img_{n}.jpg")),
            ..Source::default()
        },
        stages: StageName::IMAGE.to_vec(),
        backfill: false,
    }
}

pub async fn save(db: &Db, new: NewElement) -> ElementId {
    match db.save_element(new).await.unwrap() {
        Saved::New(id) => id,
        Saved::Duplicate(id) | Saved::Restored(id) => panic!("{id} was there already"),
    }
}

/// Saves a picture and makes its preview, so that it shows.
pub async fn saved_with_preview(db: &Db, new: NewElement) -> ElementId {
    let id = save(db, new).await;
    for lease in lease(db, &[StageName::Preview], 100).await {
        assert!(db.complete(&lease, preview()).await.unwrap());
    }
    id
}

pub fn media(variant: &str, width: u32) -> Media {
    Media {
        variant: variant.to_owned(),
        url: format!("/media/{variant}"),
        mime: "image/jpeg".to_owned(),
        width,
        height: width * 3 / 4,
    }
}

pub fn preview() -> Outcome {
    Outcome::Preview {
        thumbhash: "AAAA".to_owned(),
        colors: vec![Swatch {
            hex: "#102030".to_owned(),
            share: 0.5,
        }],
        phash: u64::MAX - 1,
        media: vec![media("jpeg-640", 640), media("jpeg-320", 320)],
    }
}

pub async fn lease(db: &Db, stages: &[StageName], limit: usize) -> Vec<Lease> {
    lease_for(db, stages, limit, 60_000).await
}

pub async fn lease_for(db: &Db, stages: &[StageName], limit: usize, millis: u64) -> Vec<Lease> {
    db.lease_jobs(LeaseRequest {
        stages: stages.to_vec(),
        limit,
        worker: "test".to_owned(),
        millis,
    })
    .await
    .unwrap()
}

/// Everything the outbox holds, numbered.
pub async fn relay_all(db: &Db) -> Vec<Published> {
    let mut all = Vec::new();
    loop {
        let some = db.relay_batch(7).await.unwrap();
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

/// Kinds of the events of one topic, in order.
pub fn kinds(events: &[Published], topic: &protocol::Topic) -> Vec<&'static str> {
    events
        .iter()
        .filter(|e| e.topic == *topic)
        .map(|e| e.event.kind())
        .collect()
}
