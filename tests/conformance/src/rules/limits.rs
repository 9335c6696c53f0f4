//! 7: heartbeats and limits.

use std::time::{Duration, Instant};

use serde_json::json;
use tungstenite::Message;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};

use crate::check::{Check, ensure, failed, same};
use crate::socket::{Came, Socket};
use crate::world::World;

const SOON: Duration = Duration::from_secs(5);
/// Frames at once that no client needs.
const FLOOD: usize = 2_000;
/// Changes that are told to somebody who does not read; each is told on three
/// topics, with this many characters of text.
const UNREAD: usize = 400;
const TEXT: usize = 3_900;

pub fn pings(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let (pong, _) = socket.command(json!({"op": "ping"}))?;
    ensure(pong["op"] == "pong", || pong.clone())?;
    socket.send_raw(Message::Ping(b"abc"[..].into()))?;
    let start = Instant::now();
    while start.elapsed() < SOON {
        if let Came::Pong(payload) = socket.come(SOON)? {
            return same("the payload", payload, b"abc".to_vec());
        }
    }
    failed("no pong")
}

pub fn silence(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let beat = socket.hello["heartbeat_ms"].as_u64().unwrap_or_default();
    let end = socket.end_unanswered(Duration::from_millis(beat * 5))?;
    same("the code", end, Some(4001))
}

pub fn oversize(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let most = socket.hello["limits"]["frame_bytes"]
        .as_u64()
        .unwrap_or_default() as usize;
    // as large as it may be
    let pad = most - json!({"op": "ping", "id": 1, "pad": ""}).to_string().len();
    socket.send(&json!({"op": "ping", "id": 1, "pad": "x".repeat(pad)}))?;
    socket.until(|f| f["op"] == "pong")?;
    // what cannot be sent in full was closed in the midst of it
    let _ = socket.send_raw(Message::text("x".repeat(most + 1)));
    socket.closed(4031, SOON)?;

    let mut parts = world.open(&world.ada)?;
    let piece = vec![b'x'; most / 4];
    for part in 0..6 {
        let opcode = if part == 0 {
            Data::Text
        } else {
            Data::Continue
        };
        let header = FrameHeader {
            is_final: false,
            opcode: OpCode::Data(opcode),
            ..FrameHeader::default()
        };
        let frame = Frame::from_payload(header, piece.clone().into());
        if parts.send_raw(Message::Frame(frame)).is_err() {
            break;
        }
    }
    parts.closed(4031, SOON)
}

pub fn flood(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    for id in 0..FLOOD {
        if socket.send(&json!({"op": "ping", "id": id})).is_err() {
            break;
        }
    }
    socket.closed(4011, SOON)
}

pub fn slow(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let topics = [
        format!("element:{}", world.element()?),
        format!("user:{}", world.ada.id),
    ];
    for topic in &topics {
        socket.subscribe(topic)?;
    }
    let text = "slow ".repeat(TEXT / 5);
    for count in 0..UNREAD {
        world.edit(&json!({"description": format!("{text}{count}")}))?;
    }
    // what was on its way comes in order, then the end
    let start = Instant::now();
    loop {
        ensure(start.elapsed() < SOON * 4, || "never closed".to_owned())?;
        match socket.come(SOON)? {
            Came::Closed(code) => break same("the code", code, Some(4000))?,
            Came::Nothing => return failed("not closed, though much was not read"),
            Came::Frame(_) | Came::Pong(_) => {}
        }
    }
    let mut next = world.connect()?;
    next.continues(&socket.known);
    next.send(&next.resume(&world.ada.token))?;
    // the last change is told, or that all has to be fetched anew
    caught_up(&mut next, &topics[0], &format!("{text}{}", UNREAD - 1))
}

fn caught_up(socket: &mut Socket, topic: &str, last: &str) -> Check {
    let done = |f: &serde_json::Value| {
        let named = f["topics"]
            .as_array()
            .is_some_and(|t| t.contains(&json!(topic)));
        (f["op"] == "reload" && named) || (f["topic"] == topic && f["data"]["description"] == last)
    };
    socket.until(done).map(drop)
}
