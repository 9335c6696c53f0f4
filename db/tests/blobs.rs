use asterism_db::{Blobs, DbError};
use tempfile::TempDir;

use crate::support::hash;

#[tokio::test]
async fn files_come_back_as_they_went() {
    let dir = TempDir::new().unwrap();
    let blobs = Blobs::open(dir.path().join("new/dir")).await.unwrap();
    let (a, b) = (hash(1), hash(2));
    blobs
        .put_original(&a, vec![1; 100_000].into())
        .await
        .unwrap();
    blobs
        .put_original(&a, vec![1; 100_000].into())
        .await
        .unwrap();
    blobs
        .put_variant(&a, "jpeg-320", vec![2; 10])
        .await
        .unwrap();
    assert_eq!(blobs.original(&a).await.unwrap().len(), 100_000);
    let path = blobs.path(&a, "jpeg-320").await.unwrap().unwrap();
    assert_eq!(std::fs::read(path).unwrap(), vec![2; 10]);
    assert!(blobs.path(&a, "jpeg-640").await.unwrap().is_none());
    assert!(matches!(
        blobs.original(&b).await,
        Err(DbError::BlobMissing)
    ));
    blobs.remove_media(&a).await.unwrap();
    blobs.remove_media(&a).await.unwrap();
    assert!(matches!(
        blobs.original(&a).await,
        Err(DbError::BlobMissing)
    ));
}

#[tokio::test]
async fn names_that_lead_elsewhere_are_refused() {
    let dir = TempDir::new().unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    for name in [
        "",
        "../x",
        "a/b",
        "..",
        ".",
        "A",
        "a.b",
        "a\0",
        "%2e",
        &"a".repeat(99),
    ] {
        assert!(matches!(
            blobs.path(&hash(1), name).await,
            Err(DbError::BadVariant(_))
        ));
        let put = blobs.put_variant(&hash(1), name, vec![1]).await;
        assert!(matches!(put, Err(DbError::BadVariant(_))));
    }
}

#[tokio::test]
async fn many_at_once_store_one_whole_file() {
    let dir = TempDir::new().unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    let media = hash(3);
    let puts = (0..16).map(|_| blobs.put_variant(&media, "avif-320", vec![7; 50_000]));
    for put in futures_util::future::join_all(puts).await {
        put.unwrap();
    }
    let path = blobs.path(&hash(3), "avif-320").await.unwrap().unwrap();
    let files = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1);
    assert_eq!(std::fs::read(path).unwrap(), vec![7; 50_000]);
}

#[tokio::test]
async fn what_a_crash_left_unfinished_is_gone_after_the_next_start() {
    let dir = TempDir::new().unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    blobs
        .put_variant(&hash(1), "jpeg-320", vec![2; 10])
        .await
        .unwrap();
    let place = blobs.path(&hash(1), "jpeg-320").await.unwrap().unwrap();
    let left = dir.path().join("unfinished/1-2");
    std::fs::write(&left, "half").unwrap();
    Blobs::open(dir.path()).await.unwrap();
    assert!(!left.exists() && place.exists());

    // as older versions left it: beside its place
    std::fs::remove_dir_all(dir.path().join("unfinished")).unwrap();
    let old = place.with_file_name(".part-1-2");
    std::fs::write(&old, "half").unwrap();
    Blobs::open(dir.path()).await.unwrap();
    assert!(!old.exists() && place.exists());
}

#[tokio::test]
async fn media_that_share_files_leave_them_alone_when_they_go() {
    let dir = TempDir::new().unwrap();
    let blobs = Blobs::open(dir.path()).await.unwrap();
    let (whole, link) = (hash(1), hash(2));
    blobs
        .put_original(&whole, vec![1; 10].into())
        .await
        .unwrap();
    blobs
        .share(vec![(link.clone(), whole.clone())])
        .await
        .unwrap();
    assert_eq!(blobs.original(&link).await.unwrap(), vec![1; 10]);
    blobs.remove_media(&link).await.unwrap();
    assert!(matches!(
        blobs.original(&link).await,
        Err(DbError::BlobMissing)
    ));
    assert_eq!(blobs.original(&whole).await.unwrap(), vec![1; 10]);
}
