use serde::{Deserialize, Serialize};

/// What the loader holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EngineStatus {
    /// Bytes that models may take together.
    pub budget: u64,
    /// Bytes that the loaded models take.
    pub resident_bytes: u64,
    /// Models unloaded to make room, since the start.
    pub evictions: u64,
    /// The loaded models, by id.
    pub models: Vec<ModelStatus>,
}

/// One loaded model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// Its id.
    pub id: String,
    /// Bytes that it keeps resident.
    pub bytes: u64,
    /// Time to map and prepare its weights.
    pub load_ms: u64,
    /// Time of the first forward pass.
    pub warm_up_ms: u64,
    /// Uses after the one that loaded it.
    pub hits: u64,
    /// Uses in progress.
    pub in_use: usize,
}
