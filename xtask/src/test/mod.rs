//! `cargo xtask test`: every check and test, and one line that sums them up.

mod axe;
mod steps;
mod tally;

use std::process::ExitCode;
use std::time::Instant;

use clap::ValueEnum;

use crate::cache::Cache;
use crate::cli;
use crate::ui::human;

use steps::Context;
pub use tally::Tally;

/// In the order in which they run: what is quick to fail comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// rustfmt over the workspace
    Fmt,
    /// Licences, sources and banned crates
    Deny,
    /// xtask's own lints and tests
    Xtask,
    /// Build the server and the web app; fetch models and sample pictures
    Build,
    /// Lints of the native crates
    Clippy,
    /// Unit, property, architecture and integration tests
    Native,
    /// Lints of the web app, for its own target
    ClippyWeb,
    /// Unit tests of the web app
    Web,
    /// The web app in a real browser
    Browser,
}

/// Runs the steps; a failing one does not stop the next.
pub fn test(cache: &Cache, options: &cli::Test) -> anyhow::Result<ExitCode> {
    let steps: Vec<_> = Step::value_variants()
        .iter()
        .copied()
        .filter(|step| options.only.is_none_or(|only| only == *step))
        .filter(|step| !(options.no_browser && *step == Step::Browser))
        .collect();
    let context = Context::new(cache, options.filter.as_deref());
    let mut total = Tally::default();
    let mut lines = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let name = step.name();
        eprintln!("\n[{}/{}] {name}", index + 1, steps.len());
        let started = Instant::now();
        let tally = context.run(*step).unwrap_or_else(|error| {
            eprintln!("      {error:#}");
            Tally::failed()
        });
        let line = format!("{name:<11} {:>12}  {tally}", human(started.elapsed()));
        eprintln!("      {line}");
        lines.push(line);
        total += tally;
    }
    println!();
    for line in lines {
        println!("{line}");
    }
    println!("\n{total}");
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Step {
    fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}
