use std::any::Any;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{EngineConfig, EngineStatus, ModelStatus};
use crate::{MlError, memory};

type Model = Arc<dyn Any + Send + Sync>;

/// What is loaded and what is being loaded, under the engine's lock.
pub(super) struct Slots {
    budget: u64,
    pinned: HashSet<String>,
    /// Where models are loaded from that have a folder of another name.
    folders: HashMap<String, String>,
    loaded: HashMap<String, Slot>,
    /// Versions that were replaced while somebody used them.
    retired: Vec<Slot>,
    /// Bytes set aside for models on their way in.
    loading: HashMap<String, u64>,
    records: BTreeMap<String, Record>,
    /// Counts uses, so that the least recent one is known, and loads.
    clock: u64,
    evictions: u64,
    expiries: u64,
}

/// A model on its way in.
pub(super) struct Arrival {
    pub model: Model,
    pub bytes: u64,
    pub load: Duration,
    pub warm_up: Duration,
}

struct Slot {
    generation: u64,
    model: Model,
    bytes: u64,
    leases: usize,
    used: u64,
    used_at: Instant,
}

/// What is remembered of a model while it is not loaded.
#[derive(Default)]
struct Record {
    load: Duration,
    warm_up: Duration,
    loads: u64,
    hits: u64,
    used_at: Option<Instant>,
    last_error: Option<String>,
}

/// Whether a model may come in.
pub(super) enum Room {
    /// Its bytes are set aside; these had to go for it.
    Made(Evicted),
    /// Once a lease is given back.
    Later,
}

/// Models that are no longer loaded, to be dropped outside the lock.
#[must_use]
#[derive(Default)]
pub(super) struct Evicted(Vec<Slot>);

impl Evicted {
    /// Drops them, hands their memory back, and says how much that is.
    pub fn free(self) -> u64 {
        let bytes = self.0.iter().map(|slot| slot.bytes).sum();
        if !self.0.is_empty() {
            drop(self);
            memory::trim();
        }
        bytes
    }
}

impl Slots {
    pub fn new(config: &EngineConfig) -> Self {
        Self {
            budget: config.memory_budget,
            pinned: config.pinned.iter().cloned().collect(),
            folders: config.folders.clone(),
            loaded: HashMap::new(),
            retired: Vec::new(),
            loading: HashMap::new(),
            records: BTreeMap::new(),
            clock: 0,
            evictions: 0,
            expiries: 0,
        }
    }

    /// The folder that a model is loaded from; `usual` unless it was swapped.
    pub fn folder<'a>(&'a self, id: &str, usual: &'a str) -> &'a str {
        self.folders.get(id).map_or(usual, String::as_str)
    }

    /// Takes out one model, unless it is in use.
    pub fn evict(&mut self, id: &str) -> Evicted {
        let idle = self.loaded.get(id).is_some_and(|slot| slot.leases == 0);
        let slot = idle.then(|| self.loaded.remove(id)).flatten();
        Evicted(slot.into_iter().collect())
    }

    /// A loaded model, counted as in use, and which load it came from.
    pub fn take(&mut self, id: &str) -> Option<(Model, u64)> {
        let slot = self.loaded.get_mut(id)?;
        self.clock += 1;
        slot.used = self.clock;
        slot.used_at = Instant::now();
        slot.leases += 1;
        self.records.entry(id.to_owned()).or_default().hits += 1;
        Some((slot.model.clone(), slot.generation))
    }

    pub fn is_loading(&self, ticket: &str) -> bool {
        self.loading.contains_key(ticket)
    }

    /// Sets `bytes` aside under `ticket`, evicting idle models, the longest
    /// unused first. Nothing is evicted unless that makes enough room. The
    /// model `id` itself, which this is a version of, may go although pinned.
    ///
    /// # Errors
    /// `OverBudget` when it can never come in.
    pub fn reserve(&mut self, ticket: &str, id: &str, bytes: u64) -> Result<Room, MlError> {
        let stays = |other: &str| other != id && self.pinned.contains(other);
        let pinned = self.loaded.iter().filter(|(other, _)| stays(other));
        let pinned: u64 = pinned.map(|(_, slot)| slot.bytes).sum();
        if bytes.saturating_add(pinned) > self.budget {
            return Err(MlError::OverBudget {
                model: id.to_owned(),
                needed: bytes,
                budget: self.budget.saturating_sub(pinned),
            });
        }
        let taken = self.resident() + self.loading.values().sum::<u64>();
        let mut missing = (taken + bytes).saturating_sub(self.budget);
        let mut idle: Vec<_> = self
            .loaded
            .iter()
            .filter(|(other, slot)| slot.leases == 0 && !stays(other))
            .map(|(other, slot)| (slot.used, other.clone(), slot.bytes))
            .collect();
        if idle.iter().map(|(_, _, bytes)| bytes).sum::<u64>() < missing {
            return Ok(Room::Later);
        }
        idle.sort_unstable();
        let mut evicted = Evicted::default();
        for (_, other, freed) in idle {
            if missing == 0 {
                break;
            }
            evicted.0.extend(self.loaded.remove(&other));
            self.evictions += 1;
            missing = missing.saturating_sub(freed);
            tracing::info!(model = other, bytes = freed, "model unloaded to make room");
        }
        self.loading.insert(ticket.to_owned(), bytes);
        Ok(Room::Made(evicted))
    }

    pub fn end_reservation(&mut self, ticket: &str) {
        self.loading.remove(ticket);
    }

    /// A model that has just been loaded from `folder`, counted as in use by
    /// its loader. If another version took its place meanwhile, it lives only
    /// as long as that use.
    pub fn insert(&mut self, id: &str, folder: &str, arrival: Arrival) -> u64 {
        self.loading.remove(id);
        let swapped = self.folders.get(id).is_some_and(|now| now != folder);
        let current = !swapped && !self.loaded.contains_key(id);
        let mut slot = self.slot(id, arrival);
        slot.leases = 1;
        let generation = slot.generation;
        if current {
            self.loaded.insert(id.to_owned(), slot);
        } else {
            self.retired.push(slot);
        }
        generation
    }

    /// The version that takes the place of the one in use, if any.
    pub fn replace(&mut self, id: &str, folder: &str, arrival: Arrival) -> Evicted {
        self.folders.insert(id.to_owned(), folder.to_owned());
        let slot = self.slot(id, arrival);
        let mut evicted = Evicted::default();
        match self.loaded.insert(id.to_owned(), slot) {
            Some(old) if old.leases > 0 => self.retired.push(old),
            old => evicted.0.extend(old),
        }
        evicted
    }

    fn slot(&mut self, id: &str, arrival: Arrival) -> Slot {
        self.clock += 1;
        let now = Instant::now();
        let record = self.records.entry(id.to_owned()).or_default();
        record.loads += 1;
        record.load = arrival.load;
        record.warm_up = arrival.warm_up;
        record.used_at = Some(now);
        record.last_error = None;
        Slot {
            generation: self.clock,
            model: arrival.model,
            bytes: arrival.bytes,
            leases: 0,
            used: self.clock,
            used_at: now,
        }
    }

    pub fn failed(&mut self, id: &str, error: &MlError) {
        self.records.entry(id.to_owned()).or_default().last_error = Some(error.to_string());
    }

    /// Ends one use of the model that came from that load.
    pub fn give_back(&mut self, generation: u64) -> Evicted {
        let mut evicted = Evicted::default();
        let loaded = self.loaded.iter_mut();
        if let Some((id, slot)) = loaded.into_iter().find(|(_, s)| s.generation == generation) {
            slot.leases = slot.leases.saturating_sub(1);
            slot.used_at = Instant::now();
            self.records.entry(id.clone()).or_default().used_at = Some(slot.used_at);
        } else if let Some(at) = self.retired.iter().position(|s| s.generation == generation) {
            self.retired[at].leases = self.retired[at].leases.saturating_sub(1);
            if self.retired[at].leases == 0 {
                evicted.0.push(self.retired.swap_remove(at));
            }
        }
        evicted
    }

    /// Takes out what nobody used for `ttl`.
    pub fn evict_idle(&mut self, ttl: Duration, pinned_too: bool) -> Evicted {
        let idle: Vec<String> = self
            .loaded
            .iter()
            .filter(|(_, slot)| slot.leases == 0 && slot.used_at.elapsed() >= ttl)
            .filter(|(id, _)| pinned_too || !self.pinned.contains(*id))
            .map(|(id, _)| id.clone())
            .collect();
        let mut evicted = Evicted::default();
        for id in idle {
            tracing::info!(model = id, "model unloaded, nobody used it");
            self.expiries += 1;
            evicted.0.extend(self.loaded.remove(&id));
        }
        evicted
    }

    fn resident(&self) -> u64 {
        let slots = self.loaded.values().chain(&self.retired);
        slots.map(|slot| slot.bytes).sum()
    }

    pub fn status(&self) -> EngineStatus {
        let model = |(id, record): (&String, &Record)| {
            let slot = self.loaded.get(id);
            ModelStatus {
                folder: self.folder(id, id).to_owned(),
                loaded: slot.is_some(),
                pinned: self.pinned.contains(id),
                bytes: slot.map_or(0, |slot| slot.bytes),
                loads: record.loads,
                hits: record.hits,
                in_use: slot.map_or(0, |slot| slot.leases),
                load_ms: record.load.as_millis() as u64,
                warm_up_ms: record.warm_up.as_millis() as u64,
                idle_s: record.used_at.map(|at| at.elapsed().as_secs()),
                last_error: record.last_error.clone(),
                id: id.clone(),
            }
        };
        EngineStatus {
            budget: self.budget,
            resident_bytes: self.resident(),
            evictions: self.evictions,
            expiries: self.expiries,
            models: self.records.iter().map(model).collect(),
        }
    }
}
