//! What the models and people say of a picture, and who has the last word.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::support::http::Client;
use crate::support::pictures::{GENERATED, sample, with_xmp};
use crate::support::process::{Paths, Setup};

fn label<'a>(element: &'a Value, name: &str) -> &'a Value {
    let labels = element["labels"].as_array().expect("labels");
    labels
        .iter()
        .find(|l| l["label"] == name)
        .unwrap_or_else(|| panic!("no label {name}: {element:#}"))
}

fn lists(client: &Client, id: &str) -> bool {
    Client::ids(&client.get("/api/v1/feed/explore").ok()).contains(&id.to_owned())
}

#[test]
fn a_label_shows_its_evidence_and_a_moderators_word_outlives_the_file() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let eve = Client::register(&server.url, "eve");
    assert_eq!(ada.get("/api/v1/users/me").ok()["role"], "admin");
    assert_eq!(bob.get("/api/v1/users/me").ok()["role"], "member");

    let plain = sample(&setup.paths.samples, "dahlia");
    let marked = with_xmp(&plain, GENERATED);
    let id = bob.save("flower.jpg", &marked, &[("title", "Flower")]);
    let element = bob.ready(&id);
    let made = label(&element, "ai_made");
    assert_eq!(
        (&made["verdict"], &made["source"]),
        (&json!("yes"), &json!("model"))
    );
    assert!(
        made["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|e| e["kind"] == "xmp"),
        "{made:#}"
    );
    assert_eq!(label(&element, "nsfw")["verdict"], "none");
    assert_eq!(label(&element, "style")["verdict"], "photo");
    let percentile = element["quality"].as_f64().expect("a percentile");
    assert!((0.0..=100.0).contains(&percentile));
    assert!(element["quality_parts"]["parts"].as_array().unwrap().len() >= 4);

    // who does not want such pictures is not shown them, but may follow a link
    let hide = json!({"preferences": {"labels": {"ai_made": "hide"}}});
    assert_eq!(
        eve.patch("/api/v1/users/me", &hide).ok()["preferences"]["labels"]["ai_made"],
        "hide"
    );
    assert!(lists(&ada, &id) && !lists(&eve, &id));
    let found = eve.get("/api/v1/search?q=flower").ok();
    assert!(!Client::ids(&found).contains(&id));
    assert!(Client::ids(&ada.get("/api/v1/search?q=flower").ok()).contains(&id));
    assert_eq!(eve.element(&id)["id"], id.as_str());

    // an appeal, decided by a moderator alone
    let appeal = format!("/api/v1/elements/{id}/labels/ai_made/appeal");
    assert_eq!(bob.post(&appeal, &json!({"note": " "})).status, 422);
    let note = json!({"note": "I grew it myself"});
    let appealed = bob.post(&appeal, &note).ok();
    assert_eq!(label(&appealed, "ai_made")["appeal"]["state"], "open");
    assert_eq!(bob.post(&appeal, &note).status, 409);
    assert_eq!(bob.get("/api/v1/admin/reviews").status, 403);
    let waiting = ada.get("/api/v1/admin/reviews").ok();
    let review = &waiting["items"][0];
    assert_eq!(
        (
            &review["element"]["id"],
            &review["label"],
            &review["why"],
            &review["by"]
        ),
        (
            &json!(id),
            &json!("ai_made"),
            &json!("appealed"),
            &json!("bob")
        )
    );
    let rule = format!("/api/v1/admin/reviews/{id}/ai_made");
    assert_eq!(bob.post(&rule, &json!({"verdict": "no"})).status, 403);
    assert_eq!(ada.post(&rule, &json!({"verdict": "explicit"})).status, 422);
    let ruled = ada
        .post(&rule, &json!({"verdict": "no", "note": "seen the bush"}))
        .ok();
    let made = label(&ruled, "ai_made");
    assert_eq!(
        (&made["verdict"], &made["source"]),
        (&json!("no"), &json!("person"))
    );
    let mine = bob.element(&id);
    let appeal = &label(&mine, "ai_made")["appeal"];
    assert_eq!(
        (&appeal["state"], &appeal["answer"]),
        (&json!("granted"), &json!("seen the bush"))
    );
    assert!(lists(&eve, &id), "no longer left out");

    // the same picture in another file, saved by somebody else
    let declared = with_xmp(&plain, &GENERATED.replace("<rdf:RDF", "<rdf:RDF x='1'"));
    let copy = eve.save("again.jpg", &declared, &[]);
    let copy = eve.ready(&copy);
    let made = label(&copy, "ai_made");
    assert_eq!(
        (&made["verdict"], &made["source"]),
        (&json!("no"), &json!("person")),
        "{made:#}"
    );
}

#[test]
fn an_owner_corrects_tags_and_declares_a_generator_and_it_sticks() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let id = ada.save("flower.jpg", &sample(&setup.paths.samples, "dahlia"), &[]);
    let element = ada.ready(&id);
    let suggested = element["tags"].as_array().expect("tags");
    let wrong = suggested[0]["name"]
        .as_str()
        .expect("a suggestion")
        .to_owned();
    assert!(suggested[0]["band"].is_string(), "{element:#}");

    let tag = |name: &str| format!("/api/v1/elements/{id}/tags/{}", name.replace(' ', "%20"));
    let rejected = ada.delete(&tag(&wrong)).ok();
    let of = |element: &Value, name: &str| {
        let tags = element["tags"].as_array().expect("tags").clone();
        tags.into_iter().find(|t| t["name"] == name)
    };
    assert_eq!(
        of(&rejected, &wrong).expect("kept as refused")["state"],
        "rejected"
    );
    let added = ada
        .put(&tag("grandmother's garden"), &json!({"state": "fact"}))
        .ok();
    let fact = of(&added, "grandmother's garden").expect("added");
    assert_eq!(
        (&fact["state"], &fact["source"]),
        (&json!("fact"), &json!("person"))
    );
    let found = bob.get("/api/v1/search?q=grandmother%27s+garden").ok();
    assert_eq!(Client::ids(&found).first(), Some(&id));
    let gone = ada.delete(&tag("grandmother's garden")).ok();
    assert!(
        of(&gone, "grandmother's garden").is_none(),
        "a person's own is forgotten"
    );
    assert_eq!(bob.put(&tag("mine"), &json!({"state": "fact"})).status, 404);

    let path = format!("/api/v1/elements/{id}");
    let declared = ada.patch(&path, &json!({"declares_ai": true})).ok();
    let made = label(&declared, "ai_made");
    assert_eq!(
        (&made["verdict"], &made["source"]),
        (&json!("yes"), &json!("declared"))
    );
    let back = ada.patch(&path, &json!({"declares_ai": false})).ok();
    assert_eq!(label(&back, "ai_made")["source"], "model");
}

#[test]
fn an_administrator_sees_models_within_their_budget_and_jobs() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let ada = Client::register(&server.url, "ada");
    let bob = Client::register(&server.url, "bob");
    let id = ada.save("flower.jpg", &sample(&setup.paths.samples, "dahlia"), &[]);
    ada.ready(&id);

    assert_eq!(bob.get("/api/v1/admin/models").status, 403);
    assert_eq!(bob.get("/api/v1/admin/jobs").status, 403);
    let report = ada.get("/api/v1/admin/models").ok();
    let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("{report:#}"));
    assert!(number(&report["resident"]) > 0);
    assert!(number(&report["resident"]) <= number(&report["budget"]));
    let models = report["models"].as_array().expect("models");
    let clip = models
        .iter()
        .find(|m| m["id"] == "clip-vit-b16-image")
        .expect("listed");
    assert_eq!(clip["loaded"], true);
    assert!(number(&clip["hits"]) + number(&clip["loads"]) > 0);
    assert_eq!(
        ada.post("/api/v1/admin/models/clip-vit-b16-image/unload", &json!({}))
            .status,
        204
    );
    let after = ada.get("/api/v1/admin/models").ok();
    assert!(number(&after["resident"]) < number(&report["resident"]));
    // the system has the memory back, not only the count
    let freed = number(&report["process_rss"]).saturating_sub(number(&after["process_rss"]));
    let held = number(&clip["resident"]);
    assert!(freed * 10 > held * 7, "{freed} of {held} bytes came back");

    // the same on the command line
    let token = ada.token.as_deref().expect("signed in");
    let list = |url: &str, token: &str| {
        let listed = Command::new(&setup.paths.server)
            .args(["models", "list", "--server", url, "--token", token])
            .arg("--models-dir")
            .arg(&setup.paths.models)
            .output()
            .expect("it runs");
        let said = [listed.stdout, listed.stderr].concat();
        (
            listed.status.success(),
            String::from_utf8(said).expect("text"),
        )
    };
    let (fine, said) = list(&server.url, token);
    assert!(fine && said.contains("lane interactive"), "{said}");
    let row = |line: &&str| line.contains("minilm") && line.contains("MiB");
    assert!(said.lines().any(|line| row(&line)), "{said}");
    let bobs = bob.token.as_deref().expect("signed in");
    let (fine, said) = list(&server.url, bobs);
    assert!(!fine && said.contains("refused"), "{said}");

    let jobs = ada.get("/api/v1/admin/jobs").ok();
    assert_eq!(jobs["items"], json!([]), "nothing is stuck: {jobs:#}");
    assert_eq!(
        ada.post("/api/v1/admin/jobs/retry", &json!({})).ok()["jobs"],
        0
    );
}
