//! Nudity and gore in pictures.

use serde::{Deserialize, Serialize};

/// What the models say of a picture: the whole of it first, then crops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NsfwScores {
    /// At least the whole picture.
    pub regions: Vec<RegionScore>,
}

/// What the models say of one region.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RegionScore {
    /// x, y, width, height, each 0…1 of the picture.
    pub region: [f32; 4],
    /// The first model's probability of "not safe for work".
    pub open_nsfw: f32,
    /// The second model's probabilities: safe, not safe for work, not safe for
    /// life.
    pub second: [f32; 3],
}
