//! What devices send and are told, as it is on the wire. `docs/mqtt.md` shows
//! the same: a sketch that was written by it must go on working.

#![allow(clippy::unwrap_used)]

use asterism_protocol::mqtt::{Health, Outcome, UploadInit};
use asterism_protocol::{ElementId, ErrorCode, Problem};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn holds<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), text);
    assert_eq!(&serde_json::from_str::<T>(text).unwrap(), value);
}

#[test]
fn results() {
    let element = ElementId::from_parts(1, 1);
    let saved = Outcome::Saved {
        element: element.clone(),
        duplicate: false,
        problem: None,
    };
    holds(
        &saved,
        r#"{"state":"saved","element":"00000000010000000000000001","duplicate":false}"#,
    );
    let refused = Outcome::refused(Problem::new(ErrorCode::TooLarge, "send chunks"));
    holds(
        &refused,
        r#"{"state":"refused","problem":{"type":"about:blank","title":"Too large","status":413,"code":"too_large","detail":"send chunks"}}"#,
    );
    let incomplete = Outcome::Incomplete {
        size: 123_456,
        received: 65_536,
        missing: vec![(65_536, 57_920)],
    };
    holds(
        &incomplete,
        r#"{"state":"incomplete","size":123456,"received":65536,"missing":[[65536,57920]]}"#,
    );
}

#[test]
fn beginnings_and_reports() {
    let least: UploadInit = serde_json::from_str(r#"{"size": 7}"#).unwrap();
    assert_eq!((least.size, least.crc()), (7, None));
    let init = UploadInit {
        size: 9,
        crc32: Some("cbf43926".into()),
        name: Some("a.jpg".into()),
    };
    holds(&init, r#"{"size":9,"crc32":"cbf43926","name":"a.jpg"}"#);
    // a device of tomorrow may say more
    let health: Health = serde_json::from_str(r#"{"battery":80,"mood":"fine"}"#).unwrap();
    assert_eq!(health.battery, Some(80.0));
}
