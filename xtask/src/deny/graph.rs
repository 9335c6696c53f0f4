//! Every crate that the lock file brings in, as cargo tells it.

use std::collections::BTreeMap;

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
    /// Nothing for a crate of the workspace.
    pub source: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Graph {
    /// Asks cargo, without the network if it can do without.
    pub fn load(cache: &Cache) -> anyhow::Result<Self> {
        let metadata = |offline: &[&str]| {
            exec::output(
                exec::cargo(&cache.target)
                    .args(["metadata", "--format-version=1", "--all-features"])
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
