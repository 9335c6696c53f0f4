//! 3: frames and commands.

use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};

use crate::check::{Check, ensure, failed, same};
use crate::socket::{Encoding, Socket};
use crate::world::World;

const SOON: Duration = Duration::from_secs(5);
/// After it nothing more comes that was caused before.
const SETTLED: Duration = Duration::from_millis(600);

/// The socket itself fails on any gap; here only what stands outside.
pub fn sequence(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let reply = socket.subscribe("explore")?;
    same("seq of the first reply", reply["seq"].as_u64(), Some(2))?;
    let (pong, _) = socket.command(json!({"op": "ping"}))?;
    ensure(pong["op"] == "pong" && pong["seq"].is_null(), || {
        pong.clone()
    })?;
    socket.subscribe(&format!("user:{}", world.ada.id))?;
    world.retitle("sequence")?;
    socket
        .until(|frame| frame["kind"] == "element_changed")
        .map(drop)
}

pub fn replies(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let user = format!("user:{}", world.ada.id);
    // ids are the client's own, and may be used again
    let commands = [
        (7, json!({"op": "subscribe", "topic": user}), "ok"),
        (7, json!({"op": "ping"}), "pong"),
        (
            9_007_199_254_740_991_u64,
            json!({"op": "subscribe", "topic": "explore"}),
            "ok",
        ),
        (
            0,
            json!({"op": "subscribe", "topic": "user:01jd3v2k8m0000000000000000"}),
            "error",
        ),
        (3, json!({"op": "unsubscribe", "topic": user}), "ok"),
    ];
    for (id, command, _) in &commands {
        let mut command = command.clone();
        command["id"] = json!(id);
        socket.send(&command)?;
    }
    let came = socket.quiet(SETTLED)?;
    let is_reply = |f: &&Value| matches!(f["op"].as_str(), Some("ok" | "error" | "pong"));
    let replies: Vec<_> = came
        .iter()
        .filter(is_reply)
        .map(|f| (f["id"].as_u64(), f["op"].as_str().map(str::to_owned)))
        .collect();
    let wanted: Vec<_> = commands
        .iter()
        .map(|(id, _, op)| (Some(*id), Some((*op).to_owned())))
        .collect();
    same("the replies", replies, wanted)
}

pub fn refusals(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let foreign = format!("user:{}", world.bob.id);
    let (error, _) = socket.command(json!({"op": "subscribe", "topic": foreign}))?;
    problem(&error, "not_found")?;
    ensure(error["seq"].is_u64(), || format!("no seq in {error}"))?;
    alive(&mut socket)
}

pub fn unknown(world: &World) -> Check {
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let mut socket = Socket::connect(world.url, encoding)?;
        socket.identify(&world.ada.token)?;
        for command in [
            json!({"op": "dance"}),
            json!({"op": "subscribe"}),
            json!({"op": "subscribe", "topic": "no such topic"}),
            json!({"op": "subscribe", "topic": 7}),
            json!({"op": "subscribe", "topic": "tags"}),
        ] {
            let (error, _) = socket.command(command.clone())?;
            let code = if command["topic"] == "tags" {
                "not_found"
            } else {
                "bad_request"
            };
            problem(&error, code)?;
        }
        alive(&mut socket)?;
    }
    Ok(())
}

pub fn nonsense(world: &World) -> Check {
    for text in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "{\"op\":7,\"id\":1}",
        "{\"op\":\"ping\"}",
        "{\"op\":\"ping\",\"id\":-1}",
    ] {
        let mut socket = world.open(&world.ada)?;
        socket.send_raw(Message::text(text))?;
        socket
            .closed(4030, SOON)
            .or_else(|stop| failed(format!("{text:?}: {stop:?}")))?;
    }
    let mut text = world.open(&world.ada)?;
    let header = FrameHeader {
        opcode: OpCode::Data(Data::Text),
        ..FrameHeader::default()
    };
    let no_text = Frame::from_payload(header, b"{\"op\":\"\xff\"}"[..].into());
    text.send_raw(Message::Frame(no_text))?;
    text.closed(4030, SOON)?;
    for bytes in [
        &b""[..],
        b"\xc1",
        b"\x81\xa2op",
        b"\xdf\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff\x00",
    ] {
        let mut socket = Socket::connect(world.url, Encoding::MsgPack)?;
        socket.identify(&world.ada.token)?;
        socket.send_raw(Message::binary(bytes))?;
        socket
            .closed(4030, SOON)
            .or_else(|stop| failed(format!("{bytes:x?}: {stop:?}")))?;
    }
    Ok(())
}

pub fn more_fields(world: &World) -> Check {
    let mut socket = world.connect()?;
    socket.send(&json!({"op": "identify", "token": world.ada.token, "device": "phone", "v": 2}))?;
    socket.ready()?;
    let (pong, _) = socket.command(json!({"op": "ping", "at": [1, {"a": null}]}))?;
    ensure(pong["op"] == "pong", || pong.clone())
}

pub fn again(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let topic = format!("element:{}", world.element()?);
    socket.subscribe(&topic)?;
    for count in 0..5 {
        // what is on its way is not lost to a reply that is ahead of it
        world.retitle(&format!("again {count}"))?;
        let (reply, _) = socket.command(json!({"op": "subscribe", "topic": topic}))?;
        let mark = (reply["epoch"].as_str(), reply["offset"].as_u64());
        let last = &socket.known.marks[&topic];
        same("where it stands", mark, (Some(&*last.0), Some(last.1)))?;
    }
    world.retitle("again")?;
    // the socket fails on an event that comes twice
    socket.until(|f| f["data"]["title"] == "again")?;
    socket.quiet(SETTLED)?;
    for _ in 0..2 {
        let (reply, _) = socket.command(json!({"op": "unsubscribe", "topic": topic}))?;
        ensure(reply["op"] == "ok", || reply.clone())?;
    }
    Ok(())
}

/// Is it an error with a problem object of this code?
pub(super) fn problem(reply: &Value, code: &str) -> Check {
    let error = &reply["error"];
    let whole = error["type"].is_string() && error["title"].is_string() && error["status"].is_u64();
    ensure(
        reply["op"] == "error" && whole && error["code"] == code,
        || format!("{reply} and not an error {code}"),
    )
}

fn alive(socket: &mut Socket) -> Check {
    socket.command(json!({"op": "ping"})).map(drop)
}
