//! Sizes and habits of the sources.

use std::fs;

use crate::sources::Source;
use crate::workspace::{expect_none, root, rust, texts};

/// More has more than one subject.
const LINES_OF_A_FILE: usize = 500;
/// Docs and re-exports.
const LINES_OF_A_LIB: usize = 60;
/// A map is read as a whole.
const LINES_OF_THE_MAP: usize = 200;

#[test]
fn files_have_one_subject() {
    let mut violations = Vec::new();
    for extension in ["rs", "css", "surql"] {
        for (path, text) in texts(".", extension) {
            let lines = text.lines().count();
            let is_lib = path.ends_with("src/lib.rs");
            let most = if is_lib {
                LINES_OF_A_LIB
            } else {
                LINES_OF_A_FILE
            };
            if lines > most {
                violations.push(format!("{path}: {lines} lines, at most {most}"));
            }
        }
    }
    expect_none("too long", &violations);
}

#[test]
fn the_map_fits_into_one_reading() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("there is a map");
    let lines = map.lines().count();
    assert!(
        lines <= LINES_OF_THE_MAP,
        "ARCHITECTURE.md has {lines} lines"
    );
}

#[test]
fn nothing_unfinished_and_no_unexplained_panic() {
    const UNWANTED: [&str; 5] = [
        "todo!",
        "unimplemented!",
        "dbg!",
        ".unwrap()",
        ".unwrap_err()",
    ];
    let mut violations = Vec::new();
    for (path, text) in rust() {
        if is_test_file(&path) {
            continue;
        }
        let source = Source::new(&text);
        for needle in UNWANTED {
            for line in source.lines_with(needle) {
                violations.push(format!("{path}:{line} {needle}"));
            }
        }
    }
    expect_none("say why it cannot fail, or handle it", &violations);
}

/// Files that only tests build.
fn is_test_file(path: &str) -> bool {
    path.starts_with("tests/")
        || path.contains("/tests/")
        || path.ends_with("/tests.rs")
        || path.contains("/benches/")
        || path.contains("/examples/")
}

/// Package clients know their registries; the repository must work behind any
/// mirror.
#[test]
fn no_registry_is_named() {
    // put together here so that this file does not name them
    let hosts = [
        ["index.crates", "io"],
        ["static.crates", "io"],
        ["crates.io-index", ""],
        ["pypi", "org"],
        ["files.pythonhosted", "org"],
        ["registry.npmjs", "org"],
        ["deb.debian", "org"],
    ]
    .map(|[name, end]| {
        if end.is_empty() {
            name.to_owned()
        } else {
            format!("{name}.{end}")
        }
    });
    let mut violations = Vec::new();
    for extension in [
        "rs", "toml", "md", "yml", "yaml", "sh", "html", "surql", "json",
    ] {
        for (path, text) in texts(".", extension) {
            if path == "Cargo.lock" || path.starts_with("tests/architecture/") {
                continue;
            }
            for host in &hosts {
                if text.contains(host.as_str()) {
                    violations.push(format!("{path} names {host}"));
                }
            }
        }
    }
    expect_none("a registry is named", &violations);
}
