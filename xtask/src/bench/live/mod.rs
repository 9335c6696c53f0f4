//! One event to many who listen: this server against three others that do the
//! same, in turn, with the same load.

mod rivals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::cache::Cache;
use crate::exec;
use crate::native::{self, Profile};
use rivals::{Rival, Running, Tools};

/// Options of `bench live`.
#[derive(Args)]
pub struct Options {
    /// Connections that listen
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    clients: usize,
    /// Events that count, each told to all
    #[arg(long, value_name = "N", default_value_t = 100)]
    events: usize,
    /// Events per second
    #[arg(long, value_name = "N", default_value_t = 4.0)]
    rate: f64,
    /// How often each has its turn
    #[arg(long, value_name = "N", default_value_t = 3)]
    rounds: usize,
    /// Measure this server's binary instead of building one
    #[arg(long, value_name = "FILE")]
    server: Option<PathBuf>,
    /// And by this build of the example `fanout`
    #[arg(long, value_name = "FILE", requires = "server")]
    fanout: Option<PathBuf>,
    /// Write all figures to this file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What one turn gave.
#[derive(Debug, Clone, Deserialize)]
struct Figures {
    /// Of one message.
    bytes: usize,
    deliveries: f64,
    cpu_s: f64,
    per_cpu_second: f64,
    p50_ms: f64,
    p99_ms: f64,
    kib_per_connection: f64,
}

/// Builds, installs, measures in turn, prints.
pub fn run(cache: &Cache, options: &Options) -> anyhow::Result<()> {
    let (server, fanout) = match (&options.server, &options.fanout) {
        (Some(server), Some(fanout)) => (server.clone(), fanout.clone()),
        (Some(server), None) => (server.clone(), build(cache)?),
        _ => (
            native::build_and_fetch(cache, Profile::Dev, false)?,
            build(cache)?,
        ),
    };
    let tools = Tools::install(&cache.tools.join("bench-live"))?;
    let folder = tempfile::tempdir()?;
    let plans = folder.path().join("plan.json");
    let ours = Rival::Asterism {
        server,
        data: folder.path().join("data"),
    };
    let rivals = [ours, Rival::Ws, Rival::SocketIo, Rival::Socketify];
    let stage = {
        let running = Running::start(&rivals[0], &tools)?;
        let clients = options.clients.to_string();
        let mut stage = Command::new(&fanout);
        stage.args(["stage", &running.address, &clients]);
        let staged = exec::output(&mut stage)?;
        serde_json::from_str::<Value>(&staged).context("no plan came out of the stage")?
    };

    let mut turns: Vec<Vec<Figures>> = vec![Vec::new(); rivals.len()];
    // ours goes first, so that the others send as many bytes
    for round in 0..options.rounds {
        for step in 0..rivals.len() {
            let at = (step + round) % rivals.len();
            let at = if round == 0 { step } else { at };
            let running = Running::start(&rivals[at], &tools)?;
            let bytes = turns[0].first().map_or(0, |ours| ours.bytes);
            let clients = options.clients;
            let plan = plan(&rivals[at], &stage, &running.address, clients, bytes);
            let figures = load(&fanout, &plans, &plan, &running, options)?;
            eprintln!("{}: {figures:?}", rivals[at].name());
            turns[at].push(figures);
        }
    }
    print(&rivals, &turns, options);
    // what an event costs before anybody hears of it: the others write nothing
    let running = Running::start(&rivals[0], &tools)?;
    let one = plan(&rivals[0], &stage, &running.address, 1, 0);
    let alone = load(&fanout, &plans, &one, &running, options)?;
    let hearing = turns[0]
        .iter()
        .map(|f| f.deliveries / (f.cpu_s - alone.cpu_s).max(0.01));
    println!(
        "Of this, writing one event takes {:.1} CPU ms; without it Asterism makes {:.0} deliveries per CPU second",
        alone.cpu_s * 1000.0 / options.events as f64,
        median(hearing)
    );
    if let Some(path) = &options.json {
        write(path, &rivals, &turns)?;
    }
    Ok(())
}

fn build(cache: &Cache) -> anyhow::Result<PathBuf> {
    exec::run(native::cargo(cache, "build", Profile::Dev).args(["--example", "fanout"]))?;
    let server = native::server(cache, Profile::Dev);
    Ok(server.with_file_name("examples").join("fanout"))
}

/// What the load is told about one of them.
fn plan(rival: &Rival, stage: &Value, address: &str, clients: usize, bytes: usize) -> Value {
    let kind = match rival {
        Rival::Asterism { .. } => {
            let mut plan = stage.clone();
            plan["address"] = json!(address);
            plan["clients"] = json!(clients);
            return plan;
        }
        Rival::SocketIo => "socket.io",
        Rival::Ws | Rival::Socketify => "plain",
    };
    // what socket.io puts around it counts too
    let around = if kind == "socket.io" {
        "42[\"event\",\"\"]".len()
    } else {
        0
    };
    let body = "x".repeat(bytes.saturating_sub(around));
    json!({"kind": kind, "address": address, "clients": clients,
        "publish": [{"method": "POST", "path": "/publish", "body": body}]})
}

fn load(
    fanout: &Path,
    path: &Path,
    plan: &Value,
    running: &Running,
    options: &Options,
) -> anyhow::Result<Figures> {
    fs::write(path, plan.to_string())?;
    let mut load = Command::new(fanout);
    load.arg("load").arg(path).arg(running.id().to_string());
    load.args([options.events.to_string(), options.rate.to_string()]);
    let figures = exec::output(&mut load)?;
    serde_json::from_str(&figures).context("no figures came out of the load")
}

fn print(rivals: &[Rival], turns: &[Vec<Figures>], options: &Options) {
    println!(
        "{} connections, {} events of {} bytes at {}/s, {} turns each; medians",
        options.clients, options.events, turns[0][0].bytes, options.rate, options.rounds
    );
    println!(
        "| server | deliveries per CPU second | ours ÷ theirs | KiB per connection | p50 ms | p99 ms |"
    );
    println!("|---|---|---|---|---|---|");
    for (rival, theirs) in rivals.iter().zip(turns) {
        let of = |figure: fn(&Figures) -> f64| median(theirs.iter().map(figure));
        // turn by turn: what else the machine does changes over time
        let pairs = turns[0].iter().zip(theirs);
        let ratio = median(pairs.map(|(ours, theirs)| ours.per_cpu_second / theirs.per_cpu_second));
        println!(
            "| {} | {:.0} | {ratio:.2} | {:.1} | {:.1} | {:.1} |",
            rival.name(),
            of(|f| f.per_cpu_second),
            of(|f| f.kib_per_connection),
            of(|f| f.p50_ms),
            of(|f| f.p99_ms),
        );
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

fn write(path: &Path, rivals: &[Rival], turns: &[Vec<Figures>]) -> anyhow::Result<()> {
    let all = rivals.iter().zip(turns).map(|(rival, turns)| {
        let turns = turns.iter().map(|f| {
            json!({"per_cpu_second": f.per_cpu_second, "p50_ms": f.p50_ms, "p99_ms": f.p99_ms,
                "kib_per_connection": f.kib_per_connection, "bytes": f.bytes})
        });
        json!({"server": rival.name(), "turns": turns.collect::<Vec<_>>()})
    });
    let text = serde_json::to_string_pretty(&all.collect::<Vec<_>>())?;
    fs::write(path, text).with_context(|| path.display().to_string())
}
