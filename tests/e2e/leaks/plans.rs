//! No route reads a whole table that grows with the library. The server tells
//! how its database finds what every route asks for, and the plans are read.

use std::collections::BTreeMap;

use serde_json::Value;
use tempfile::tempdir;

use super::scene::{Names, scene};
use super::walked;
use crate::support::http::Client;
use crate::support::process::{Paths, Setup};

/// Statements that may read a whole table: how they begin, the table, and why.
const READ_WHOLE: [(&str, &str, &str); 11] = [
    (
        "SELECT id, owner, owner.handle AS handle, visibility",
        "element",
        START,
    ),
    ("SELECT id, name, category, description", "tag", START),
    ("SELECT id, name, category, means", "tag", START),
    ("SELECT in AS from, out AS to", "implies", START),
    (
        "SELECT tag, count(accepted = true)",
        "tag_feedback",
        "what people said of models, added up when they say more",
    ),
    (
        "SELECT key, space, centre",
        "explore_topic",
        "there are a few dozen topics",
    ),
    (
        "SELECT stage, state, count()",
        "job",
        "what is done is no longer there",
    ),
    (
        "SELECT * FROM outbox LIMIT",
        "outbox",
        "what is told is no longer there",
    ),
    (
        "SELECT VALUE id FROM outbox LIMIT 1",
        "outbox",
        "what is told is no longer there",
    ),
    ("SELECT VALUE in FROM tagged LIMIT 1", "tagged", "any one"),
    ("SELECT id FROM device WHERE online", "device", START),
];
const START: &str = "once at a start";

#[test]
fn no_route_reads_a_whole_table_that_grows() {
    let Some(paths) = Paths::find() else { return };
    let data = tempdir().unwrap();
    let mut setup = Setup::new(paths, data.path());
    setup.extra = ["--log", "json"].map(str::to_owned).to_vec();
    setup.env = vec![("RUST_LOG", "info,asterism_db::plans=debug".to_owned())];
    let server = setup.start();
    let scene = scene(&setup, &server.url);
    let unknown = Names::unknown();
    let routes = walked(&scene.document);
    let ask = |who: &Client, names: &Names, method: fn(&str) -> bool| {
        for route in routes.iter().filter(|route| method(&route.method)) {
            let request = names.request(route, &scene.document);
            let answer = who.call(&request.method, &request.path, request.body.as_ref());
            assert_ne!(answer.status, 500, "{request:?}: {answer:?}");
        }
    };
    // what changes things comes last, what ends them last of all
    for method in [
        |m: &str| m == "GET",
        |m: &str| m != "GET" && m != "DELETE",
        |m: &str| m == "DELETE",
    ] {
        ask(&scene.eve, &scene.names, method);
        ask(&scene.ada, &unknown, method);
        ask(&scene.ada, &scene.names, method);
    }
    let log = std::fs::read_to_string(&server.log).expect("the log");
    let mut plans = 0;
    let mut scans: BTreeMap<(String, String), String> = BTreeMap::new();
    for line in log.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        if line["target"] != "asterism_db::plans" {
            continue;
        }
        plans += 1;
        let plan = line["plan"].as_str().expect("a plan");
        let statement = line["statement"].as_str().expect("a statement");
        for table in scanned(plan) {
            let known = READ_WHOLE
                .iter()
                .any(|(begin, of, _)| *of == table && statement.starts_with(begin));
            if !known {
                scans.insert((table, statement.to_owned()), plan.to_owned());
            }
        }
    }
    assert!(plans > 500, "the server told of {plans} plans only");
    let told: Vec<String> = scans
        .iter()
        .map(|((table, statement), plan)| format!("{table}: {statement}\n{plan}\n"))
        .collect();
    assert!(
        told.is_empty(),
        "whole tables are read:\n{}",
        told.join("\n")
    );
}

/// The tables that a plan goes through from end to end.
fn scanned(plan: &str) -> Vec<String> {
    plan.split("TableScan")
        .skip(1)
        .filter_map(|rest| rest.split("table: ").nth(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect()
        })
        .collect()
}
