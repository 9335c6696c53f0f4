//! 6: signals.

use std::time::Duration;

use serde_json::{Value, json};

use super::frames::problem;
use crate::check::{Check, ensure, failed};
use crate::socket::Socket;
use crate::world::World;

/// After it nothing more comes that was caused before.
const SETTLED: Duration = Duration::from_millis(900);
/// Comings and goings in quick succession; below the limit on frames.
const FLIPS: usize = 15;

pub fn first(world: &World) -> Check {
    let (mut looking, topic) = member(world)?;
    presence(&mut looking, &topic, true)?;
    let mut late = world.open(&world.ada)?;
    late.subscribe(&topic)?;
    let signal = late.frame()?;
    ensure(
        handles(&signal) == Some(vec![world.ada.handle.clone()]),
        || format!("{signal} and not who is present"),
    )?;
    ensure(signal["offset"].is_null(), || {
        "a signal has an offset".to_owned()
    })?;
    let mut next = world.connect()?;
    next.continues(&late.known);
    drop(late);
    next.send(&next.resume(&world.ada.token))?;
    next.until(|f| handles(f).is_some_and(|there| there.len() == 1))
        .map(drop)
}

pub fn newest(world: &World) -> Check {
    let (mut looking, topic) = member(world)?;
    let mut watching = world.open(&world.ada)?;
    watching.subscribe(&topic)?;
    watching.quiet(SETTLED)?;
    for flip in 0..FLIPS {
        presence(&mut looking, &topic, flip % 2 == 0)?;
    }
    let told: Vec<_> = watching
        .quiet(SETTLED)?
        .iter()
        .filter_map(handles)
        .collect();
    ensure(told.len() < FLIPS, || {
        format!("each of {FLIPS} changes was told")
    })?;
    match told.last() {
        Some(there) if *there == [world.ada.handle.clone()] => Ok(()),
        other => failed(format!("the last that was told is {other:?}")),
    }
}

pub fn members(world: &World) -> Check {
    let (mut member, topic) = member(world)?;
    let mut early = world.open(&world.ada)?;
    let frame = json!({"op": "presence", "topic": topic, "here": true});
    problem(&early.command(frame.clone())?.0, "bad_request")?;
    let public = format!("cluster:{}", world.new_cluster("public")?);
    let mut stranger = world.open(&world.bob)?;
    stranger.subscribe(&public)?;
    let foreign = json!({"op": "presence", "topic": public, "here": true});
    problem(&stranger.command(foreign)?.0, "forbidden")?;
    // and is not told of those who are there
    member.subscribe(&public)?;
    presence(&mut member, &public, true)?;
    let told = stranger.quiet(SETTLED)?;
    ensure(told.iter().all(|f| f["op"] != "signal"), || {
        format!("{told:?}")
    })
}

/// A session of ada's that listens to her cluster.
fn member(world: &World) -> Check<(Socket, String)> {
    let topic = format!("cluster:{}", world.new_cluster("private")?);
    let mut socket = world.open(&world.ada)?;
    socket.subscribe(&topic)?;
    Ok((socket, topic))
}

fn presence(socket: &mut Socket, topic: &str, here: bool) -> Check {
    let frame = json!({"op": "presence", "topic": topic, "here": here});
    let (reply, _) = socket.command(frame)?;
    ensure(reply["op"] == "ok", || reply.clone())
}

/// The handles that a presence signal names.
fn handles(frame: &Value) -> Option<Vec<String>> {
    if frame["op"] != "signal" || frame["kind"] != "presence" {
        return None;
    }
    let people = frame["data"]["people"].as_array()?;
    let handle = |person: &Value| person["handle"].as_str().map(str::to_owned);
    people.iter().map(handle).collect()
}
