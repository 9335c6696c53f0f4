//! A server with many elements, under several clients at once.

mod cases;
mod client;
mod measure;
mod process;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::cache::Cache;
use crate::native::{self, Profile};
use crate::seed;
use cases::Library;
use client::{Client, Request};
use measure::{Load, Measured, measure};
use process::Server;

/// Clients at once, turn by turn.
const CLIENTS: [usize; 3] = [1, 8, 32];
/// Accounts that ask.
const ACCOUNTS: usize = 8;
/// How long the server is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(5);
/// How long it may take until everything is found, and how often that is asked.
const COMPLETE: Duration = Duration::from_secs(600);
const LOOK: Duration = Duration::from_millis(100);

/// Options of `bench serve`.
#[derive(Args)]
pub struct Options {
    /// How many elements there are
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    elements: usize,
    /// How long each case runs with each number of clients
    #[arg(long, value_name = "SECONDS", default_value_t = 4.0)]
    seconds: f64,
    /// Only cases whose name contains this
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Measure the library in this folder instead; `asterism seed` made it
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Write all figures to this file too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Handed to `asterism serve`
    #[arg(last = true, value_name = "SERVER ARGS")]
    server: Vec<String>,
}

/// Everything that was measured.
#[derive(Serialize)]
struct Figures {
    elements: usize,
    /// Seconds until it listens, and until everything answers.
    listens_after: f64,
    ready_after: f64,
    complete_after: f64,
    /// MiB: before the first case, after all, and at most.
    memory_at_rest: f64,
    memory_after: f64,
    memory_most: f64,
    cases: Vec<Measured>,
}

/// Seeds (once), starts, measures, prints.
pub fn run(cache: &Cache, options: &Options) -> anyhow::Result<()> {
    let program = native::build_and_fetch(cache, Profile::Dev, true)?;
    let data = match &options.data_dir {
        Some(dir) => dir.clone(),
        None => seed::library(cache, &program, options.elements)?,
    };
    let report = fs::read_to_string(data.join("seed.json"))
        .with_context(|| format!("{} was not made by asterism seed", data.display()))?;
    let library: Library = serde_json::from_str(&report)?;
    eprintln!(
        "{} elements of {} accounts, {} tag edges, {} clusters that hold {}",
        library.elements, library.users, library.tag_edges, library.clusters, library.held
    );
    let server = Server::start(cache, &program, &data, &options.server)?;
    let figures = all(&server, &library, options)?;
    if let Some(path) = &options.json {
        write(path, &figures)?;
    }
    Ok(())
}

fn all(server: &Server, library: &Library, options: &Options) -> anyhow::Result<Figures> {
    let handles = library.accounts.iter().take(ACCOUNTS);
    let tokens = handles
        .map(|handle| Client::log_in(server.address, handle, &library.password))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let mut asking = Client::connect(server.address, tokens.first().cloned())?;
    let complete_after = complete(server, &mut asking)?.as_secs_f64();
    std::thread::sleep(IDLE);
    let (memory_at_rest, _) = server.memory()?;
    // the server closes connections that say nothing for so long
    let mut asking = Client::connect(server.address, tokens.first().cloned())?;
    println!(
        "listens after {:.2} s, ready after {:.2} s, finds everything after {complete_after:.2} s, \
         {memory_at_rest:.0} MiB at rest",
        server.listens_after.as_secs_f64(),
        server.ready_after.as_secs_f64()
    );
    let mine = cluster(&mut asking)?;
    let media = pictures(&mut asking, library)?;

    let mut measured = Vec::new();
    println!("{HEAD}");
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only));
    if wanted("home feed, made anew") {
        measured.push(first_pages(server, library)?);
    }
    for case in library.cases(&mine, &media) {
        if !wanted(case.name) || !served(server, &tokens, &case.requests) {
            continue;
        }
        for clients in CLIENTS {
            // one cluster is written by its owner alone
            let who = if case.name.starts_with("save") {
                &tokens[..1]
            } else {
                &tokens[..]
            };
            let load = Load {
                clients,
                time: Duration::from_secs_f64(options.seconds),
            };
            let mut one = measure(server, who, case.name, &case.requests, load)?;
            one.target_ms = case.target;
            println!("{}", line(&one));
            measured.push(one);
        }
    }
    let (memory_after, memory_most) = server.memory()?;
    println!("{memory_after:.0} MiB afterwards, {memory_most:.0} MiB at most");
    Ok(Figures {
        elements: library.elements,
        listens_after: server.listens_after.as_secs_f64(),
        ready_after: server.ready_after.as_secs_f64(),
        complete_after,
        memory_at_rest,
        memory_after,
        memory_most,
        cases: measured,
    })
}

/// Waits until searches no longer say that the library is still being read;
/// returns how long after the start that was.
fn complete(server: &Server, client: &mut Client) -> anyhow::Result<Duration> {
    loop {
        let answer = client.send(&Request::get("/api/v1/search?q=a"))?.json()?;
        let after = server.started.elapsed();
        let hints = answer["hints"].as_array().into_iter().flatten();
        let mut hints = hints.filter_map(|hint| hint.as_str());
        if !hints.any(|hint| hint.contains("still being read")) {
            return Ok(after);
        }
        anyhow::ensure!(after < COMPLETE, "the library is never read in full");
        std::thread::sleep(LOOK);
    }
}

/// The first page of accounts that have not asked before: their rankings are
/// made for it.
fn first_pages(server: &Server, library: &Library) -> anyhow::Result<Measured> {
    let mut times = Vec::new();
    for handle in library.accounts.iter().skip(ACCOUNTS) {
        let token = Client::log_in(server.address, handle, &library.password)?;
        let mut client = Client::connect(server.address, Some(token))?;
        let before = server.cpu()?;
        let start = std::time::Instant::now();
        let answer = client.send(&Request::get("/api/v1/feed/home"))?;
        let took = start.elapsed().as_secs_f64() * 1_000.0;
        anyhow::ensure!(answer.status == 200, "no feed for {handle}");
        times.push((took, (server.cpu()? - before).as_secs_f64() * 1_000.0));
    }
    let count = times.len();
    anyhow::ensure!(count > 0, "the library has too few accounts");
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sum: f64 = times.iter().map(|(took, _)| took).sum();
    let one = Measured {
        case: "home feed, made anew".to_owned(),
        clients: 1,
        requests: count,
        failed: 0,
        p50_ms: times[count / 2].0,
        p99_ms: times[(count * 99 / 100).min(count - 1)].0,
        p99_without_model_ms: None,
        per_second: count as f64 * 1_000.0 / sum,
        cpu_ms: times.iter().map(|(_, cpu)| cpu).sum::<f64>() / count as f64,
        target_ms: None,
    };
    println!("{}", line(&one));
    Ok(one)
}

/// A new cluster to save to.
fn cluster(client: &mut Client) -> anyhow::Result<String> {
    let form = json!({ "name": "Measured", "visibility": "private" });
    let made = client.send(&Request::with("POST", "/api/v1/clusters", form))?;
    let id = made.json()?["id"].as_str().map(str::to_owned);
    id.context("no cluster could be made")
}

/// Addresses of files of some elements.
fn pictures(client: &mut Client, library: &Library) -> anyhow::Result<Vec<String>> {
    let mut addresses = Vec::new();
    for id in &library.public_elements {
        let element = client.send(&Request::get(format!("/api/v1/elements/{id}")))?;
        let element = element.json()?;
        let files = element["media"].as_array().into_iter().flatten();
        let small = files.filter(|file| file["width"] == 320);
        addresses.extend(small.filter_map(|file| file["url"].as_str().map(str::to_owned)));
    }
    Ok(addresses)
}

/// Does the server have this? Not all of it is built yet.
fn served(server: &Server, tokens: &[String], groups: &[Vec<Request>]) -> bool {
    let Some(first) = groups.first().and_then(|group| group.first()) else {
        return false;
    };
    // a connection of its own: one that said nothing for long is closed
    let answer = Client::connect(server.address, tokens.first().cloned())
        .and_then(|mut client| client.send(first));
    first.method != "GET" || answer.is_ok_and(|answer| answer.status < 400)
}

const HEAD: &str = "| case | clients | p50 ms | p99 ms | without model | requests/s | CPU ms each | failed |\n\
    |---|---|---|---|---|---|---|---|";

fn line(one: &Measured) -> String {
    let without = one
        .p99_without_model_ms
        .map_or_else(String::new, |ms| format!("{ms:.1}"));
    let missed = one
        .target_ms
        .is_some_and(|target| one.p99_without_model_ms.unwrap_or(one.p99_ms) > target);
    format!(
        "| {} | {} | {:.1} | {:.1}{} | {without} | {:.0} | {:.2} | {} |",
        one.case,
        one.clients,
        one.p50_ms,
        one.p99_ms,
        if missed { " !" } else { "" },
        one.per_second,
        one.cpu_ms,
        one.failed
    )
}

fn write(path: &Path, figures: &Figures) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(figures)?;
    fs::write(path, text).with_context(|| path.display().to_string())
}
