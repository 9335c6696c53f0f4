//! Builds the native crates.
//!
//! Cargo unifies features over the packages that one command names. Everything
//! here names the same packages with the same features, so that `run` and
//! `test` share every artefact; the database alone takes ten minutes.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::cache::Cache;
use crate::setup;
use crate::ui::Bars;
use crate::{exec, models, samples};

/// The workspace without the web app (another target), xtask (built before
/// anything else, in a folder of its own) and the browser tests (whose
/// dependencies would change the features of everybody's).
const SELECTION: [&str; 7] = [
    "--workspace",
    "--exclude",
    "asterism-frontend",
    "--exclude",
    "asterism-browser",
    "--exclude",
    "xtask",
];

/// How the native crates are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Dependencies optimised, own crates quick to build: for `run` and `test`.
    Dev,
    /// Everything optimised.
    Release,
}

/// `cargo <subcommand>` over the native crates.
pub fn cargo(cache: &Cache, subcommand: &str, profile: Profile) -> Command {
    let mut command = exec::cargo(&cache.target);
    command.arg(subcommand).args(SELECTION);
    if setup::nasm() {
        command.args(["--features", "asterism-server/asm"]);
    }
    if profile == Profile::Release {
        command.arg("--release");
    }
    if setup::is_ci() {
        command.arg("--locked");
    }
    command
}

/// Where the server's binary lies once it is built.
pub fn server(cache: &Cache, profile: Profile) -> PathBuf {
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => "release",
    };
    cache.target.join(folder).join("asterism")
}

/// Builds the server, and meanwhile fetches the models and (if wanted) the
/// sample pictures: the network and the processor do not get in each other's
/// way. Returns the server's binary.
pub fn build_and_fetch(
    cache: &Cache,
    profile: Profile,
    with_samples: bool,
) -> anyhow::Result<PathBuf> {
    let bars = Bars::new();
    std::thread::scope(|scope| {
        let models = scope.spawn(|| models::pull(cache, &bars));
        let samples = scope.spawn(|| {
            if with_samples {
                samples::fetch(cache, &bars)
            } else {
                Ok(())
            }
        });
        let built = compile(&mut cargo(cache, "build", profile), &bars);
        for fetched in [models.join(), samples.join()] {
            match fetched {
                Ok(result) => result?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        built
    })?;
    Ok(server(cache, profile))
}

/// Runs cargo below the download bars: its own bar would overwrite them, so it
/// is replaced by one of ours. Without a terminal its output stays as it is.
fn compile(command: &mut Command, bars: &Bars) -> anyhow::Result<()> {
    if bars.is_plain() {
        return exec::run(command);
    }
    let mut child = command
        .env("CARGO_TERM_PROGRESS_WHEN", "never")
        .env("CARGO_TERM_COLOR", "always")
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    let output = child.stderr.take().context("the output is piped")?;
    let bar = bars.count("compiling");
    for line in BufReader::new(output).lines() {
        let line = line?;
        match compiled(&line) {
            Some(name) => {
                bar.inc(1);
                bar.set_message(name.to_owned());
            }
            None => bars.raw(&line),
        }
    }
    bar.finish_and_clear();
    let status = child.wait()?;
    if !status.success() {
        bail!("the server does not build ({status})");
    }
    Ok(())
}

/// The crate that cargo says it compiles or has downloaded.
fn compiled(line: &str) -> Option<&str> {
    let (_, rest) = line
        .split_once("Compiling")
        .or_else(|| line.split_once("Downloaded"))?;
    // the word is painted: what follows it is the code that ends the paint
    rest.split_whitespace().find(|w| !w.starts_with('\u{1b}'))
}

#[cfg(test)]
mod tests {
    use super::compiled;

    #[test]
    fn a_painted_line_of_cargo_names_the_crate() {
        let line = "\u{1b}[1m\u{1b}[92m   Compiling\u{1b}[0m serde v1.0.229";
        assert_eq!(compiled(line), Some("serde"));
        assert_eq!(compiled("   Compiling db v0.1.0 (/src/db)"), Some("db"));
        assert_eq!(compiled("warning: unused variable"), None);
    }
}
