//! `cargo xtask`: sets up, builds, runs and tests Asterism.
//!
//! Never depends on the database or on candle, directly or not: it is built
//! first on a fresh machine and has to be there within a minute.

mod cache;
mod cli;
mod deny;
mod exec;
mod frontend;
mod models;
mod native;
mod run;
mod samples;
mod setup;
mod test;
mod ui;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
