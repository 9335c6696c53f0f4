//! Where each third party may live.

use crate::sources::Source;
use crate::workspace::{expect_none, members, rust};

/// A crate, or a family of crates ending in `*`, and its only homes.
const HOMES: [(&str, &[&str]); 30] = [
    ("surrealdb*", &["db"]),
    ("tantivy*", &["index"]),
    ("roaring", &["index"]),
    ("levenshtein_automata", &["index"]),
    ("candle-*", &["ml"]),
    ("tokenizers", &["ml"]),
    ("safetensors", &["ml"]),
    ("axum", &["ml"]),
    ("reqwest", &["ml"]),
    ("hyper*", &["actors"]),
    ("tokio-rustls", &["actors"]),
    ("html5ever", &["actors"]),
    ("image", &["media"]),
    ("rav1e", &["media"]),
    ("ravif", &["media"]),
    ("fast_image_resize", &["media"]),
    ("kamadak-exif", &["media"]),
    ("c2pa", &["media"]),
    ("thumbhash", &["media"]),
    ("actix", &["actors", "server"]),
    ("actix-web", &["server"]),
    ("actix-web-actors", &["server"]),
    ("actix-files", &["server"]),
    ("actix-multipart", &["server"]),
    ("rumqtt*", &["actors"]),
    ("argon2", &["actors"]),
    ("clap", &["server", "ml"]),
    ("yew*", &["frontend"]),
    ("gloo*", &["frontend"]),
    ("anyhow", &["server"]),
];

#[test]
fn third_parties_are_declared_only_where_they_live() {
    let mut violations = Vec::new();
    for member in members().iter().filter(|m| m.is_product()) {
        for dependency in member.dependencies() {
            for (_, homes) in HOMES.iter().filter(|(name, _)| fits(name, &dependency)) {
                if !homes.contains(&member.folder.as_str()) {
                    violations.push(format!(
                        "{} depends on {dependency}, which lives in {}",
                        member.folder,
                        homes.join(" and ")
                    ));
                }
            }
        }
    }
    expect_none("a third party away from home", &violations);
}

/// Re-exports would carry a third party past its declared home.
#[test]
fn the_database_and_the_libraries_of_tensors_and_texts_are_named_only_at_home() {
    let mut violations = Vec::new();
    for (path, text) in rust() {
        let source = Source::new(&text);
        for (name, home) in [
            ("surrealdb", "db/"),
            ("candle_core", "ml/"),
            ("tantivy", "index/"),
        ] {
            if path.starts_with(home) || path.starts_with("tests/architecture/") {
                continue;
            }
            for line in source.lines_with_crate(name) {
                violations.push(format!("{path}:{line} names {name}"));
            }
        }
    }
    expect_none("a third party away from home", &violations);
}

/// The user's choice of a deprecated crate stays in one folder.
#[test]
fn the_websocket_crate_stays_in_the_servers_ws_folder() {
    let mut violations = Vec::new();
    for (path, text) in rust() {
        if path.starts_with("server/src/ws") || path.starts_with("tests/") {
            continue;
        }
        for line in Source::new(&text).lines_with_crate("actix_web_actors") {
            violations.push(format!("{path}:{line}"));
        }
    }
    expect_none("actix-web-actors outside server/src/ws", &violations);
}

/// The browser-side crate pulls in nothing that only works natively, and
/// protocol stays words.
#[test]
fn protocol_and_frontend_know_no_runtime() {
    const RUNTIMES: [&str; 4] = ["tokio", "actix-rt", "reqwest", "ureq"];
    let mut violations = Vec::new();
    for member in members() {
        if member.folder != "protocol" && member.folder != "frontend" {
            continue;
        }
        for dependency in member.dependencies() {
            if RUNTIMES.contains(&dependency.as_str()) {
                violations.push(format!("{} depends on {dependency}", member.folder));
            }
        }
    }
    expect_none("no I/O and no runtime", &violations);
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}
