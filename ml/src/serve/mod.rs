//! The engine as an HTTP server of its own, so that models have a process, a
//! machine and a memory limit to themselves.
//!
//! `POST /v1/{task}` asks a model, `GET /v1/status` says what the pool does,
//! `GET /healthz` that the process lives, `GET /readyz` that models answer, by
//! a real forward pass, `GET /metrics` the same for Prometheus.

mod exposition;
mod routes;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::pool::Inference;

/// Requests in hand may take this long to finish once the server stops.
pub const DRAIN: Duration = Duration::from_secs(30);
/// Memory for pictures on their way in; more is refused as busy, and waits with
/// whoever has it.
const BODIES_BYTES: usize = 128 << 20;
/// Bodies are counted in these.
const PERMIT_BYTES: usize = 1 << 10;

/// What the server serves, and to whom.
pub struct App {
    inference: Arc<dyn Inference>,
    /// Hash of the secret that clients must show; none: anybody may ask.
    secret: Option<[u8; 32]>,
    bodies: Arc<Semaphore>,
}

impl App {
    /// `token` is what clients must send as `authorization: Bearer …`.
    pub fn new(inference: Arc<dyn Inference>, token: Option<&str>) -> Arc<Self> {
        Arc::new(Self {
            inference,
            secret: token.map(hash),
            bodies: Arc::new(Semaphore::new(BODIES_BYTES / PERMIT_BYTES)),
        })
    }
}

/// Serves until `stop` is done, then finishes what is in hand, for no longer
/// than [`DRAIN`]. Says whether all of it was finished.
///
/// # Errors
/// When the socket fails.
pub async fn run(
    listener: TcpListener,
    app: Arc<App>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<bool> {
    let (stopping, mut stopped) = tokio::sync::watch::channel(false);
    let stop = async move {
        stop.await;
        stopping.send_replace(true);
    };
    let serving = axum::serve(listener, routes::router(app)).with_graceful_shutdown(stop);
    let overtime = async move {
        // an error means that the server ended by itself
        let _ = stopped.wait_for(|stopped| *stopped).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        ended = serving.into_future() => ended.map(|()| true),
        () = overtime => Ok(false),
    }
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(all(test, feature = "remote"))]
mod tests;
