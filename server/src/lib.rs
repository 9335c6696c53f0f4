//! The edge of Asterism: HTTP and WebSocket by actix-web, configuration,
//! command line, telemetry and the static frontend. It also composes the
//! services ([`bootstrap`]), and is the only crate that knows all of them.
//!
//! Behaviour is not here but in `actors`; handlers translate.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod bootstrap;
pub mod cli;
pub mod config;
pub mod http;
pub mod import;
mod plain_http;
pub mod samples;
pub mod seed;
pub mod serve;
pub mod telemetry;
pub mod ws;
