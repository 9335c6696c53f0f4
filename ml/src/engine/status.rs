use serde::{Deserialize, Serialize};

/// What the loader holds.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EngineStatus {
    /// Bytes that models may take together.
    pub budget: u64,
    /// Bytes that the loaded models take, versions on their way out included.
    pub resident_bytes: u64,
    /// Models unloaded to make room, since the start.
    pub evictions: u64,
    /// Models unloaded because nobody used them, since the start.
    pub expiries: u64,
    /// Every model that was asked for since the start, by id.
    pub models: Vec<ModelStatus>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelStatus {
    /// Its id.
    pub id: String,
    /// The folder that it is loaded from.
    pub folder: String,
    /// Whether it is loaded.
    pub loaded: bool,
    /// Whether it is never evicted.
    pub pinned: bool,
    /// Bytes that it keeps resident; 0 when it is not loaded.
    pub bytes: u64,
    /// Times that it was loaded, since the start.
    pub loads: u64,
    /// Uses after those that loaded it, since the start.
    pub hits: u64,
    /// Uses in progress.
    pub in_use: usize,
    /// Time to map and prepare its weights, the last time.
    pub load_ms: u64,
    /// Time of the first forward pass, the last time.
    pub warm_up_ms: u64,
    /// Since it was last used; none when it never was.
    pub idle_s: Option<u64>,
    /// What the last load said, where it failed and none succeeded since.
    pub last_error: Option<String>,
}
