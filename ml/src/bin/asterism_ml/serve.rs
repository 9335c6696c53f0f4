use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use asterism_ml::pool::{DEFAULT_IDLE_TTL, Pool, PoolConfig};
use asterism_ml::{memory, serve};
use clap::{Parser, ValueEnum};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Where it listens when nobody says otherwise.
const DEFAULT_LISTEN: &str = "127.0.0.1:8090";

/// Serves the models over HTTP
#[derive(Debug, Parser)]
#[command(name = "asterism-ml serve", version)]
pub struct Options {
    /// Address to listen on
    #[arg(long, value_name = "ADDR", env = "ASTERISM_ML_LISTEN", default_value = DEFAULT_LISTEN)]
    listen: SocketAddr,
    /// Where `asterism models pull` put the models
    #[arg(long, value_name = "DIR", env = "ASTERISM_MODELS_DIR")]
    models_dir: PathBuf,
    /// Memory that models may take, e.g. 700M [default: all of them, at most 40 % of the memory limit]
    #[arg(long, value_name = "SIZE", env = "ASTERISM_ML_MEMORY_BUDGET", value_parser = bytes)]
    memory_budget: Option<u64>,
    /// Threads that run models [default: cores - 1]
    #[arg(long, value_name = "N", env = "ASTERISM_ML_WORKERS")]
    workers: Option<usize>,
    /// Unload a model that nobody used for so many seconds; 0: never
    #[arg(long, value_name = "SECONDS", env = "ASTERISM_ML_IDLE_TTL", default_value_t = DEFAULT_IDLE_TTL.as_secs())]
    idle_ttl: u64,
    /// A secret that clients must show
    #[arg(long, env = "ASTERISM_ML_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// How to write the log
    #[arg(
        long,
        value_name = "FORMAT",
        env = "ASTERISM_LOG",
        default_value = "text"
    )]
    log: LogFormat,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// `serve`: until SIGTERM or SIGINT, then finishes what is in hand.
pub fn run(arguments: &[String]) -> Result<(), String> {
    let name = "asterism-ml serve".to_owned();
    let options = Options::parse_from(std::iter::once(&name).chain(arguments));
    start_log(options.log);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(serve_until_told(options))
}

async fn serve_until_told(options: Options) -> Result<(), String> {
    let config = pool_config(&options);
    let listener = TcpListener::bind(options.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    let address = listener.local_addr().map_err(|e| e.to_string())?;
    let pool = Pool::start(&config).map_err(|e| e.to_string())?;
    // an empty variable is an unset one, as compose files write it
    let token = options.token.as_deref().filter(|token| !token.is_empty());
    let app = serve::App::new(Arc::new(pool), token);
    tracing::info!(
        %address,
        models = %config.models_dir.display(),
        budget = config.memory_budget,
        limit = memory::limit(),
        workers = config.workers,
        "asterism-ml ready"
    );
    let finished = serve::run(listener, app, told_to_stop())
        .await
        .map_err(|error| error.to_string())?;
    if finished {
        tracing::info!("stopped");
        return Ok(());
    }
    Err("stopped without having finished in time".to_owned())
}

fn pool_config(options: &Options) -> PoolConfig {
    let mut config = PoolConfig::new(options.models_dir.clone());
    if let Some(budget) = options.memory_budget {
        config.memory_budget = budget;
    }
    if let Some(workers) = options.workers {
        config.workers = workers.max(1);
    }
    config.idle_ttl = (options.idle_ttl > 0).then(|| Duration::from_secs(options.idle_ttl));
    config
}

async fn told_to_stop() {
    let wait = async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::io::Result::Ok(())
    };
    match wait.await {
        Ok(()) => tracing::info!("stopping"),
        Err(error) => {
            tracing::error!(%error, "signals cannot be heard, only SIGKILL stops this");
            std::future::pending::<()>().await;
        }
    }
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Bytes from `700M`, `1.5G` or a plain number.
fn bytes(text: &str) -> Result<u64, String> {
    memory::parse(text).ok_or_else(|| format!("{text:?} is no size like 700M or 1.5G"))
}
