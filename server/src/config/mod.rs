//! What the server is told: flags before environment before file before
//! defaults. `clap` reads the first two, [`file`] the third.

mod fetch;
mod file;
mod inference;
mod options;
mod places;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use actors::FetchConfig;
pub use fetch::{FetchFile, FetchOptions};
pub use file::FileConfig;
pub use inference::{MlConfig, MlFile, MlOptions};
pub use options::{LogFormat, MqttListen, ServeOptions, Switch};

/// Where HTTP is served when nobody says otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
/// Where the embedded MQTT broker listens when nobody says otherwise.
pub const DEFAULT_MQTT_LISTEN: &str = "127.0.0.1:1883";
const UNDO: Duration = Duration::from_secs(protocol::limits::UNDO_SECONDS);
const DEVICE_PATIENCE: Duration = Duration::from_secs(protocol::limits::DEVICE_PATIENCE_SECONDS);

/// Everything that `serve` needs to know, decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub data_dir: PathBuf,
    pub listen: SocketAddr,
    pub mqtt_listen: MqttListen,
    /// An external broker; the embedded one is then off.
    pub mqtt_url: Option<String>,
    /// SurrealDB, e.g. `surrealkv:///srv/asterism/db` or `ws://host:8000`.
    pub db_url: String,
    pub models_dir: PathBuf,
    /// Start although a model is missing: what needs it waits.
    pub allow_missing_models: bool,
    pub ml: MlConfig,
    /// What may be fetched from elsewhere.
    pub fetch: FetchConfig,
    pub sample_library: bool,
    /// Where the fetched sample pictures lie; none: no library to import.
    pub samples_dir: Option<PathBuf>,
    /// The built frontend.
    pub static_dir: Option<PathBuf>,
    /// How long deletions can be taken back.
    pub undo: Duration,
    /// How long a camera may be away without a goodbye.
    pub device_patience: Duration,
    pub log: LogFormat,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Origins besides our own that may open sockets and send writes.
    pub allowed_origins: Vec<String>,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration file {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("the configuration file {} is wrong: {detail}", path.display())]
    Invalid { path: PathBuf, detail: String },
    #[error("{key} is not usable: {detail}")]
    Value { key: &'static str, detail: String },
}

impl Config {
    /// Reads the file, if one is named, and decides.
    ///
    /// # Errors
    /// The file cannot be read, has an unknown key, or a value makes no sense.
    pub fn load(options: ServeOptions) -> Result<Config, ConfigError> {
        let file = match &options.config {
            Some(path) => FileConfig::read(path)?,
            None => FileConfig::default(),
        };
        Config::decide(options, file)
    }

    /// Flags and environment (`options`) win over `file`, that over defaults.
    ///
    /// # Errors
    /// A value makes no sense.
    pub fn decide(options: ServeOptions, file: FileConfig) -> Result<Config, ConfigError> {
        let ml = MlConfig::decide(options.ml, file.ml_url, file.ml.unwrap_or_default())?;
        let fetch = fetch::decide(options.fetch, file.fetch.unwrap_or_default())?;
        let data_dir = options
            .data_dir
            .or(file.data_dir)
            .unwrap_or_else(places::data_dir);
        let models_dir = options
            .models_dir
            .or(file.models_dir)
            .unwrap_or_else(places::models_dir);
        let db_url = options
            .db_url
            .or(file.db_url)
            .unwrap_or_else(|| embedded_db_url(&data_dir));
        let mqtt_url = options.mqtt_url.or(file.mqtt_url);
        let mqtt_listen = options.mqtt_listen.or(file.mqtt_listen);
        if let (Some(_), Some(MqttListen::At(at))) = (&mqtt_url, &mqtt_listen) {
            return Err(ConfigError::Value {
                key: "mqtt-url",
                detail: format!(
                    "there is also an embedded broker at {at}: choose one of mqtt-url and mqtt-listen"
                ),
            });
        }
        Ok(Config {
            listen: options
                .listen
                .or(file.listen)
                .unwrap_or_else(default_listen),
            mqtt_listen: match (&mqtt_url, mqtt_listen) {
                (Some(_), _) => MqttListen::Off,
                (None, chosen) => chosen.unwrap_or_default(),
            },
            mqtt_url,
            db_url,
            allow_missing_models: options.allow_missing_models
                || file.allow_missing_models.unwrap_or(false),
            sample_library: options
                .sample_library
                .or(file.sample_library)
                .unwrap_or_default()
                .on(),
            samples_dir: options.samples_dir.or(file.samples_dir),
            static_dir: options.static_dir.or(file.static_dir),
            undo: options
                .undo_seconds
                .or(file.undo_seconds)
                .map_or(UNDO, |seconds| Duration::from_secs(seconds.into())),
            device_patience: options
                .device_patience_seconds
                .or(file.device_patience_seconds)
                .map_or(DEVICE_PATIENCE, |s| Duration::from_secs(s.into())),
            log: options.log.or(file.log).unwrap_or_default(),
            trusted_proxies: either(options.trusted_proxies, file.trusted_proxies),
            allowed_origins: either(options.allowed_origins, file.allowed_origins),
            data_dir,
            models_dir,
            ml,
            fetch,
        })
    }

    /// Where the pictures lie.
    pub fn blobs_dir(&self) -> PathBuf {
        self.data_dir.join("blobs")
    }
}

/// The database beside the pictures.
fn embedded_db_url(data_dir: &Path) -> String {
    let place = data_dir.join("db");
    // the engine wants an absolute one
    let place = std::path::absolute(&place).unwrap_or(place);
    format!("surrealkv://{}", place.display())
}

fn default_listen() -> SocketAddr {
    DEFAULT_LISTEN.parse().expect("the default address is one")
}

/// Lists do not mix: whoever names one on the command line means that one.
fn either<T>(first: Vec<T>, second: Option<Vec<T>>) -> Vec<T> {
    if first.is_empty() {
        second.unwrap_or_default()
    } else {
        first
    }
}

pub use places::models_dir as default_models_dir;

#[cfg(test)]
mod tests;
