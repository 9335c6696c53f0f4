//! Composition: the only place that knows `db`, `ml` and `media` by name. It
//! opens what the platform is built on and hands it over.

mod models;

use std::path::Path;
use std::sync::Arc;

use actors::seed::Seeder;
use actors::{ImageModel, MqttConfig, Platform, PlatformConfig, Services};
use anyhow::Context;
use db::{Blobs, Db, DbConfig, Uploads};
use ml::pool::{Inference, Pool, PoolConfig};
use ml::remote::{RemoteConfig, RemoteInference};

use crate::config::{Config, MlConfig, MqttListen};
pub use ml::memory::parse as parse_size;
pub use ml::pool::is_model_id;
pub use models::{
    HubAddress, ModelLine, PruneLine, PullEvents, list_models, missing_models, prune_models,
    pull_models, verify_models,
};

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
    // a model server has a models folder of its own
    if config.ml.url.is_none() {
        models::check(&config.models_dir, config.allow_missing_models)?;
        if let Some(id) = &config.ml.image_model {
            models::check_tower(&config.models_dir, id)?;
        }
    }
    let db = Db::open(DbConfig::new(&config.db_url)).await?;
    let stores = stores(config, &db).await?;
    let inference = inference(&config.ml, &config.models_dir)?;
    let services = services(db, stores, inference, &config.models_dir)?;
    let image_model = config.ml.image_model.clone();
    let platform = PlatformConfig {
        image_model: image_model.map_or_else(ImageModel::default, ImageModel::named),
        media_threads: cores(),
        mqtt,
        undo: config.undo,
        device_patience: config.device_patience,
        fetch: config.fetch.clone(),
        worker: worker(),
        ..PlatformConfig::default()
    };
    Ok(Platform::start(platform, services).await?)
}

/// The folders of files. With a database of its own a server has them to itself.
async fn stores(config: &Config, db: &Db) -> anyhow::Result<(Blobs, Uploads)> {
    let (blobs, uploads) = (config.blobs_dir(), config.data_dir.join("uploads"));
    Ok(if db.is_embedded() {
        (Blobs::open(blobs).await?, Uploads::open(uploads).await?)
    } else {
        let blobs = Blobs::open_with_others(blobs).await?;
        (blobs, Uploads::open_with_others(uploads).await?)
    })
}

/// Names this process among those that share a database: host and process say
/// who it is, chance that it is no other (in containers both are often the same).
fn worker() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = host.trim();
    let chance = rand::random::<u32>();
    format!("asterism-{host}-{}-{chance:08x}", std::process::id())
}

/// What fills a new data folder with a library that is made up.
///
/// # Errors
/// As [`start`].
pub async fn seeder(config: &Config) -> anyhow::Result<Seeder> {
    models::check(&config.models_dir, config.allow_missing_models)?;
    let db = Db::open(DbConfig::new(&config.db_url)).await?;
    let blobs = Blobs::open(config.blobs_dir()).await?;
    let inference = inference(&config.ml, &config.models_dir)?;
    let uploads = Uploads::open(config.data_dir.join("uploads")).await?;
    let stores = (blobs, uploads);
    Ok(Seeder::new(services(
        db,
        stores,
        inference,
        &config.models_dir,
    )?))
}

/// Models in this process, or on the server that was named.
fn inference(config: &MlConfig, models_dir: &Path) -> anyhow::Result<Arc<dyn Inference>> {
    if let Some(url) = &config.url {
        let remote = RemoteConfig {
            url: url.clone(),
            token: config.token.clone(),
        };
        return Ok(Arc::new(RemoteInference::new(remote)?));
    }
    let mut pool = PoolConfig::new(models_dir.to_owned());
    if let Some(budget) = config.memory_budget {
        pool.memory_budget = budget;
    }
    if let Some(workers) = config.workers {
        pool.workers = workers;
    }
    if let Some(ttl) = config.idle_ttl {
        pool.idle_ttl = (!ttl.is_zero()).then_some(ttl);
    }
    Ok(Arc::new(Pool::start(&pool)?))
}

fn services(
    db: Db,
    (blobs, uploads): (Blobs, Uploads),
    inference: Arc<dyn Inference>,
    models_dir: &Path,
) -> anyhow::Result<Services> {
    Ok(Services {
        db,
        blobs,
        uploads,
        inference,
        bridge: ml::bridge::Bridge::load(assets::BRIDGE)
            .context("the built-in text-to-image bridge")?,
        tags: ml::tags::TagMap::parse(assets::TAGS_JSON).context("the built-in tags")?,
        heads: ml::heads::Heads::load(assets::HEADS).context("the built-in heads")?,
        list_models: models::for_administrators(models_dir.to_owned()),
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
    let uploads = Uploads::open(folder.path().join("uploads"))
        .await
        .expect("a store of uploads");
    let inference = inference(&MlConfig::default(), folder.path()).expect("a pool");
    let services = services(db, (blobs, uploads), inference, folder.path()).expect("services");
    let platform = Platform::start(PlatformConfig::default(), services)
        .await
        .expect("a platform");
    (platform, folder)
}
