use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use asterism_db::{Blobs, Db, DbConfig, DbError, History, Scope, Viewer};
use protocol::element::{Element, StageName};
use protocol::{ElementId, Topic};
use tempfile::TempDir;

use crate::support::{lease, on_disk, picture, preview, relay_all, save, user};

/// Opens as soon as the former holder's threads have let go.
async fn reopen(config: &DbConfig) -> Db {
    loop {
        match Db::open(config.clone()).await {
            Ok(db) => return db,
            Err(DbError::Locked { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test]
async fn what_was_acked_is_there_after_a_drop_without_close() {
    let dir = TempDir::new().unwrap();
    let config = on_disk(&dir);
    let db = Db::open(config.clone()).await.unwrap();
    let epoch = db.epoch().to_owned();
    let ada = user(&db, "ada").await;
    let topic = Topic::User(ada.id.clone());
    for n in 0..3 {
        save(&db, picture(&ada, n)).await;
    }
    assert_eq!(relay_all(&db).await.len(), 3);
    save(&db, picture(&ada, 9)).await;
    drop(db);

    let db = reopen(&config).await;
    assert_eq!(db.epoch(), epoch, "the same database, the same epoch");
    let page = db
        .list_elements(&Viewer::System, Scope::Mine, None, 9)
        .await;
    assert!(page.unwrap().items.is_empty(), "the system owns nothing");
    let me = Viewer::user(ada.id.clone());
    let page = db.list_elements(&me, Scope::Mine, None, 9).await.unwrap();
    assert_eq!(page.items.len(), 4);
    assert_eq!(lease(&db, &[StageName::Preview], 9).await.len(), 4);
    let told = relay_all(&db).await;
    assert_eq!(
        told[0].offset, 4,
        "what had not been numbered is numbered now"
    );
    let History::Events(all) = db.history(&topic, 0, 99).await.unwrap() else {
        panic!("it is all there");
    };
    assert!(all.len() >= 4);
}

#[tokio::test]
async fn a_closed_database_opens_again_at_once() {
    let dir = TempDir::new().unwrap();
    let config = on_disk(&dir);
    for n in 0..3 {
        let db = Db::open(config.clone()).await.unwrap();
        let ada = match db.credentials("ada").await.unwrap() {
            Some(found) => found.user,
            None => user(&db, "ada").await,
        };
        save(&db, picture(&ada, n)).await;
        db.ping().await.unwrap();
        db.close().await.unwrap();
        assert!(db.ping().await.is_err());
        drop(db);
    }
}

#[tokio::test]
async fn a_database_in_use_is_said_to_be() {
    let dir = TempDir::new().unwrap();
    let config = on_disk(&dir);
    let _held = Db::open(config.clone()).await.unwrap();
    let Err(error) = Db::open(config).await else {
        panic!("two at once");
    };
    assert!(matches!(error, DbError::Locked { .. }), "{error}");
    assert!(error.to_string().contains("in use by another process"));
}

#[tokio::test]
async fn checkpoints_are_noticed_neither_by_who_reads_and_writes_nor_by_who_wants_in() {
    let dir = TempDir::new().unwrap();
    let config = DbConfig::new(format!("{}?checkpoint_kib=64", on_disk(&dir).url));
    let db = Db::open(config.clone()).await.unwrap();
    let ada = user(&db, "ada").await;
    let me = Viewer::user(ada.id.clone());
    let writers = (0..3u64).map(|w| {
        let (db, ada) = (db.clone(), ada.clone());
        tokio::spawn(async move {
            for n in 0..40 {
                save(&db, picture(&ada, w * 1_000 + n)).await;
            }
        })
    });
    let writers: Vec<_> = writers.collect();
    while !writers.iter().all(|w| w.is_finished()) {
        db.list_elements(&me, Scope::Mine, None, 5).await.unwrap();
        let second = Db::open(config.clone()).await;
        assert!(matches!(second, Err(DbError::Locked { .. })));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let flushed = std::fs::read_dir(dir.path().join("db/sstables")).unwrap();
    assert!(flushed.count() > 0, "there was a checkpoint");
    let page = db.list_elements(&me, Scope::Mine, None, 500).await;
    assert_eq!(page.unwrap().items.len(), 120);
}

#[tokio::test]
async fn addresses_that_lead_nowhere_are_refused_without_showing_passwords() {
    let bad = Db::open(DbConfig::new("mysql://a:secret@b"))
        .await
        .err()
        .unwrap();
    assert!(matches!(bad, DbError::BadUrl { .. }));
    assert!(!bad.to_string().contains("secret"));
    // port 1 of this machine: nobody listens
    let gone = Db::open(DbConfig::new("ws://root:secret@127.0.0.1:1"))
        .await
        .err()
        .unwrap();
    assert!(matches!(gone, DbError::Unreachable { .. }), "{gone}");
    assert!(!gone.to_string().contains("secret"));
}

/// Tells the child where to write; absent in the parent.
const CHILD_URL: &str = "ASTERISM_TEST_CRASH_URL";

/// Not a test of its own: the process that [`nothing_acked_is_lost_by_kill`]
/// kills. Prints what was acked, line by line.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_writes_until_killed() {
    let Ok(url) = std::env::var(CHILD_URL) else {
        return;
    };
    let db = Db::open(DbConfig::new(url)).await.unwrap();
    let owner = match db.credentials("ada").await.unwrap() {
        Some(found) => found.user,
        None => user(&db, "ada").await,
    };
    let writers = (0..4).map(|_| {
        let (db, owner) = (db.clone(), owner.clone());
        tokio::spawn(async move {
            loop {
                let mut new = picture(&owner, rand::random());
                new.description = "a word or two ".repeat(200);
                println!("acked {}", save(&db, new).await);
                for job in lease(&db, &[StageName::Preview], 1).await {
                    if db.complete(&job, preview()).await.unwrap() {
                        println!("done {}", job.element);
                    }
                }
            }
        })
    });
    futures_util::future::join_all(writers.collect::<Vec<_>>()).await;
}

#[tokio::test]
async fn nothing_acked_is_lost_by_kill() {
    let dir = TempDir::new().unwrap();
    // small, so that checkpoints fall between the kills and into them
    let url = format!("{}?checkpoint_kib=512", on_disk(&dir).url);
    let (mut acked, mut done) = (Vec::new(), Vec::new());
    for round in 1..=6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::child_that_writes_until_killed"])
            .args(["--nocapture", "--test-threads=1"])
            .env(CHILD_URL, &url)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let kill_after = 20 * round + rand::random_range(0..20);
        let mut heard = 0;
        for line in lines {
            let line = line.unwrap();
            // the last line may be cut
            if let Some(id) = line.strip_prefix("acked ").and_then(|id| id.parse().ok()) {
                acked.push(id);
            } else if let Some(id) = line.strip_prefix("done ").and_then(|id| id.parse().ok()) {
                done.push(id);
            }
            heard += 1;
            if heard == kill_after {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(
            heard >= kill_after,
            "the child wrote {heard} lines and stopped"
        );
    }
    let db = Db::open(DbConfig::new(url)).await.unwrap();
    let found: HashSet<ElementId> = every(&db, &acked).await.into_iter().map(|e| e.id).collect();
    let lost: Vec<_> = acked.iter().filter(|id| !found.contains(id)).collect();
    assert!(lost.is_empty(), "lost {lost:?} of {}", acked.len());
    for element in every(&db, &done).await {
        assert!(!element.media.is_empty(), "and every finished preview");
    }
    let explore = Topic::Explore;
    let told = relay_all(&db).await;
    let announced = told.iter().filter(|e| e.topic == explore).count();
    assert!(announced >= done.len(), "and every event");
    db.close().await.unwrap();
}

async fn every(db: &Db, ids: &[ElementId]) -> Vec<Element> {
    db.elements(&Viewer::System, ids).await.unwrap()
}

#[tokio::test]
async fn unfinished_files_are_swept_and_finished_ones_stay() {
    let dir = TempDir::new().unwrap();
    let hash = crate::support::hash(5);
    let blobs = Blobs::open(dir.path()).await.unwrap();
    blobs
        .put_original(&hash, vec![1, 2, 3].into())
        .await
        .unwrap();
    blobs.put_variant(&hash, "jpeg-320", vec![4]).await.unwrap();
    let whole = blobs.path(&hash, "jpeg-320").await.unwrap().unwrap();
    drop(blobs);
    let part = dir.path().join("unfinished/1-1");
    std::fs::write(&part, b"half").unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    assert!(!part.exists() && whole.exists());
    assert_eq!(blobs.original(&hash).await.unwrap().as_ref(), [1, 2, 3]);
}
