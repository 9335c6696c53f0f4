//! The configuration file: TOML with the flags' names, `_` or `-` between words.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ConfigError, FetchFile, LogFormat, MlFile, MqttListen, Switch};

/// What a configuration file may say; every key is optional, no other is
/// allowed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileConfig {
    #[serde(alias = "data-dir")]
    pub data_dir: Option<PathBuf>,
    pub listen: Option<SocketAddr>,
    #[serde(alias = "mqtt-listen")]
    pub mqtt_listen: Option<MqttListen>,
    #[serde(alias = "mqtt-url")]
    pub mqtt_url: Option<String>,
    #[serde(alias = "db-url")]
    pub db_url: Option<String>,
    #[serde(alias = "ml-url")]
    pub ml_url: Option<String>,
    pub ml: Option<MlFile>,
    pub fetch: Option<FetchFile>,
    #[serde(alias = "models-dir")]
    pub models_dir: Option<PathBuf>,
    #[serde(alias = "allow-missing-models")]
    pub allow_missing_models: Option<bool>,
    #[serde(alias = "sample-library")]
    pub sample_library: Option<Switch>,
    #[serde(alias = "samples-dir")]
    pub samples_dir: Option<PathBuf>,
    #[serde(alias = "static-dir")]
    pub static_dir: Option<PathBuf>,
    #[serde(alias = "undo-seconds")]
    pub undo_seconds: Option<u32>,
    #[serde(alias = "device-patience-seconds")]
    pub device_patience_seconds: Option<u32>,
    pub log: Option<LogFormat>,
    #[serde(alias = "trusted-proxies")]
    pub trusted_proxies: Option<Vec<IpAddr>>,
    #[serde(alias = "allowed-origins")]
    pub allowed_origins: Option<Vec<String>>,
}

impl FileConfig {
    /// # Errors
    /// It cannot be read, is no TOML, or has an unknown key (which is named).
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text).map_err(|detail| ConfigError::Invalid {
            path: path.to_owned(),
            detail,
        })
    }

    /// # Errors
    /// The text says what is wrong, in one line.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let message = error.message().trim().replace('\n', " ");
            match error.span() {
                Some(span) => {
                    let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
                    format!("line {line}: {message}")
                }
                None => message,
            }
        })
    }
}
