//! Every crate that the lock file brings in, as cargo tells it.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use serde::Deserialize;

use crate::cache::Cache;
use crate::exec;

/// The part of `cargo metadata` that the rules are about.
#[derive(Deserialize)]
pub struct Graph {
    /// All crates, the workspace's included.
    pub packages: Vec<Package>,
    resolve: Resolve,
}

/// A crate at a version.
#[derive(Deserialize)]
pub struct Package {
    /// Cargo's own name for it.
    pub id: String,
    /// As published.
    pub name: String,
    /// As published.
    pub version: String,
    /// An SPDX expression.
    pub license: Option<String>,
    /// The licence's text, where no expression names it; relative to the manifest.
    pub license_file: Option<String>,
    /// Where the crate was unpacked.
    pub manifest_path: PathBuf,
    /// Nothing for a crate of the workspace.
    pub source: Option<String>,
}

/// First lines of licences that crates carry as a text only.
const TITLES: [(&str, &str); 1] = [("Business Source License 1.1", "BUSL-1.1")];

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Package {
    /// Its licence as an expression, also where only a text gives it.
    pub fn licence(&self) -> Option<String> {
        if self.license.is_some() {
            return self.license.clone();
        }
        let file = self
            .manifest_path
            .parent()?
            .join(self.license_file.as_ref()?);
        let text = fs::read_to_string(file).ok()?;
        TITLES
            .iter()
            .find(|(title, _)| text.trim_start().starts_with(title))
            .map(|(_, name)| (*name).to_owned())
    }
}

impl Graph {
    /// Asks cargo, without the network if it can do without. Crates for other
    /// machines than this are not looked at: they are not even downloaded.
    pub fn load(cache: &Cache) -> anyhow::Result<Self> {
        let version = exec::output(exec::cargo(&cache.target).arg("-vV"))?;
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("cargo does not say for which machine it is")?;
        let metadata = |offline: &[&str]| {
            exec::output(
                exec::cargo(&cache.target)
                    .args(["metadata", "--format-version=1", "--all-features"])
                    .args(["--filter-platform", host])
                    .args(offline),
            )
        };
        let text = metadata(&["--offline"]).or_else(|_| metadata(&[]))?;
        serde_json::from_str(&text).context("cargo metadata")
    }

    /// The crates that depend on each crate, by id.
    pub fn dependants(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut dependants: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for node in &self.resolve.nodes {
            for dependency in &node.dependencies {
                dependants.entry(dependency).or_default().push(&node.id);
            }
        }
        dependants
    }
}

#[cfg(test)]
impl Graph {
    /// A graph of crates that depend on nothing.
    pub fn of(packages: Vec<Package>) -> Self {
        Self {
            packages,
            resolve: Resolve { nodes: Vec::new() },
        }
    }
}
