//! `asterism models`.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

use protocol::admin::{LaneReport, ModelsReport, SpaceReport};

use super::ModelsAction;
use crate::bootstrap::{self, HubAddress, ModelLine, PullEvents};
use crate::plain_http::Server;

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
        ModelsAction::List(_) => bootstrap::list_models(dir)?,
        ModelsAction::Verify => bootstrap::verify_models(dir)?,
        ModelsAction::Prune { dry_run } => return prune(dir, *dry_run),
    };
    println!("models in {}", dir.display());
    for line in &lines {
        println!("{}", describe(line));
    }
    if let ModelsAction::List(args) = action
        && let Some(url) = &args.server
    {
        println!("{}", running(url, args.token.as_deref())?);
    }
    let troubled = lines.iter().filter(|l| l.trouble.is_some() && l.needed);
    let troubled = troubled.count();
    if troubled > 0 && !matches!(action, ModelsAction::List(_)) {
        bail!(
            "{troubled} of {} models are not ready: run `asterism models pull`",
            lines.len()
        );
    }
    Ok(())
}

/// What a server keeps in memory, as a table.
fn running(url: &str, token: Option<&str>) -> anyhow::Result<String> {
    let answer = Server::parse(url)?.get("/api/v1/admin/models", token)?;
    answer.ok()?;
    let report = serde_json::from_slice(&answer.body).context("the server's report")?;
    Ok(table(url, &report))
}

fn table(url: &str, report: &ModelsReport) -> String {
    let bytes = |n: u64| HumanBytes(n).to_string();
    let mut text = format!("\nserver {url}: models run {}\n", report.place);
    let (resident, budget) = (bytes(report.resident), bytes(report.budget));
    let _ = writeln!(
        text,
        "  {resident} of {budget} taken, process {}, {} unloaded so far, {} workers ({} replaced)",
        bytes(report.process_rss),
        report.evictions,
        report.workers,
        report.replaced
    );
    for LaneReport {
        lane,
        queued,
        capacity,
    } in &report.lanes
    {
        let _ = writeln!(
            text,
            "  lane {lane:<12} {queued} of {capacity} places taken"
        );
    }
    for space in &report.spaces {
        let SpaceReport { done, total, .. } = space;
        let _ = writeln!(
            text,
            "  space {} ({}) {done} of {total}",
            space.space, space.state
        );
    }
    let heads = [
        "resident",
        "hits",
        "loads",
        "load ms",
        "warm-up ms",
        "idle s",
    ];
    let _ = write!(text, "  {:<22}", "");
    for head in heads {
        let _ = write!(text, " {head:>12}");
    }
    for model in &report.models {
        let resident = match (model.loaded, model.pinned) {
            (false, _) => "-".to_owned(),
            (true, false) => bytes(model.resident),
            (true, true) => format!("{} *", bytes(model.resident)),
        };
        let idle = model.idle_s.map_or("-".to_owned(), |s| s.to_string());
        let _ = write!(
            text,
            "\n  {:<22} {resident:>12} {:>12} {:>12} {:>12} {:>12} {idle:>12}",
            model.id, model.hits, model.loads, model.load_ms, model.warm_up_ms
        );
    }
    text.push_str("\n  * never unloaded to make room");
    text
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
