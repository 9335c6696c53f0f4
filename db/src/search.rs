//! Candidates for search by words, within what the viewer may see in lists.

use std::collections::HashMap;

use protocol::ElementId;
use surrealdb::types::{SurrealValue, object};

use crate::elements::viewer::{LISTED, Viewer};
use crate::error::Result;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

/// An element whose words match.
#[derive(Debug, Clone, PartialEq)]
pub struct TextHit {
    pub element: ElementId,
    /// Higher is better; comparable within one answer.
    pub score: f32,
    /// Where it matched best: `title`, `description`, `file name`, or `text`
    /// in the picture.
    pub field: &'static str,
}

/// The fields that are searched: column, name for people, weight.
const TEXT_FIELDS: [(&str, &str, f32); 4] = [
    ("title", "title", 2.0),
    ("description", "description", 1.0),
    ("file_name", "file name", 0.8),
    ("text", "text", 0.8),
];

impl Db {
    /// Elements with any of the words in a title, description or file name,
    /// or read in the picture, best first, each once.
    pub async fn search_text(
        &self,
        viewer: &Viewer,
        text: &str,
        limit: usize,
    ) -> Result<Vec<TextHit>> {
        let limit = limit.clamp(1, READ_MAX);
        let mut vars = object! { text: text.to_owned(), count: row::int(limit) };
        viewer.bind(&mut vars);
        let query: Vec<String> = TEXT_FIELDS
            .iter()
            .map(|(column, _, _)| {
                format!(
                    "SELECT id, search::score(0) AS score FROM element \
                     WHERE {column} @0,OR@ $text AND {LISTED} ORDER BY score DESC LIMIT $count"
                )
            })
            .collect();
        let mut answer = self.read(query.join(";\n"), vars).await?;
        let mut best: HashMap<String, (f32, f32, &'static str)> = HashMap::new();
        for (at, (_, field, weight)) in TEXT_FIELDS.into_iter().enumerate() {
            for hit in answer.all::<ScoreRow>(at)? {
                let score = hit.score * weight;
                let (sum, top, place) = best.entry(hit.id.0).or_insert((0.0, 0.0, field));
                *sum += score;
                if score > *top {
                    (*top, *place) = (score, field);
                }
            }
        }
        let mut hits = best
            .into_iter()
            .map(|(id, (score, _, field))| {
                Ok(TextHit {
                    element: row::parse(&id)?,
                    score,
                    field,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        hits.sort_by(|a, b| {
            let score = b.score.total_cmp(&a.score);
            score.then_with(|| b.element.cmp(&a.element))
        });
        hits.truncate(limit);
        Ok(hits)
    }
}

#[derive(SurrealValue)]
struct ScoreRow {
    id: Key,
    score: f32,
}
