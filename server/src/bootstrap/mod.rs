//! Composition: the only place that knows `db`, `ml` and `media` by name. It
//! opens what the platform is built on and hands it over.

mod models;

use std::path::Path;
use std::sync::Arc;

use actors::{MqttConfig, Platform, PlatformConfig, Services};
use anyhow::Context;
use db::{Blobs, Db, DbConfig};

use crate::config::{Config, MqttListen};
pub use models::{ModelLine, PullEvents, list_models, missing_models, pull_models, verify_models};

/// Decoders that can abort a process do it in a child of their own; see
/// `media`. Must be called first in `main`.
pub fn isolate_decoders() {
    media::isolate_decoders();
}

/// Opens everything and starts the platform: what fails fast first.
///
/// # Errors
/// The database is locked or cannot be reached, a model is missing, the MQTT
/// broker cannot be had: each in words for the operator.
pub async fn start(config: &Config) -> anyhow::Result<Platform> {
    start_with(config, mqtt(config)).await
}

/// The same without MQTT: for commands that run beside nobody.
///
/// # Errors
/// As [`start`].
pub async fn start_quietly(config: &Config) -> anyhow::Result<Platform> {
    start_with(config, MqttConfig::Off).await
}

async fn start_with(config: &Config, mqtt: MqttConfig) -> anyhow::Result<Platform> {
    models::check(&config.models_dir, config.allow_missing_models)?;
    let db = Db::open(DbConfig::new(&config.db_url)).await?;
    let blobs = Blobs::open(config.blobs_dir()).await?;
    let services = services(db, blobs, &config.models_dir)?;
    let platform = PlatformConfig {
        media_threads: cores(),
        mqtt,
        worker: format!("asterism-{}", std::process::id()),
        ..PlatformConfig::default()
    };
    Ok(Platform::start(platform, services).await?)
}

fn services(db: Db, blobs: Blobs, models_dir: &Path) -> anyhow::Result<Services> {
    let pool = ml::pool::Pool::start(&ml::pool::PoolConfig::new(models_dir.to_owned()))?;
    Ok(Services {
        db,
        blobs,
        inference: Arc::new(pool),
        bridge: ml::bridge::Bridge::load(assets::BRIDGE)
            .context("the built-in text-to-image bridge")?,
        tags: ml::tags::TagMap::parse(assets::TAGS_JSON).context("the built-in tags")?,
    })
}

fn mqtt(config: &Config) -> MqttConfig {
    match (&config.mqtt_url, config.mqtt_listen) {
        (Some(url), _) => MqttConfig::External { url: url.clone() },
        (None, MqttListen::At(listen)) => MqttConfig::Embedded { listen },
        (None, MqttListen::Off) => MqttConfig::Off,
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A platform in memory without models, and the folder of its pictures.
#[cfg(test)]
pub async fn for_testing() -> (Platform, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let db = Db::open(DbConfig::new("mem://"))
        .await
        .expect("a database in memory");
    let blobs = Blobs::open(folder.path().join("blobs"))
        .await
        .expect("a blob store");
    let services = services(db, blobs, folder.path()).expect("services");
    let platform = Platform::start(PlatformConfig::default(), services)
        .await
        .expect("a platform");
    (platform, folder)
}
