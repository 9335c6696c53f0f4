//! What the server may fetch from elsewhere on behalf of whoever asks.

use actors::{Allowed, FetchConfig};
use clap::Args;
use serde::Deserialize;

use super::{ConfigError, Switch, either};

/// What the command line and the environment say about fetching.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct FetchOptions {
    /// Fetch pictures from addresses that people type [default: on]
    #[arg(
        long = "fetch",
        id = "fetch",
        value_name = "on|off",
        env = "ASTERISM_FETCH"
    )]
    pub on: Option<Switch>,
    /// Fetch from this part of a private network too: 192.168.1.0/24, 192.168.1.5, nas.lan, nas.lan:5000 (may be repeated)
    #[arg(
        long = "fetch-allow",
        id = "fetch_allow",
        value_name = "WHERE",
        env = "ASTERISM_FETCH_ALLOW",
        value_delimiter = ','
    )]
    pub allow: Vec<String>,
    /// A port that may be fetched from (may be repeated) [default: 80 and 443]
    #[arg(
        long = "fetch-port",
        id = "fetch_ports",
        value_name = "PORT",
        env = "ASTERISM_FETCH_PORT",
        value_delimiter = ','
    )]
    pub ports: Vec<u16>,
}

/// What the file says about fetching, under `[fetch]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchFile {
    pub on: Option<bool>,
    pub allow: Option<Vec<String>>,
    pub ports: Option<Vec<u16>>,
}

/// # Errors
/// Something that is to be allowed is neither a network nor a name.
pub(super) fn decide(options: FetchOptions, file: FetchFile) -> Result<FetchConfig, ConfigError> {
    let default = FetchConfig::default();
    let allow = either(options.allow, file.allow);
    // an empty variable is an unset one, as compose files write it
    let allow = allow.iter().filter(|text| !text.is_empty());
    let allow = allow.map(|text| {
        let parsed = text.parse::<Allowed>();
        parsed.map_err(|detail| ConfigError::Value {
            key: "fetch.allow",
            detail,
        })
    });
    let ports = either(options.ports, file.ports);
    Ok(FetchConfig {
        on: options.on.map(Switch::on).or(file.on).unwrap_or(default.on),
        allow: allow.collect::<Result<_, _>>()?,
        ports: if ports.is_empty() {
            default.ports
        } else {
            ports
        },
        limits: default.limits,
    })
}
