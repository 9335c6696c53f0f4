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
