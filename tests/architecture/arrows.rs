//! Which crate may know which.

use crate::sources::Source;
use crate::workspace::{expect_none, members, rust};

/// What each crate may depend on within the workspace.
const ARROWS: [(&str, &[&str]); 9] = [
    ("protocol", &[]),
    ("media", &[]),
    ("ml", &[]),
    ("assets", &[]),
    ("index", &["protocol"]),
    ("db", &["protocol"]),
    ("actors", &["protocol", "index", "db", "ml", "media"]),
    (
        "server",
        &["protocol", "actors", "assets", "db", "ml", "media"],
    ),
    ("frontend", &["protocol"]),
];

/// The server's composition root: the only place of it that sees these.
const BOOTSTRAP: &str = "server/src/bootstrap";
const ONLY_IN_BOOTSTRAP: [&str; 3] = ["db", "ml", "media"];

#[test]
fn crates_depend_only_on_what_their_arrows_allow() {
    let names: Vec<_> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut violations = Vec::new();
    for member in members().iter().filter(|m| m.is_product()) {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == member.folder) else {
            violations.push(format!(
                "{} has no row in the table of arrows",
                member.folder
            ));
            continue;
        };
        for dependency in member.dependencies() {
            let inside = names.contains(&dependency.as_str());
            if inside && !allowed.contains(&dependency.as_str()) {
                violations.push(format!("{} depends on {dependency}", member.folder));
            }
        }
    }
    expect_none("an arrow that does not exist", &violations);
}

#[test]
fn the_server_sees_storage_models_and_pixels_only_in_bootstrap() {
    let mut violations = Vec::new();
    for (path, text) in rust() {
        if !path.starts_with("server/src/") || path.starts_with(BOOTSTRAP) {
            continue;
        }
        let source = Source::new(&text);
        for name in ONLY_IN_BOOTSTRAP {
            for line in source.lines_with_crate(name) {
                violations.push(format!("{path}:{line} uses {name}"));
            }
        }
    }
    expect_none("only bootstrap composes the lower crates", &violations);
}

#[test]
fn every_crate_has_the_licence_and_the_lints_of_the_workspace() {
    let mut violations = Vec::new();
    for member in members() {
        let inherits = |table: Option<&toml::Value>| {
            table
                .and_then(|t| t.get("workspace"))
                .and_then(toml::Value::as_bool)
                .unwrap_or(false)
        };
        let package = member.manifest.get("package");
        if !inherits(package.and_then(|p| p.get("license"))) {
            violations.push(format!("{} has no licence field", member.folder));
        }
        if !inherits(member.manifest.get("lints")) {
            violations.push(format!("{} has lints of its own", member.folder));
        }
    }
    expect_none("manifests inherit from the workspace", &violations);
}
