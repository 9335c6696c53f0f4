//! Stored vectors, from which the nearest-neighbour index is derived.

use protocol::element::Visibility;
use protocol::{ElementId, UserId};

use crate::{Db, Result};

/// A stored vector with what is needed to filter by.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddingRow {
    pub element: ElementId,
    pub owner: UserId,
    pub visibility: Visibility,
    pub vector: Vec<f32>,
}

impl Db {
    pub async fn embeddings(
        &self,
        _space: &str,
        _after: Option<ElementId>,
        _limit: usize,
    ) -> Result<Vec<EmbeddingRow>> {
        todo!()
    }
    pub async fn embeddings_of(&self, _id: &ElementId) -> Result<Vec<(String, Vec<f32>)>> {
        todo!()
    }
}
