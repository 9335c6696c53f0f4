//! One case under some clients at once.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde::Serialize;

use super::client::{Client, Request};
use super::process::Server;

/// Requests of one client at most: a quick case needs no more.
const MOST: usize = 4_000;
/// Requests before anything counts, of each client.
const WARM_UP: usize = 3;

/// What came out.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    pub case: String,
    pub clients: usize,
    pub requests: usize,
    pub failed: usize,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// The same without the time that the server says its models took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99_without_model_ms: Option<f64>,
    pub per_second: f64,
    /// Processor time of the server for one request.
    pub cpu_ms: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_ms: Option<f64>,
}

/// How long a case runs and by how many.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub clients: usize,
    pub time: Duration,
}

/// Times of requests in milliseconds, and those without models.
#[derive(Default)]
struct Times {
    all: Vec<f64>,
    without_model: Vec<f64>,
    with_model: bool,
    failed: usize,
}

/// Runs groups of requests in turn; each request counts by itself.
///
/// # Errors
/// Nothing succeeded.
pub fn measure(
    server: &Server,
    tokens: &[String],
    name: &str,
    groups: &[Vec<Request>],
    load: Load,
) -> anyhow::Result<Measured> {
    ensure!(!groups.is_empty(), "nothing to ask for: {name}");
    let next = AtomicUsize::new(0);
    let (before, start) = (server.cpu()?, Instant::now());
    let times = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..load.clients)
            .map(|n| {
                let token = tokens[n % tokens.len()].clone();
                let next = &next;
                scope.spawn(move || client(server.address, token, groups, next, load.time))
            })
            .collect();
        let mut sum = Times::default();
        for client in clients {
            match client.join() {
                Ok(times) => sum.add(times),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        sum
    });
    let took = start.elapsed();
    let cpu = server.cpu()?.saturating_sub(before);
    let mut all = times.all;
    ensure!(
        !all.is_empty(),
        "{name}: no request succeeded, {} failed",
        times.failed
    );
    let count = all.len();
    Ok(Measured {
        case: name.to_owned(),
        clients: load.clients,
        requests: count,
        failed: times.failed,
        p50_ms: percentile(&mut all, 0.5),
        p99_ms: percentile(&mut all, 0.99),
        p99_without_model_ms: times.with_model.then(|| {
            let mut rest = times.without_model;
            percentile(&mut rest, 0.99)
        }),
        per_second: count as f64 / took.as_secs_f64(),
        cpu_ms: cpu.as_secs_f64() * 1_000.0 / count as f64,
        target_ms: None,
    })
}

impl Times {
    fn add(&mut self, other: Self) {
        self.all.extend(other.all);
        self.without_model.extend(other.without_model);
        self.with_model |= other.with_model;
        self.failed += other.failed;
    }
}

fn client(
    address: SocketAddr,
    token: String,
    groups: &[Vec<Request>],
    next: &AtomicUsize,
    time: Duration,
) -> Times {
    let mut times = Times::default();
    let Ok(mut client) = Client::connect(address, Some(token.clone())) else {
        times.failed += 1;
        return times;
    };
    let mut count = 0;
    let start = Instant::now();
    // slow ones take longer than that: something has to count
    while (start.elapsed() < time || count <= WARM_UP) && count < MOST {
        let group = &groups[next.fetch_add(1, Ordering::Relaxed) % groups.len()];
        for request in group {
            let sent = Instant::now();
            let answer = client.send(request);
            let took = sent.elapsed().as_secs_f64() * 1_000.0;
            count += 1;
            match answer {
                Ok(answer) if answer.status < 400 => {
                    if count > WARM_UP {
                        times.all.push(took);
                        times.without_model.push(took - answer.model.unwrap_or(0.0));
                        times.with_model |= answer.model.is_some();
                    }
                }
                Ok(_) => times.failed += 1,
                Err(_) => {
                    times.failed += 1;
                    match Client::connect(address, Some(token.clone())) {
                        Ok(again) => client = again,
                        Err(_) => return times,
                    }
                }
            }
        }
    }
    times
}

/// The time that so large a part of all stayed within.
fn percentile(times: &mut [f64], part: f64) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let at = (times.len() as f64 * part).ceil() as usize;
    times[at.clamp(1, times.len()) - 1]
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let mut times: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert_eq!(percentile(&mut times, 0.5), 50.0);
        assert_eq!(percentile(&mut times, 0.99), 99.0);
        assert_eq!(percentile(&mut [7.0], 0.99), 7.0);
    }
}
