//! What a judgement rests on, in a form that people can check.

use serde::Serialize;

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reason {
    /// What kind of evidence: `model`, `disagreement`, `file`, `measure` …
    pub kind: &'static str,
    /// In plain words, with names and places.
    pub detail: String,
    /// How strong, 0…1, where it has a strength.
    pub score: Option<f32>,
}
