//! Explore: topics, rising clusters; and home feeds that grow.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::sample;
use crate::support::process::{Paths, Server, Setup};
use crate::support::socket::Socket;

/// How long something that is found behind the scenes may take.
const PATIENCE: Duration = Duration::from_secs(120);

const COFFEE: [&str; 4] = [
    "coffee-beans",
    "coffee-sacks",
    "espresso",
    "shades-of-coffee",
];
const PEAKS: [&str; 5] = [
    "dark-mountains",
    "peaks-above-the-clouds",
    "purple-mountains",
    "aletsch-glacier",
    "ridges-at-golden-hour",
];
const GUITARS: [&str; 3] = ["electric-guitar", "guitarist-in-a-hat", "solo-on-stage"];

struct World {
    setup: Setup,
    server: Server,
    _data: tempfile::TempDir,
}

impl World {
    fn new() -> Option<Self> {
        let data = tempdir().expect("a folder");
        let setup = Setup::new(Paths::find()?, data.path());
        let server = setup.start();
        Some(Self {
            setup,
            server,
            _data: data,
        })
    }

    fn account(&self, handle: &str) -> Client {
        Client::register(&self.server.url, handle)
    }

    fn put(&self, who: &Client, name: &str, fields: &[(&str, &str)]) -> String {
        let picture = sample(&self.setup.paths.samples, name);
        who.save(&format!("{}.jpg", name.len()), &picture, fields)
    }

    fn save(&self, who: &Client, names: &[&str]) -> Vec<String> {
        let ids: Vec<String> = names.iter().map(|name| self.put(who, name, &[])).collect();
        ids.iter().for_each(|id| drop(who.ready(id)));
        ids
    }
}

/// Waits for something; says what there was instead when it never comes.
fn until(mut found: impl FnMut() -> Result<Value, Value>, what: &str) -> Value {
    let start = Instant::now();
    loop {
        let seen = match found() {
            Ok(found) => return found,
            Err(seen) => seen,
        };
        assert!(start.elapsed() < PATIENCE, "{what}: {seen:#}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn cluster(who: &Client, name: &str, visibility: &str, elements: &[String]) -> String {
    let new = json!({"name": name, "visibility": visibility, "elements": elements});
    let made = who.post("/api/v1/clusters", &new).ok();
    made["id"].as_str().expect("an id").to_owned()
}

fn topics(who: &Client) -> Vec<Value> {
    let all = who.get("/api/v1/explore/topics").ok();
    all["items"].as_array().expect("items").clone()
}

/// Names and sizes.
fn named(topics: &[Value]) -> Value {
    topics
        .iter()
        .map(|t| json!([t["name"], t["count"], t["tags"]]))
        .collect()
}

fn inside(who: &Client, topic: &Value) -> Vec<String> {
    let id = topic["id"].as_str().expect("an id");
    let (mut all, mut next) = (Vec::new(), String::new());
    loop {
        let path = format!("/api/v1/explore/topics/{id}?limit=2&cursor={next}");
        let page = who.get(&path).ok();
        all.extend(Client::ids(&page));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = cursor.to_owned(),
            None => return all,
        }
    }
}

#[test]
fn topics_are_what_public_pictures_are_about() {
    let Some(world) = World::new() else { return };
    let (ada, bob) = (world.account("ada"), world.account("bob"));
    assert!(topics(&ada).is_empty(), "of nothing there are none");
    let coffee = world.save(&ada, &COFFEE);
    let peaks = world.save(&ada, &PEAKS);
    let hidden = world.put(&ada, "croissant", &[("visibility", "private")]);
    ada.ready(&hidden);
    let of = |topics: &[Value], id: &str| {
        let holds = |topic: &&Value| inside(&bob, topic).iter().any(|other| other == id);
        topics.iter().find(holds).cloned()
    };
    let found = until(
        || {
            let found = topics(&bob);
            let counted: u64 = found.iter().filter_map(|t| t["count"].as_u64()).sum();
            match counted as usize == coffee.len() + peaks.len() {
                true => Ok(json!(found)),
                false => Err(named(&found)),
            }
        },
        "topics of all that is public",
    );
    let found = found.as_array().unwrap();
    let (beans, peak) = (of(found, &coffee[0]), of(found, &peaks[0]));
    let (beans, peak) = (beans.expect("a topic"), peak.expect("a topic"));
    assert_ne!(beans["id"], peak["id"], "{found:#?}");
    for topic in found {
        let ids = inside(&bob, topic);
        assert_eq!(ids.len() as u64, topic["count"].as_u64().unwrap());
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "nothing comes twice");
        assert!(!ids.contains(&hidden));
        assert!(!topic["name"].as_str().unwrap().is_empty());
        let covers = topic["covers"].as_array().unwrap();
        assert!(!covers.is_empty() && covers.len() <= 4);
        assert!(!json!(covers).to_string().contains(&hidden));
    }
    let names: std::collections::BTreeSet<String> =
        found.iter().map(|t| t["name"].to_string()).collect();
    assert_eq!(names.len(), found.len(), "{names:?}");

    // what comes joins them, and they keep their ids when there are more
    let guitars = world.save(&bob, &GUITARS);
    let more = until(
        || {
            let now = topics(&bob);
            let joined = of(&now, &guitars[0]).is_some() && of(&now, &guitars[2]).is_some();
            match joined {
                true => Ok(json!(now)),
                false => Err(named(&now)),
            }
        },
        "what is new joins a topic",
    );
    let more = more.as_array().unwrap();
    let again = of(more, &peaks[0]).expect("a topic");
    assert_eq!(again["id"], peak["id"], "{more:#?}");

    // what is hidden is gone from all of it at once
    for id in &peaks[..2] {
        let hide = json!({"visibility": "private"});
        ada.patch(&format!("/api/v1/elements/{id}"), &hide).ok();
        let still = topics(&bob)
            .iter()
            .any(|topic| inside(&bob, topic).contains(id));
        assert!(!still);
    }
    assert_eq!(bob.get("/api/v1/explore/topics/0000000000").status, 404);
    let foreign = format!(
        "/api/v1/explore/topics/{}?cursor=12345.2",
        again["id"].as_str().unwrap()
    );
    let gone = bob.get(&foreign);
    assert_eq!((gone.status, gone.code().as_str()), (410, "cursor_expired"));
}

#[test]
fn rising_clusters_are_public_and_as_the_viewer_sees_them() {
    let Some(world) = World::new() else { return };
    let (ada, bob) = (world.account("ada"), world.account("bob"));
    let p = world.save(&ada, &COFFEE[..3]);
    let hidden = world.put(&ada, "croissant", &[("visibility", "private")]);
    cluster(&ada, "Secret", "private", &p);
    cluster(&ada, "By link", "unlisted", &p);
    cluster(
        &ada,
        "Nothing to see",
        "public",
        std::slice::from_ref(&hidden),
    );
    let both = [p[0].clone(), hidden.clone()];
    let open = cluster(&ada, "Open", "public", &both);
    let rising = |who: &Client| who.get("/api/v1/explore/clusters").ok()["items"].clone();
    let seen = until(
        || {
            let seen = rising(&bob);
            let there = seen.as_array().is_some_and(|all| !all.is_empty());
            match there {
                true => Ok(seen),
                false => Err(seen),
            }
        },
        "a cluster that grows",
    );
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "{seen:#}");
    assert_eq!(seen[0]["cluster"]["name"], "Open");
    assert_eq!(
        (&seen[0]["recent"], &seen[0]["cluster"]["count"]),
        (&json!(1), &json!(1))
    );
    assert!(!seen.to_string().contains(&hidden));
    // whoever has muted it is not shown it
    let mute = json!({"influence": "muted"});
    ada.patch(&format!("/api/v1/clusters/{open}"), &mute).ok();
    assert!(!rising(&ada).to_string().contains(&open));
    // made private, it is gone at once
    let close = json!({"visibility": "private"});
    ada.patch(&format!("/api/v1/clusters/{open}"), &close).ok();
    assert_eq!(rising(&bob), json!([]));
}

#[test]
fn a_feed_tells_of_what_is_new_and_fits() {
    let Some(world) = World::new() else { return };
    let (ada, bob, eve) = (
        world.account("ada"),
        world.account("bob"),
        world.account("eve"),
    );
    // a barista and a croissant are nearer to it than anything else here
    let mine = world.save(&ada, &["shades-of-coffee"]);
    world.save(&bob, &PEAKS[..2]);
    cluster(&ada, "Coffee", "private", &mine);
    let home = |who: &Client| who.get("/api/v1/feed/home").ok();
    let listen = |who: &Client| {
        let mut socket = Socket::connect(&world.server.url);
        socket.identify(who.token.as_deref().unwrap());
        socket.subscribe(&format!("feed:{}", who.user_id()));
        socket
    };
    let (mut to_ada, mut to_eve) = (listen(&ada), listen(&eve));
    home(&ada);
    home(&eve);
    // of her own, of another kind, and hidden: nothing for her
    world.save(&ada, &["coffee-beans"]);
    world.save(&bob, &["electric-guitar"]);
    let hidden = world.put(&bob, "croissant", &[("visibility", "private")]);
    bob.ready(&hidden);
    let fitting = world.put(&bob, "barista", &[]);
    let frames = to_ada.until(|f| f["op"] == "signal" && f["data"]["count"] == 1);
    let told = frames.last().unwrap();
    assert_eq!(
        (&told["kind"], &told["data"]["because"][0]["name"]),
        (&json!("feed_new"), &json!("Coffee"))
    );
    bob.ready(&fitting);
    // from the top it is the first, and nothing is new any more
    let feed = home(&ada);
    assert_eq!(Client::ids(&feed)[0], fitting, "{feed:#}");
    assert_eq!(feed["items"][0]["because"]["name"], "Coffee");
    to_ada.until(|f| f["op"] == "signal" && f["data"]["count"] == 0);
    // whoever collects nothing is told of nothing
    let (_, frames) = to_eve.command(json!({"op": "subscribe", "topic": "explore"}));
    assert!(frames.iter().all(|f| f["op"] != "signal"), "{frames:?}");

    // what becomes public counts, what is gone does not
    let show = json!({"visibility": "public"});
    bob.patch(&format!("/api/v1/elements/{hidden}"), &show).ok();
    to_ada.until(|f| f["op"] == "signal" && f["data"]["count"] == 1);
    bob.delete(&format!("/api/v1/elements/{hidden}")).ok();
    to_ada.until(|f| f["op"] == "signal" && f["data"]["count"] == 0);

    // a page of a ranking that is no longer kept says so
    let gone = ada.get("/api/v1/feed/home?cursor=r.1.20");
    assert_eq!((gone.status, gone.code().as_str()), (410, "cursor_expired"));
}

#[test]
fn one_like_makes_home_personal() {
    let Some(world) = World::new() else { return };
    let (ada, bob) = (world.account("ada"), world.account("bob"));
    let peaks = world.save(&bob, &PEAKS[..3]);
    let beans = world.save(&bob, &COFFEE[..2]);
    world.save(&bob, &GUITARS[..2]);
    let home = || ada.get("/api/v1/feed/home").ok();
    let first = home();
    let recent = |item: &Value| item["why"].to_string().contains("recent");
    assert!(
        first["items"].as_array().unwrap().iter().all(recent),
        "{first:#}"
    );
    ada.put(&format!("/api/v1/elements/{}/like", peaks[0]), &json!({}))
        .ok();
    let feed = home();
    let top = &feed["items"][0];
    assert!(
        peaks[1..]
            .iter()
            .any(|id| top["element"]["id"] == id.as_str()),
        "{feed:#}"
    );
    assert!(top["because"].is_null() && !recent(top));
    // muted, waved away or taken back, it is as before
    ada.put(&format!("/api/v1/feed/less/{}", peaks[1]), &json!({}))
        .ok();
    let ids = Client::ids(&home());
    assert_ne!(ids[0], peaks[1]);
    let unlike = ada.delete(&format!("/api/v1/elements/{}/like", peaks[0]));
    assert!(unlike.status < 300);
    assert!(home()["items"].as_array().unwrap().iter().all(recent));
    let _ = beans;
}
