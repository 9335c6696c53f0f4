//! Prints the scale of quality over the pictures of folders, as
//! `media/src/quality_scale.rs` has it; with `--each`, every picture's measures.
//!
//! `cargo run -p asterism-media --example scale -- FOLDER…`

use std::path::{Path, PathBuf};

use asterism_media::{Limits, Measures, decode, measure, quality::Scale};

fn main() {
    let mut each = false;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        if argument == "--each" {
            each = true;
        } else {
            collect(Path::new(&argument), &mut files);
        }
    }
    files.sort();
    let mut all: Vec<Measures> = Vec::new();
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else {
            continue;
        };
        let Ok(picture) = decode(&bytes, &Limits::default()) else {
            continue;
        };
        let start = std::time::Instant::now();
        let measures = measure(&picture);
        if each {
            let quality = Scale::shipped().quality(&measures);
            println!(
                "{} {} ms {:.0} {measures:?}",
                file.display(),
                start.elapsed().as_millis(),
                quality.percentile
            );
        }
        all.push(measures);
    }
    if !each && let Some(scale) = Scale::over(&all) {
        println!(
            "/// Over {} pictures.\nstatic SHIPPED: Scale = {scale:#?};",
            all.len()
        );
    }
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
            collect(&entry.path(), files);
        }
    } else {
        files.push(path.to_owned());
    }
}
