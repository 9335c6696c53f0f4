//! Two accounts, every route: what is private of the one is nowhere for the
//! other. The routes come from the server's own description, so that a new one
//! is walked as soon as it is there.

mod files;
mod plans;
mod scene;
mod topics;

use std::collections::BTreeSet;

use serde_json::Value;
use tempfile::tempdir;

use crate::support::http::{Answer, Client};
use crate::support::process::{Paths, Setup};
use crate::support::routes::{self, Request, Route};
use scene::{DESCRIPTION, Names, TAG, TITLE, scene};

/// Pages of one list that are read.
const PAGES: usize = 8;

/// Routes that are not asked, each with its reason.
const SPARED: [(&str, &str); 6] = [
    ("POST /api/v1/auth/register", "makes accounts; no parameter"),
    (
        "POST /api/v1/auth/login",
        "throttled; tells nothing of handles",
    ),
    ("POST /api/v1/auth/logout", "ends the walk"),
    (
        "PUT /api/v1/users/{handle}/block",
        "changes what Ada sees, as it should; walked by profiles",
    ),
    ("GET /api/v1/ws", "walked by its topics"),
    ("GET /metrics", "numbers for the operator's network"),
];

/// Asserts that an answer holds none of the secrets but those that were asked
/// for by name.
fn silent(secrets: &[String], asked: &Request, answer: &Answer, whom: &str) {
    let body = String::from_utf8_lossy(&answer.body).to_lowercase();
    let heads: Vec<String> = answer
        .headers
        .iter()
        .map(|(_, v)| v.to_lowercase())
        .collect();
    let sent = format!("{} {}", asked.path, asked.body.clone().unwrap_or_default());
    let sent = sent.replace("%20", " ").to_lowercase();
    for secret in secrets {
        let secret = secret.to_lowercase();
        let told = body.contains(&secret) || heads.iter().any(|head| head.contains(&secret));
        assert!(
            !told || sent.contains(&secret),
            "{} {} tells {whom} {secret:?}: {body}",
            asked.method,
            asked.path
        );
    }
}

fn walked(document: &Value) -> Vec<Route> {
    let routes = routes::all(document);
    for (spared, _) in SPARED {
        assert!(
            routes.iter().any(|route| route.name() == spared),
            "{spared} is spared, but there is none"
        );
    }
    let spared = |route: &Route| SPARED.iter().any(|(name, _)| *name == route.name());
    routes.into_iter().filter(|route| !spared(route)).collect()
}

/// Status, and the closed code of a problem.
fn kind(answer: &Answer) -> (u16, Option<String>) {
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let code = body.and_then(|body| body["code"].as_str().map(str::to_owned));
    (answer.status, code)
}

#[test]
fn no_route_tells_one_account_of_another_ones_private_things() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let scene = scene(&setup, &server.url);
    let unknown = Names::unknown();
    let read = |client: &Client| -> Vec<Value> {
        scene.own.iter().map(|path| client.get(path).ok()).collect()
    };
    let before = read(&scene.ada);
    let routes = walked(&scene.document);
    assert!(routes.len() > 60, "{}", routes.len());
    // looked at before anything is changed, then everything
    let (reading, writing): (Vec<&Route>, Vec<&Route>) =
        routes.iter().partition(|route| route.method == "GET");
    for route in reading.into_iter().chain(writing) {
        let theirs = scene.names.request(route, &scene.document);
        let nothing = unknown.request(route, &scene.document);
        for who in [&scene.eve, &scene.prude] {
            let name = who.user["handle"].as_str().expect("a handle");
            let asked = who.call(&theirs.method, &theirs.path, theirs.body.as_ref());
            let other = who.call(&nothing.method, &nothing.path, nothing.body.as_ref());
            assert_ne!(asked.status, 500, "{theirs:?}: {asked:?}");
            assert_ne!(asked.status, 405, "{theirs:?}");
            assert_eq!(
                kind(&asked),
                kind(&other),
                "{} tells {name} that something is there: {theirs:?} {}",
                route.name(),
                String::from_utf8_lossy(&asked.body)
            );
            silent(&scene.secrets, &theirs, &asked, name);
            silent(&scene.secrets, &nothing, &other, name);
            if route.method == "GET" && route.is_about_one() {
                let text = |names: &Names, answer: &Answer| {
                    names.neutral(&String::from_utf8_lossy(&answer.body))
                };
                assert_eq!(
                    text(&scene.names, &asked),
                    text(&unknown, &other),
                    "{} answers {name} differently",
                    route.name()
                );
            }
        }
    }
    assert_eq!(read(&scene.ada), before, "and nothing was changed");
}

#[test]
fn no_list_holds_what_is_private_unlisted_deleted_or_hidden() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let setup = Setup::new(paths, data.path());
    let server = setup.start();
    let scene = scene(&setup, &server.url);
    let mut hidden = scene.secrets.clone();
    hidden.push(scene.flagged.clone());
    // words and things of her own: what the lists grow from
    let hers = Client::ids(&scene.eve.get("/api/v1/elements").ok());
    let clusters = Client::ids(&scene.eve.get("/api/v1/clusters").ok());
    let open = scene.eve.get("/api/v1/users/ada/clusters").ok();
    let theirs = scene.eve.get("/api/v1/users/cleo/clusters").ok();
    let around: Vec<String> = [Client::ids(&open), Client::ids(&theirs), clusters].concat();
    assert!(around.len() >= 4, "{around:?}");
    let searches: [&'static str; 11] = [
        "coffee",
        TITLE,
        TAG,
        "admission free",
        "mountains",
        "user:ada",
        "tag:qwoptag",
        "order:newest",
        "\"zyxomma dusk\" OR coffee",
        "-coffee",
        DESCRIPTION,
    ];
    let mut asked = BTreeSet::new();
    for route in walked(&scene.document) {
        if route.method != "GET" {
            continue;
        }
        let fillings: Vec<Names> = match route.has("q") || route.has("prefix") {
            true => searches.iter().map(|words| with_words(words)).collect(),
            false => hers
                .iter()
                .flat_map(|element| around.iter().map(move |cluster| (element, cluster)))
                .map(|(element, cluster)| Names {
                    element: element.clone(),
                    cluster: cluster.clone(),
                    ..Names::unknown()
                })
                .collect(),
        };
        for names in fillings {
            let request = names.request(&route, &scene.document);
            if !asked.insert(request.path.clone()) {
                continue;
            }
            for (who, secrets) in [(&scene.eve, &scene.secrets), (&scene.prude, &hidden)] {
                let name = who.user["handle"].as_str().expect("a handle");
                let mut request = request.clone();
                for _ in 0..PAGES {
                    let answer = who.call("GET", &request.path, None);
                    silent(secrets, &request, &answer, name);
                    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
                    let (true, Some(next)) = (route.has("cursor"), body["next_cursor"].as_str())
                    else {
                        break;
                    };
                    let bare = request.path.split("cursor=").next().expect("a start");
                    let bare = bare.trim_end_matches(['&', '?']);
                    let sign = if bare.contains('?') { '&' } else { '?' };
                    request.path = format!("{bare}{sign}cursor={next}");
                }
            }
        }
    }
    // the same lists do hold what is open: the walk looked where it should
    let explore = Client::ids(&scene.eve.get("/api/v1/feed/explore").ok());
    assert!(explore.contains(&scene.flagged) && explore.contains(&hers[0]));
    let found = Client::ids(&scene.ada.get("/api/v1/search?q=zyxomma").ok());
    assert!(found.contains(&scene.names.element));
}

/// A walk that searches for something.
fn with_words(words: &'static str) -> Names {
    Names {
        words,
        tag: &words[..words.len().min(3)],
        ..Names::unknown()
    }
}
