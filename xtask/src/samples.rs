//! Fetches the sample library: freely licensed pictures out of packages.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use ml::fetch::{Ecosystem, Fetcher, Package, Wanted};
use serde::Deserialize;

use crate::cache::{Cache, workspace};
use crate::ui::Bars;

/// The list, relative to the workspace. The server carries it too: for titles
/// and credits.
const LIST: &str = "assets/samples/samples.toml";

#[derive(Deserialize)]
struct List {
    package: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    ecosystem: Ecosystem,
    name: String,
    version: Option<String>,
    package_bytes: Option<u64>,
    #[serde(default)]
    args: Vec<String>,
    picture: Vec<Picture>,
}

#[derive(Deserialize)]
struct Picture {
    file: String,
    to: PathBuf,
    sha256: String,
    bytes: u64,
}

/// Makes sure that every picture is there.
pub fn fetch(cache: &Cache, bars: &Bars) -> anyhow::Result<()> {
    let path = workspace().join(LIST);
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let list: List = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let bar = bars.fetch("sample pictures");
    let fetcher = Fetcher::default();
    let mut count = 0;
    for entry in list.package {
        let (package, wanted) = entry.split();
        count += wanted.len();
        fetcher
            .fetch(&package, &wanted, &cache.samples, &bar)
            .with_context(|| format!("sample pictures of {}", package.spec()))?;
    }
    bars.line(&format!("sample pictures: {count}, all verified"));
    Ok(())
}

impl Entry {
    fn split(self) -> (Package, Vec<Wanted>) {
        let wanted = self
            .picture
            .into_iter()
            .map(|p| Wanted {
                path: p.file,
                to: p.to,
                sha256: p.sha256,
                bytes: p.bytes,
            })
            .collect();
        let package = Package {
            ecosystem: self.ecosystem,
            name: self.name,
            version: self.version,
            package_bytes: self.package_bytes,
            args: self.args,
        };
        (package, wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_enough_pictures_each_with_its_own_place() {
        let text = fs::read_to_string(workspace().join(LIST)).expect("the list is readable");
        let list: List = toml::from_str(&text).expect("the list is well-formed");
        let mut places: Vec<_> = list
            .package
            .iter()
            .flat_map(|e| &e.picture)
            .map(|p| p.to.clone())
            .collect();
        let count = places.len();
        places.sort();
        places.dedup();
        assert_eq!(places.len(), count, "two pictures share a place");
        assert!(count >= 60, "{count} pictures are too few");
        let bytes: u64 = list.package.iter().filter_map(|e| e.package_bytes).sum();
        assert!(bytes <= 80_000_000, "{bytes} bytes are too much to fetch");
    }
}
