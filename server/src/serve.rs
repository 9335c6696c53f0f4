//! `asterism serve`: starts everything in order, and stops it in order.

use std::io::{ErrorKind, Write};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App as Web, HttpServer};
use actors::Platform;
use anyhow::{Context, bail};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use crate::config::{Config, MqttListen};
use crate::http::{self, App, Settings};
use crate::{bootstrap, samples, telemetry, ws};

/// Threads that serve HTTP; pictures and models have threads of their own.
const WORKERS: usize = 2;
/// Requests in flight may take this long to finish once the server stops.
const REQUESTS_DRAIN_SECONDS: u64 = 3;
/// Jobs, database and broker may take this long after that.
const PLATFORM_DRAIN: Duration = Duration::from_secs(5);
/// The process ends then, drained or not: whatever is unfinished is durable.
const LAST_RESORT: Duration = Duration::from_millis(9_500);

/// Runs until it is told to stop.
///
/// # Errors
/// A port is taken, the database is locked, a model is missing: in one line.
pub async fn run(config: Config) -> anyhow::Result<()> {
    // what fails fast goes first
    let listener = bind(config.listen)?;
    if let MqttListen::At(address) = config.mqtt_listen {
        drop(bind_mqtt(address)?);
    }
    let address = listener.local_addr()?;
    std::fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("cannot use the data folder {}", config.data_dir.display()))?;
    let metrics = telemetry::metrics()?;
    let platform = bootstrap::start(&config).await?;
    if config.sample_library {
        samples::open_demo(&platform).await?;
    }

    let (stop, stopping) = watch::channel(false);
    let app = App::new(
        platform.clone(),
        Settings::from(&config),
        stopping,
        Some(metrics),
    );
    let server = HttpServer::new(move || {
        Web::new()
            .configure(|services| http::configure(services, &app))
            .wrap(from_fn(http::edge))
    })
    .workers(WORKERS)
    .on_connect(ws::Lifeline::attach)
    // an answer in two writes, as pictures are, would wait 40 ms for the ack of
    // the first
    .tcp_nodelay(true)
    .disable_signals()
    .shutdown_timeout(REQUESTS_DRAIN_SECONDS)
    .listen(listener)?
    .run();
    let handle = server.handle();
    let mut server = actix_web::rt::spawn(server);

    say(&format!("asterism ready at http://{address}"));
    tracing::info!(%address, mqtt = %config.mqtt_listen, data = %config.data_dir.display(), "asterism ready");
    let samples = config.sample_library.then(|| {
        let (handle, password) = (samples::DEMO_HANDLE, samples::DEMO_PASSWORD);
        say(&format!("demo login: {handle} / {password}"));
        actix_web::rt::spawn(samples::bring_in(platform.clone(), config.clone()))
    });
    tokio::select! {
        ended = &mut server => {
            ended.context("the web server's task ended")?.context("the web server failed")?;
            bail!("the web server ended by itself");
        }
        name = told_to_stop() => tracing::info!(signal = name?, "stopping"),
    }
    if let Some(samples) = samples {
        samples.abort();
    }
    drain(&stop, handle, &platform).await;
    tracing::info!("stopped");
    Ok(())
}

/// For the person at the terminal, if there still is one.
fn say(line: &str) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Sockets say goodbye, requests finish, then the platform stops.
async fn drain(stop: &watch::Sender<bool>, server: ServerHandle, platform: &Platform) {
    std::thread::spawn(|| {
        std::thread::sleep(LAST_RESORT);
        eprintln!(
            "asterism: stopped without having drained in time; nothing that was acknowledged is lost"
        );
        std::process::exit(1);
    });
    stop.send_replace(true);
    server.stop(true).await;
    platform.shutdown(PLATFORM_DRAIN).await;
}

async fn told_to_stop() -> std::io::Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => Ok("SIGTERM"),
        _ = interrupt.recv() => Ok("SIGINT"),
    }
}

fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let refused = |error: std::io::Error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {} is taken: another program, perhaps another asterism, listens on {address}; choose another with --listen",
            address.port()
        ),
        _ => anyhow::anyhow!("cannot listen on {address}: {error}"),
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

fn bind_mqtt(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {} is taken: another program, perhaps another MQTT broker, listens on {address}; choose another with --mqtt-listen, turn ours off with --mqtt-listen off, or use that broker with --mqtt-url",
            address.port()
        ),
        _ => anyhow::anyhow!("cannot listen for MQTT on {address}: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_said_with_what_to_do() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        let http = bind(address).unwrap_err().to_string();
        assert!(
            http.contains(&address.to_string()) && http.contains("--listen"),
            "{http}"
        );
        let mqtt = bind_mqtt(address).unwrap_err().to_string();
        assert!(mqtt.contains("--mqtt-listen"), "{mqtt}");
    }
}
