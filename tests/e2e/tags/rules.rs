//! Who is told what, several at once, and what a kill leaves.

use serde_json::{Value, json};
use tempfile::tempdir;

use super::*;

#[test]
fn what_stands_on_private_elements_alone_is_told_to_nobody() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let secret = save(&bob, 1, "private");
    let open = [
        save(&bob, 2, "public"),
        save(&bob, 3, "public"),
        save(&bob, 4, "public"),
    ];
    say(&bob, &secret, "hideaway", "fact");
    for name in ["cabin", "lake"] {
        say(&bob, &secret, name, "fact");
        for id in &open[..2] {
            say(&bob, id, name, "fact");
        }
    }
    say(&bob, &open[2], "meadow", "fact");
    until("counted", || page(&ada, "cabin"), |page| page["count"] == 2);
    let related = until(
        "beside it",
        || page(&ada, "cabin"),
        |page| names(&page["related"]).contains(&"lake"),
    );
    let lake = related["related"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|tag| tag["name"] == "lake")
        .expect("there");
    assert_eq!(lake["count"], 2, "of public ones");
    let score = lake["score"].as_f64().expect("a number");
    assert!((0.0..=1.0).contains(&score) && score > 0.5, "{score}");
    assert!(!related.to_string().contains("hideaway"));

    assert_eq!(page(&bob, "hideaway")["count"], 0, "his own he knows");
    let hidden = |answer: Answer| drop(problem(&answer, 404, "not_found"));
    hidden(ada.get(&at("hideaway")));
    hidden(ada.get(&format!("{}/history", at("hideaway"))));
    hidden(ada.patch(&at("hideaway"), &json!({"description": "?"})));
    hidden(ada.put(&format!("{}/aliases/den", at("hideaway")), &json!({})));
    hidden(ada.put(
        &format!("{}/implications/cabin", at("hideaway")),
        &json!({}),
    ));
    hidden(ada.post(
        &format!("{}/merge", at("hideaway")),
        &json!({"into": "cabin"}),
    ));
    hidden(ada.post(
        &format!("{}/merge", at("cabin")),
        &json!({"into": "hideaway"}),
    ));
    hidden(ada.get(&at("no such thing")));
    bob.patch(&at("hideaway"), &json!({"description": "Mine."}))
        .ok();
    hidden(ada.get(&at("hideaway")));
    for typed in ["hide", "hideaway", "hideawax"] {
        let hints = ada.get(&format!("/api/v1/tags?prefix={typed}")).ok();
        assert!(!hints.to_string().contains("hideaway"), "{hints}");
    }
    assert!(find(&ada, "tag:hideaway").is_empty());
    // a moderator makes it another word, and learns nothing by that
    let now = ada
        .put(&format!("{}/aliases/hideaway", at("cabin")), &json!({}))
        .ok();
    assert_eq!(names(&now["aliases"]), ["hideaway"]);
    assert_eq!(now["count"], 2);
    until(
        "he sees it",
        || bob.element(&secret),
        |e| tag(e, "hideaway").is_none(),
    );
    assert_eq!(
        tag(&bob.element(&secret), "cabin").expect("kept")["state"],
        "fact"
    );
    // what becomes public is known, and what goes is no more
    let shed = save(&bob, 9, "private");
    say(&bob, &shed, "shed", "fact");
    hidden(ada.get(&at("shed")));
    let path = format!("/api/v1/elements/{shed}");
    bob.patch(&path, &json!({"visibility": "public"})).ok();
    until(
        "known",
        || ada.get(&at("shed")).status,
        |status| *status == 200,
    );
    bob.patch(&path, &json!({"visibility": "unlisted"})).ok();
    until(
        "unknown",
        || ada.get(&at("shed")).status,
        |status| *status == 404,
    );
}

#[test]
fn several_elements_are_tagged_at_once_each_with_its_answer() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let mine = [save(&ada, 1, "public"), save(&ada, 2, "private")];
    let his = save(&bob, 3, "public");
    say(&ada, &mine[0], "attic", "fact");
    say(&ada, &mine[1], "cellar", "rejected");
    let said = |id: &str| -> Vec<Value> {
        let tags = ada.element(id)["tags"].as_array().expect("tags").clone();
        tags.into_iter()
            .filter(|tag| tag["source"] == "person")
            .collect()
    };
    let before: Vec<_> = mine.iter().map(|id| said(id)).collect();

    let wish = json!({
        "elements": [&mine[0], &his, &mine[1]],
        "add": ["Cellar", "golden retriever"],
        "remove": ["attic", "pet"],
    });
    let done = ada.post("/api/v1/elements/tags", &wish).ok();
    let items = done["items"].as_array().expect("items");
    let ids: Vec<_> = items
        .iter()
        .map(|item| item["id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, [&mine[0], &his, &mine[1]]);
    assert_eq!(items[1]["error"]["code"], "not_found");
    assert!(
        items[0].get("error").is_none() && items[2].get("error").is_none(),
        "{done:#}"
    );
    for id in &mine {
        let element = ada.element(id);
        for (name, state) in [("cellar", "fact"), ("dog", "fact"), ("pet", "rejected")] {
            let entry = tag(&element, name).unwrap_or_else(|| panic!("{name}: {element:#}"));
            assert_eq!(entry["state"], state, "{name}");
        }
        assert!(tag(&element, "attic").is_none());
    }
    assert!(tag(&bob.element(&his), "cellar").is_none());

    let undo = format!(
        "/api/v1/elements/tags/{}/undo",
        done["change"].as_str().expect("an id")
    );
    problem(&bob.post(&undo, &json!({})), 404, "not_found");
    let undone = ada.post(&undo, &json!({})).ok();
    assert_eq!(undone["items"].as_array().expect("items").len(), 2);
    for (id, before) in mine.iter().zip(&before) {
        assert_eq!(said(id), *before, "exactly as it was");
    }
    problem(&ada.post(&undo, &json!({})), 409, "conflict");
    let again = format!(
        "/api/v1/elements/tags/{}/undo",
        undone["change"].as_str().expect("an id")
    );
    ada.post(&again, &json!({})).ok();
    assert!(tag(&ada.element(&mine[1]), "cellar").is_some_and(|tag| tag["state"] == "fact"));

    for wrong in [
        json!({"elements": [], "add": ["x"]}),
        json!({"elements": [&mine[0]]}),
        json!({"elements": [&mine[0]], "add": ["dog"], "remove": ["doggo"]}),
        json!({"elements": vec![&mine[0]; 101], "add": ["x"]}),
    ] {
        problem(
            &ada.post("/api/v1/elements/tags", &wrong),
            422,
            "invalid_field",
        );
    }
}

#[test]
fn counts_are_exact_whoever_writes_and_rewriting_survives_a_kill() {
    const WRITERS: u8 = 4;
    const EACH: u8 = 5;
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let mut server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let ids: Vec<String> = (0..WRITERS * EACH)
        .map(|n| save(&bob, n + 1, "public"))
        .collect();
    std::thread::scope(|scope| {
        for some in ids.chunks(usize::from(EACH)) {
            let (bob, ada) = (bob.clone(), ada.clone());
            scope.spawn(move || {
                for (n, id) in some.iter().enumerate() {
                    say(&bob, id, "border terrier mix", "fact");
                    say(&bob, id, "walk", "fact");
                    if n == 0 {
                        say(&bob, id, "walk", "rejected");
                    }
                    // all want the same at the same time
                    let path = format!("{}/implications/walk", at("border terrier mix"));
                    ada.put(&path, &json!({})).ok();
                }
            });
        }
    });
    let count = |name: &str, n: u8| {
        until(name, || page(&ada, name), |page| page["count"] == n);
    };
    count("border terrier mix", WRITERS * EACH);
    count("walk", WRITERS * (EACH - 1));

    ada.patch(&at("border terrier mix"), &json!({"name": "terrier mix"}))
        .ok();
    ada.post(&format!("{}/merge", at("walk")), &json!({"into": "dog"}))
        .ok();
    server.kill();
    server = setup.start();
    assert_eq!(page(&ada, "border terrier mix")["name"], "terrier mix");
    assert_eq!(page(&ada, "walk")["name"], "dog");
    count("terrier mix", WRITERS * EACH);
    count("walk", WRITERS * (EACH - 1));
    for (n, id) in ids.iter().enumerate() {
        let element = until(
            "rewritten",
            || bob.element(id),
            |element| {
                tag(element, "border terrier mix").is_none() && tag(element, "walk").is_none()
            },
        );
        assert!(tag(&element, "terrier mix").is_some_and(|tag| tag["state"] == "fact"));
        let state = if n % usize::from(EACH) == 0 {
            "rejected"
        } else {
            "fact"
        };
        assert_eq!(tag(&element, "dog").expect("kept")["state"], state);
    }
    drop(server);
}
