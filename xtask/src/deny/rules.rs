//! The rules of `deny.toml`, as far as xtask checks them itself.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::graph::{Graph, Package};
use super::licence;

/// The three tables; other keys are cargo-deny's alone.
#[derive(Deserialize)]
pub struct Rules {
    licenses: Licences,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
    #[serde(default)]
    clarify: Vec<Clarification>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Clarification {
    #[serde(rename = "crate")]
    name: String,
    expression: String,
}

#[derive(Deserialize)]
struct Bans {
    #[serde(default)]
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
    /// Crates that may depend on it all the same.
    #[serde(default)]
    wrappers: Vec<String>,
}

impl Rules {
    /// A line for every crate that breaks one.
    pub fn violations(&self, graph: &Graph) -> Vec<String> {
        let mut lines = Vec::new();
        for package in &graph.packages {
            let name = format!("{} {}", package.name, package.version);
            if let Some(why) = self.licence_fault(package) {
                lines.push(format!("{name}: {why}"));
            }
            if let Some(why) = self.ban(package, graph) {
                lines.push(format!("{name} is banned: {why}"));
            }
            if package
                .source
                .as_ref()
                .is_some_and(|s| s.starts_with("git+"))
            {
                lines.push(format!(
                    "{name} comes from a repository, not from a registry"
                ));
            }
        }
        let registries: BTreeSet<_> = graph
            .packages
            .iter()
            .filter_map(|p| p.source.as_deref())
            .filter(|s| !s.starts_with("git+"))
            .collect();
        if registries.len() > 1 {
            lines.push(format!("more than one registry: {registries:?}"));
        }
        lines
    }

    fn licence_fault(&self, package: &Package) -> Option<String> {
        let clarified = self
            .licenses
            .clarify
            .iter()
            .find(|c| c.name == package.name);
        let Some(expression) = clarified
            .map(|c| c.expression.clone())
            .or_else(|| package.licence())
        else {
            return Some("names no licence".to_owned());
        };
        let exceptions = self.licenses.exceptions.iter();
        let extra: Vec<_> = exceptions
            .filter(|e| e.name == package.name)
            .flat_map(|e| &e.allow)
            .collect();
        let is_allowed = |licence: &str| {
            self.licenses.allow.iter().any(|a| a == licence) || extra.iter().any(|a| *a == licence)
        };
        (!licence::allowed(&expression, &is_allowed))
            .then(|| format!("its licence {expression} is not allowed"))
    }

    fn ban(&self, package: &Package, graph: &Graph) -> Option<String> {
        let ban = self.bans.deny.iter().find(|b| b.name == package.name)?;
        let dependants = graph.dependants();
        let unwrapped = dependants
            .get(package.id.as_str())
            .into_iter()
            .flatten()
            .filter_map(|id| graph.packages.iter().find(|p| p.id == **id))
            .find(|p| !ban.wrappers.contains(&p.name));
        if ban.wrappers.is_empty() {
            return Some(ban.reason.clone());
        }
        unwrapped.map(|p| format!("{} (needed by {})", ban.reason, p.name))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn package(name: &str, license: Option<&str>, source: Option<&str>) -> Package {
        Package {
            id: name.to_owned(),
            name: name.to_owned(),
            version: "1.0.0".to_owned(),
            license: license.map(str::to_owned),
            license_file: None,
            manifest_path: PathBuf::new(),
            source: source.map(str::to_owned),
        }
    }

    fn rules() -> Rules {
        toml::from_str(
            "[licenses]\nallow = ['MIT']\nexceptions = [{ crate = 'odd', allow = ['ISC'] }]\n\
             [bans]\ndeny = [{ crate = 'bad', reason = 'it phones home' }]",
        )
        .expect("the rules are well-formed")
    }

    #[test]
    fn allowed_crates_pass() {
        let graph = Graph::of(vec![
            package("good", Some("MIT"), Some("registry+a")),
            package("odd", Some("ISC"), Some("registry+a")),
            package("own", Some("MIT"), None),
        ]);
        assert_eq!(rules().violations(&graph), Vec::<String>::new());
    }

    #[test]
    fn each_kind_of_fault_is_named() {
        let graph = Graph::of(vec![
            package("bad", Some("MIT"), Some("registry+a")),
            package("strict", Some("GPL-3.0"), Some("registry+a")),
            package("silent", None, Some("registry+a")),
            package("forked", Some("MIT"), Some("git+x")),
            package("other", Some("MIT"), Some("registry+b")),
        ]);
        let lines = rules().violations(&graph).join("\n");
        assert!(lines.contains("bad 1.0.0 is banned: it phones home"));
        assert!(lines.contains("strict 1.0.0: its licence GPL-3.0"));
        assert!(lines.contains("silent 1.0.0: names no licence"));
        assert!(lines.contains("forked 1.0.0 comes from a repository"));
        assert!(lines.contains("more than one registry"));
    }
}
