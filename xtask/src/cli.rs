//! The commands and their options.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::cache::Cache;
use crate::{
    bench, camera, conformance, deny, frontend, models, run, samples, seed, setup, test, ui,
};

/// Sets up, builds, runs and tests Asterism. The first start fetches and
/// builds everything; later ones need no network and build only what changed.
///
/// Everything that is fetched or built lies under ASTERISM_CACHE (default:
/// ~/.cache/asterism): target/ and target-wasm/ (build output), models/,
/// samples/, frontend/ (the built web app), data/ (the library itself),
/// tools/ and seed/ (libraries to measure with).
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    arg_required_else_help = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Set up, build and start Asterism at http://127.0.0.1:8080
    Run(Run),
    /// Set up and run every check and test; ends with `N passed, N failed`
    Test(Test),
    /// Do all that `run` does but start
    Build(Build),
    /// Build the web app only
    Frontend,
    /// Measure
    Bench {
        #[command(subcommand)]
        what: bench::What,
    },
    /// Check a running server against the WebSocket protocol, rule by rule
    Conformance(conformance::Options),
    /// Be a camera: send pictures to a running Asterism by MQTT
    Camera(camera::Camera),
    /// Fill a new data folder with a library that is made up, to measure with
    Seed(seed::Options),
    /// Fetch the models only
    Models,
    /// Fetch the sample library only
    Samples,
    /// Check licences, sources and banned crates against deny.toml
    Deny,
}

/// Options of `run`.
#[derive(Args)]
pub struct Run {
    /// Where the web app and the API are served
    #[arg(
        long,
        value_name = "ADDR",
        env = "ASTERISM_LISTEN",
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Where the library is kept [default: data/ in the cache]
    #[arg(long, value_name = "DIR", env = "ASTERISM_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    #[command(flatten)]
    pub build: Build,
    /// Handed to `asterism serve`; see `-- --help`
    #[arg(last = true, value_name = "SERVER ARGS")]
    pub server: Vec<String>,
}

/// Options of `build`, which `run` shares.
#[derive(Args)]
pub struct Build {
    /// Leave out the sample library and the demo account
    #[arg(long)]
    pub no_samples: bool,
    /// Optimise everything; takes about an hour on two cores
    #[arg(long)]
    pub release: bool,
}

/// Options of `test`.
#[derive(Args)]
pub struct Test {
    /// Leave out the tests in a real browser
    #[arg(long)]
    pub no_browser: bool,
    /// Run one step only (with what it needs)
    #[arg(long, value_enum, value_name = "STEP")]
    pub only: Option<test::Step>,
    /// Only tests whose name contains this
    pub filter: Option<String>,
}

impl Cli {
    /// Does what was asked for.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let cache = Cache::open()?;
        match self.command {
            Command::Run(options) => run::run(&cache, &options)?,
            Command::Test(options) => return test::test(&cache, &options),
            Command::Build(options) => run::build(&cache, &options)?,
            Command::Frontend => {
                setup::wasm_target()?;
                frontend::build(&cache)?;
            }
            Command::Conformance(options) => return conformance::run(&options),
            Command::Camera(options) => camera::run(&options)?,
            Command::Bench { what } => bench::bench(&cache, what)?,
            Command::Seed(options) => seed::seed(&cache, &options)?,
            Command::Models => models::pull(&cache, &ui::Bars::new())?,
            Command::Samples => samples::fetch(&cache, &ui::Bars::new())?,
            Command::Deny => deny::check(&cache)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
