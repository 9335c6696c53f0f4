//! What comes from a model hub instead of a package: a repository at one
//! commit. Its files need no checksum here: where none is given, what the
//! first fetch brought is pinned beside it (see `store::pins`).

use std::collections::HashSet;

use serde::Deserialize;

use super::model::{SHA256_DIGITS, check_name, is_hex};
use super::{Conversion, Pin};

/// A repository, and what is taken out of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// `owner/name`.
    pub repository: String,
    /// The commit, 40 hex digits: a branch would move.
    pub revision: String,
    /// What is taken.
    #[serde(rename = "file")]
    pub files: Vec<HubFile>,
}

/// One file of the model's folder, and the file on the hub that it is made of.
/// Several may be made of one, which is then fetched once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubFile {
    /// In the repository.
    pub path: String,
    /// The name in the model's folder.
    pub to: String,
    /// What happens in between.
    #[serde(default)]
    pub convert: Conversion,
    /// Where something is converted: how the names of the tensors start that
    /// are kept. Empty keeps all.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Of the file on the hub, where it is known.
    #[serde(default)]
    pub pin: Option<Pin>,
}

const COMMIT_DIGITS: usize = 40;

impl HubSource {
    pub(super) fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let part = |p: &str| !p.is_empty() && !p.starts_with('.') && p.chars().all(plain);
        match self.repository.split_once('/') {
            Some((owner, name)) if part(owner) && part(name) => {}
            _ => return Err(format!("{} is no owner/name", self.repository)),
        }
        if !is_hex(&self.revision, COMMIT_DIGITS) {
            return Err("a revision is a commit, 40 lowercase hex digits".into());
        }
        if self.files.is_empty() {
            return Err("it has no file".into());
        }
        let mut names = HashSet::new();
        for file in &self.files {
            if !file.path.split('/').all(part) {
                return Err(format!("{} is no path in a repository", file.path));
            }
            check_name(&file.to)?;
            if !names.insert(&file.to) {
                return Err(format!("{} is made twice", file.to));
            }
            if file.convert == Conversion::Copy && !file.keep.is_empty() {
                return Err(format!("{}: only a conversion can keep a part", file.to));
            }
            if file
                .pin
                .as_ref()
                .is_some_and(|pin| !is_hex(&pin.sha256, SHA256_DIGITS))
            {
                return Err(format!("{}: a sha256 is 64 lowercase hex digits", file.to));
            }
        }
        Ok(())
    }
}
