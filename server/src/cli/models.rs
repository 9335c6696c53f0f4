//! `asterism models`.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::bail;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use super::ModelsAction;
use crate::bootstrap::{self, HubAddress, ModelLine, PullEvents};

/// How often a bar without a known end moves.
const TICK: Duration = Duration::from_millis(120);

/// # Errors
/// A model could not be had, or is not what it should be.
pub fn run(action: &ModelsAction, dir: &Path) -> anyhow::Result<()> {
    let lines = match action {
        ModelsAction::Pull(args) => {
            let hub = HubAddress {
                endpoint: args.hub.clone().filter(|url| !url.is_empty()),
                token: args.hub_token.clone().filter(|token| !token.is_empty()),
            };
            bootstrap::pull_models(dir, &args.ids, hub, &Bars::default())?
        }
        ModelsAction::List => bootstrap::list_models(dir)?,
        ModelsAction::Verify => bootstrap::verify_models(dir)?,
        ModelsAction::Prune { dry_run } => return prune(dir, *dry_run),
    };
    println!("models in {}", dir.display());
    for line in &lines {
        println!("{}", describe(line));
    }
    let troubled = lines.iter().filter(|l| l.trouble.is_some() && l.needed);
    let troubled = troubled.count();
    if troubled > 0 && !matches!(action, ModelsAction::List) {
        bail!(
            "{troubled} of {} models are not ready: run `asterism models pull`",
            lines.len()
        );
    }
    Ok(())
}

fn prune(dir: &Path, only_look: bool) -> anyhow::Result<()> {
    let surplus = bootstrap::prune_models(dir, only_look)?;
    for line in &surplus {
        println!(
            "  {:>11}  {}",
            HumanBytes(line.bytes).to_string(),
            line.path
        );
    }
    let bytes = HumanBytes(surplus.iter().map(|line| line.bytes).sum());
    let what = if only_look {
        "can be removed"
    } else {
        "removed"
    };
    println!("{bytes} {what} in {}", dir.display());
    Ok(())
}

fn describe(line: &ModelLine) -> String {
    let state = line.trouble.as_deref().unwrap_or("ready");
    let size = HumanBytes(line.bytes).to_string();
    format!(
        "  {:<22} {size:>11}  {:<12} {state:<10} {}",
        line.id, line.licence, line.title
    )
}

/// One bar after the other.
#[derive(Default)]
struct Bars(Mutex<Option<ProgressBar>>);

impl Bars {
    fn with(&self, act: impl FnOnce(&ProgressBar)) {
        let bar = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bar.as_ref() {
            act(bar);
        }
    }
}

impl PullEvents for Bars {
    fn begin(&self, what: &str, total: Option<u64>) {
        let style = match total {
            Some(_) => "{msg:<40} {bar:24} {bytes:>11} of {total_bytes:<11} {eta}",
            None => "{msg:<40} {spinner} {elapsed}",
        };
        let bar = ProgressBar::new(total.unwrap_or(0));
        bar.set_style(
            ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        bar.set_message(what.to_owned());
        bar.enable_steady_tick(TICK);
        *self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(bar);
    }

    fn advance(&self, done: u64) {
        self.with(|bar| bar.set_position(done));
    }

    fn note(&self, line: &str) {
        self.with(|bar| bar.suspend(|| eprintln!("{line}")));
    }

    fn end(&self, ok: bool) {
        self.with(|bar| if ok { bar.finish() } else { bar.abandon() });
    }
}
