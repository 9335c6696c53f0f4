//! Opening: the engine within its memory, the schema, the epoch.

use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::Arc;

use surrealdb::Surreal;
use surrealdb::engine::local;
use surrealdb::engine::remote::ws::Ws;
use surrealdb::opt::auth::Root;
use surrealdb::types::{Object, SurrealValue, object};
use surrealdb_cnf::ConfigMap;
use surrealdb_engine_local::Datastore;
use tokio::runtime::{Builder, Runtime};
use url::Url;

use crate::DbConfig;
use crate::error::{DbError, Result};
use crate::limits::{
    BLOCK_BYTES, BLOCK_CACHE_BYTES, CHECKPOINT_BYTES, ENGINE_STACK_BYTES, ENGINE_THREADS,
    MEMTABLE_BYTES,
};
use crate::settle;
use crate::store::Engine;
use crate::store::remote::Server;

/// The tables, in an order in which each only names earlier ones. Every
/// statement can be run again.
const SCHEMA: [(&str, &str); 14] = [
    ("meta", include_str!("../schema/meta.surql")),
    ("account", include_str!("../schema/account.surql")),
    ("erasure", include_str!("../schema/erasure.surql")),
    ("element", include_str!("../schema/element.surql")),
    ("tag", include_str!("../schema/tag.surql")),
    ("label", include_str!("../schema/label.surql")),
    ("cluster", include_str!("../schema/cluster.surql")),
    ("embedding", include_str!("../schema/embedding.surql")),
    ("errand", include_str!("../schema/errand.surql")),
    ("device", include_str!("../schema/device.surql")),
    (
        "explore_topic",
        include_str!("../schema/explore_topic.surql"),
    ),
    ("notification", include_str!("../schema/notification.surql")),
    ("job", include_str!("../schema/job.surql")),
    ("outbox", include_str!("../schema/outbox.surql")),
];

/// Data moves, each run once. Their number is the version they lead to.
const MIGRATIONS: [(i64, &str); 5] = [
    (1, include_str!("../migrations/0001_start.surql")),
    (2, include_str!("../migrations/0002_judgements.surql")),
    (3, include_str!("../migrations/0003_tag_ids.surql")),
    (4, include_str!("../migrations/0004_open_places.surql")),
    (5, include_str!("../migrations/0005_indexes.surql")),
];

/// The file by which a process claims a directory.
const CLAIM: &str = "in-use";

/// The engine's own threads.
pub(crate) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(ENGINE_THREADS)
        .thread_stack_size(ENGINE_STACK_BYTES)
        .thread_name("asterism-db")
        .enable_all()
        .build()
        .map_err(|e| DbError::Engine(format!("no threads for the database: {e}")))
}

/// Claims the directory of a database on disk for this process. The engine
/// has a lock of its own, but lets go of it at every checkpoint.
pub(crate) fn claim(config: &DbConfig) -> Result<Option<File>> {
    let Some(path) = directory(config) else {
        return Ok(None);
    };
    let failed = |error: std::io::Error| DbError::Unreachable {
        url: config.url.clone(),
        reason: error.to_string(),
    };
    std::fs::create_dir_all(&path).map_err(failed)?;
    let file = File::create(path.join(CLAIM)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(DbError::Locked { path }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Opens the engine and brings the database up to date; returns its epoch too.
pub(crate) async fn engine(config: &DbConfig) -> Result<(Engine, String)> {
    let scheme = config.url.split("://").next().unwrap_or_default();
    let engine = match scheme {
        "mem" | "surrealkv" => embedded(config).await?,
        "ws" => server(config).await?,
        _ => return Err(bad_url(config)),
    };
    for (name, text) in SCHEMA {
        engine
            .run(text, Object::new())
            .await
            .map_err(|e| DbError::Engine(format!("the schema of {name} failed: {e}")))?;
    }
    migrate(&engine).await?;
    let epoch = epoch(&engine).await?;
    Ok((engine, epoch))
}

/// The embedded engine. The SDK's own way of connecting sizes its caches by
/// the machine (half of the memory, and up to 4 GiB of unflushed writes) and
/// takes no word on it; the builder underneath does.
pub(crate) async fn embedded(config: &DbConfig) -> Result<Engine> {
    let limits = ConfigMap::empty()
        // said explicitly: an ack means synced to disk
        .with_key_value("datastore_sync", "every")
        .with_key_value("surrealkv_max_memtable_size", MEMTABLE_BYTES.to_string())
        .with_key_value(
            "surrealkv_block_cache_capacity",
            BLOCK_CACHE_BYTES.to_string(),
        )
        .with_key_value("surrealkv_block_size", BLOCK_BYTES.to_string())
        // large values stay with their rows: one kind of file less to sync
        .with_key_value("surrealkv_enable_vlog", "false");
    let path = directory(config);
    if let Some(path) = &path {
        settle::settle(path).await?;
    }
    let failed = |error: String| match &path {
        Some(path) if DbError::is_lock(&error) => DbError::Locked { path: path.clone() },
        _ => DbError::Unreachable {
            url: config.url.clone(),
            reason: error,
        },
    };
    let datastore = Datastore::builder()
        .with_config(limits)
        .without_maintenance_tasks()
        .build_with_path(address(config).0)
        .await
        .map_err(|e| failed(e.to_string()))?;
    // the order matters: a maintenance write before the version is stamped
    // would make a new store look like one of an older layout
    datastore
        .check_version()
        .await
        .map_err(|e| failed(e.to_string()))?;
    datastore
        .bootstrap()
        .await
        .map_err(|e| failed(e.to_string()))?;
    datastore.start_maintenance_tasks();
    let client =
        Surreal::<local::Db>::unstable_from_datastore(Arc::clone(&datastore), None).await?;
    client
        .use_ns(&config.namespace)
        .use_db(&config.database)
        .await?;
    Ok(Engine::Local { client, datastore })
}

/// The directory of a database on disk.
pub(crate) fn directory(config: &DbConfig) -> Option<PathBuf> {
    let place = address(config).0.strip_prefix("surrealkv://")?;
    Some(PathBuf::from(place))
}

/// Size of the log at which a database on disk flushes, in bytes.
pub(crate) fn checkpoint_bytes(config: &DbConfig) -> u64 {
    let kib = address(config).1.and_then(|option| {
        let kib = option.strip_prefix("checkpoint_kib=")?;
        kib.parse::<u64>().ok()
    });
    kib.map_or(CHECKPOINT_BYTES, |kib| (kib * 1024).min(CHECKPOINT_BYTES))
}

/// The address and what follows its question mark.
fn address(config: &DbConfig) -> (&str, Option<&str>) {
    match config.url.split_once('?') {
        Some((address, option)) => (address, Some(option)),
        None => (&config.url, None),
    }
}

async fn server(config: &DbConfig) -> Result<Engine> {
    let url = Url::parse(&config.url).map_err(|_| bad_url(config))?;
    let host = url.host_str().ok_or_else(|| bad_url(config))?;
    let address = format!("{host}:{}", url.port().unwrap_or(8000));
    // never the url itself: it holds the password
    let unreachable = |error: surrealdb::Error| DbError::Unreachable {
        url: format!("ws://{address}"),
        reason: error.to_string(),
    };
    let client = Surreal::new::<Ws>(address.clone())
        .await
        .map_err(unreachable)?;
    if !url.username().is_empty() {
        client
            .signin(Root {
                username: url.username().to_owned(),
                password: url.password().unwrap_or_default().to_owned(),
            })
            .await
            .map_err(unreachable)?;
    }
    client
        .use_ns(&config.namespace)
        .use_db(&config.database)
        .await
        .map_err(unreachable)?;
    Ok(Engine::Remote(Server::new(client)))
}

fn bad_url(config: &DbConfig) -> DbError {
    let shown = match config.url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => config.url.clone(),
    };
    DbError::BadUrl { url: shown }
}

/// Runs the data moves that this database has not seen. Each runs in a
/// transaction that writes the version row: of two that start together one
/// meets the other, starts over and finds it done.
async fn migrate(engine: &Engine) -> Result<()> {
    #[derive(SurrealValue)]
    struct Version {
        version: i64,
    }
    let known = MIGRATIONS.last().map_or(0, |(n, _)| *n);
    let found = engine
        .run("SELECT version FROM ONLY meta:schema", Object::new())
        .await?
        .one::<Version>(0)?
        .map_or(0, |row| row.version);
    if found > known {
        return Err(DbError::TooNew { found, known });
    }
    for (version, text) in MIGRATIONS {
        if version <= found {
            continue;
        }
        let guarded = format!(
            "BEGIN;\nIF (meta:schema.version ?? 0) < $version {{\n{text}\nUPSERT meta:schema SET version = $version;\n}};\nCOMMIT;"
        );
        engine.run(&guarded, object! { version: version }).await?;
        tracing::info!(version, "database migrated");
    }
    Ok(())
}

/// The name given to this database when it was made.
async fn epoch(engine: &Engine) -> Result<String> {
    #[derive(SurrealValue)]
    struct Epoch {
        epoch: String,
    }
    let proposed = format!("{:016x}", rand::random::<u64>());
    let mut answer = engine
        .run(
            "UPSERT meta:epoch SET epoch = epoch ?? $proposed; SELECT epoch FROM ONLY meta:epoch",
            object! { proposed: proposed },
        )
        .await?;
    answer
        .one::<Epoch>(1)?
        .map(|row| row.epoch)
        .ok_or(DbError::Damaged("the database has no epoch".to_owned()))
}

#[cfg(test)]
mod tests;
