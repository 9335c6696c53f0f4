//! What the frames carry.

use asterism_protocol::account::User;
use asterism_protocol::cluster::{Cluster, ClusterRole, Influence};
use asterism_protocol::device::{Counts, Device, DeviceKind, HealthReport, LastFrame, Quota};
use asterism_protocol::element::{
    Element, Evidence, Kind, Label, Media, Owner, Source, Stage, StageName, StageState, State,
    Swatch, Tag, TagBand, TagSource, TagState, Visibility,
};
use asterism_protocol::label::{LabelName, LabelSource, Verdict};
use asterism_protocol::mqtt::{Health, Setting};
use asterism_protocol::notification::{NotedElement, Notification, What};
use asterism_protocol::{
    ClusterId, DeviceId, ElementId, ErrorCode, Problem, SocketId, Timestamp, UserId,
};

/// As it is right after the upload: nothing derived yet.
pub fn fresh() -> Element {
    let waiting = |name| Stage {
        name,
        state: StageState::Waiting,
        error: None,
    };
    Element {
        state: State::Processing,
        stages: StageName::IMAGE.into_iter().map(waiting).collect(),
        description: String::new(),
        thumbhash: String::new(),
        colors: Vec::new(),
        media: Vec::new(),
        tags: Vec::new(),
        labels: Vec::new(),
        quality: None,
        source: Source {
            via: "upload".into(),
            ..Source::default()
        },
        ..element()
    }
}

pub fn element() -> Element {
    let done = |name| Stage {
        name,
        state: StageState::Done,
        error: None,
    };
    Element {
        id: element_id(),
        kind: Kind::Image,
        state: State::Ready,
        stages: StageName::IMAGE.into_iter().map(done).collect(),
        title: "Tiger cat".into(),
        description: "On the wall, at noon".into(),
        width: 1600,
        height: 1200,
        thumbhash: "1QcSHQRnh493V4dIh4eXh1h4kJUI".into(),
        colors: vec![Swatch {
            hex: "#8a6b4f".into(),
            share: 0.5,
        }],
        media: vec![Media {
            variant: "jpeg-640".into(),
            url: format!("/media/{}/jpeg-640", "ab".repeat(32)),
            mime: "image/jpeg".into(),
            width: 640,
            height: 480,
        }],
        tags: vec![
            Tag {
                name: "tiger cat".parse().unwrap(),
                source: TagSource::Model,
                score: 0.75,
                state: TagState::Suggested,
                band: Some(TagBand::Suggested),
                implied_by: None,
            },
            Tag {
                name: "wall".parse().unwrap(),
                source: TagSource::Person,
                score: 1.0,
                state: TagState::Fact,
                band: None,
                implied_by: None,
            },
        ],
        labels: vec![Label {
            label: LabelName::AiMade,
            verdict: Verdict::No,
            confidence: 0.5,
            evidence: vec![Evidence {
                kind: "exif".into(),
                detail: "a camera is named".into(),
                score: None,
            }],
            source: LabelSource::Model,
            model: None,
            appeal: None,
        }],
        quality: Some(62.5),
        quality_parts: None,
        alt: String::new(),
        text: String::new(),
        visibility: Visibility::Public,
        owner: Owner {
            id: user().id,
            handle: "ada".parse().unwrap(),
            display_name: "Ada".into(),
        },
        source: Source {
            via: "sample".into(),
            file_name: Some("cat.jpg".into()),
            author: Some("Ada".into()),
            license: Some("CC0-1.0".into()),
            url: Some("pkg:npm/cats@1.0.0".into()),
            ..Source::default()
        },
        created_at: at(),
    }
}

/// Two people like the same picture.
pub fn notification() -> Notification {
    let Element {
        id,
        title,
        width,
        height,
        thumbhash,
        media,
        owner,
        ..
    } = element();
    Notification {
        id: format!("liked.{id}.20484"),
        seq: 17,
        what: What::Liked,
        actors: vec![owner],
        people: 2,
        count: 2,
        elements: vec![NotedElement {
            id,
            title,
            width,
            height,
            thumbhash,
            media,
            labels: Vec::new(),
        }],
        cluster: None,
        at: at(),
    }
}

pub fn user() -> User {
    User {
        id: UserId::from_parts(2, 2),
        handle: "ada".parse().unwrap(),
        display_name: "Ada".into(),
        created_at: at(),
        avatar: Vec::new(),
    }
}

pub fn at() -> Timestamp {
    "2026-01-31T12:00:00.5Z".parse().unwrap()
}

pub fn cluster() -> Cluster {
    Cluster {
        id: cluster_id(),
        name: "Ceramics".into(),
        description: String::new(),
        visibility: Visibility::Private,
        owner: element().owner,
        role: Some(ClusterRole::Owner),
        count: 1,
        cover: Vec::new(),
        sections: Vec::new(),
        followers: 0,
        following: false,
        influence: Influence::default(),
        holds: Some(true),
        created_at: at(),
        changed_at: at(),
    }
}

pub fn cluster_id() -> ClusterId {
    ClusterId::from_parts(2, 2)
}

pub fn element_id() -> ElementId {
    ElementId::from_parts(1, 1)
}

pub fn socket() -> SocketId {
    SocketId::from_parts(3, 3)
}

pub fn device() -> Device {
    Device {
        id: DeviceId::from_parts(6, 6),
        name: "Front door".into(),
        kind: DeviceKind::Camera,
        cluster: Some(cluster_id()),
        visibility: Visibility::Private,
        quota: Quota::default(),
        online: true,
        since: Some(Timestamp::from_millis(1_000)),
        seen_at: Some(Timestamp::from_millis(2_000)),
        last_frame: Some(LastFrame {
            element: element_id(),
            at: Timestamp::from_millis(2_000),
        }),
        counts: Counts {
            accepted: 3,
            duplicates: 1,
            bytes: 60_000,
            refused: [("flood".to_owned(), 2)].into(),
            today_frames: 4,
            today_bytes: 80_000,
        },
        health: Some(HealthReport {
            health: Health {
                battery: Some(81.5),
                rssi: Some(-63),
                ..Health::default()
            },
            at: Timestamp::from_millis(1_500),
        }),
        settings: [(Setting::Interval, "30".to_owned())].into(),
        problem: Some(Problem::new(ErrorCode::RateLimited, "send fewer").retry_after(1)),
        revoked_at: None,
        created_at: Timestamp::from_millis(0),
    }
}
