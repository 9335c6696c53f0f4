//! `cargo xtask`: sets up, builds, runs and tests Asterism.
//!
//! Never depends on the database or on candle, directly or not: it is built
//! first on a fresh machine and has to be there within a minute.

mod bench;
mod cache;
mod camera;
mod cli;
mod conformance;
mod deny;
mod exec;
mod frontend;
mod models;
mod native;
mod run;
mod samples;
mod seed;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use cli::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.kind() == ErrorKind::InvalidSubcommand => {
            eprintln!("{error}\n{}", Cli::command().render_help());
            return ExitCode::FAILURE;
        }
        Err(error) => error.exit(),
    };
    match cli.run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
