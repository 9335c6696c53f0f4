//! How much of the web app has to arrive before anybody sees anything.

use std::path::Path;

use anyhow::{Context, ensure};

use super::files_below;
use crate::cache::Cache;

/// The module as it is sent, compressed. The aim is 600 KB, a second and a half
/// on a slow mobile connection (4 Mbit/s), and it is missed: the search field,
/// pages of tags, Explore and selections came with 90 KB, cameras with 26,
/// notifications with 38, profiles with 43. Most of that is what every component and every answer
/// costs by itself, so that getting back takes fewer kinds of both, not shorter
/// code. It grows by accident; what makes it grow is looked at before this is.
const MODULE_MOST: u64 = 760_000;

/// Fails where the built module is heavier than that.
pub fn weigh(cache: &Cache) -> anyhow::Result<()> {
    let bytes = module(&cache.frontend)?;
    ensure!(
        bytes <= MODULE_MOST,
        "the web app's module is {bytes} bytes compressed, more than {MODULE_MOST}"
    );
    Ok(())
}

fn module(dir: &Path) -> anyhow::Result<u64> {
    let files = files_below(dir)?;
    let packed = files
        .iter()
        .find(|file| file.to_string_lossy().ends_with(".wasm.br"))
        .with_context(|| format!("{} has no compressed module", dir.display()))?;
    Ok(packed.metadata()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compressed_module_is_weighed() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        assert!(module(dir.path()).is_err(), "nothing was built");
        let assets = dir.path().join("assets");
        std::fs::create_dir(&assets).expect("a folder");
        for (name, bytes) in [("app.js.br", 5), ("app.wasm", 9), ("app.wasm.br", 7)] {
            std::fs::write(assets.join(name), vec![0; bytes]).expect("written");
        }
        assert_eq!(module(dir.path()).expect("weighed"), 7);
    }
}
