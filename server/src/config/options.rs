//! The flags of `serve`, each also in the environment as `ASTERISM_…`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use protocol::limits::{DEVICE_PATIENCE_SECONDS, UNDO_SECONDS};
use serde::{Deserialize, Deserializer};

use super::{DEFAULT_LISTEN, DEFAULT_MQTT_LISTEN, FetchOptions, MlOptions};

/// What the command line and the environment say; absent: ask the file.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct ServeOptions {
    /// Settings in TOML, with the names of these flags; flags and environment win over it
    #[arg(long, value_name = "FILE", env = "ASTERISM_CONFIG")]
    pub config: Option<PathBuf>,
    /// Where database and pictures lie [default: asterism in the user's data folder]
    #[arg(long, value_name = "DIR", env = "ASTERISM_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    #[arg(
        long, value_name = "ADDR", env = "ASTERISM_LISTEN",
        help = format!("Address of the web server [default: {DEFAULT_LISTEN}]")
    )]
    pub listen: Option<SocketAddr>,
    #[arg(
        long, value_name = "ADDR|off", env = "ASTERISM_MQTT_LISTEN",
        help = format!("Address of the built-in MQTT broker [default: {DEFAULT_MQTT_LISTEN}]")
    )]
    pub mqtt_listen: Option<MqttListen>,
    /// Use this MQTT broker in place of the built-in one: mqtt://[user:password@]host[:port]
    #[arg(long, value_name = "URL", env = "ASTERISM_MQTT_URL")]
    pub mqtt_url: Option<String>,
    /// SurrealDB to use [default: surrealkv under the data folder]
    #[arg(long, value_name = "URL", env = "ASTERISM_DB_URL")]
    pub db_url: Option<String>,
    #[command(flatten)]
    pub ml: MlOptions,
    #[command(flatten)]
    pub fetch: FetchOptions,
    /// Where `asterism models pull` put the models [default: ASTERISM_CACHE/models]
    #[arg(long, value_name = "DIR", env = "ASTERISM_MODELS_DIR")]
    pub models_dir: Option<PathBuf>,
    /// Start although models are missing; the steps that need them wait
    #[arg(long, env = "ASTERISM_ALLOW_MISSING_MODELS")]
    pub allow_missing_models: bool,
    /// Bring the sample pictures and a demo account into an empty instance [default: off]
    #[arg(long, value_name = "on|off", env = "ASTERISM_SAMPLE_LIBRARY")]
    pub sample_library: Option<Switch>,
    /// Where the fetched sample pictures lie
    #[arg(long, value_name = "DIR", env = "ASTERISM_SAMPLES_DIR")]
    pub samples_dir: Option<PathBuf>,
    /// The built web app
    #[arg(long, value_name = "DIR", env = "ASTERISM_STATIC_DIR")]
    pub static_dir: Option<PathBuf>,
    #[arg(
        long, value_name = "SECONDS", env = "ASTERISM_UNDO_SECONDS",
        help = format!("How long deletions can be taken back [default: {UNDO_SECONDS}]")
    )]
    pub undo_seconds: Option<u32>,
    #[arg(
        long, value_name = "SECONDS", env = "ASTERISM_DEVICE_PATIENCE_SECONDS",
        help = format!("How long a camera may be away without a goodbye before its owner is told \
            [default: {DEVICE_PATIENCE_SECONDS}]")
    )]
    pub device_patience_seconds: Option<u32>,
    /// How to write the log [default: text]
    #[arg(long, value_name = "FORMAT", env = "ASTERISM_LOG")]
    pub log: Option<LogFormat>,
    /// A proxy whose X-Forwarded-For is believed (may be repeated)
    #[arg(
        long = "trusted-proxy",
        value_name = "IP",
        env = "ASTERISM_TRUSTED_PROXY",
        value_delimiter = ','
    )]
    pub trusted_proxies: Vec<IpAddr>,
    /// Another origin that may use the API from a browser, e.g. https://example.org (may be repeated)
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        env = "ASTERISM_ALLOW_ORIGIN",
        value_delimiter = ','
    )]
    pub allowed_origins: Vec<String>,
}

/// `on` or `off`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    On,
    #[default]
    Off,
}

impl Switch {
    pub fn on(self) -> bool {
        self == Switch::On
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Where the built-in broker listens, if at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MqttListen {
    Off,
    At(SocketAddr),
}

impl Default for MqttListen {
    fn default() -> Self {
        MqttListen::At(
            DEFAULT_MQTT_LISTEN
                .parse()
                .expect("the default address is one"),
        )
    }
}

impl FromStr for MqttListen {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(MqttListen::Off),
            address => match address.parse() {
                Ok(address) => Ok(MqttListen::At(address)),
                Err(_) => Err(format!(
                    "{address:?} is neither an address like {DEFAULT_MQTT_LISTEN} nor off"
                )),
            },
        }
    }
}

impl fmt::Display for MqttListen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MqttListen::Off => f.write_str("off"),
            MqttListen::At(address) => address.fmt(f),
        }
    }
}

impl<'de> Deserialize<'de> for MqttListen {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
