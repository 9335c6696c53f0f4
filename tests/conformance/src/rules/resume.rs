//! 5: taking a session up again.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::check::{Check, ensure, failed, same};
use crate::socket::{Came, Socket};
use crate::world::World;

/// After it nothing more comes that was caused before.
const SETTLED: Duration = Duration::from_millis(600);
const SOON: Duration = Duration::from_secs(5);

pub fn goes_on(world: &World) -> Check {
    let (mut socket, topic) = listening(world)?;
    touch(world)?;
    socket.until(|f| f["op"] == "event" && f["topic"] == topic)?;
    let seen = (socket.known.seq, socket.known.marks.clone());
    // told, but as good as not seen: the client says an older seq
    touch(world)?;
    socket.until(|f| f["op"] == "event" && f["topic"] == topic)?;
    let mut next = world.connect()?;
    next.continues(&socket.known);
    (next.known.seq, next.known.marks) = seen;
    drop(socket);
    // and missed altogether
    touch(world)?;
    next.send(&next.resume(&world.ada.token))?;
    let resumed = next.frame()?;
    ensure(resumed["op"] == "resumed", || {
        format!("{resumed} and not resumed")
    })?;
    same("its seq", resumed["seq"].as_u64(), Some(next.known.seq))?;
    let replayed = resumed["replayed"].as_u64();
    ensure(replayed >= Some(1), || format!("{resumed} replays nothing"))?;
    events(&mut next, &topic, 2)?;
    // and it is open as before
    touch(world)?;
    events(&mut next, &topic, 1)
}

pub fn foreign(world: &World) -> Check {
    let (socket, topic) = listening(world)?;
    let mut frame = socket.resume(&world.bob.token);
    frame["topics"] = json!([]);
    let mut thief = world.connect()?;
    thief.send(&frame)?;
    let ready = thief.ready()?;
    same(
        "the user",
        ready["user"]["id"].as_str(),
        Some(&world.bob.id),
    )?;
    ensure(ready["session"] != socket.known.session.as_str(), || {
        "the session of another account is given away".to_owned()
    })?;
    touch(world)?;
    let late = thief.quiet(SETTLED)?;
    ensure(late.iter().all(|f| f["topic"] != topic), || {
        format!("{late:?}")
    })
}

pub fn unknown(world: &World) -> Check {
    let (socket, topic) = listening(world)?;
    let mut next = world.connect()?;
    next.continues(&socket.known);
    drop(socket);
    for _ in 0..3 {
        touch(world)?;
    }
    let mut frame = next.resume(&world.ada.token);
    frame["session"] = json!("01jd3v2k8m0000000000000000");
    next.send(&frame)?;
    let ready = next.ready()?;
    same("seq", ready["seq"].as_u64(), Some(1))?;
    events(&mut next, &topic, 3)?;
    touch(world)?;
    events(&mut next, &topic, 1)
}

pub fn reload(world: &World) -> Check {
    let (socket, topic) = listening(world)?;
    let (epoch, offset) = socket.known.marks[&topic].clone();
    for (what, epoch, offset) in [
        ("another epoch", "no such epoch".to_owned(), offset),
        ("an offset never reached", epoch, offset + 1_000),
    ] {
        let mut next = world.connect()?;
        next.send(&json!({"op": "resume", "token": world.ada.token,
            "session": "01jd3v2k8m0000000000000000", "seq": 9,
            "topics": [{"topic": topic, "epoch": epoch, "offset": offset}]}))?;
        next.ready()?;
        let reload = next.frame()?;
        ensure(
            reload["op"] == "reload" && reload["topics"] == json!([topic]),
            || format!("{what}: {reload} and not reload"),
        )?;
        // the subscription stands
        touch(world)?;
        events(&mut next, &topic, 1)?;
    }
    Ok(())
}

pub fn out_of_reach(world: &World) -> Check {
    let (socket, topic) = listening(world)?;
    let mut frame = socket.resume(&world.ada.token);
    frame["seq"] = json!(socket.known.seq + 1_000);
    drop(socket);
    let mut next = world.connect()?;
    next.send(&frame)?;
    let reload = next.frame()?;
    let named = reload["topics"].as_array();
    let named = named.is_some_and(|topics| topics.contains(&json!(topic)));
    ensure(
        reload["op"] == "reload" && reload["seq"].is_u64() && named,
        || format!("{reload} and not reload"),
    )?;
    touch(world)?;
    events(&mut next, &topic, 1)
}

pub fn moves(world: &World) -> Check {
    let (mut old, topic) = listening(world)?;
    let mut new = world.connect()?;
    new.continues(&old.known);
    new.send(&new.resume(&world.ada.token))?;
    let resumed = new.frame()?;
    ensure(resumed["op"] == "resumed", || {
        format!("{resumed} and not resumed")
    })?;
    old.closed(4001, SOON)?;
    touch(world)?;
    events(&mut new, &topic, 1)
}

pub fn restart(world: &World) -> Check {
    let operator = world.operator()?;
    let (mut socket, topic) = listening(world)?;
    touch(world)?;
    events(&mut socket, &topic, 1)?;
    let mut next = None;
    // what was acked just before and just after it, with nobody listening
    touch(world)?;
    operator.kill()?;
    touch(world)?;
    let start = Instant::now();
    while next.is_none() && start.elapsed() < SOON {
        next = world.connect().ok();
    }
    let Some(mut next) = next else {
        return failed("nobody can connect after the restart");
    };
    next.continues(&socket.known);
    next.send(&socket.resume(&world.ada.token))?;
    next.ready()?;
    events(&mut next, &topic, 2)?;
    touch(world)?;
    events(&mut next, &topic, 1)
}

pub fn not_yours(world: &World) -> Check {
    let (socket, topic) = listening(world)?;
    let (epoch, offset) = socket.known.marks[&topic].clone();
    let foreign = [
        format!("user:{}", world.bob.id),
        "tags".to_owned(),
        "cluster:01jd3v2k8m0000000000000000".to_owned(),
    ];
    let mut topics: Vec<Value> = Vec::new();
    for name in foreign.iter().chain([&topic]) {
        topics.push(json!({"topic": name, "epoch": epoch, "offset": offset}));
    }
    drop(socket);
    let mut next = world.connect()?;
    next.send(&json!({"op": "resume", "token": world.ada.token,
        "session": "01jd3v2k8m0000000000000000", "seq": 9, "topics": topics}))?;
    next.ready()?;
    let frames = next.quiet(SETTLED)?;
    let reloads = frames.iter().filter(|f| f["op"] == "reload");
    let named: Vec<&Value> = reloads
        .filter_map(|f| f["topics"].as_array())
        .flatten()
        .collect();
    for name in &foreign {
        ensure(named.contains(&&json!(name)), || {
            format!("{name} is not named in {frames:?}")
        })?;
    }
    ensure(!named.contains(&&json!(topic)), || {
        format!("{topic} is one's own")
    })
}

/// A session that has subscribed to ada's cluster.
fn listening(world: &World) -> Check<(Socket, String)> {
    let mut socket = world.open(&world.ada)?;
    let topic = format!("cluster:{}", world.cluster()?);
    socket.subscribe(&topic)?;
    // what the rule before has caused
    socket.quiet(SETTLED)?;
    Ok((socket, topic))
}

/// One event on that topic.
fn touch(world: &World) -> Check {
    let path = format!("/api/v1/clusters/{}", world.cluster()?);
    let name = format!("{:08x}", rand::random::<u32>());
    let answer = world
        .ada
        .call("PATCH", &path, Some(&json!({"name": name})))?;
    answer.ok().map(drop)
}

/// Exactly so many events of the topic come, and no reload.
fn events(socket: &mut Socket, topic: &str, count: usize) -> Check {
    let mut seen = 0;
    let mut pause = SOON;
    loop {
        match socket.come(pause)? {
            Came::Frame(frame) if frame["op"] == "reload" => {
                return failed(format!("{frame} in place of events"));
            }
            Came::Frame(frame) if frame["op"] == "event" && frame["topic"] == topic => seen += 1,
            Came::Frame(_) | Came::Pong(_) => {}
            Came::Closed(code) => return failed(format!("closed with {code:?}")),
            Came::Nothing => return same("the number of events", seen, count),
        }
        if seen == count {
            pause = SETTLED;
        }
    }
}
