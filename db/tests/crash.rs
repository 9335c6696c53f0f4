use asterism_db::{Blobs, Db, DbConfig, DbError, History, Scope, Viewer};
use protocol::Topic;
use protocol::element::StageName;
use tempfile::TempDir;

use crate::support::{lease, on_disk, picture, relay_all, save, user};

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
    let me = Viewer::User(ada.id.clone());
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

#[tokio::test]
async fn every_commit_of_many_writers_counts_also_past_a_flush() {
    let dir = TempDir::new().unwrap();
    let config = on_disk(&dir);
    let db = Db::open(config.clone()).await.unwrap();
    let ada = user(&db, "ada").await;
    // each description goes to the row and to the words' index: together
    // more than the engine holds unflushed
    let text = "word ".repeat(800);
    let writers = (0..4u64).map(|w| {
        let (db, ada, text) = (db.clone(), ada.clone(), text.clone());
        tokio::spawn(async move {
            for n in 0..10 {
                let mut new = picture(&ada, w * 1_000 + n);
                new.description = text.clone();
                save(&db, new).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    drop(db);
    let db = reopen(&config).await;
    let me = Viewer::User(ada.id.clone());
    let page = db.list_elements(&me, Scope::Mine, None, 100).await.unwrap();
    assert_eq!(page.items.len(), 40);
    assert_eq!(relay_all(&db).await.len(), 40);
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
    let whole = blobs.path(&hash, "original").await.unwrap().unwrap();
    drop(blobs);
    let part = whole.with_file_name(".part-1-1");
    std::fs::write(&part, b"half").unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    assert!(!part.exists());
    assert_eq!(blobs.original(&hash).await.unwrap().as_ref(), [1, 2, 3]);
}
