//! Every WebSocket frame, as it is on the wire.
//!
//! `tests/golden/*.json` are the contract: a client written against them must
//! go on working. After a change that is meant, write them anew with
//! `UPDATE_GOLDEN=1 cargo test -p asterism-protocol --test golden` and say in
//! `docs/websocket.md` what changed.

#![allow(clippy::unwrap_used)]

use asterism_protocol::label::{LabelName, LabelSource, Verdict};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use asterism_protocol::account::User;
use asterism_protocol::cluster::{
    ClusterGone, ClusterItemChange, ClusterRef, ClusterTouched, ItemChange,
};
use asterism_protocol::device::{
    Counts, Device, DeviceGone, DeviceKind, HealthReport, LastFrame, Quota,
};
use asterism_protocol::element::{
    Element, Evidence, Kind, Label, Media, Owner, Source, Stage, StageName, StageState, State,
    Swatch, Tag, TagBand, TagSource, TagState, Visibility,
};
use asterism_protocol::event::{ElementGone, Event, LoginGone, StageChange, TagsTouched};
use asterism_protocol::mqtt::{Health, Setting};
use asterism_protocol::ws::{
    ClientFrame, Command, Credentials, EventFrame, Hello, Limits, NoArg, Position, PresenceArg,
    Ready, Reload, Reply, Resume, ServerFrame, Signal, SignalFrame, TopicArg,
};
use asterism_protocol::{
    ClusterId, DeviceId, ElementId, ErrorCode, LoginId, Problem, SocketId, TagId, Timestamp, Topic,
    UserId, limits,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[test]
fn client_frames_are_on_the_wire_as_written_down() {
    for (name, frame) in client_frames() {
        holds(&format!("client_{name}"), &frame);
    }
}

#[test]
fn server_frames_are_on_the_wire_as_written_down() {
    for (name, frame) in server_frames() {
        holds(&format!("server_{name}"), &frame);
    }
}

#[test]
fn nothing_written_down_is_out_of_use() {
    let client = client_frames()
        .into_iter()
        .map(|(name, _)| format!("client_{name}.json"));
    let server = server_frames()
        .into_iter()
        .map(|(name, _)| format!("server_{name}.json"));
    let known: BTreeSet<String> = client.chain(server).collect();
    let entries = fs::read_dir(folder())
        .unwrap()
        .map(|e| e.unwrap().file_name());
    let written: BTreeSet<String> = entries.map(|name| name.into_string().unwrap()).collect();
    assert_eq!(known, written);
}

/// A new variant stops this from compiling until it has a golden file.
#[test]
fn no_variant_is_forgotten() {
    let ops: BTreeSet<_> = client_frames()
        .iter()
        .map(|(_, frame)| client_op(frame))
        .collect();
    assert_eq!(ops.len(), 6);
    let ops: BTreeSet<_> = server_frames()
        .iter()
        .map(|(_, frame)| server_op(frame))
        .collect();
    assert_eq!(ops.len(), 9);
    let kinds: BTreeSet<_> = events().iter().map(Event::kind).collect();
    assert_eq!(kinds.len(), 12);
}

/// Keys that a newer server adds must not break an older client.
#[test]
fn unknown_keys_are_passed_over() {
    let text = r#"{"op": "ready", "seq": 1, "session": "01jd3v2k8m0000000000000000", "new": [1],
        "user": {"id": "01jd3v2k8m0000000000000000", "handle": "ada", "display_name": "Ada", "mood": "fine",
        "created_at": "2026-01-31T12:00:00Z"}}"#;
    assert!(matches!(
        serde_json::from_str::<ServerFrame>(text),
        Ok(ServerFrame::Ready(_))
    ));
}

/// Equal to its file; read back equal, also by way of MessagePack.
fn holds<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, frame: &T) {
    let path = folder().join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(frame).unwrap() + "\n";
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let golden = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(text, golden, "{name} changed on the wire");
    assert_eq!(
        &serde_json::from_str::<T>(&golden).unwrap(),
        frame,
        "{name} from JSON"
    );
    let packed = rmp_serde::to_vec_named(frame).unwrap();
    assert_eq!(
        &rmp_serde::from_slice::<T>(&packed).unwrap(),
        frame,
        "{name} from MessagePack"
    );
    // both encodings hold the same keys and values
    let value: serde_json::Value = rmp_serde::from_slice(&packed).unwrap();
    assert_eq!(
        value["op"],
        serde_json::from_str::<serde_json::Value>(&golden).unwrap()["op"]
    );
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn client_op(frame: &ClientFrame) -> &'static str {
    match frame {
        ClientFrame::Identify(_) => "identify",
        ClientFrame::Resume(_) => "resume",
        ClientFrame::Subscribe(_) => "subscribe",
        ClientFrame::Unsubscribe(_) => "unsubscribe",
        ClientFrame::Presence(_) => "presence",
        ClientFrame::Ping(_) => "ping",
    }
}

fn server_op(frame: &ServerFrame) -> &'static str {
    match frame {
        ServerFrame::Hello(_) => "hello",
        ServerFrame::Ready(_) => "ready",
        ServerFrame::Resumed { .. } => "resumed",
        ServerFrame::Reload(_) => "reload",
        ServerFrame::Event(_) => "event",
        ServerFrame::Signal(_) => "signal",
        ServerFrame::Ok(_) => "ok",
        ServerFrame::Error { .. } => "error",
        ServerFrame::Pong { .. } => "pong",
    }
}

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let topic = |topic| TopicArg { topic };
    vec![
        (
            "identify",
            ClientFrame::Identify(Credentials {
                token: Some("a-token".into()),
            }),
        ),
        (
            "identify_cookie",
            ClientFrame::Identify(Credentials::default()),
        ),
        (
            "resume",
            ClientFrame::Resume(Resume {
                credentials: Credentials {
                    token: Some("a-token".into()),
                },
                session: socket(),
                seq: 41,
                topics: vec![Position {
                    topic: Topic::Explore,
                    epoch: "e1".into(),
                    offset: 7,
                }],
            }),
        ),
        (
            "resume_cookie",
            ClientFrame::Resume(Resume {
                credentials: Credentials::default(),
                session: socket(),
                seq: 0,
                topics: Vec::new(),
            }),
        ),
        (
            "presence",
            ClientFrame::Presence(Command {
                id: 5,
                arg: PresenceArg {
                    topic: Topic::Cluster(cluster_id()),
                    here: true,
                },
            }),
        ),
        (
            "subscribe",
            ClientFrame::Subscribe(Command {
                id: 1,
                arg: topic(Topic::User(user().id)),
            }),
        ),
        (
            "unsubscribe",
            ClientFrame::Unsubscribe(Command {
                id: 2,
                arg: topic(Topic::Element(element_id())),
            }),
        ),
        (
            "ping",
            ClientFrame::Ping(Command {
                id: 3,
                arg: NoArg {},
            }),
        ),
    ]
}

fn server_frames() -> Vec<(String, ServerFrame)> {
    let mut frames = vec![
        (
            "hello".to_owned(),
            ServerFrame::Hello(Hello {
                heartbeat_ms: limits::WS_HEARTBEAT_MS,
                limits: Limits {
                    frame_bytes: limits::WS_FRAME_BYTES as u64,
                    topics: limits::WS_TOPICS as u64,
                    frames_per_second: limits::WS_FRAMES_PER_SECOND,
                    identify_ms: limits::WS_IDENTIFY_MS,
                    resume_ms: limits::WS_RESUME_MS,
                },
            }),
        ),
        (
            "ready".into(),
            ServerFrame::Ready(Ready {
                seq: 1,
                session: socket(),
                user: user(),
            }),
        ),
        (
            "resumed".into(),
            ServerFrame::Resumed {
                seq: 42,
                replayed: 3,
            },
        ),
        (
            "reload".into(),
            ServerFrame::Reload(Reload {
                seq: 2,
                topics: vec![Topic::Explore, Topic::Feed(user().id)],
            }),
        ),
        (
            "signal_presence".into(),
            ServerFrame::Signal(SignalFrame {
                seq: 6,
                topic: Topic::Cluster(cluster_id()),
                signal: Signal::Presence {
                    people: vec![Owner {
                        id: user().id,
                        handle: user().handle,
                        display_name: user().display_name,
                    }],
                },
            }),
        ),
        (
            "signal_feed_new".into(),
            ServerFrame::Signal(SignalFrame {
                seq: 7,
                topic: Topic::Feed(user().id),
                signal: Signal::FeedNew {
                    count: 3,
                    because: vec![ClusterRef {
                        id: cluster_id(),
                        name: "Ceramics".into(),
                    }],
                },
            }),
        ),
        (
            "ok".into(),
            ServerFrame::Ok(Reply {
                seq: 3,
                id: 2,
                epoch: None,
                offset: None,
            }),
        ),
        (
            "ok_subscribe".into(),
            ServerFrame::Ok(Reply {
                seq: 4,
                id: 1,
                epoch: Some("e1".into()),
                offset: Some(7),
            }),
        ),
        (
            "error".into(),
            ServerFrame::Error {
                seq: 5,
                id: 4,
                error: Problem::new(ErrorCode::NotFound, "there is no such topic"),
            },
        ),
        ("pong".into(), ServerFrame::Pong { id: 3 }),
    ];
    let events = events().into_iter().enumerate().map(|(at, event)| {
        let name = format!("event_{}", event.kind());
        let topic = match event {
            Event::ElementAdded(_) => Topic::Explore,
            Event::ElementStage(_) => Topic::Element(element_id()),
            Event::ClusterChanged(_) | Event::ClusterItem(_) => Topic::Cluster(cluster_id()),
            Event::TagsChanged(_) => Topic::Tags,
            _ => Topic::User(user().id),
        };
        let at = at as u64;
        (
            name,
            ServerFrame::Event(EventFrame {
                seq: 6 + at,
                topic,
                epoch: "e1".into(),
                offset: 8 + at,
                event,
            }),
        )
    });
    frames.extend(events);
    frames
}

fn events() -> Vec<Event> {
    let failed = Stage {
        name: StageName::Tag,
        state: StageState::Failed,
        error: Some("no model".into()),
    };
    vec![
        Event::ElementAdded(Box::new(fresh())),
        Event::ElementStage(StageChange {
            id: element_id(),
            stage: failed,
            state: State::Processing,
        }),
        Event::ElementReady(Box::new(element())),
        Event::ElementChanged(Box::new(element())),
        Event::ElementRemoved(ElementGone { id: element_id() }),
        Event::ClusterChanged(ClusterTouched { id: cluster_id() }),
        Event::ClusterItem(ClusterItemChange {
            id: cluster_id(),
            element: element_id(),
            change: ItemChange::Added,
            order: Some("a0V".into()),
            section: None,
        }),
        Event::ClusterRemoved(ClusterGone { id: cluster_id() }),
        Event::LoginRevoked(LoginGone {
            id: LoginId::from_parts(4, 4),
        }),
        Event::TagsChanged(TagsTouched {
            tags: vec![TagId::from_parts(5, 5)],
            elements: Vec::new(),
        }),
        Event::DeviceChanged(Box::new(device())),
        Event::DeviceRemoved(DeviceGone {
            id: DeviceId::from_parts(6, 6),
        }),
    ]
}

fn device() -> Device {
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

/// As it is right after the upload: nothing derived yet.
fn fresh() -> Element {
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

fn element() -> Element {
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

fn user() -> User {
    User {
        id: UserId::from_parts(2, 2),
        handle: "ada".parse().unwrap(),
        display_name: "Ada".into(),
        created_at: at(),
    }
}

fn at() -> Timestamp {
    "2026-01-31T12:00:00.5Z".parse().unwrap()
}

fn cluster_id() -> ClusterId {
    ClusterId::from_parts(2, 2)
}

fn element_id() -> ElementId {
    ElementId::from_parts(1, 1)
}

fn socket() -> SocketId {
    SocketId::from_parts(3, 3)
}
