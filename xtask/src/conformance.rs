//! `cargo xtask conformance`: checks a running server against the protocol.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::cache::workspace;
use crate::exec;

/// Options of `conformance`.
#[derive(Args)]
pub struct Options {
    /// The server, e.g. http://127.0.0.1:8080; the kit makes accounts, pictures
    /// and clusters there, so let it be an instance of your own
    url: String,
    /// Also rules that take a minute
    #[arg(long)]
    slow: bool,
    /// Only rules whose number is this or whose text contains it
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

/// Builds the kit beside xtask and runs it; its exit code says whether every
/// rule holds.
pub fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let mut kit = exec::cargo(&workspace().join("target"));
    kit.args(["run", "--quiet", "--profile", "xtask"]);
    kit.args(["--package", "asterism-conformance", "--", &options.url]);
    if options.slow {
        kit.arg("--slow");
    }
    if let Some(only) = &options.only {
        kit.args(["--only", only]);
    }
    let status = kit.status().context("cannot start cargo")?;
    Ok(if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
