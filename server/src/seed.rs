//! `asterism seed`: fills a new data folder with a library that is made up, for
//! measuring.

use std::io::BufWriter;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use actors::seed::{SeedPlan, SeedProgress, SeedReport, Seeder};
use anyhow::{Context, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use protocol::value::Handle;

use crate::cli::SeedArgs;
use crate::config::Config;
use crate::{bootstrap, samples};

/// What was made, beside the database.
const REPORT: &str = "seed.json";
/// What was seen in the sample pictures: kept, as it takes minutes.
const VIEWS: &str = "seed-views.json";
/// How long the platform may take to stop.
const DRAIN: Duration = Duration::from_secs(5);
/// How often the pipeline is asked whether it is through.
const LOOK: Duration = Duration::from_millis(500);

/// # Errors
/// The folder holds more than the sample library, a model is missing, the disk
/// or the database fails.
pub async fn run(args: &SeedArgs, config: Config) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("cannot use the data folder {}", config.data_dir.display()))?;
    let report = config.data_dir.join(REPORT);
    if let Some(known) = read(&report) {
        let same = known.elements == args.elements && known.seed == args.seed;
        ensure!(
            same && args.write_vectors.is_none(),
            "{} was seeded before, otherwise: choose another folder or remove it",
            config.data_dir.display()
        );
        println!("there already: {}", sum(&known));
        return Ok(());
    }
    let bars = Bars::default();
    let seeder = bootstrap::seeder(&config).await?;
    let fresh = seeder
        .knows_only(&[samples::DEMO_HANDLE, samples::OWNER_HANDLE])
        .await?;
    seeder.close().await?;
    ensure!(
        fresh,
        "{} holds a library: seed a new folder, or one with nothing but the sample library",
        config.data_dir.display()
    );
    sample_library(&config, &bars).await?;

    let seeder = bootstrap::seeder(&config).await?;
    let owner: Handle = samples::OWNER_HANDLE.parse().context("sample account")?;
    let views = config.data_dir.join(VIEWS);
    let looked = seeder.look(&owner, &views, &bars).await?;
    if let Some(file) = &args.write_vectors {
        write_vectors(&seeder, &looked, args, file)?;
    } else if args.elements > 0 {
        let plan = SeedPlan {
            elements: args.elements,
            users: args.users.unwrap_or_else(|| users(args.elements)),
            seed: args.seed,
            now: now(),
        };
        let made = seeder.sow(&plan, &looked, &bars).await?;
        let text = serde_json::to_string_pretty(&made)?;
        std::fs::write(&report, text).with_context(|| report.display().to_string())?;
        bars.end();
        println!("{}", sum(&made));
        println!(
            "log in as any of its accounts, for example {}, with the password {}",
            made.accounts.first().map_or("", String::as_str),
            made.password
        );
    }
    bars.end();
    seeder.close().await?;
    Ok(())
}

/// One account for so many elements.
fn users(elements: usize) -> usize {
    (elements / 100).clamp(20, 20_000)
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn read(path: &Path) -> Option<SeedReport> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

fn sum(report: &SeedReport) -> String {
    format!(
        "{} elements of {} accounts, {} tag edges, {} likes, {} clusters that hold {}, {} followers; \
         elements took {:.0} s ({:.0} a second), all {:.0} s",
        report.elements,
        report.users,
        report.tag_edges,
        report.likes,
        report.clusters,
        report.held,
        report.follows,
        report.elements_seconds,
        report.elements as f64 / report.elements_seconds.max(0.001),
        report.seconds
    )
}

/// Brings the sample library in and waits until its stages are through.
async fn sample_library(config: &Config, bars: &Bars) -> anyhow::Result<()> {
    let platform = bootstrap::start_quietly(config).await?;
    let done = async {
        samples::open_demo(&platform).await?;
        samples::save_all(&platform, config).await?;
        let open = platform.unfinished_jobs().await?;
        let mut left = open;
        if left > 0 {
            bars.begin("stages of the sample pictures", open);
        }
        while left > 0 {
            tokio::time::sleep(LOOK).await;
            let now = platform.unfinished_jobs().await?;
            bars.advance(left.saturating_sub(now));
            left = now;
        }
        anyhow::Ok(())
    }
    .await;
    platform.shutdown(DRAIN).await;
    done
}

fn write_vectors(
    seeder: &Seeder,
    looked: &actors::seed::Looked,
    args: &SeedArgs,
    path: &Path,
) -> anyhow::Result<()> {
    let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
    let numbers = seeder.vectors(looked, args.elements, args.seed, BufWriter::new(file))?;
    if numbers == 0 {
        bail!("there was nothing to make vectors of");
    }
    println!("{} vectors of {numbers} numbers", args.elements);
    Ok(())
}

/// One bar after the other.
#[derive(Default)]
struct Bars(Mutex<Option<ProgressBar>>);

impl Bars {
    fn end(&self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.0.lock().expect("no holder panics")
    }
}

impl SeedProgress for Bars {
    fn begin(&self, what: &str, parts: usize) {
        self.end();
        let bar = ProgressBar::new(parts as u64);
        let shape = "{msg:32} {bar:30} {pos} of {len}  {per_sec}  {eta}";
        if let Ok(style) = ProgressStyle::with_template(shape) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        if bar.is_hidden() {
            eprintln!("{what}: {parts}");
        }
        *self.bar() = Some(bar);
    }

    fn advance(&self, parts: usize) {
        if let Some(bar) = &*self.bar() {
            bar.inc(parts as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_people_enough_and_not_too_many() {
        assert_eq!(users(100), 20);
        assert_eq!(users(100_000), 1_000);
        assert_eq!(users(1_000_000_000), 20_000);
    }
}
