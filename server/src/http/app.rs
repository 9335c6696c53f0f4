//! What every request handler can reach.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use actors::Platform;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Semaphore, watch};

use super::documents::Documents;
use super::ops::LastReport;
use crate::config::Config;

/// Files of uploads held in memory at once, over all requests: with the
/// largest allowed file this bounds them to 512 MiB.
const UPLOADS_AT_ONCE: usize = 8;

/// Shared by all workers; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub platform: Platform,
    pub settings: Arc<Settings>,
    pub documents: Arc<Documents>,
    pub uploads: Arc<Semaphore>,
    pub health: Arc<LastReport>,
    /// Becomes true when the server stops: sockets then say so and close.
    pub stopping: watch::Receiver<bool>,
    /// None in tests: there is one recorder per process.
    pub metrics: Option<PrometheusHandle>,
}

/// The part of the configuration that requests depend on.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    pub static_dir: Option<PathBuf>,
    pub trusted_proxies: Vec<IpAddr>,
    pub allowed_origins: Vec<String>,
}

impl From<&Config> for Settings {
    fn from(config: &Config) -> Self {
        Settings {
            static_dir: config.static_dir.clone(),
            trusted_proxies: config.trusted_proxies.clone(),
            allowed_origins: config.allowed_origins.clone(),
        }
    }
}

impl App {
    pub fn new(
        platform: Platform,
        settings: Settings,
        stopping: watch::Receiver<bool>,
        metrics: Option<PrometheusHandle>,
    ) -> Self {
        App {
            platform,
            settings: Arc::new(settings),
            documents: Arc::new(Documents::generate()),
            uploads: Arc::new(Semaphore::new(UPLOADS_AT_ONCE)),
            health: Arc::default(),
            stopping,
            metrics,
        }
    }
}
