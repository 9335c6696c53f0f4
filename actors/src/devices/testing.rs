//! A device for tests.

use db::KnownDevice;
use protocol::account::User;
use protocol::device::{Counts, Device, DeviceKind, Quota};
use protocol::element::Visibility;
use protocol::{DeviceId, Timestamp, UserId};

use super::Seat;

pub(crate) fn seat() -> Seat {
    Seat::new(KnownDevice {
        device: Device {
            id: DeviceId::from_parts(3, 5),
            name: "Door".into(),
            kind: DeviceKind::Camera,
            cluster: None,
            visibility: Visibility::Private,
            quota: Quota {
                frames_per_day: 3,
                bytes_per_day: 1_000,
            },
            online: false,
            since: None,
            seen_at: None,
            last_frame: None,
            counts: Counts::default(),
            health: None,
            settings: Default::default(),
            problem: None,
            revoked_at: None,
            created_at: Timestamp::from_millis(0),
        },
        owner: User {
            id: UserId::from_parts(1, 1),
            handle: "ada".parse().expect("a handle"),
            display_name: "Ada".into(),
            created_at: Timestamp::from_millis(0),
            avatar: Vec::new(),
        },
        secret_hash: String::new(),
        sessions: Vec::new(),
    })
}
