//! Uploads in pieces: what was acked is there after a restart.

use std::time::Duration;

use asterism_db::uploads::missing;
use asterism_db::{Begun, Put, UploadKey, Uploads};
use bytes::Bytes;
use protocol::mqtt::UploadInit;
use protocol::{DeviceId, limits};
use tempfile::TempDir;

fn key(n: u128, upload: &str) -> UploadKey {
    UploadKey {
        device: DeviceId::from_parts(1, n),
        upload: upload.parse().unwrap(),
    }
}

fn init(size: u64) -> UploadInit {
    UploadInit {
        size,
        crc32: Some("0000ffff".into()),
        name: Some("a b.jpg".into()),
    }
}

fn bytes(length: usize, with: u8) -> Bytes {
    vec![with; length].into()
}

#[tokio::test]
async fn chunks_in_any_order_survive_a_restart() {
    let dir = TempDir::new().unwrap();
    let one = key(1, "one");
    {
        let store = Uploads::open(dir.path()).await.unwrap();
        assert!(matches!(
            store.begin(&one, &init(1_536)).await.unwrap(),
            Begun::Open(_)
        ));
        let put = store.put(&one, 1_024, 3, bytes(512, 3)).await.unwrap();
        assert!(matches!(put, Put::Stored(have) if have.received() == 512));
        store.put(&one, 0, 1, bytes(512, 1)).await.unwrap();
        let again = store.put(&one, 0, 1, bytes(512, 1)).await.unwrap();
        assert!(matches!(again, Put::Stored(have) if have.received() == 1_024));
        let other = store.put(&one, 0, 2, bytes(512, 2)).await.unwrap();
        assert!(matches!(other, Put::Misfit(_)));
    }
    // a crash leaves unfinished files, and beginnings without a word
    let folder = std::fs::read_dir(dir.path())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    std::fs::write(folder.join(".part-1-1"), b"half").unwrap();
    std::fs::create_dir(dir.path().join("nobody_x")).unwrap();
    let store = Uploads::open(dir.path()).await.unwrap();
    assert!(!dir.path().join("nobody_x").exists());
    let Begun::Open(have) = store.begin(&one, &init(1_536)).await.unwrap() else {
        panic!("it was open");
    };
    assert_eq!(have.init, init(1_536));
    assert_eq!(missing(&have, 10), [(512, 512)]);
    assert_eq!(store.begin(&one, &init(9)).await.unwrap(), Begun::Other);
    let Put::Stored(have) = store.put(&one, 512, 2, bytes(512, 2)).await.unwrap() else {
        panic!("it fits");
    };
    assert!(have.is_complete());
    let whole = store.whole(&one, &have).await.unwrap();
    assert_eq!(whole, [[1; 512], [2; 512], [3; 512]].concat());
    store.finish(&one, "well".into()).await.unwrap();
    let store = Uploads::open(dir.path()).await.unwrap();
    let done = store.put(&one, 0, 1, bytes(512, 1)).await.unwrap();
    assert_eq!(done, Put::Done("well".into()));
    assert_eq!(
        store.begin(&one, &init(1_536)).await.unwrap(),
        Begun::Done("well".into())
    );
    assert_eq!(store.state(&key(2, "one")).await.unwrap(), Put::Unknown);
    assert_eq!(store.sweep(Duration::from_secs(60)).await.unwrap(), 0);
    assert_eq!(store.sweep(Duration::ZERO).await.unwrap(), 1);
    assert_eq!(store.state(&one).await.unwrap(), Put::Unknown);
}

#[tokio::test]
async fn there_is_room_for_so_many() {
    let dir = TempDir::new().unwrap();
    let store = Uploads::open(dir.path()).await.unwrap();
    let names: Vec<String> = (0..limits::MQTT_UPLOADS).map(|n| n.to_string()).collect();
    for name in &names {
        assert!(matches!(
            store.begin(&key(1, name), &init(600)).await.unwrap(),
            Begun::Open(_)
        ));
    }
    assert_eq!(
        store.begin(&key(1, "x"), &init(600)).await.unwrap(),
        Begun::TooMany
    );
    assert!(matches!(
        store.begin(&key(2, "x"), &init(600)).await.unwrap(),
        Begun::Open(_)
    ));
    store.finish(&key(1, "0"), "done".into()).await.unwrap();
    assert!(matches!(
        store.begin(&key(1, "x"), &init(600)).await.unwrap(),
        Begun::Open(_)
    ));
    let huge = init(u64::MAX / 2);
    assert_eq!(
        store.begin(&key(3, "x"), &huge).await.unwrap(),
        Begun::NoRoom
    );
}
