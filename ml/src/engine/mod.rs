//! Loads models on first use, once for all workers, within a byte budget.
//!
//! A model is anything that implements [`Loadable`]; the engine knows nothing
//! else about it. Weights are mapped read-only, so what an unloaded model held
//! goes back to the system at once.

mod lease;
mod loadable;
mod slots;
mod status;

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use lease::Lease;
pub use loadable::{Loadable, Loaded};
pub use status::{EngineStatus, ModelStatus};

use crate::MlError;
use slots::{Room, Slots};

/// Where models lie and how much memory they may take together.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// Holds one folder per model id.
    pub models_dir: PathBuf,
    /// Bytes; a model that does not fit evicts the longest unused ones.
    pub memory_budget: u64,
}

/// The loader. Cheap to share, safe to use from many threads.
pub struct Engine {
    config: EngineConfig,
    slots: Mutex<Slots>,
    /// Rung when a load ends or a lease is given back.
    changed: Condvar,
}

impl Engine {
    /// Loads nothing yet.
    pub fn new(config: EngineConfig) -> Arc<Self> {
        Arc::new(Self {
            config,
            slots: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    /// The model `M`, loaded and warmed up. Concurrent callers wait for one
    /// load; when the budget is taken by models in use, for one of those.
    ///
    /// # Errors
    /// [`MlError::ModelMissing`] when its files are not there (tried again at
    /// the next call), [`MlError::OverBudget`] when it alone exceeds the
    /// budget, or what its loading said.
    pub fn lease<M: Loadable>(self: &Arc<Self>) -> Result<Lease<M>, MlError> {
        let dir = self.config.models_dir.join(M::ID);
        let mut slots = self.lock();
        loop {
            if let Some(model) = slots.take(M::ID) {
                let model = model.downcast::<M>().expect("an id names one type");
                return Ok(Lease::new(self.clone(), model));
            }
            if slots.is_loading(M::ID) {
                slots = self.wait(slots);
                continue;
            }
            let bytes = loadable::bytes_on_disk::<M>(&dir)?;
            match slots.reserve(M::ID, bytes, self.config.memory_budget) {
                Room::Made => break,
                Room::Never => {
                    return Err(MlError::OverBudget {
                        model: M::ID.to_owned(),
                        needed: bytes,
                        budget: self.config.memory_budget,
                    });
                }
                Room::Later => slots = self.wait(slots),
            }
        }
        drop(slots);
        self.load::<M>(&dir)
    }

    /// What is loaded, how big it is and how it is used.
    pub fn status(&self) -> EngineStatus {
        self.lock().status(self.config.memory_budget)
    }

    /// Unloads every model that is not in use, and says how many bytes went.
    pub fn unload_idle(&self) -> u64 {
        let freed = self.lock().evict_idle();
        self.changed.notify_all();
        freed
    }

    fn load<M: Loadable>(self: &Arc<Self>, dir: &std::path::Path) -> Result<Lease<M>, MlError> {
        // gives the reservation back when loading fails or panics
        let reservation = Reservation {
            engine: self,
            id: M::ID,
        };
        let started = Instant::now();
        let loaded = M::load(dir)?;
        let load = started.elapsed();
        let started = Instant::now();
        loaded.model.warm_up()?;
        let warm_up = started.elapsed();
        tracing::info!(
            model = M::ID,
            bytes = loaded.bytes,
            load_ms = load.as_millis() as u64,
            warm_up_ms = warm_up.as_millis() as u64,
            "model loaded"
        );
        let model = Arc::new(loaded.model);
        let erased: Arc<dyn Any + Send + Sync> = model.clone();
        self.lock()
            .insert(M::ID, erased, loaded.bytes, load, warm_up);
        drop(reservation);
        Ok(Lease::new(self.clone(), model))
    }

    fn give_back(&self, id: &str) {
        self.lock().give_back(id);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        // every change under the lock is complete before anything can panic
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, slots: MutexGuard<'a, Slots>) -> MutexGuard<'a, Slots> {
        self.changed
            .wait(slots)
            .unwrap_or_else(PoisonError::into_inner)
    }
}

struct Reservation<'a> {
    engine: &'a Engine,
    id: &'static str,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.engine.lock().end_reservation(self.id);
        self.engine.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
