//! How an import goes, and how it went.

use std::path::Path;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Saved,
    /// It was there before.
    Known,
    /// Why not.
    Refused(String),
}

/// Counts and shows.
pub struct Report {
    bar: ProgressBar,
    saved: usize,
    known: usize,
    refused: usize,
}

impl Report {
    pub fn new(total: usize) -> Self {
        let bar = ProgressBar::new(total as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len}  {msg}  {eta}") {
            bar.set_style(style);
        }
        Report {
            bar,
            saved: 0,
            known: 0,
            refused: 0,
        }
    }

    pub fn add(&mut self, path: &Path, outcome: Outcome) {
        match outcome {
            Outcome::Saved => self.saved += 1,
            Outcome::Known => self.known += 1,
            Outcome::Refused(why) => {
                self.refused += 1;
                self.bar.suspend(|| eprintln!("{}: {why}", path.display()));
            }
        }
        self.bar.set_message(super::name(path));
        self.bar.inc(1);
    }

    /// # Errors
    /// Nothing at all could be saved.
    pub fn finish(self) -> anyhow::Result<()> {
        self.bar.finish_and_clear();
        println!(
            "{} saved, {} known before, {} refused; they are processed as soon as the server runs",
            self.saved, self.known, self.refused
        );
        if self.saved + self.known == 0 {
            bail!("no picture was saved");
        }
        Ok(())
    }
}
