//! Licences, sources and banned crates, after `deny.toml`.
//!
//! cargo-deny itself where it is installed. Elsewhere the same three checks are
//! made here over cargo's own metadata: building cargo-deny takes longer than
//! building xtask, and nothing may be less strict for lack of it.

mod graph;
mod licence;
mod rules;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};

use crate::cache::{Cache, workspace};
use crate::exec;

use graph::Graph;
use rules::Rules;

const RULES: &str = "deny.toml";

/// Fails with every violation named.
pub fn check(cache: &Cache) -> anyhow::Result<()> {
    if installed(cache).is_some() {
        eprintln!("      by cargo-deny");
        let mut deny = exec::cargo(&cache.target);
        if let Some(path) = path_with_tools(cache) {
            deny.env("PATH", path);
        }
        return exec::run(deny.args(["deny", "check", "bans", "licenses", "sources"]));
    }
    eprintln!("      cargo-deny is not installed: checked by xtask after {RULES}");
    let path = workspace().join(RULES);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let rules: Rules = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let graph = Graph::load(cache)?;
    let violations = rules.violations(&graph);
    if violations.is_empty() {
        eprintln!("      {} crates, all allowed", graph.packages.len());
        return Ok(());
    }
    for violation in &violations {
        eprintln!("      {violation}");
    }
    bail!("{} violations of {RULES}", violations.len())
}

fn installed(cache: &Cache) -> Option<PathBuf> {
    let own = cache.tools.join("bin/cargo-deny");
    exec::find("cargo-deny").or_else(|| own.is_file().then_some(own))
}

fn path_with_tools(cache: &Cache) -> Option<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let dirs = std::iter::once(cache.tools.join("bin")).chain(std::env::split_paths(&path));
    std::env::join_paths(dirs).ok()
}
