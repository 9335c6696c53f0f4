//! Tags: what follows from them, what they are called, who may change that,
//! and what nobody is told.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::{Answer, Client};
use crate::support::pictures::flat;
use crate::support::process::{Paths, Setup};

mod rules;

/// How long what goes on behind the scenes may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something is so; says what it is when it never comes.
fn until<T: std::fmt::Debug>(what: &str, look: impl Fn() -> T, fine: impl Fn(&T) -> bool) -> T {
    let start = Instant::now();
    loop {
        let seen = look();
        if fine(&seen) {
            return seen;
        }
        assert!(start.elapsed() < PATIENCE, "{what}: {seen:#?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02x}")).collect()
}

fn at(name: &str) -> String {
    format!("/api/v1/tags/{}", hex(name))
}

fn say(who: &Client, id: &str, tag: &str, state: &str) -> Value {
    let path = format!("/api/v1/elements/{id}/tags/{}", hex(tag));
    who.put(&path, &json!({ "state": state })).ok()
}

fn page(who: &Client, name: &str) -> Value {
    who.get(&at(name)).ok()
}

fn names(list: &Value) -> Vec<&str> {
    let items = list.as_array().expect("a list").iter();
    items
        .map(|item| item.as_str().or(item["name"].as_str()).expect("a name"))
        .collect()
}

/// The entry of a tag on an element.
fn tag<'a>(element: &'a Value, name: &str) -> Option<&'a Value> {
    let tags = element["tags"].as_array().expect("tags");
    tags.iter().find(|tag| tag["name"] == name)
}

/// What a search finds for certain, sorted.
fn find(who: &Client, q: &str) -> Vec<String> {
    let found = who.get(&format!("/api/v1/search?q={}", hex(q))).ok();
    let mut ids = Client::ids(&found);
    let last = found["divider_after"].as_i64();
    ids.truncate(last.map_or(usize::MAX, |at| (at + 1) as usize));
    ids.sort();
    ids
}

fn finds(who: &Client, q: &str, expected: &[&String]) {
    let mut expected: Vec<String> = expected.iter().map(|id| (*id).clone()).collect();
    expected.sort();
    until(q, || find(who, q), |found| *found == expected);
}

fn problem(answer: &Answer, status: u16, code: &str) -> String {
    assert_eq!(
        answer.status,
        status,
        "{}",
        String::from_utf8_lossy(&answer.body)
    );
    assert_eq!(answer.code(), code);
    answer.json()["detail"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Saves pictures that differ, so that each is an element of its own.
fn save(who: &Client, n: u8, visibility: &str) -> String {
    let picture = flat([n.wrapping_mul(37), n.wrapping_mul(91), n], 48, 32);
    who.save("x.bmp", &picture, &[("visibility", visibility)])
}

#[test]
fn what_follows_from_a_tag_is_on_the_element_in_searches_and_in_counts() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let dog = save(&bob, 1, "public");
    let other = save(&bob, 2, "public");
    let secret = save(&bob, 3, "private");

    let element = say(&bob, &dog, "golden retriever", "fact");
    for (name, by) in [("dog", "golden retriever"), ("animal", "golden retriever")] {
        let entry = tag(&element, name).unwrap_or_else(|| panic!("{name}: {element:#}"));
        assert_eq!(
            (&entry["state"], &entry["source"]),
            (&json!("fact"), &json!("person"))
        );
        assert_eq!(entry["implied_by"], by);
    }
    say(&bob, &secret, "golden retriever", "fact");
    say(&bob, &other, "tulip bed", "fact");
    finds(&ada, "tag:dog user:bob -tag:\"tulip bed\"", &[&dog]);
    finds(&bob, "tag:doggy user:bob", &[&dog, &secret]);
    let without = until(
        "-tag:animal",
        || find(&ada, "-tag:animal user:bob"),
        |found| !found.contains(&dog),
    );
    assert!(!without.contains(&secret));
    let found = ada.get("/api/v1/search?q=mammal").ok();
    assert!(Client::ids(&found).contains(&dog), "words too: {found:#}");

    // counts are of public elements, what implies it included
    let retriever = page(&ada, "golden retriever");
    assert_eq!(
        (&retriever["count"], &retriever["category"]),
        (&json!(1), &json!("animal"))
    );
    assert_eq!(names(&retriever["implies"]), ["retriever"]);
    let above = names(&retriever["above"]);
    assert!(
        ["dog", "pet", "mammal", "animal"]
            .iter()
            .all(|n| above.contains(n)),
        "{above:?}"
    );
    let dogs = page(&ada, "doggo");
    assert_eq!(dogs["name"], "dog", "by another word for it");
    assert!(names(&dogs["aliases"]).contains(&"puppy"));
    assert_eq!(dogs["count"], 1);
    assert!(names(&dogs["below"]).contains(&"retriever"));

    // what follows can be refused; that sticks, and is not counted
    let path = format!("/api/v1/elements/{dog}/tags/pet");
    let element = bob.delete(&path).ok();
    assert_eq!(tag(&element, "pet").expect("kept")["state"], "rejected");
    let element = say(&bob, &dog, "dog", "fact");
    assert_eq!(tag(&element, "pet").expect("kept")["state"], "rejected");
    finds(&bob, "tag:pet user:bob", &[&secret]);
    // and what it followed from takes it along
    say(&bob, &dog, "golden retriever", "suggested");
    let element = say(&bob, &dog, "dog", "suggested");
    assert!(
        tag(&element, "mammal").is_none_or(|tag| tag["source"] == "model"),
        "{element:#}"
    );
    until(
        "no dog",
        || page(&ada, "golden retriever"),
        |page| page["count"] == 0,
    );
}

#[test]
fn moderators_change_words_and_everything_follows_at_once() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let one = save(&bob, 1, "public");
    let two = save(&bob, 2, "public");
    say(&bob, &one, "moggy", "fact");
    say(&bob, &two, "street cat", "fact");
    say(&bob, &two, "moggy", "rejected");
    finds(&ada, "tag:moggy", &[&one]);

    // anybody describes and sorts; words are for moderators
    let about = json!({"description": " Of no breed. ", "category": "animal"});
    let moggy = bob.patch(&at("moggy"), &about).ok();
    assert_eq!(
        (&moggy["description"], &moggy["category"]),
        (&json!("Of no breed."), &json!("animal"))
    );
    problem(
        &bob.patch(&at("moggy"), &json!({"category": "sofa"})),
        422,
        "invalid_field",
    );
    let name = json!({"name": "domestic shorthair"});
    problem(&bob.patch(&at("moggy"), &name), 403, "forbidden");
    let implies = format!("{}/implications/cat", at("moggy"));
    problem(&bob.put(&implies, &json!({})), 403, "forbidden");
    let alias = format!("{}/aliases/{}", at("moggy"), hex("alley cat"));
    problem(&bob.put(&alias, &json!({})), 403, "forbidden");
    problem(
        &bob.post(&format!("{}/merge", at("moggy")), &json!({"into": "cat"})),
        403,
        "forbidden",
    );

    // implications: at once in searches, soon on elements, never in a circle
    let now = ada.put(&implies, &json!({})).ok();
    assert_eq!(names(&now["implies"]), ["cat"]);
    assert!(names(&now["above"]).contains(&"animal"));
    assert!(find(&ada, "tag:animal user:bob").contains(&one));
    assert!(names(&page(&ada, "cat")["below"]).contains(&"moggy"));
    until(
        "on the element",
        || bob.element(&one),
        |e| tag(e, "cat").is_some_and(|tag| tag["implied_by"] == "moggy"),
    );
    let circle = ada.put(&format!("{}/implications/moggy", at("animal")), &json!({}));
    let detail = problem(&circle, 409, "conflict");
    assert!(detail.contains("animal → moggy → cat → "), "{detail}");
    assert!(detail.ends_with("→ animal"), "{detail}");
    problem(
        &ada.put(&format!("{}/implications/moggy", at("moggy")), &json!({})),
        409,
        "conflict",
    );

    // other words
    let now = ada.put(&alias, &json!({})).ok();
    assert_eq!(names(&now["aliases"]), ["alley cat"]);
    finds(&ada, "tag:\"alley cat\"", &[&one]);
    let taken = ada.put(&format!("{}/aliases/kitty", at("moggy")), &json!({}));
    assert!(problem(&taken, 409, "conflict").contains("another word for cat"));
    let taken = ada.put(&format!("{}/aliases/cat", at("moggy")), &json!({}));
    problem(&taken, 409, "conflict");
    let hints = bob.get("/api/v1/tags?prefix=alley").ok();
    assert_eq!(
        (&hints["items"][0]["name"], &hints["items"][0]["alias"]),
        (&json!("moggy"), &json!("alley cat"))
    );

    // a new name: the same tag
    let id = page(&ada, "moggy")["id"].clone();
    let renamed = ada.patch(&at("moggy"), &name).ok();
    assert_eq!((&renamed["id"], &renamed["name"]), (&id, &name["name"]));
    assert!(names(&renamed["aliases"]).contains(&"moggy"));
    for word in ["moggy", "domestic shorthair", "alley cat"] {
        assert_eq!(page(&bob, word)["id"], id, "{word}");
        assert_eq!(
            find(&ada, &format!("tag:\"{word}\"")),
            std::slice::from_ref(&one)
        );
    }
    until(
        "the new name",
        || bob.element(&one),
        |e| tag(e, "domestic shorthair").is_some() && tag(e, "moggy").is_none(),
    );
    assert_eq!(
        tag(&bob.element(&two), "domestic shorthair").expect("kept")["state"],
        "rejected"
    );
    let element = say(&bob, &one, "moggy", "fact");
    assert!(
        tag(&element, "moggy").is_none(),
        "the old word is written as the tag"
    );

    // a merge, where no beats yes; and that taken back
    let merge = format!("{}/merge", at("street cat"));
    problem(
        &ada.post(&merge, &json!({"into": "no such tag"})),
        404,
        "not_found",
    );
    problem(
        &ada.post(&merge, &json!({"into": "street cat"})),
        422,
        "invalid_field",
    );
    let merged = ada.post(&merge, &json!({"into": "moggy"})).ok();
    assert_eq!(merged["id"], id);
    assert!(names(&merged["aliases"]).contains(&"street cat"));
    assert_eq!(page(&bob, "street cat")["id"], id);
    assert!(find(&ada, "tag:\"street cat\"").contains(&one));
    until(
        "merged",
        || bob.element(&two),
        |e| tag(e, "street cat").is_none(),
    );
    assert_eq!(
        tag(&bob.element(&two), "domestic shorthair").expect("kept")["state"],
        "rejected"
    );
    finds(&ada, "tag:\"street cat\"", &[&one]);

    let history = ada.get(&format!("{}/history", at("moggy"))).ok();
    let kinds: Vec<&str> = history["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|change| change["kind"].as_str().expect("a kind"))
        .collect();
    assert_eq!(
        kinds,
        [
            "merged",
            "renamed",
            "alias_added",
            "implication_added",
            "categorised",
            "described"
        ]
    );
    let latest = &history["items"][0];
    assert_eq!(
        (&latest["before"], &latest["by"]["handle"]),
        (&json!("street cat"), &json!("ada"))
    );
    assert_eq!(history["items"][5]["by"]["handle"], "bob");
    let undo = |who: &Client, change: &Value| {
        let id = change["id"].as_str().expect("an id");
        who.post(&format!("{}/history/{id}/undo", at("moggy")), &json!({}))
    };
    problem(&undo(&bob, latest), 403, "forbidden");
    undo(&ada, latest).ok();
    problem(&undo(&ada, latest), 409, "conflict");
    until(
        "apart again",
        || bob.element(&two),
        |e| tag(e, "street cat").is_some_and(|tag| tag["state"] == "fact"),
    );
    finds(&ada, "tag:\"street cat\"", &[&two]);
    undo(&ada, &history["items"][1]).ok();
    assert_eq!(page(&ada, "moggy")["name"], "moggy");
    undo(&bob, &history["items"][5]).ok();
    assert_eq!(page(&ada, "moggy").get("description"), None);
    let history = ada.get(&format!("{}/history?limit=2", at("moggy"))).ok();
    assert_eq!(history["items"][0]["kind"], "undone");
    assert!(history["next_cursor"].is_string());
    let gone = ada.delete(&implies).ok();
    assert!(names(&gone["above"]).is_empty());
    until(
        "no cat",
        || bob.element(&one),
        |e| tag(e, "cat").is_none_or(|tag| tag["source"] == "model"),
    );
}
