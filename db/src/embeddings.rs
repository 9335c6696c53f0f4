//! Stored vectors, from which the nearest-neighbour index is derived.

use protocol::ElementId;
use surrealdb::types::{Array, Bytes, Object, RecordId, SurrealValue, object};

use crate::elements::viewer::there;
use crate::error::{DbError, Result};
use crate::jobs::NewEmbedding;
use crate::limits::READ_MAX;
use crate::row;
use crate::store::{Db, Tx};

/// A stored vector of one space.
#[derive(Debug, Clone, PartialEq)]
pub struct EmbeddingRow {
    pub element: ElementId,
    pub vector: Vec<f32>,
}

/// A stored vector of any space.
#[derive(Debug, Clone, PartialEq)]
pub struct VectorRow {
    pub element: ElementId,
    pub space: String,
    pub vector: Vec<f32>,
}

impl Db {
    /// Vectors of a space in order of element, from after `after`: call again
    /// with the last element until fewer than `limit` come. Who may see them
    /// stands elsewhere: see [`Db::facts`].
    pub async fn embeddings(
        &self,
        space: &str,
        after: Option<ElementId>,
        limit: usize,
    ) -> Result<Vec<EmbeddingRow>> {
        let vars = object! {
            space: space.to_owned(),
            beyond: after.map(|id| id.to_string()).unwrap_or_default(),
            count: row::int(limit.clamp(1, READ_MAX)),
        };
        // one range of one index: the cost is the page's
        let query = format!(
            "SELECT key, vector FROM embedding WHERE space = $space AND key > $beyond \
             AND {} ORDER BY key LIMIT $count",
            there("element")
        );
        self.read(query, vars)
            .await?
            .all::<SpaceRow>(0)?
            .into_iter()
            .map(|row| {
                Ok(EmbeddingRow {
                    element: row::parse(&row.key)?,
                    vector: vector(&row.vector)?,
                })
            })
            .collect()
    }

    /// Vectors of all spaces in order of element, from after `after`: call
    /// again with the last row's element and space until fewer than `limit`
    /// come. Whose they are is not read: a start reads elements once already.
    pub async fn vectors(
        &self,
        after: Option<(&ElementId, &str)>,
        limit: usize,
    ) -> Result<Vec<VectorRow>> {
        let (key, space) = after.map_or(("", ""), |(id, space)| (id.as_str(), space));
        let vars = object! {
            after: vec![key.to_owned(), space.to_owned()],
            count: row::int(limit.clamp(1, READ_MAX)),
        };
        let query = format!(
            "SELECT key, space, vector FROM {} LIMIT $count",
            row::beyond("embedding")
        );
        let rows: Vec<PlainRow> = self.read(query, vars).await?.all(0)?;
        let rows = rows.into_iter().map(|row| {
            Ok(VectorRow {
                element: row::parse(&row.key)?,
                space: row.space,
                vector: vector(&row.vector)?,
            })
        });
        rows.collect()
    }

    /// All vectors of an element with their spaces.
    pub async fn embeddings_of(&self, id: &ElementId) -> Result<Vec<(String, Vec<f32>)>> {
        self.read(OF_ELEMENT, object! { key: id.to_string() })
            .await?
            .all::<OwnRow>(0)?
            .into_iter()
            .map(|row| Ok((row.space, vector(&row.vector)?)))
            .collect()
    }
}

/// Stores an element's vectors, replacing those of the same spaces.
pub(crate) async fn store(tx: &Tx, id: &ElementId, new: &[NewEmbedding]) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let rows: Vec<Object> = new.iter().map(|e| row_of(id, e)).collect();
    tx.run(STORE, object! { rows: rows }).await.map(drop)
}

/// The row of one vector.
pub(crate) fn row_of(id: &ElementId, new: &NewEmbedding) -> Object {
    object! {
        id: key(&new.space, id),
        element: row::element(id),
        key: id.to_string(),
        space: new.space.clone(),
        model: new.model.clone(),
        vector: bytes(&new.vector),
    }
}

pub(crate) fn key(space: &str, id: &ElementId) -> RecordId {
    let parts = vec![id.to_string().into_value(), space.to_owned().into_value()];
    RecordId::new("embedding", Array::from(parts))
}

pub(crate) fn bytes(vector: &[f32]) -> Bytes {
    let raw: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
    Bytes::from(raw)
}

pub(crate) fn vector(bytes: &Bytes) -> Result<Vec<f32>> {
    let (numbers, rest) = bytes.as_chunks::<4>();
    if rest.is_empty() {
        Ok(numbers.iter().map(|n| f32::from_le_bytes(*n)).collect())
    } else {
        Err(DbError::Damaged("a vector ends within a number".to_owned()))
    }
}

#[derive(SurrealValue)]
struct SpaceRow {
    key: String,
    vector: Bytes,
}

#[derive(SurrealValue)]
struct PlainRow {
    key: String,
    space: String,
    vector: Bytes,
}

#[derive(SurrealValue)]
struct OwnRow {
    space: String,
    vector: Bytes,
}

const STORE: &str = "FOR $row IN $rows { UPSERT $row.id CONTENT $row RETURN NONE }";

// by key alone, in the order in which rows are kept
const OF_ELEMENT: &str = "SELECT space, vector FROM embedding:[$key]..[$key, '~']";
