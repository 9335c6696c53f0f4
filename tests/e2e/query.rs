//! The search language, end to end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::flat;
use crate::support::process::{Paths, Setup};

/// How long the index may lag behind what was said, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn filters_phrases_and_their_opposites_find_exactly_what_they_say() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let save = |who: &Client, title: &str, color: [u8; 3], visibility: &str| {
        let fields = [("title", title), ("visibility", visibility)];
        let id = who.save("x.bmp", &flat(color, 60, 40), &fields);
        who.ready(&id);
        id
    };
    let door = save(&ada, "Blue door in Chefchaouen", [20, 60, 160], "public");
    let sea = save(&ada, "Door of a blue boat", [30, 80, 150], "public");
    let fire = save(&bob, "Bonfire", [220, 80, 20], "public");
    let plain = save(&bob, "", [128, 128, 128], "public");
    let secret = save(&bob, "Blue door, secret", [22, 62, 162], "private");
    let tag = |who: &Client, id: &str, name: &str| {
        let path = format!("/api/v1/elements/{id}/tags/{name}");
        who.put(&path, &json!({"state": "fact"})).ok()
    };
    tag(&ada, &door, "morocco");
    tag(&ada, &sea, "morocco");
    tag(&ada, &sea, "harbour");
    tag(&bob, &fire, "kitty");

    let ask = |q: &str| -> Value {
        let q: String = q.bytes().map(|b| format!("%{b:02x}")).collect();
        ada.get(&format!("/api/v1/search?q={q}")).ok()
    };
    let find = |q: &str| -> Vec<String> {
        let found = ask(q);
        let last = found["divider_after"].as_i64();
        let mut ids = Client::ids(&found);
        // what stands behind the divider is only a guess
        ids.truncate(last.map_or(usize::MAX, |at| (at + 1) as usize));
        ids.sort();
        ids
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    // what was said last is in the index when all of it is
    let start = Instant::now();
    while find("tag:kitty") != sorted(&[&fire]) {
        assert!(start.elapsed() < PATIENCE, "what was said is not found");
        std::thread::sleep(Duration::from_millis(50));
    }
    let expected: [(&str, &[&String]); 17] = [
        ("tag:morocco", &[&door, &sea]),
        ("tag:morocco -tag:harbour", &[&door]),
        ("-tag:morocco has:title", &[&fire]),
        ("tag:kitty", &[&fire]),
        ("tag:harbour OR user:bob", &[&sea, &fire, &plain]),
        ("user:@ada", &[&door, &sea]),
        ("\"blue door\"", &[&door]),
        ("-boat user:ada", &[&door]),
        ("-\"blue door\" user:ada", &[&sea]),
        ("color:#dc5014", &[&fire]),
        ("type:video", &[]),
        ("type:image -has:title", &[&plain]),
        ("before:2020", &[]),
        ("after:2020 user:bob", &[&fire, &plain]),
        ("(tag:harbour OR tag:nothing) -user:bob", &[&sea]),
        ("ai:no sensitive:no user:bob has:title", &[&fire]),
        ("user:bob quality:>100", &[]),
    ];
    for (q, ids) in expected {
        assert_eq!(find(q), sorted(ids), "{q}: {:#}", ask(q)["hints"]);
    }
    let order = |q: &str| Client::ids(&ask(q));
    assert_eq!(order("user:ada order:oldest"), [door.clone(), sea.clone()]);
    assert_eq!(
        order("user:ada"),
        [sea.clone(), door.clone()],
        "newest first"
    );
    assert_eq!(
        order(&format!("similar:{door} user:ada")).first(),
        Some(&sea)
    );

    // a cluster, and only for those who may see it
    let cluster = json!({"name": "Kept", "elements": [&fire]});
    let cluster = ada.post("/api/v1/clusters", &cluster).json();
    let q = format!("cluster:{}", cluster["id"].as_str().expect("an id"));
    assert_eq!(find(&q), std::slice::from_ref(&fire));
    let bobs = bob
        .get(&format!("/api/v1/search?q={}", q.replace(':', "%3a")))
        .ok();
    assert!(Client::ids(&bobs).is_empty());
    let mine = bob.get("/api/v1/search?q=%22blue%20door%22").ok();
    assert!(Client::ids(&mine).contains(&secret), "his own he finds");

    // what is misspelt is told, and still searched
    let found = ask("colour:blue door");
    assert!(
        found["hints"]
            .to_string()
            .contains("did you mean color:blue"),
        "{found:#}"
    );
    assert!(Client::ids(&found).contains(&door));
    assert!(!found.to_string().contains(&secret));
    // a tag that is being typed, by its name, another word for it, nearly so
    let hints = |typed: &str| {
        let hints = ada.get(&format!("/api/v1/tags?prefix={typed}")).ok();
        hints["items"].as_array().expect("items").clone()
    };
    let first = &hints("mor")[0];
    assert_eq!(
        (&first["name"], &first["count"]),
        (&json!("morocco"), &json!(2))
    );
    assert!(hints("morroco").is_empty() || hints("moroco")[0]["name"] == "morocco");
    let kitty = hints("kitty")
        .into_iter()
        .find(|h| h["name"] == "cat")
        .expect("an alias");
    assert_eq!(
        (&kitty["alias"], &kitty["category"]),
        (&json!("kitty"), &json!("animal"))
    );
    tag(&bob, &secret, "hideaway");
    assert!(hints("hideaway").is_empty(), "private ones tell nothing");
    let found = ask("(door");
    assert!(found["hints"].to_string().contains("not closed"));
}
