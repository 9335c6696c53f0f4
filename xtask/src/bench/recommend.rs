//! How good home feeds are against simpler ones, offline.

use std::process::Command;

use crate::cache::{Cache, workspace};
use crate::native::{self, Profile};
use crate::ui::Bars;
use crate::{exec, models};

/// Embeds the pictures of some packages once, lets people be interested in
/// them, and prints how much of what they would like the feeds find.
pub fn run(cache: &Cache) -> anyhow::Result<()> {
    models::pull(cache, &Bars::new())?;
    exec::run(&mut native::cargo(cache, "build", Profile::Dev))?;
    let example = ["--example", "recommend"];
    exec::run(native::cargo(cache, "build", Profile::Dev).args(example))?;
    let built = native::server(cache, Profile::Dev);
    let scripts = workspace().join("ml/bench");
    let python = super::ml::environment(&cache.tools.join("bench-ml"), &scripts)?;
    let folder = cache.tools.join("bench-recommend");
    let mut embed = Command::new(python);
    embed
        .arg(scripts.join("library.py"))
        .arg(&folder)
        .env("ASTERISM_ML", built.with_file_name("asterism-ml"))
        .env("ASTERISM_MODELS_DIR", &cache.models)
        .env("ASTERISM_TRAIN_DIR", cache.tools.join("train"));
    exec::run(&mut embed)?;
    let program = built.with_file_name("examples").join("recommend");
    exec::run(Command::new(program).arg(&folder))
}
