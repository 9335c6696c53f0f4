//! What accounts are told, on every device, and what nobody is told.

use std::time::Duration;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{GENERATED, gradient, sample, with_xmp};
use crate::support::process::{Paths, Setup};
use crate::support::socket::{Came, Socket};

const LIST: &str = "/api/v1/notifications";
const PREFERENCES: &str = "/api/v1/notifications/preferences";

fn list(client: &Client) -> Value {
    client.get(LIST).ok()
}

fn kinds(client: &Client) -> Vec<String> {
    let list = list(client);
    let items = list["items"].as_array().expect("items");
    let kind = |one: &Value| one["kind"].as_str().map(str::to_owned);
    items.iter().filter_map(kind).collect()
}

fn cluster(owner: &Client, name: &str, visibility: &str) -> String {
    let new = json!({"name": name, "visibility": visibility});
    let made = owner.post("/api/v1/clusters", &new).ok();
    made["id"].as_str().expect("an id").to_owned()
}

fn like(client: &Client, id: &str) {
    let path = format!("/api/v1/elements/{id}/like");
    client.put(&path, &json!({})).ok();
}

fn open(client: &Client) -> Socket {
    let mut socket = Socket::connect(&client.url);
    socket.identify(client.token.as_deref().expect("logged in"));
    socket.subscribe(&format!("user:{}", client.user_id()));
    socket
}

fn is(frame: &Value, event: &str) -> bool {
    frame["op"] == "event" && frame["kind"] == event
}

#[test]
fn everybody_is_told_what_concerns_them_and_nobody_else_is() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    // the first account is the administrator
    let [ada, bob, cleo, eve] =
        ["ada", "bob", "cleo", "eve"].map(|who| Client::register(&server.url, who));
    let empty = list(&bob);
    let nothing = json!({"items": [], "read_up_to": 0, "unread": 0, "latest": 0});
    assert_eq!(empty, nothing);

    // ready, and a label that is appealed against
    let marked = with_xmp(&sample(&setup.paths.samples, "dahlia"), GENERATED);
    let id = bob.save("flower.jpg", &marked, &[("title", "Flower")]);
    bob.ready(&id);
    let ready = bob.told("element_ready");
    assert_eq!(
        (&ready["failed"], &ready["elements"][0]["id"]),
        (&json!(false), &json!(id))
    );
    let appeal = format!("/api/v1/elements/{id}/labels/ai_made/appeal");
    bob.post(&appeal, &json!({"note": "I grew it"})).ok();
    let rule = format!("/api/v1/admin/reviews/{id}/ai_made");
    let word = json!({"verdict": "no", "note": "seen the bush"});
    ada.post(&rule, &word).ok();
    let decided = bob.told("appeal_decided");
    assert_eq!(
        (&decided["state"], &decided["answer"], &decided["label"]),
        (
            &json!("granted"),
            &json!("seen the bush"),
            &json!("ai_made")
        )
    );
    assert_eq!(decided["actors"], json!([]), "moderators are not named");

    // likes and saves, of several people as one
    like(&ada, &id);
    like(&cleo, &id);
    like(&bob, &id);
    let liked = bob.told("liked");
    assert_eq!((&liked["people"], &liked["count"]), (&json!(2), &json!(2)));
    assert_eq!(liked["actors"][0]["handle"], "cleo");
    assert_eq!(liked["elements"][0]["title"], "Flower");
    let doors = cluster(&ada, "Doors", "public");
    let vault = cluster(&cleo, "Vault", "private");
    for (who, into) in [(&ada, &doors), (&cleo, &vault)] {
        let item = format!("/api/v1/clusters/{into}/elements/{id}");
        who.put(&item, &json!({})).ok();
    }
    let saved = bob.told("saved");
    assert_eq!(
        (&saved["people"], &saved["cluster"]["name"]),
        (&json!(1), &json!("Doors")),
        "what a private cluster holds is told to nobody"
    );

    // clusters: followed, belonged to, joined, grown
    let follow = format!("/api/v1/clusters/{doors}/follow");
    bob.put(&follow, &json!({})).ok();
    assert_eq!(ada.told("followed")["actors"][0]["handle"], "bob");
    let member = format!("/api/v1/clusters/{doors}/members/cleo");
    ada.put(&member, &json!({"role": "editor"})).ok();
    let invited = cleo.told("invited");
    assert_eq!(
        (&invited["role"], &invited["cluster"]["id"]),
        (&json!("editor"), &json!(doors))
    );
    let invites = format!("/api/v1/clusters/{doors}/invites");
    let invite = ada.post(&invites, &json!({"role": "viewer"})).ok();
    let token = invite["token"].as_str().expect("a token");
    bob.post(&format!("/api/v1/clusters/join/{token}"), &json!({}))
        .ok();
    let joined = ada.told("cluster_changed");
    assert_eq!(
        (&joined["change"]["what"], &joined["actors"][0]["handle"]),
        (&json!("joined"), &json!("bob"))
    );
    let new = cleo.save("new.bmp", &gradient(3, 90, 60), &[("title", "Gate")]);
    let item = format!("/api/v1/clusters/{doors}/elements/{new}");
    cleo.put(&item, &json!({})).ok();
    for who in [&ada, &bob] {
        let added = who.told("cluster_added");
        assert_eq!(
            (&added["actors"][0]["handle"], &added["elements"][0]["id"]),
            (&json!("cleo"), &json!(new))
        );
    }

    // a stranger is told nothing, and hears nothing of others
    assert_eq!(list(&eve), nothing);
    let mut socket = Socket::connect(&server.url);
    socket.identify(eve.token.as_deref().expect("logged in"));
    let topic = format!("user:{}", bob.user_id());
    let (refused, _) = socket.command(json!({"op": "subscribe", "topic": topic}));
    assert_eq!(refused["error"]["code"], "not_found");
    assert_eq!(Client::anonymous(&server.url).get(LIST).status, 401);

    // what goes, takes what was told of it along
    let gone = format!("/api/v1/elements/{id}");
    bob.delete(&gone).ok();
    let left = kinds(&bob);
    assert!(
        ["liked", "saved", "appeal_decided", "element_ready"]
            .iter()
            .all(|kind| !left.iter().any(|k| k == kind)),
        "{left:?}"
    );
    bob.post(&format!("{gone}/restore"), &json!({})).ok();
    assert_eq!(bob.told("liked")["people"], 2);
}

#[test]
fn read_state_is_the_same_on_every_device_and_after_a_restart() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|who| Client::register(&server.url, who));
    let id = ada.save("a.bmp", &gradient(1, 90, 60), &[("title", "Blue door")]);
    ada.ready(&id);
    ada.told("element_ready");
    let (mut phone, mut desk) = (open(&ada), open(&Client::log_in(&server.url, "ada")));
    like(&bob, &id);
    let both = [&mut phone, &mut desk].map(|device| {
        let frames = device.until(|f| is(f, "notification") && f["data"]["kind"] == "liked");
        frames.last().cloned().expect("it came")
    });
    assert_eq!(both[0]["data"], both[1]["data"]);
    let news = &both[0]["data"];
    assert_eq!(
        (&news["actors"][0]["handle"], &news["quiet"]),
        (&json!("bob"), &json!(false))
    );
    assert_eq!(news["elements"][0]["title"], "Blue door");
    assert_eq!(list(&ada)["items"][0]["id"], news["id"], "as in the list");

    // one device reads, the other knows; by HTTP it is the same
    let (reply, _) = phone.command(json!({"op": "mark_read", "up_to": news["seq"]}));
    assert_eq!(reply["op"], "ok", "{reply}");
    let read = desk.until(|f| is(f, "notifications_read"));
    assert_eq!(read.last().expect("it came")["data"]["up_to"], news["seq"]);
    assert_eq!(list(&ada)["unread"], 0);
    like(&cleo, &id);
    let grown = desk.until(|f| is(f, "notification") && f["data"]["people"] == 2);
    let grown = grown.last().expect("it came").clone();
    assert_eq!(grown["data"]["id"], news["id"], "it grows in its place");
    let now = list(&ada);
    assert_eq!(
        (&now["unread"], &now["read_up_to"]),
        (&json!(1), &news["seq"])
    );

    // unread: taken back without a trace, on every device
    let unlike = format!("/api/v1/elements/{id}/like");
    cleo.delete(&unlike).ok();
    let left = desk.until(|f| is(f, "notification") && f["data"]["people"] == 1);
    assert_eq!(left.last().expect("it came")["data"]["seq"], news["seq"]);
    assert_eq!(list(&ada)["unread"], 0);
    like(&cleo, &id);
    let last = desk.until(|f| is(f, "notification") && f["data"]["people"] == 2);
    let last = last.last().expect("it came").clone();

    // the process dies: what was unread is unread, and the socket goes on
    let before = list(&ada);
    let (session, topic) = (desk.session.clone(), last["topic"].clone());
    server.kill();
    let server = setup.start();
    assert_eq!(list(&ada), before);
    let mut again = Socket::connect(&server.url);
    let from = last["offset"].as_u64().expect("an offset") - 1;
    again.send(&json!({
        "op": "resume", "token": ada.token, "session": session, "seq": 999,
        "topics": [{"topic": topic, "epoch": last["epoch"], "offset": from}],
    }));
    assert_eq!(again.frame()["op"], "ready");
    let replayed = again.until(|f| is(f, "notification"));
    assert_eq!(replayed.last().expect("it came")["data"], last["data"]);
    let answer = ada
        .post(
            "/api/v1/notifications/read",
            &json!({"up_to": before["latest"]}),
        )
        .ok();
    assert_eq!(
        (&answer["unread"], &answer["read_up_to"]),
        (&json!(0), &before["latest"])
    );
    again.until(|f| is(f, "notifications_read"));
    // reading less is no step back
    let less = ada
        .post("/api/v1/notifications/read", &json!({"up_to": 0}))
        .ok();
    assert_eq!(less, answer);
}

#[test]
fn preferences_decide_what_is_told_and_when_it_is_quiet() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let [ada, bob, cleo] = ["ada", "bob", "cleo"].map(|who| Client::register(&server.url, who));
    let id = ada.save("a.bmp", &gradient(1, 90, 60), &[]);
    ada.ready(&id);
    let wishes = ada.get(PREFERENCES).ok();
    let usual = json!({"in_app": true, "grouped": true});
    let kinds = wishes["kinds"].as_object().expect("kinds");
    assert!(kinds.len() >= 9 && kinds.values().all(|kind| *kind == usual));

    // apart, and quiet for some hours around now
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let hour = now.expect("after 1970").as_secs() / 3_600 % 24;
    let around = |hour: u64| format!("{:02}:00", hour % 24);
    let (from, to) = (around(hour + 22), around(hour + 2));
    let patch = json!({
        "kinds": {"liked": {"grouped": false}, "followed": {"in_app": false}},
        "quiet": {"on": true, "from": from, "to": to, "offset_minutes": 0},
    });
    let changed = ada.patch(PREFERENCES, &patch).ok();
    assert_eq!(changed["kinds"]["liked"]["grouped"], false);
    assert_eq!(changed["kinds"]["saved"], usual);
    assert_eq!(changed["quiet"]["from"], from.as_str());
    let mut socket = open(&ada);
    like(&bob, &id);
    like(&cleo, &id);
    let mut ids = Vec::new();
    while ids.len() < 2 {
        let frames = socket.until(|f| is(f, "notification") && f["data"]["kind"] == "liked");
        let data = &frames.last().expect("it came")["data"];
        assert_eq!((&data["count"], &data["quiet"]), (&json!(1), &json!(true)));
        ids.push(data["id"].clone());
    }
    assert_ne!(ids[0], ids[1]);
    let shown = list(&ada);
    let likes = shown["items"].as_array().expect("items");
    let likes = likes.iter().filter(|one| one["kind"] == "liked");
    assert_eq!(likes.count(), 2);
    let doors = cluster(&ada, "Doors", "public");
    let follow = format!("/api/v1/clusters/{doors}/follow");
    bob.put(&follow, &json!({})).ok();
    while let Came::Frame(frame) = socket.come(Duration::from_millis(900)) {
        assert_ne!(frame["data"]["kind"], "followed", "{frame}");
    }
    // what is wrong is named
    let wrong = |patch: Value| {
        let answer = ada.patch(PREFERENCES, &patch);
        (answer.status, answer.json()["field"].clone())
    };
    let same = json!({"quiet": {"on": true, "from": "10:00", "to": "10:00"}});
    assert_eq!(wrong(same), (422, json!("quiet.to")));
    let late = json!({"quiet": {"on": true, "from": "25:00"}});
    assert_eq!(wrong(late), (422, json!("quiet.from")));
    let unknown = json!({"kinds": {"likes": {"in_app": false}}});
    assert_eq!(wrong(unknown).0, 422);
    assert_eq!(ada.get(PREFERENCES).ok(), changed);
}
