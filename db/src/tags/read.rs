//! The vocabulary as it is read into memory, and what only a tag's page shows.

use protocol::TagId;
use protocol::value::TagName;
use surrealdb::types::{Object, SurrealValue, object};

use super::rows::{record, tag};
use crate::elements::viewer::{LISTED_IN, Viewer};
use crate::error::Result;
use crate::limits::READ_MAX;
use crate::row::{self, Key};
use crate::store::Db;

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordRow {
    pub id: TagId,
    pub name: String,
    pub category: String,
    /// The tag that it is another word for.
    pub means: Option<TagId>,
    /// What it was said to imply, whether or not that follows anyway.
    pub implies: Vec<TagId>,
    /// Everybody may know of it, even while nothing public carries it.
    pub common: bool,
    /// The name under which it came with the program.
    pub shipped: Option<String>,
}

/// What is said about a tag for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TagText {
    pub description: String,
}

impl Db {
    /// All words in order of their ids, without what they imply, from after
    /// `after`: call again with the last until fewer than `limit` come.
    pub async fn words(&self, after: Option<&TagId>, limit: usize) -> Result<Vec<WordRow>> {
        let after = after.map_or_else(String::new, |id| id.to_string());
        let vars = object! { after: after, count: row::int(limit.clamp(1, READ_MAX)) };
        let query = format!(
            "SELECT {WORD} FROM {} WHERE {NAMED} LIMIT $count",
            row::beyond("tag")
        );
        let rows: Vec<Word> = self.read(query, vars).await?.all(0)?;
        rows.into_iter().map(Word::word).collect()
    }

    /// Everything that was said to imply something.
    pub async fn implications(&self) -> Result<Vec<(TagId, TagId)>> {
        let edges: Vec<Edge> = self.read(IMPLIED, Object::new()).await?.all(0)?;
        let ends = |edge: Edge| Ok((edge.from.parse()?, edge.to.parse()?));
        edges.into_iter().map(ends).collect()
    }

    /// Some words as they are now; those that are gone are left out.
    pub async fn words_of(&self, ids: &[TagId]) -> Result<Vec<WordRow>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<_> = ids.iter().map(tag).collect();
        let query = format!("SELECT {WORD}, ->implies->tag AS implies FROM $ids");
        let rows: Vec<Word> = self.read(query, object! { ids: ids }).await?.all(0)?;
        rows.into_iter().map(Word::word).collect()
    }

    /// A word with the tag that it is another word for, where there are any.
    pub async fn words_named(&self, name: &TagName) -> Result<Vec<WordRow>> {
        let vars = object! { name: name.to_string() };
        let query = "SELECT VALUE [id, means] FROM tag WHERE name = $name";
        let found: Vec<Vec<Option<Key>>> = self.read(query, vars).await?.all(0)?;
        let ids = found.into_iter().flatten().flatten();
        let ids: Vec<TagId> = ids.map(|key| key.parse()).collect::<Result<_>>()?;
        self.words_of(&ids).await
    }

    /// Is one of the tags said of an element that the viewer may see in lists?
    pub async fn carries_tags(&self, viewer: &Viewer, tags: &[TagId]) -> Result<bool> {
        let tags: Vec<_> = tags.iter().map(tag).collect();
        let mut vars = object! { tags: tags };
        viewer.bind(&mut vars);
        let query = format!("{CARRIED} AND {LISTED_IN} LIMIT 1");
        let found: Vec<Key> = self.read(query, vars).await?.all(0)?;
        Ok(!found.is_empty())
    }

    /// What is said about a tag for people; None when it is gone.
    pub async fn tag_text(&self, id: &TagId) -> Result<Option<TagText>> {
        let query = "SELECT description ?? '' AS description FROM $id";
        let vars = object! { id: record(id.as_str()) };
        let row: Option<TextRow> = self.read(query, vars).await?.one(0)?;
        Ok(row.map(|row| TagText {
            description: row.description,
        }))
    }
}

#[derive(SurrealValue)]
struct Word {
    id: Key,
    name: String,
    category: String,
    means: Option<Key>,
    common: bool,
    shipped: Option<String>,
    implies: Option<Vec<Key>>,
}

impl Word {
    fn word(self) -> Result<WordRow> {
        let implies = self.implies.unwrap_or_default();
        Ok(WordRow {
            id: self.id.parse()?,
            name: self.name,
            category: self.category,
            means: self.means.map(|key| key.parse()).transpose()?,
            implies: implies.iter().map(Key::parse).collect::<Result<_>>()?,
            common: self.common,
            shipped: self.shipped,
        })
    }
}

#[derive(SurrealValue)]
struct Edge {
    from: Key,
    to: Key,
}

#[derive(SurrealValue)]
struct TextRow {
    description: String,
}

const WORD: &str = "id, name, category, means, common ?? false AS common, shipped";

/// Records of an older version are not words: see [`super::rows::LEGACY`].
const NAMED: &str = "string::starts_with(name, ':') = false";

const CARRIED: &str = "SELECT VALUE in FROM tagged WHERE out IN $tags AND state != 'rejected' \
    AND (band ?? '') != 'unsure'";

const IMPLIED: &str = "SELECT in AS from, out AS to FROM implies";
