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
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub use lease::Lease;
pub use loadable::{Loadable, Loaded};
pub use status::{EngineStatus, ModelStatus};

use crate::MlError;
use slots::{Arrival, Room, Slots};

/// Where models lie and how much memory they may take together.
#[derive(Debug, Clone, Default)]
pub struct EngineConfig {
    /// Holds one folder per model id.
    pub models_dir: PathBuf,
    /// Bytes; a model that does not fit evicts the longest unused ones.
    pub memory_budget: u64,
    /// Ids that are never evicted once they are loaded.
    pub pinned: Vec<String>,
    /// Folders, below `models_dir`, of models that are not loaded from the
    /// folder named like them; see [`Engine::swap`].
    pub folders: HashMap<String, String>,
}

/// The loader. Cheap to share, safe to use from many threads.
pub struct Engine {
    config: EngineConfig,
    slots: Mutex<Slots>,
    /// Rung when a load ends or a lease is given back.
    changed: Condvar,
}

/// How long a caller waits for memory that models in use take. Far above a
/// forward pass, far below the deadline of a worker.
const LEASE_PATIENCE: Duration = Duration::from_secs(20);

impl Engine {
    /// Loads nothing yet.
    pub fn new(config: EngineConfig) -> Arc<Self> {
        let slots = Slots::new(&config);
        Arc::new(Self {
            config,
            slots: Mutex::new(slots),
            changed: Condvar::new(),
        })
    }

    /// The model `M` in the folder named like it.
    ///
    /// # Errors
    /// As [`Engine::lease_as`].
    pub fn lease<M: Loadable>(self: &Arc<Self>) -> Result<Lease<M>, MlError> {
        self.lease_as(M::ID)
    }

    /// The model of that id, a network of the kind `M`, loaded and warmed up.
    /// Concurrent callers wait for one load; when the budget is taken by models
    /// in use, for one of those.
    ///
    /// # Errors
    /// [`MlError::ModelMissing`] when its files are not there (tried again at
    /// the next call), [`MlError::OverBudget`] when it alone exceeds the
    /// budget, [`MlError::Unavailable`] when models in use leave it no room, or
    /// what its loading said.
    pub fn lease_as<M: Loadable>(self: &Arc<Self>, id: &str) -> Result<Lease<M>, MlError> {
        let usual = if id == M::ID { M::FOLDER } else { id };
        let give_up = Instant::now() + LEASE_PATIENCE;
        let mut slots = self.lock();
        let (dir, folder, evicted) = loop {
            if let Some((model, generation)) = slots.take(id) {
                let Ok(model) = model.downcast::<M>() else {
                    slots.give_back(generation).free();
                    return Err(MlError::BadWeights {
                        model: id.to_owned(),
                        detail: "it is loaded as a network of another kind".into(),
                    });
                };
                return Ok(Lease::new(self.clone(), model, generation));
            }
            if slots.is_loading(id) {
                slots = self.wait(slots, id, give_up)?;
                continue;
            }
            let folder = slots.folder(id, usual).to_owned();
            let dir = self.config.models_dir.join(&folder);
            let room = loadable::bytes_on_disk::<M>(id, &dir)
                .and_then(|bytes| slots.reserve(id, id, bytes));
            match room {
                Ok(Room::Made(evicted)) => break (dir, folder, evicted),
                Ok(Room::Later) => slots = self.wait(slots, id, give_up)?,
                Err(error) => {
                    slots.failed(id, &error);
                    return Err(error);
                }
            }
        };
        drop(slots);
        evicted.free();
        // gives the reservation back when loading fails or panics
        let reservation = Reservation { engine: self, id };
        let loaded = self.load::<M>(id, &dir)?;
        let model = loaded.model.clone();
        let generation = self.lock().insert(id, &folder, loaded.arrival());
        drop(reservation);
        Ok(Lease::new(self.clone(), model, generation))
    }

    /// Makes `folder`, below the models folder, the one that `id` is loaded
    /// from. The new version is loaded and proven by a forward pass first; then
    /// it takes the old one's place at once, while leases on the old one go on
    /// to their end. Where both do not fit the budget, the old one makes room.
    /// Holds for this engine: the next one needs it in
    /// [`EngineConfig::folders`].
    ///
    /// # Errors
    /// As [`Engine::lease_as`]; the old version then stays the one in use.
    pub fn swap<M: Loadable>(self: &Arc<Self>, id: &str, folder: &str) -> Result<(), MlError> {
        let give_up = Instant::now() + LEASE_PATIENCE;
        let dir = self.config.models_dir.join(folder);
        // not the id: callers of the old version must not wait for this load
        let ticket = format!("{id} from {folder}");
        let mut slots = self.lock();
        let evicted = loop {
            if slots.is_loading(&ticket) {
                slots = self.wait(slots, id, give_up)?;
                continue;
            }
            let bytes = loadable::bytes_on_disk::<M>(id, &dir)?;
            match slots.reserve(&ticket, id, bytes)? {
                Room::Made(evicted) => break evicted,
                Room::Later => slots = self.wait(slots, id, give_up)?,
            }
        };
        drop(slots);
        evicted.free();
        let reservation = Reservation {
            engine: self,
            id: &ticket,
        };
        let loaded = self.load::<M>(id, &dir)?;
        let retired = self.lock().replace(id, folder, loaded.arrival());
        retired.free();
        drop(reservation);
        tracing::info!(model = id, folder, "model version switched");
        Ok(())
    }

    /// What is loaded, how big it is and how it is used.
    pub fn status(&self) -> EngineStatus {
        self.lock().status()
    }

    /// Unloads that model, unless it is in use; says whether it did.
    pub fn unload_model(&self, id: &str) -> bool {
        self.unload(|slots| slots.evict(id)) > 0
    }

    /// Unloads every model that is not in use, pinned ones too, and says how
    /// many bytes went.
    pub fn unload_idle(&self) -> u64 {
        self.unload(|slots| slots.evict_idle(Duration::ZERO, true))
    }

    /// Unloads models that nobody used for so long, but for pinned ones, and
    /// says how many bytes went.
    pub fn unload_unused(&self, ttl: Duration) -> u64 {
        self.unload(|slots| slots.evict_idle(ttl, false))
    }

    fn unload(&self, evict: impl FnOnce(&mut Slots) -> slots::Evicted) -> u64 {
        let freed = evict(&mut self.lock()).free();
        if freed > 0 {
            self.changed.notify_all();
        }
        freed
    }

    fn load<M: Loadable>(&self, id: &str, dir: &Path) -> Result<Fresh<M>, MlError> {
        let outcome = load_and_warm_up::<M>(dir);
        match &outcome {
            Ok(fresh) => tracing::info!(
                model = id,
                bytes = fresh.bytes,
                load_ms = fresh.load.as_millis() as u64,
                warm_up_ms = fresh.warm_up.as_millis() as u64,
                "model loaded"
            ),
            Err(error) => {
                tracing::warn!(model = id, %error, "model not loaded");
                self.lock().failed(id, error);
            }
        }
        outcome
    }

    fn give_back(&self, generation: u64) {
        let retired = self.lock().give_back(generation);
        retired.free();
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Slots> {
        // every change under the lock is complete before anything can panic
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(
        &self,
        slots: MutexGuard<'a, Slots>,
        id: &str,
        give_up: Instant,
    ) -> Result<MutexGuard<'a, Slots>, MlError> {
        let left = give_up.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(MlError::Unavailable(format!(
                "models in use leave no memory for {id}"
            )));
        }
        let woken = self.changed.wait_timeout(slots, left);
        Ok(woken.unwrap_or_else(PoisonError::into_inner).0)
    }
}

/// A model that has just been loaded and has answered once.
struct Fresh<M> {
    model: Arc<M>,
    bytes: u64,
    load: Duration,
    warm_up: Duration,
}

impl<M: Loadable> Fresh<M> {
    fn arrival(&self) -> Arrival {
        let model: Arc<dyn Any + Send + Sync> = self.model.clone();
        Arrival {
            model,
            bytes: self.bytes,
            load: self.load,
            warm_up: self.warm_up,
        }
    }
}

fn load_and_warm_up<M: Loadable>(dir: &Path) -> Result<Fresh<M>, MlError> {
    let started = Instant::now();
    let loaded = M::load(dir)?;
    let load = started.elapsed();
    let started = Instant::now();
    loaded.model.warm_up()?;
    Ok(Fresh {
        model: Arc::new(loaded.model),
        bytes: loaded.bytes,
        load,
        warm_up: started.elapsed(),
    })
}

struct Reservation<'a> {
    engine: &'a Engine,
    id: &'a str,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.engine.lock().end_reservation(self.id);
        self.engine.changed.notify_all();
    }
}

#[cfg(test)]
mod tests;
