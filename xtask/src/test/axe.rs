//! Fetches the checker of accessibility that the browser tests run.

use std::path::PathBuf;

use anyhow::Context;
use ml::fetch::{Ecosystem, Fetcher, Package, Wanted};

use crate::cache::Cache;
use crate::ui::Bars;

const VERSION: &str = "4.14.1";
const SHA256: &str = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c";
const BYTES: u64 = 653_780;

/// Its one script, verified.
pub fn fetch(cache: &Cache) -> anyhow::Result<PathBuf> {
    let package = Package {
        ecosystem: Ecosystem::Npm,
        name: "axe-core".into(),
        version: Some(VERSION.into()),
        package_bytes: Some(708_405),
        args: Vec::new(),
    };
    let wanted = Wanted {
        path: "package/axe.min.js".into(),
        to: "axe.min.js".into(),
        sha256: SHA256.into(),
        bytes: BYTES,
    };
    let bars = Bars::new();
    let bar = bars.fetch("axe-core");
    let found = Fetcher::default()
        .fetch(&package, &[wanted], &cache.tools, &bar)
        .context("axe-core, which checks accessibility")?;
    found.into_iter().next().context("one file was wanted")
}
