//! The handle to the database: its engine, its threads, and the one way to
//! read and the one way to write.

pub(crate) mod remote;

use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use surrealdb::engine::local;
use surrealdb::method::Transaction;
use surrealdb::types::{Object, SurrealValue, ToSql, Value};
use surrealdb::{IndexedResults, Surreal};
use tokio::runtime::Runtime;
use tokio::sync::{Mutex, RwLock, RwLockReadGuard, watch};

use crate::error::{DbError, Result};
use crate::limits::{WRITE_PAUSE_MAX_MS, WRITE_PAUSE_MS, WRITE_TRIES};
use crate::plans::{self, Explained};
use crate::{DbConfig, checkpoint, open};

/// The database. Cheap to clone; every clone is the same database. Methods
/// can be awaited from any runtime: the engine works on threads of its own.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) config: DbConfig,
    /// Shared by those who use it, held alone while it is closed or replaced.
    engine: RwLock<Option<Engine>>,
    epoch: String,
    pub(crate) commits: watch::Sender<u64>,
    closed: AtomicBool,
    /// Leasing goes one by one within a node: all leasers want the same rows.
    leasing: Mutex<()>,
    /// The directory is this process's own for as long as this is held.
    claim: std::sync::Mutex<Option<File>>,
    /// Taken when the last handle goes.
    runtime: Option<Runtime>,
}

/// The engine behind the handle: embedded, or a server over the network.
pub(crate) enum Engine {
    Local {
        client: Surreal<local::Db>,
        datastore: Arc<surrealdb_engine_local::Datastore>,
    },
    Remote(remote::Server),
}

impl Drop for Inner {
    /// Lets the engine go in its own time: this may run where waiting is not
    /// allowed. Whoever wants to wait calls [`Db::close`].
    fn drop(&mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        let claim = std::mem::take(&mut self.claim);
        match self.engine.get_mut().take() {
            Some(engine) => {
                std::thread::spawn(move || {
                    if let Err(error) = runtime.block_on(engine.close()) {
                        tracing::warn!(%error, "the database did not close cleanly");
                    }
                    runtime.shutdown_background();
                    drop(claim);
                });
            }
            None => runtime.shutdown_background(),
        }
    }
}

impl Inner {
    /// Closes the engine, which flushes it, and opens it again.
    pub(crate) async fn checkpoint(&self) -> Result<()> {
        let mut engine = self.engine.write().await;
        if self.closed.load(Ordering::Acquire) {
            return Ok(());
        }
        if let Some(engine) = engine.take() {
            engine.close().await?;
        }
        *engine = Some(open::embedded(&self.config).await?);
        tracing::debug!("checkpoint made");
        Ok(())
    }

    /// The engine, to be used and let go. One that did not come back from a
    /// checkpoint is opened by the first who needs it.
    async fn engine(&self) -> Result<RwLockReadGuard<'_, Engine>> {
        loop {
            let guard = self.engine.read().await;
            if self.closed.load(Ordering::Acquire) {
                return Err(DbError::Closed);
            }
            if let Ok(engine) = RwLockReadGuard::try_map(guard, Option::as_ref) {
                return Ok(engine);
            }
            self.checkpoint().await?;
        }
    }
}

impl Db {
    /// Opens the database, makes it when it is new, and brings its schema up
    /// to date. Commits are synced to disk before they are answered.
    pub async fn open(config: DbConfig) -> Result<Self> {
        let claim = open::claim(&config)?;
        let runtime = open::runtime()?;
        let address = config.clone();
        let opened = runtime
            .spawn(async move { open::engine(&address).await })
            .await;
        let (engine, epoch) = match opened {
            Ok(Ok(opened)) => opened,
            failed => {
                runtime.shutdown_background();
                return Err(failed.map_or(DbError::Closed, |f| f.err().unwrap_or(DbError::Closed)));
            }
        };
        let inner = Arc::new(Inner {
            config,
            engine: RwLock::new(Some(engine)),
            epoch,
            commits: watch::Sender::new(0),
            closed: AtomicBool::new(false),
            leasing: Mutex::new(()),
            claim: std::sync::Mutex::new(claim),
            runtime: Some(runtime),
        });
        let keeper = checkpoint::keep(Arc::downgrade(&inner));
        if let Some(runtime) = &inner.runtime {
            runtime.spawn(keeper);
        }
        Ok(Self { inner })
    }

    /// Does the database live in this process, and in no other?
    pub fn is_embedded(&self) -> bool {
        !self.inner.config.url.starts_with("ws")
    }

    /// Does it answer?
    pub async fn ping(&self) -> Result<()> {
        let mut answer = self.read("RETURN 1", Object::new()).await?;
        match answer.one::<i64>(0)? {
            Some(1) => Ok(()),
            _ => Err(DbError::Engine("it answers nonsense".to_owned())),
        }
    }

    /// A random name that this database was given when it was made: offsets
    /// are only comparable under the same one.
    pub fn epoch(&self) -> &str {
        &self.inner.epoch
    }

    /// Counts the commits made through this handle: whoever waits for work or
    /// events is woken by it. Commits of other nodes are not seen.
    pub fn subscribe_commits(&self) -> watch::Receiver<u64> {
        self.inner.commits.subscribe()
    }

    /// Flushes and closes the database. Later calls fail.
    pub async fn close(&self) -> Result<()> {
        let db = self.clone();
        self.spawn(async move {
            let mut engine = db.inner.engine.write().await;
            db.inner.closed.store(true, Ordering::Release);
            let closed = match engine.take() {
                Some(engine) => engine.close().await,
                None => Ok(()),
            };
            if let Ok(mut claim) = db.inner.claim.lock() {
                claim.take();
            }
            closed
        })
        .await
    }

    /// Runs one reading query of one or more statements.
    pub(crate) async fn read(&self, query: impl Into<String>, vars: Object) -> Result<Answer> {
        let (db, query) = (self.clone(), query.into());
        self.spawn(async move { db.inner.engine().await?.query(&query, vars).await })
            .await
    }

    /// Runs `work` as one transaction. When it meets another transaction, all
    /// of it is run again after a pause, a bounded number of times; when it
    /// fails otherwise, nothing is written.
    pub(crate) async fn write<T, F>(&self, what: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'a> Fn(&'a Tx) -> BoxFuture<'a, Result<T>> + Send + Sync + 'static,
    {
        let db = self.clone();
        self.spawn(async move {
            for attempt in 0..WRITE_TRIES {
                match db.attempt(&work).await {
                    Err(error) if error.is_conflict() => {
                        tracing::debug!(what, attempt, "transaction met another");
                        tokio::time::sleep(pause(attempt)).await;
                    }
                    done => return done,
                }
            }
            Err(DbError::Contended {
                what,
                tries: WRITE_TRIES,
            })
        })
        .await
    }

    /// Held while jobs are being picked.
    pub(crate) fn leasing(&self) -> &Mutex<()> {
        &self.inner.leasing
    }

    async fn attempt<T, F>(&self, work: &F) -> Result<T>
    where
        F: for<'a> Fn(&'a Tx) -> BoxFuture<'a, Result<T>> + Send + Sync,
    {
        // held to the end: no checkpoint cuts a transaction
        let engine = self.inner.engine().await?;
        let tx = engine.begin().await?;
        match work(&tx).await {
            Ok(done) => {
                tx.commit().await?;
                self.inner.commits.send_modify(|n| *n += 1);
                Ok(done)
            }
            Err(error) => {
                // the first error is the one worth telling
                if let Err(second) = tx.cancel().await {
                    tracing::debug!(error = %second, "transaction was over already");
                }
                Err(error)
            }
        }
    }

    /// Runs on the engine's own threads, to the end even if the caller leaves.
    async fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        if self.inner.closed.load(Ordering::Acquire) {
            return Err(DbError::Closed);
        }
        let runtime = self.inner.runtime.as_ref().ok_or(DbError::Closed)?;
        runtime
            .spawn(work)
            .await
            .map_err(|e| DbError::Engine(format!("a database task ended early: {e}")))?
    }
}

/// Pause before the next run: doubling, capped, and spread by chance so that
/// those who met do not meet again.
fn pause(attempt: u32) -> Duration {
    let ceiling = (WRITE_PAUSE_MS << attempt.min(10)).min(WRITE_PAUSE_MAX_MS);
    Duration::from_micros(rand::random_range(500..=ceiling * 1_000))
}

impl Engine {
    async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Engine::Local { client, .. } => Tx::Local(client.clone().begin().await?),
            Engine::Remote(server) => Tx::Remote(server.begin().await?),
        })
    }

    /// Runs a query that may be repeated, for setting up: again when another
    /// node sets up at the same moment.
    pub(crate) async fn run(&self, query: &str, vars: Object) -> Result<Answer> {
        let mut attempt = 0;
        loop {
            match self.query(query, vars.clone()).await {
                Err(error) if error.is_conflict() && attempt < WRITE_TRIES => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                done => return done,
            }
        }
    }

    /// Flushes and closes it.
    async fn close(self) -> Result<()> {
        match self {
            Engine::Local { client, datastore } => {
                drop(client);
                let closed = datastore.shutdown().await;
                closed.map_err(|e| DbError::Engine(e.to_string()))
            }
            Engine::Remote(_) => Ok(()),
        }
    }

    async fn query(&self, query: &str, vars: Object) -> Result<Answer> {
        if plans::wanted() {
            for explained in plans::explained(query) {
                self.ask(&explained.query, vars.clone())
                    .await
                    .and_then(|answer| answer.explain(&explained))?;
            }
        }
        self.ask(query, vars).await
    }

    async fn ask(&self, query: &str, vars: Object) -> Result<Answer> {
        let results = match self {
            Engine::Local { client, .. } => client.query(query).bind(vars).await?,
            Engine::Remote(server) => server.client.query(query).bind(vars).await?,
        };
        Ok(Answer(results.check()?))
    }
}

/// An open transaction: it sees one state of the database and its own writes.
pub(crate) enum Tx {
    Local(Transaction<local::Db>),
    Remote(remote::Open),
}

impl Tx {
    pub(crate) async fn run(&self, query: impl AsRef<str>, vars: Object) -> Result<Answer> {
        let query = query.as_ref();
        if plans::wanted() {
            for explained in plans::explained(query) {
                self.ask(&explained.query, vars.clone())
                    .await
                    .and_then(|answer| answer.explain(&explained))?;
            }
        }
        self.ask(query, vars).await
    }

    async fn ask(&self, query: &str, vars: Object) -> Result<Answer> {
        let results = match self {
            Tx::Local(tx) => tx.query(query).bind(vars).await?,
            Tx::Remote(open) => open.tx.query(query).bind(vars).await?,
        };
        Ok(Answer(results.check()?))
    }

    async fn commit(self) -> Result<()> {
        match self {
            Tx::Local(tx) => tx.commit().await.map(drop)?,
            Tx::Remote(open) => open.commit().await?,
        }
        Ok(())
    }

    async fn cancel(self) -> Result<()> {
        match self {
            Tx::Local(tx) => tx.cancel().await.map(drop)?,
            Tx::Remote(open) => open.cancel().await?,
        }
        Ok(())
    }
}

/// What a query's statements returned.
pub(crate) struct Answer(IndexedResults);

impl Answer {
    /// Tells the plan that this is the answer to.
    fn explain(mut self, explained: &Explained) -> Result<()> {
        let plan = self.0.take::<Value>(explained.at)?;
        plans::tell(&explained.statement, &plan.to_sql());
        Ok(())
    }

    /// The rows of one statement.
    pub(crate) fn all<T: SurrealValue>(&mut self, statement: usize) -> Result<Vec<T>> {
        Ok(self.0.take::<Vec<T>>(statement)?)
    }

    /// The only row of one statement.
    pub(crate) fn one<T: SurrealValue>(&mut self, statement: usize) -> Result<Option<T>> {
        Ok(self.0.take::<Option<T>>(statement)?)
    }
}
