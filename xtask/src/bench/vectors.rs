//! The vector index against hnswlib and an exact scan.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, ensure};
use clap::Args;

use crate::cache::{Cache, workspace};
use crate::native::{self, Profile};
use crate::{exec, seed};

/// The other index, as its authors publish it.
const HNSWLIB: &str = "hnswlib==0.8.0";
/// Numbers of one vector.
const NUMBERS: usize = 512;
/// Vectors that are looked for.
const QUERIES: usize = 1_000;

/// Options of `bench vectors`.
#[derive(Args)]
pub struct Options {
    /// How many vectors are indexed, one comparison for each
    #[arg(long, value_name = "N", value_delimiter = ',', default_values_t = [50_000, 100_000])]
    vectors: Vec<usize>,
}

/// Builds both, makes vectors, compares.
pub fn run(cache: &Cache, options: &Options) -> anyhow::Result<()> {
    let server = native::build_and_fetch(cache, Profile::Dev, true)?;
    let mut example = native::cargo(cache, "build", Profile::Dev);
    exec::run(example.args(["--example", "vectors"]))?;
    let ours = server.with_file_name("examples").join("vectors");
    let scripts = workspace().join("index/bench");
    let tools = cache.tools.join("bench-vectors");
    let python = python(&tools, &scripts)?;
    let hnsw = hnsw(&tools, &python, &scripts)?;
    let base = seed::base(cache, &server)?;
    for count in &options.vectors {
        // half as many again, to take the place of half of them
        let rows = file(cache, &server, &base, count * 3 / 2, 1)?;
        let queries = file(cache, &server, &base, QUERIES, 2)?;
        let mut compare = Command::new(&python);
        compare
            .arg(scripts.join("vectors.py"))
            .args([&ours, &hnsw, &rows, &queries])
            .arg(NUMBERS.to_string());
        for library in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"] {
            compare.env(library, "1");
        }
        exec::run(&mut compare)?;
    }
    Ok(())
}

/// Vectors that lie as those of pictures do.
fn file(
    cache: &Cache,
    server: &Path,
    base: &Path,
    count: usize,
    number: u64,
) -> anyhow::Result<PathBuf> {
    let path = base.join(format!("vectors-{count}-{number}.f32"));
    let whole = (count * NUMBERS * 4) as u64;
    if fs::metadata(&path).map_or(0, |known| known.len()) != whole {
        let mut command = seed::command(cache, server, base);
        command
            .args(["--elements", &count.to_string()])
            .args(["--seed", &number.to_string()])
            .arg("--write-vectors")
            .arg(&path);
        exec::run(&mut command)?;
    }
    Ok(path)
}

fn python(tools: &Path, scripts: &Path) -> anyhow::Result<PathBuf> {
    let python = tools.join("bin/python");
    if !python.exists() {
        exec::run(Command::new("python3").args(["-m", "venv"]).arg(tools))?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--requirement"]);
    exec::run(pip.arg(scripts.join("requirements.txt")))?;
    Ok(python)
}

/// Compiles hnswlib's headers with our driver: its Python module calls back
/// into Python for every row that a filter is asked about.
fn hnsw(tools: &Path, python: &Path, scripts: &Path) -> anyhow::Result<PathBuf> {
    let program = tools.join("hnsw");
    let source = scripts.join("hnsw.cpp");
    let newer = |a: &Path, b: &Path| -> Option<bool> {
        let time = |path: &Path| fs::metadata(path).and_then(|m| m.modified()).ok();
        Some(time(a)? >= time(b)?)
    };
    if newer(&program, &source) == Some(true) {
        return Ok(program);
    }
    let package = tools.join("package");
    fs::create_dir_all(&package)?;
    let mut pip = Command::new(python);
    pip.args([
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--no-binary",
    ]);
    // of it alone: what its metadata is made with may come as it is
    exec::run(pip.args(["hnswlib", HNSWLIB, "--dest"]).arg(&package))?;
    let archive = fs::read_dir(&package)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|kind| kind == "gz"))
        .context("the package of hnswlib has no sources")?;
    let mut unpack = Command::new("tar");
    unpack.args(["--extract", "--strip-components=1", "--directory"]);
    exec::run(unpack.arg(&package).arg("--file").arg(archive))?;
    let compiler = env::var_os("CXX").unwrap_or_else(|| "c++".into());
    let mut compile = Command::new(&compiler);
    compile
        .args(["-O3", "-march=native", "-std=c++17", "-I"])
        .arg(&package);
    exec::run(compile.arg(&source).arg("-o").arg(&program))?;
    ensure!(program.is_file(), "no program came out of the compiler");
    Ok(program)
}
