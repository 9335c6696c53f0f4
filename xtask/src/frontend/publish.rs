//! Puts the files where the server finds them, while it may be serving.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use brotli::enc::BrotliEncoderParams;

use super::bundle::{Files, PAGE};
use super::files_below;

/// What shrinks. Pictures and fonts are compressed already.
const COMPRESSED: [&str; 8] = [
    "css",
    "html",
    "js",
    "json",
    "svg",
    "wasm",
    "webmanifest",
    "txt",
];
/// Below this a copy saves nothing.
const COMPRESS_FROM_BYTES: usize = 512;

/// Writes the files and their `.br` copies, the page last, then removes what no
/// longer belongs. At every moment the page and all it links to are there.
/// Returns a line about each large file.
pub fn publish(files: &Files, dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut kept = BTreeSet::new();
    let mut report = Vec::new();
    let (page, others): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| *name == PAGE);
    for (name, content) in others.into_iter().chain(page) {
        let path = dir.join(name);
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if COMPRESSED.contains(&&*extension) && content.len() >= COMPRESS_FROM_BYTES {
            let packed = compress(content)?;
            report.push(format!(
                "{name}: {} KB, {} KB compressed",
                content.len().div_ceil(1000),
                packed.len().div_ceil(1000)
            ));
            let copy = dir.join(format!("{name}.br"));
            write(&copy, &packed)?;
            kept.insert(copy);
        }
        write(&path, content)?;
        kept.insert(path);
    }
    for file in files_below(dir)? {
        if !kept.contains(&file) {
            fs::remove_file(&file).with_context(|| file.display().to_string())?;
        }
    }
    Ok(report)
}

/// By rename, so that nobody reads half a file.
fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let dir = path.parent().context("a file has a folder")?;
    fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    let mut file = tempfile::Builder::new()
        .permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .tempfile_in(dir)?;
    file.write_all(content)?;
    file.persist(path)
        .with_context(|| path.display().to_string())?;
    Ok(())
}

fn compress(content: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let params = BrotliEncoderParams {
        quality: 11,
        size_hint: content.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*content, &mut packed, &params)?;
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_build_replaces_the_first_and_leaves_nothing_of_it() {
        let dir = tempfile::tempdir().expect("a folder for the test");
        let text = vec![b'x'; 4 * COMPRESS_FROM_BYTES];
        let build = |asset: &str| {
            let files = Files::from([
                (PAGE.to_owned(), b"page".to_vec()),
                (asset.to_owned(), text.clone()),
            ]);
            publish(&files, dir.path()).expect("published");
        };
        build("assets/app.1.js");
        build("assets/app.2.js");
        let files = files_below(dir.path()).expect("listed");
        let names: Vec<_> = files
            .iter()
            .map(|f| f.strip_prefix(dir.path()).expect("below").to_string_lossy())
            .collect();
        assert_eq!(
            names,
            ["assets/app.2.js", "assets/app.2.js.br", "index.html"]
        );
        let packed = fs::read(dir.path().join("assets/app.2.js.br")).expect("read");
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut &*packed, &mut unpacked).expect("unpacked");
        assert_eq!(unpacked, text);
    }
}
