//! What is wanted: a package, and files inside it.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which package client fetches a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    /// `python3 -m pip download`
    Pypi,
    /// `npm pack`
    Npm,
    /// `apt-get download`, only where apt is
    Debian,
}

/// One package, pinned. Where it comes from is the client's own business: it
/// follows the machine's mirrors and proxies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// The client that knows it.
    pub ecosystem: Ecosystem,
    /// Its exact name.
    pub name: String,
    /// Its exact version. Only Debian packages may leave it out (a release
    /// keeps one version; the files' checksums pin the content).
    #[serde(default)]
    pub version: Option<String>,
    /// The size of the archive, for the progress bar.
    #[serde(default)]
    pub package_bytes: Option<u64>,
    /// Options for the client, such as `--no-binary=:all:`.
    #[serde(default)]
    pub args: Vec<String>,
}

impl Package {
    /// The name with the version, as the ecosystem writes it.
    pub fn spec(&self) -> String {
        match (&self.version, self.ecosystem) {
            (None, _) => self.name.clone(),
            (Some(v), Ecosystem::Pypi) => format!("{}=={v}", self.name),
            (Some(v), Ecosystem::Npm) => format!("{}@{v}", self.name),
            (Some(v), Ecosystem::Debian) => format!("{}={v}", self.name),
        }
    }
}

impl fmt::Display for Package {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spec())
    }
}

/// One file out of a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Where it lies inside: a whole path, its last components, or a pattern
    /// (`*` within one folder, `**` across folders). It must fit exactly one
    /// file.
    pub path: String,
    /// Where to put it, relative to the target folder.
    pub to: PathBuf,
    /// Lowercase hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Whether `pattern` means the archive member `entry`: the whole path, or its
/// last components, so that the versioned top folder of a source archive need
/// not be named.
pub(crate) fn matches(pattern: &str, entry: &str) -> bool {
    let entry = entry.trim_start_matches("./").trim_start_matches('/');
    let mut rest = entry;
    loop {
        if glob(pattern.as_bytes(), rest.as_bytes()) {
            return true;
        }
        match rest.split_once('/') {
            Some((_, tail)) => rest = tail,
            None => return false,
        }
    }
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', b'*', rest @ ..] => (0..=text.len()).any(|n| glob(rest, &text[n..])),
        [b'*', rest @ ..] => {
            let reach = text.iter().position(|&b| b == b'/').unwrap_or(text.len());
            (0..=reach).any(|n| glob(rest, &text[n..]))
        }
        [b'?', rest @ ..] => matches!(text, [b, tail @ ..] if *b != b'/' && glob(rest, tail)),
        [b, rest @ ..] => matches!(text, [t, tail @ ..] if t == b && glob(rest, tail)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_found_under_a_versioned_top_folder() {
        assert!(matches("tests/a.png", "pillow-11.0/tests/a.png"));
        assert!(matches("tests/a.png", "./tests/a.png"));
        assert!(!matches("tests/a.png", "tests/sub/a.png"));
        assert!(!matches("a.png", "tests/ba.png"));
    }

    #[test]
    fn patterns_stay_within_a_folder_unless_doubled() {
        assert!(matches("dist-*/x?.bin", "p/dist-1.2/x1.bin"));
        assert!(!matches("dist-*/x.bin", "p/dist-1/sub/x.bin"));
        assert!(matches("dist-**/x.bin", "p/dist-1/sub/x.bin"));
    }

    proptest! {
        #[test]
        fn every_plain_path_matches_itself(path in "[a-z0-9_.-]{1,8}(/[a-z0-9_.-]{1,8}){0,3}") {
            let whole = format!("top-1.0/{path}");
            prop_assert!(matches(&path, &whole));
        }
    }
}
