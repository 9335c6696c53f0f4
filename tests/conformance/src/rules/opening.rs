//! 2: opening a session.

use std::time::Duration;

use serde_json::json;

use crate::check::{Check, ensure, failed, same};
use crate::socket::{Came, Handshake, Socket};
use crate::world::World;

const SOON: Duration = Duration::from_secs(5);
/// More connections than any account should have.
const MANY: usize = 100;

pub fn hello(world: &World) -> Check {
    let socket = world.connect()?;
    let number = |value: &serde_json::Value| value.as_u64().is_some_and(|n| n > 0);
    ensure(number(&socket.hello["heartbeat_ms"]), || {
        socket.hello.clone()
    })?;
    ensure(socket.hello["seq"].is_null(), || {
        "hello has a seq".to_owned()
    })?;
    for name in [
        "frame_bytes",
        "topics",
        "frames_per_second",
        "identify_ms",
        "resume_ms",
    ] {
        ensure(number(&socket.hello["limits"][name]), || {
            format!("no {name} in {}", socket.hello)
        })?;
    }
    Ok(())
}

pub fn identify(world: &World) -> Check {
    let mut socket = world.connect()?;
    let ready = socket.identify(&world.ada.token)?;
    same("seq", ready["seq"].as_u64(), Some(1))?;
    same(
        "the user",
        ready["user"]["id"].as_str(),
        Some(&world.ada.id),
    )?;
    let other = world.open(&world.ada)?;
    ensure(other.known.session != socket.known.session, || {
        "two connections have one session".to_owned()
    })
}

pub fn cookie(world: &World) -> Check {
    let handshake = Handshake {
        cookie: Some(&world.ada.cookie),
        ..Handshake::default()
    };
    let mut socket = match Socket::knock(world.url, &handshake)? {
        Ok(socket) => socket,
        Err(refused) => return failed(format!("refused: {refused:?}")),
    };
    socket.send(&json!({"op": "identify"}))?;
    let ready = socket.ready()?;
    same(
        "the user",
        ready["user"]["id"].as_str(),
        Some(&world.ada.id),
    )
}

pub fn strangers(world: &World) -> Check {
    for frame in [
        json!({"op": "identify"}),
        json!({"op": "identify", "token": "x".repeat(43)}),
        json!({"op": "identify", "token": ""}),
    ] {
        let mut socket = world.connect()?;
        socket.send(&frame)?;
        socket.closed(4020, SOON)?;
    }
    Ok(())
}

pub fn silence(world: &World) -> Check {
    let mut socket = world.connect()?;
    let wait = socket.hello["limits"]["identify_ms"]
        .as_u64()
        .unwrap_or_default();
    ensure(wait <= 60_000, || format!("identify_ms is {wait}"))?;
    // not before it said so
    let early = Duration::from_millis(wait.saturating_sub(500));
    same("what comes", socket.come(early)?, Came::Nothing)?;
    socket.closed(4021, SOON)
}

pub fn order(world: &World) -> Check {
    let mut early = world.connect()?;
    early.send(&json!({"op": "ping", "id": 1}))?;
    early.closed(4030, SOON)?;
    let mut twice = world.open(&world.ada)?;
    twice.send(&json!({"op": "identify", "token": world.ada.token}))?;
    twice.closed(4030, SOON)
}

pub fn crowd(world: &World) -> Check {
    let account = world.account()?;
    let mut open = Vec::new();
    for _ in 0..MANY {
        let mut socket = world.connect()?;
        socket.send(&json!({"op": "identify", "token": account.token}))?;
        match socket.come(SOON)? {
            Came::Frame(frame) if frame["op"] == "ready" => open.push(socket),
            Came::Closed(code) => {
                same("the code", code, Some(4011))?;
                // a place that becomes free can be had
                open.pop();
                return again(world, &account);
            }
            other => return failed(format!("{other:?}")),
        }
    }
    failed(format!("{MANY} connections of one account are open"))
}

fn again(world: &World, account: &crate::http::Account) -> Check {
    for _ in 0..20 {
        if world.open(account).is_ok() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    failed("a place that became free cannot be had")
}
