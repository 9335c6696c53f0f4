//! 4: topics, offsets, events.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::frames::problem;
use crate::check::{Check, ensure, failed, same};
use crate::http::{Account, Answer};
use crate::socket::{Encoding, Socket};
use crate::world::World;

/// After it nothing more comes that was caused before.
const SETTLED: Duration = Duration::from_millis(600);
/// Changes that are made while somebody subscribes and fetches.
const MADE: u64 = 24;

pub fn offsets(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let topic = format!("cluster:{}", world.cluster()?);
    let start = socket.subscribe(&topic)?["offset"].as_u64();
    for count in 1..=5 {
        rename(world, &format!("offsets {count}"))?;
    }
    let mut seen = Vec::new();
    while seen.len() < 5 {
        let event = socket.until(|f| f["op"] == "event" && f["topic"] == topic)?;
        let event = event.last().cloned().unwrap_or_default();
        ensure(event["kind"] == "cluster_changed", || event.clone())?;
        seen.push(event["offset"].as_u64());
    }
    let wanted: Vec<_> = (1..=5).map(|n| start.map(|s| s + n)).collect();
    same("the offsets", seen, wanted)
}

/// A cluster is renamed again and again while somebody subscribes and fetches:
/// what was fetched is at least what was before the reply, and the rest is told.
pub fn snapshot(world: &World) -> Check {
    let id = world.new_cluster("private")?;
    let (topic, path) = (format!("cluster:{id}"), format!("/api/v1/clusters/{id}"));
    // each change is one event, so offsets count changes
    let base = offset(&world.open(&world.ada)?.subscribe(&topic)?);
    let mut socket = world.open(&world.ada)?;
    let (ada, path) = (&world.ada, &path);
    let (before, fetched) = std::thread::scope(|scope| {
        let writer = scope.spawn(move || -> Check {
            for count in 1..=MADE {
                let name = json!({"name": count.to_string()});
                patch(ada, path, &name)?;
            }
            Ok(())
        });
        std::thread::sleep(Duration::from_millis(30));
        let reply = socket.subscribe(&topic);
        let fetched = ada.call("GET", path, None).and_then(Answer::ok);
        let written = writer.join().unwrap_or_else(|_| failed("the writer broke"));
        written.and(Ok((offset(&reply?), fetched?)))
    })?;
    let fetched = fetched["name"].as_str().and_then(|name| name.parse().ok());
    let (before, fetched) = (before.saturating_sub(base), fetched.unwrap_or(0));
    ensure(fetched >= before, || {
        format!("subscribed after change {before}, then fetched change {fetched}")
    })?;
    // the socket fails on gaps, so that the last one means all
    if before < MADE {
        socket.until(|f| f["topic"] == topic && offset(f) == base + MADE)?;
    }
    let late = socket.quiet(SETTLED)?;
    ensure(late.iter().all(|f| f["topic"] != topic), || {
        format!("{late:?}")
    })
}

fn patch(who: &Account, path: &str, change: &Value) -> Check {
    who.call("PATCH", path, Some(change))?.ok().map(drop)
}

fn offset(frame: &Value) -> u64 {
    frame["offset"].as_u64().unwrap_or_default()
}

pub fn leave(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let topic = format!("cluster:{}", world.cluster()?);
    socket.subscribe(&topic)?;
    let (reply, _) = socket.command(json!({"op": "unsubscribe", "topic": topic}))?;
    ensure(reply["op"] == "ok", || reply.clone())?;
    rename(world, "left")?;
    let late = socket.quiet(SETTLED)?;
    ensure(late.iter().all(|f| f["op"] != "event"), || {
        format!("{late:?}")
    })
}

pub fn hidden(world: &World) -> Check {
    let mut socket = world.open(&world.bob)?;
    let none = "01jd3v2k8m0000000000000000";
    let mut answers = BTreeSet::new();
    for topic in [
        format!("user:{}", world.ada.id),
        format!("feed:{}", world.ada.id),
        format!("element:{}", world.element()?),
        format!("cluster:{}", world.cluster()?),
        format!("user:{none}"),
        format!("element:{none}"),
        format!("cluster:{none}"),
    ] {
        let (error, _) = socket.command(json!({"op": "subscribe", "topic": topic}))?;
        problem(&error, "not_found")?;
        answers.insert(error["error"].to_string());
    }
    same("the number of different answers", answers.len(), 1)
}

pub fn too_many(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let limits = &socket.hello["limits"];
    let (Some(most), Some(rate)) = (
        limits["topics"].as_u64(),
        limits["frames_per_second"].as_u64(),
    ) else {
        return failed(format!("no limits in {}", socket.hello));
    };
    // public pictures of nobody are not needed: clusters are quickly made
    let pause = Duration::from_secs_f64(1.0 / rate as f64);
    let mut topics = vec![
        "explore".to_owned(),
        format!("user:{}", world.ada.id),
        format!("feed:{}", world.ada.id),
    ];
    while (topics.len() as u64) < most {
        topics.push(format!("cluster:{}", world.new_cluster("private")?));
    }
    let started = std::time::Instant::now();
    for (count, topic) in topics.iter().enumerate() {
        socket.subscribe(topic)?;
        std::thread::sleep((pause * count as u32).saturating_sub(started.elapsed()));
    }
    let one_more = format!("cluster:{}", world.cluster()?);
    let (error, _) = socket.command(json!({"op": "subscribe", "topic": one_more}))?;
    problem(&error, "rate_limited")?;
    // those that it has are not counted twice, and one that goes makes room
    socket.subscribe(&topics[0])?;
    socket.command(json!({"op": "unsubscribe", "topic": topics[0]}))?;
    socket.subscribe(&one_more)?;
    for topic in topics
        .iter()
        .filter_map(|topic| topic.strip_prefix("cluster:"))
    {
        world
            .ada
            .call("DELETE", &format!("/api/v1/clusters/{topic}"), None)?
            .ok()?;
    }
    Ok(())
}

pub fn withdrawn(world: &World) -> Check {
    world.edit(&json!({"visibility": "public"}))?;
    let mut socket = world.open(&world.bob)?;
    let topic = format!("element:{}", world.element()?);
    socket.subscribe(&topic)?;
    world.edit(&json!({"title": "seen", "visibility": "private"}))?;
    let frames = socket.until(|f| f["topic"] == topic && f["kind"] == "element_removed")?;
    let shown = frames.iter().find(|f| f["data"]["title"] == "seen");
    ensure(shown.is_none(), || {
        format!("shown to a stranger: {shown:?}")
    })?;
    world.retitle("unseen")?;
    let late = socket.quiet(SETTLED)?;
    ensure(late.iter().all(|f| f["topic"] != topic), || {
        format!("{late:?}")
    })
}

pub fn encodings(world: &World) -> Check {
    let topic = format!("element:{}", world.element()?);
    let mut told = Vec::new();
    let mut sockets = Vec::new();
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let mut socket = Socket::connect(world.url, encoding)?;
        let ready = socket.identify(&world.ada.token)?;
        let reply = socket.subscribe(&topic)?;
        told.push((ready["user"].clone(), reply, socket.hello.clone()));
        sockets.push(socket);
    }
    world.retitle("both \u{1f30d}")?;
    let mut events = Vec::new();
    for socket in &mut sockets {
        let frames = socket.until(|f| f["kind"] == "element_changed")?;
        events.push(frames.last().cloned().unwrap_or(Value::Null));
    }
    let [json, packed] = &events[..] else {
        return failed("two encodings");
    };
    same("the user", &told[1].0, &told[0].0)?;
    same("hello", &told[1].2, &told[0].2)?;
    ensure(alike(packed, json), || format!("{packed} and not {json}"))
}

/// The same but for the digits of numbers that are no whole ones.
fn alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let mut all = a.iter();
            a.len() == b.len() && all.all(|(k, v)| b.get(k).is_some_and(|w| alike(v, w)))
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(a, b))
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() || b.is_f64() => {
            let single = |n: &serde_json::Number| n.as_f64().map(|n| n as f32);
            single(a) == single(b)
        }
        _ => a == b,
    }
}

fn rename(world: &World, name: &str) -> Check {
    let path = format!("/api/v1/clusters/{}", world.cluster()?);
    let answer = world
        .ada
        .call("PATCH", &path, Some(&json!({"name": name})))?;
    answer.ok().map(drop)
}
