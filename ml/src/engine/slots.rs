use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::{EngineStatus, ModelStatus};

type Model = Arc<dyn Any + Send + Sync>;

/// What is loaded and what is being loaded, under the engine's lock.
#[derive(Default)]
pub(super) struct Slots {
    loaded: HashMap<&'static str, Slot>,
    /// Bytes set aside for models on their way in.
    loading: HashMap<&'static str, u64>,
    /// Counts uses, so that the least recent one is known.
    clock: u64,
    evictions: u64,
}

struct Slot {
    model: Model,
    bytes: u64,
    load: Duration,
    warm_up: Duration,
    leases: usize,
    hits: u64,
    used: u64,
}

/// Whether a model may come in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Its bytes are set aside; others may have been evicted for it.
    Made,
    /// Once a lease is given back.
    Later,
    /// It alone exceeds the budget.
    Never,
}

impl Slots {
    /// A loaded model, counted as in use.
    pub fn take(&mut self, id: &str) -> Option<Model> {
        self.clock += 1;
        let slot = self.loaded.get_mut(id)?;
        slot.used = self.clock;
        slot.hits += 1;
        slot.leases += 1;
        Some(slot.model.clone())
    }

    pub fn is_loading(&self, id: &str) -> bool {
        self.loading.contains_key(id)
    }

    /// Sets `bytes` aside, evicting idle models, the longest unused first.
    /// Nothing is evicted unless that makes enough room.
    pub fn reserve(&mut self, id: &'static str, bytes: u64, budget: u64) -> Room {
        if bytes > budget {
            return Room::Never;
        }
        let taken = self.resident() + self.loading.values().sum::<u64>();
        let mut missing = (taken + bytes).saturating_sub(budget);
        let mut idle: Vec<_> = self
            .loaded
            .iter()
            .filter(|(_, slot)| slot.leases == 0)
            .map(|(&id, slot)| (slot.used, id, slot.bytes))
            .collect();
        if idle.iter().map(|(_, _, bytes)| bytes).sum::<u64>() < missing {
            return Room::Later;
        }
        idle.sort_unstable();
        for (_, other, freed) in idle {
            if missing == 0 {
                break;
            }
            self.loaded.remove(other);
            self.evictions += 1;
            missing = missing.saturating_sub(freed);
            tracing::info!(model = other, bytes = freed, "model unloaded");
        }
        self.loading.insert(id, bytes);
        Room::Made
    }

    pub fn end_reservation(&mut self, id: &str) {
        self.loading.remove(id);
    }

    /// A model that has just been loaded, counted as in use by its loader.
    pub fn insert(
        &mut self,
        id: &'static str,
        model: Model,
        bytes: u64,
        load: Duration,
        warm_up: Duration,
    ) {
        self.clock += 1;
        self.loading.remove(id);
        let slot = Slot {
            model,
            bytes,
            load,
            warm_up,
            leases: 1,
            hits: 0,
            used: self.clock,
        };
        self.loaded.insert(id, slot);
    }

    pub fn give_back(&mut self, id: &str) {
        if let Some(slot) = self.loaded.get_mut(id) {
            slot.leases = slot.leases.saturating_sub(1);
        }
    }

    pub fn evict_idle(&mut self) -> u64 {
        let before = self.resident();
        self.loaded.retain(|_, slot| slot.leases > 0);
        before - self.resident()
    }

    fn resident(&self) -> u64 {
        self.loaded.values().map(|slot| slot.bytes).sum()
    }

    pub fn status(&self, budget: u64) -> EngineStatus {
        let mut models: Vec<_> = self
            .loaded
            .iter()
            .map(|(&id, slot)| ModelStatus {
                id: id.to_owned(),
                bytes: slot.bytes,
                load_ms: slot.load.as_millis() as u64,
                warm_up_ms: slot.warm_up.as_millis() as u64,
                hits: slot.hits,
                in_use: slot.leases,
            })
            .collect();
        models.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        EngineStatus {
            budget,
            resident_bytes: self.resident(),
            evictions: self.evictions,
            models,
        }
    }
}
