//! 9: acting and asking.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::frames::problem;
use crate::check::{Check, ensure, failed, same};
use crate::http::Account;
use crate::socket::{Encoding, Socket};
use crate::world::World;

/// After it nothing more comes that was caused before.
const SETTLED: Duration = Duration::from_secs(2);
/// Of nobody and nothing.
const NOTHING: &str = "01jd3v2k8m0000000000000000";

pub fn like(world: &World) -> Check {
    let element = world.element()?;
    let mut socket = world.open(&world.ada)?;
    let like = |on: bool| json!({"op": "like", "element": element, "on": on});
    let steps = [
        (json!({"op": "like", "element": element}), true),
        (like(true), true),
        (like(false), false),
        (like(false), false),
    ];
    for (command, wanted) in steps {
        ok(&socket.command(command)?.0)?;
        same("liked", liked(&world.ada, element)?, wanted)?;
    }
    Ok(())
}

pub fn save(world: &World) -> Check {
    let (element, cluster) = (world.element()?, world.new_cluster("private")?);
    let mut socket = world.open(&world.ada)?;
    let frame = |op: &str| json!({"op": op, "cluster": cluster, "element": element});
    let mut last = frame("save");
    last["place"] = json!("last");
    for (command, count) in [(frame("save"), 1), (last, 1), (frame("unsave"), 0)] {
        let reply = socket.command(command)?.0;
        ok(&reply)?;
        let placed = &reply["placed"];
        let counted = placed["cluster"]["count"].as_u64();
        same("count", counted, Some(count as u64))?;
        same("an order", placed["order"].is_string(), count == 1)?;
        same("held", held(&world.ada, &cluster)?, count)?;
    }
    Ok(())
}

pub fn refused(world: &World) -> Check {
    let (element, cluster) = (world.element()?, world.cluster()?);
    let public = world.new_cluster("public")?;
    let mut bob = world.open(&world.bob)?;
    let like = |element: &str| json!({"op": "like", "element": element});
    let save = |cluster: &str| json!({"op": "save", "cluster": cluster, "element": element});
    for (command, code) in [
        (like(element), "not_found"),
        (like(NOTHING), "not_found"),
        (save(cluster), "not_found"),
        (save(NOTHING), "not_found"),
        (save(&public), "forbidden"),
        (json!({"op": "search", "q": "  "}), "invalid_field"),
        (json!({"op": "like"}), "bad_request"),
        (json!({"op": "feed", "feed": "nonsense"}), "bad_request"),
    ] {
        let (reply, _) = bob.command(command.clone())?;
        problem(&reply, code).or_else(|stop| failed(format!("{command}: {stop:?}")))?;
    }
    ok(&bob.subscribe("explore")?)
}

pub fn search(world: &World) -> Check {
    let word = format!("kit{:08x}", rand::random::<u32>());
    world.retitle(&word)?;
    let path = format!("/api/v1/search?q={word}");
    let by_http = world.ada.call("GET", &path, None)?.ok()?;
    for encoding in [Encoding::Json, Encoding::MsgPack] {
        let mut socket = Socket::connect(world.url, encoding)?;
        socket.identify(&world.ada.token)?;
        let before = socket.known.seq;
        let (found, _) = socket.command(json!({"op": "search", "q": word}))?;
        same("the answer", found["op"].as_str(), Some("found"))?;
        ensure(found["seq"].is_null(), || format!("a seq in {found}"))?;
        same("seq", socket.known.seq, before)?;
        same("the items", ids(&found["data"]), ids(&by_http))?;
        let element = world.element()?;
        ok(&socket
            .command(json!({"op": "like", "element": element, "on": false}))?
            .0)?;
    }
    Ok(())
}

pub fn feed(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let plain = json!({"op": "feed", "limit": 1});
    let home = json!({"op": "feed", "feed": "home", "limit": 1});
    let explore = json!({"op": "feed", "feed": "explore", "limit": 1});
    for command in [plain, home, explore] {
        let (found, _) = socket.command(command.clone())?;
        let items = found["data"]["items"].as_array().map(Vec::len);
        ensure(
            found["op"] == "found" && items.is_some_and(|count| count <= 1),
            || format!("{found} to {command}"),
        )?;
    }
    Ok(())
}

pub fn newest(world: &World) -> Check {
    let mut socket = world.open(&world.ada)?;
    let last = 8_u64;
    for id in 1..=last {
        socket.send(&json!({"op": "search", "id": id, "q": format!("colour {id}")}))?;
    }
    let replies = replies(&socket.quiet(SETTLED)?);
    same("replies", replies.len() as u64, last)?;
    let newest = replies.get(&last).map(|reply| reply["op"].clone());
    same("the newest", newest, Some(json!("found")))?;
    for reply in replies.values().filter(|reply| reply["op"] != "found") {
        problem(reply, "conflict")?;
    }
    // pages do not take each other's place, so there is an end to them
    let crowd = 30_u64;
    for id in 1..=crowd {
        socket.send(&json!({"op": "feed", "id": id, "feed": "explore", "limit": 1}))?;
    }
    let replies = self::replies(&socket.quiet(SETTLED)?);
    same("replies", replies.len() as u64, crowd)?;
    for reply in replies.values().filter(|reply| reply["op"] != "found") {
        problem(reply, "rate_limited")?;
    }
    let answered = replies.values().any(|reply| reply["op"] == "found");
    ensure(answered, || "no page was answered".to_owned())
}

pub fn again(world: &World) -> Check {
    let element = world.element()?;
    let mut socket = world.open(&world.ada)?;
    let like = json!({"op": "like", "id": 77, "element": element});
    socket.send(&like)?;
    ok(&socket.frame()?)?;
    // taken back elsewhere: carrying it out again would show
    let path = format!("/api/v1/elements/{element}/like");
    world.ada.call("DELETE", &path, None)?.ok()?;
    let mut next = world.connect()?;
    next.continues(&socket.known);
    drop(socket);
    next.send(&next.resume(&world.ada.token))?;
    same("resumed", next.frame()?["op"].as_str(), Some("resumed"))?;
    next.send(&like)?;
    ok(&next.frame()?)?;
    same("liked", liked(&world.ada, element)?, false)?;
    // another command with the same id is another command
    next.send(&json!({"op": "like", "id": 77, "element": element, "on": false}))?;
    ok(&next.frame()?)
}

fn ok(reply: &Value) -> Check {
    ensure(reply["op"] == "ok", || format!("{reply} and not ok"))
}

/// Replies by their ids; two of one id would be one too few.
fn replies(frames: &[Value]) -> BTreeMap<u64, Value> {
    let is_reply = |f: &&Value| matches!(f["op"].as_str(), Some("found" | "error" | "ok"));
    let replies = frames.iter().filter(is_reply);
    replies
        .filter_map(|f| Some((f["id"].as_u64()?, f.clone())))
        .collect()
}

fn liked(who: &Account, element: &str) -> Check<bool> {
    let path = format!("/api/v1/elements/likes?ids={element}");
    let likes = who.call("GET", &path, None)?.ok()?;
    Ok(likes["items"].as_array().is_some_and(|i| !i.is_empty()))
}

fn held(who: &Account, cluster: &str) -> Check<usize> {
    let path = format!("/api/v1/clusters/{cluster}/elements");
    let page = who.call("GET", &path, None)?.ok()?;
    Ok(page["items"].as_array().map_or(0, Vec::len))
}

fn ids(found: &Value) -> Vec<String> {
    let items = found["items"].as_array().into_iter().flatten();
    let id = |hit: &Value| hit["element"]["id"].as_str().map(str::to_owned);
    items.filter_map(id).collect()
}
