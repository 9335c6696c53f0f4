//! Every WebSocket frame, as it is on the wire.
//!
//! `tests/golden/*.json` are the contract: a client written against them must
//! go on working. After a change that is meant, write them anew with
//! `UPDATE_GOLDEN=1 cargo test -p asterism-protocol --test golden` and say in
//! `docs/websocket.md` what changed.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use asterism_protocol::cluster::{
    ClusterGone, ClusterItemChange, ClusterRef, ClusterTouched, ItemChange, Place, Placed,
};
use asterism_protocol::device::DeviceGone;
use asterism_protocol::element::{Owner, Stage, StageName, StageState, State};
use asterism_protocol::event::{
    AccountTouched, ElementGone, Event, LoginGone, NodePresence, StageChange, TagsTouched,
};
use asterism_protocol::notification::{MarkRead, NotificationGone, NotificationNews, ReadUpTo};
use asterism_protocol::search::{Found, Hit, Why};
use asterism_protocol::ws::{
    ClientFrame, Command, Credentials, EventFrame, FeedArg, FeedName, Hello, LikeArg, Limits,
    NoArg, PageArg, Position, PresenceArg, Ready, Reload, Reply, Resume, SaveArg, SearchArg,
    ServerFrame, Signal, SignalFrame, TopicArg, UnsaveArg,
};
use asterism_protocol::{DeviceId, ErrorCode, LoginId, Problem, TagId, Topic, limits};
use serde::Serialize;
use serde::de::DeserializeOwned;

mod samples;

use samples::{
    cluster, cluster_id, device, element, element_id, fresh, notification, socket, user,
};

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
    assert_eq!(ops.len(), 12);
    let ops: BTreeSet<_> = server_frames()
        .iter()
        .map(|(_, frame)| server_op(frame))
        .collect();
    assert_eq!(ops.len(), 10);
    let kinds: BTreeSet<_> = events().iter().map(Event::kind).collect();
    assert_eq!(kinds.len(), 17);
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
        ClientFrame::MarkRead(_) => "mark_read",
        ClientFrame::Like(_) => "like",
        ClientFrame::Save(_) => "save",
        ClientFrame::Unsave(_) => "unsave",
        ClientFrame::Search(_) => "search",
        ClientFrame::Feed(_) => "feed",
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
        ServerFrame::Found { .. } => "found",
        ServerFrame::Error { .. } => "error",
        ServerFrame::Pong { .. } => "pong",
    }
}

fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let topic = |topic| TopicArg { topic };
    let mut frames = vec![
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
            "mark_read",
            ClientFrame::MarkRead(Command {
                id: 6,
                arg: MarkRead { up_to: 17 },
            }),
        ),
        (
            "ping",
            ClientFrame::Ping(Command {
                id: 3,
                arg: NoArg {},
            }),
        ),
    ];
    frames.extend(deeds());
    frames
}

/// What changes something, and what asks for elements.
fn deeds() -> Vec<(&'static str, ClientFrame)> {
    let like = |on| LikeArg {
        element: element_id(),
        on,
    };
    let next = PageArg {
        cursor: Some("40".parse().unwrap()),
        limit: Some(20),
    };
    let save = SaveArg {
        cluster: cluster_id(),
        element: element_id(),
        section: Some("Glazes".into()),
        place: Place::After(element_id()),
    };
    let plain = SaveArg {
        section: None,
        place: Place::Usual,
        ..save.clone()
    };
    let unsave = UnsaveArg {
        cluster: cluster_id(),
        element: element_id(),
    };
    let search = SearchArg {
        q: "tag:cat on a wall".into(),
        page: PageArg::default(),
    };
    let feed = |feed, page| FeedArg { feed, page };
    let home = feed(FeedName::Home, PageArg::default());
    let explore = feed(FeedName::Explore, next);
    vec![
        ("like", ClientFrame::Like(with(7, like(true)))),
        ("like_back", ClientFrame::Like(with(8, like(false)))),
        ("save", ClientFrame::Save(with(9, plain))),
        ("save_placed", ClientFrame::Save(with(10, save))),
        ("unsave", ClientFrame::Unsave(with(11, unsave))),
        ("search", ClientFrame::Search(with(12, search))),
        ("feed", ClientFrame::Feed(with(13, home))),
        ("feed_next", ClientFrame::Feed(with(14, explore))),
    ]
}

fn with<T>(id: u64, arg: T) -> Command<T> {
    Command { id, arg }
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
                ..Reply::default()
            }),
        ),
        (
            "ok_subscribe".into(),
            ServerFrame::Ok(Reply {
                seq: 4,
                id: 1,
                epoch: Some("e1".into()),
                offset: Some(7),
                placed: None,
            }),
        ),
        (
            "ok_save".into(),
            ServerFrame::Ok(Reply {
                seq: 5,
                id: 9,
                placed: Some(Box::new(Placed {
                    order: Some("a0V".into()),
                    section: None,
                    cluster: cluster(),
                })),
                ..Reply::default()
            }),
        ),
        (
            "found".into(),
            ServerFrame::Found {
                id: 12,
                data: Found {
                    items: vec![Hit {
                        element: element(),
                        score: Some(0.75),
                        why: vec![Why::Looks { confidence: 0.75 }],
                        because: None,
                    }],
                    divider_after: None,
                    next_cursor: Some("1".parse().unwrap()),
                    facets: Vec::new(),
                    narrow: Default::default(),
                    hints: Vec::new(),
                },
            },
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
            Event::NodePresence(_) => Topic::Nodes,
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
        Event::Notification(Box::new(NotificationNews {
            notification: notification(),
            quiet: false,
        })),
        Event::NotificationRemoved(NotificationGone {
            id: notification().id,
        }),
        Event::NotificationsRead(ReadUpTo { up_to: 17 }),
        Event::AccountChanged(AccountTouched { id: user().id }),
        Event::NodePresence(NodePresence {
            node: "one".into(),
            topic: Topic::Cluster(cluster_id()),
            people: vec![element().owner],
        }),
    ]
}
