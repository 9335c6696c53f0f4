//! Candidate lists for search: by words and by tags, each within what the
//! viewer may see in lists.

use std::collections::HashMap;

use protocol::ElementId;
use protocol::element::TagSource;
use surrealdb::types::{SurrealValue, object};

use crate::elements::viewer::{LISTED, LISTED_IN, Viewer};
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

/// An element that carries a tag.
#[derive(Debug, Clone, PartialEq)]
pub struct TagHit {
    pub element: ElementId,
    pub name: String,
    pub score: f32,
    pub source: TagSource,
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

    /// Elements that carry one of the tags, surest first; an element comes
    /// once per name, and not for a name that a person rejected, nor for one
    /// that a model is not sure of.
    pub async fn search_tags(
        &self,
        viewer: &Viewer,
        names: &[String],
        limit: usize,
    ) -> Result<Vec<TagHit>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let limit = limit.clamp(1, READ_MAX);
        let mut vars = object! { names: names.to_vec() };
        viewer.bind(&mut vars);
        let query = format!(
            "SELECT in AS element, name, score, source, state FROM tagged \
             WHERE name IN $names AND band != 'unsure' AND {LISTED_IN}"
        );
        let rows: Vec<TagRow> = self.read(query, vars).await?.all(0)?;
        let mut by_edge: HashMap<(String, String), TagRow> = HashMap::new();
        for row in rows {
            let key = (row.element.0.clone(), row.name.clone());
            match by_edge.get(&key) {
                Some(kept) if kept.weight() >= row.weight() => {}
                _ => {
                    by_edge.insert(key, row);
                }
            }
        }
        let mut hits = by_edge
            .into_values()
            .filter(|row| row.state != REJECTED)
            .map(|row| {
                Ok(TagHit {
                    element: row.element.parse()?,
                    name: row.name,
                    score: row.score,
                    source: row.source,
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

const REJECTED: &str = "rejected";

#[derive(SurrealValue)]
struct ScoreRow {
    id: Key,
    score: f32,
}

#[derive(SurrealValue)]
struct TagRow {
    element: Key,
    name: String,
    score: f32,
    #[surreal(wrap)]
    source: TagSource,
    state: String,
}

impl TagRow {
    /// A person's word counts before a model's.
    fn weight(&self) -> (bool, f32) {
        (self.source == TagSource::Person, self.score)
    }
}
