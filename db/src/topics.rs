//! What explore's topics are around, so that they are the same after a start.

use surrealdb::types::{Bytes, Object, RecordId, SurrealValue, object};

use crate::embeddings::{bytes, vector};
use crate::error::Result;
use crate::store::Db;

/// A topic as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct TopicRow {
    pub id: String,
    /// The space of vectors that it was found in.
    pub space: String,
    /// A unit vector there.
    pub centre: Vec<f32>,
}

impl Db {
    /// The topics as they were last kept.
    pub async fn topics(&self) -> Result<Vec<TopicRow>> {
        let query = "SELECT key, space, centre FROM explore_topic";
        let rows: Vec<Row> = self.read(query, Object::new()).await?.all(0)?;
        rows.into_iter()
            .map(|row| {
                Ok(TopicRow {
                    id: row.key,
                    space: row.space,
                    centre: vector(&row.centre)?,
                })
            })
            .collect()
    }

    /// Keeps these topics instead of those before.
    pub async fn keep_topics(&self, topics: &[TopicRow]) -> Result<()> {
        let rows: Vec<Object> = topics
            .iter()
            .map(|topic| {
                object! {
                    id: RecordId::new("explore_topic", topic.id.as_str()),
                    key: topic.id.clone(),
                    space: topic.space.clone(),
                    centre: bytes(&topic.centre),
                }
            })
            .collect();
        self.write("topics", move |tx| {
            let vars = object! { rows: rows.clone() };
            Box::pin(async move {
                let query =
                    "DELETE explore_topic RETURN NONE; INSERT INTO explore_topic $rows RETURN NONE";
                tx.run(query, vars).await.map(drop)
            })
        })
        .await
    }
}

#[derive(SurrealValue)]
struct Row {
    key: String,
    space: String,
    centre: Bytes,
}
