//! Tags as rows, and what a transaction has to know of them.

use std::collections::HashMap;

use protocol::TagId;
use protocol::value::TagName;
use surrealdb::types::{Array, Object, RecordId, SurrealValue, object};

use crate::error::Result;
use crate::id::Fresh;
use crate::outbox::{self, Notice};
use crate::row::{self, Key};
use crate::store::Tx;

/// Before the name of a tag of an older version: no name begins so.
pub(crate) const LEGACY: char = ':';

pub(crate) fn record(key: &str) -> RecordId {
    RecordId::new("tag", key)
}

pub(crate) fn tag(id: &TagId) -> RecordId {
    record(id.as_str())
}

/// The edge from another word to its tag; a word has one at most.
pub(crate) fn alias_key(word: &str) -> RecordId {
    RecordId::new("alias_of", word)
}

/// The edge from a tag to what it implies.
pub(crate) fn implies_key(from: &str, to: &str) -> RecordId {
    let parts = vec![from.to_owned().into_value(), to.to_owned().into_value()];
    RecordId::new("implies", Array::from(parts))
}

/// A word as it is stored.
#[derive(Debug, Clone, SurrealValue)]
pub(crate) struct TagRow {
    pub id: Key,
    pub name: String,
    pub category: String,
    pub description: String,
    /// The tag that it is another word for.
    pub means: Option<Key>,
    /// It was never more than that.
    pub word: bool,
    pub common: bool,
    pub shipped: Option<String>,
    pub above: Vec<Key>,
}

pub(crate) const FIELDS: &str = "id, name, category, description ?? '' AS description, means, \
    word ?? false AS word, common ?? false AS common, shipped, above ?? [] AS above";

impl TagRow {
    pub fn name(&self) -> Result<TagName> {
        row::parse(&self.name)
    }

    /// Was it kept in the way of an older version?
    pub fn is_legacy(&self) -> bool {
        self.name.starts_with(LEGACY)
    }
}

/// One word by its record.
pub(crate) async fn by_key(tx: &Tx, key: &str) -> Result<Option<TagRow>> {
    let query = format!("SELECT {FIELDS} FROM $id");
    tx.run(query, object! { id: record(key) }).await?.one(0)
}

/// The words among these that there are: names and other words alike.
pub(crate) async fn by_names(tx: &Tx, names: &[String]) -> Result<Vec<TagRow>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!("SELECT {FIELDS} FROM tag WHERE name IN $names");
    tx.run(query, object! { names: names.to_vec() })
        .await?
        .all(0)
}

/// The words that came with the program under these names.
pub(crate) async fn by_shipped(tx: &Tx, names: &[String]) -> Result<Vec<TagRow>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!("SELECT {FIELDS} FROM tag WHERE shipped IN $names");
    tx.run(query, object! { names: names.to_vec() })
        .await?
        .all(0)
}

/// The tag that a word stands for.
pub(crate) async fn meant(tx: &Tx, name: &TagName) -> Result<Option<TagRow>> {
    let found = by_names(tx, &[name.to_string()]).await?.pop();
    match found {
        Some(TagRow {
            means: Some(tag), ..
        }) => by_key(tx, &tag.0).await,
        found => Ok(found),
    }
}

/// A tag that is to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub name: TagName,
    /// Of a new one.
    pub category: String,
}

/// The keys of the tags that words stand for, in their order; tags that are
/// missing are made. `shipped` says that the words are those of the program,
/// which mean the same whatever people call it here.
pub(crate) async fn ensure(tx: &Tx, wanted: &[Wanted], shipped: bool) -> Result<Vec<String>> {
    let names: Vec<String> = wanted.iter().map(|tag| tag.name.to_string()).collect();
    let mut keys: HashMap<String, String> = HashMap::new();
    let mut unsure: Vec<String> = Vec::new();
    for row in by_names(tx, &names).await? {
        if shipped && row.shipped.as_ref() != Some(&row.name) {
            unsure.push(row.name.clone());
        }
        keys.insert(row.name, row.means.unwrap_or(row.id).0);
    }
    if shipped {
        unsure.extend(names.into_iter().filter(|name| !keys.contains_key(name)));
        for row in by_shipped(tx, &unsure).await? {
            if let Some(name) = row.shipped {
                keys.insert(name, row.means.unwrap_or(row.id).0);
            }
        }
    }
    let mut new = Vec::new();
    let mut made = Vec::new();
    for tag in wanted {
        if !keys.contains_key(tag.name.as_str()) {
            let id = TagId::fresh();
            keys.insert(tag.name.to_string(), id.to_string());
            new.push(fresh(&id, tag.name.as_str(), &tag.category));
            made.push(id);
        }
    }
    if !new.is_empty() {
        insert(tx, new).await?;
        outbox::write(tx, &[Notice::tags(made, Vec::new())]).await?;
    }
    let key = |tag: &Wanted| keys[tag.name.as_str()].clone();
    Ok(wanted.iter().map(key).collect())
}

/// The row of a new tag.
pub(crate) fn fresh(id: &TagId, name: &str, category: &str) -> Object {
    object! {
        id: tag(id),
        name: name.to_owned(),
        category: category.to_owned(),
    }
}

/// Two who make the same word meet in the index of names: one starts over.
pub(crate) async fn insert(tx: &Tx, rows: Vec<Object>) -> Result<()> {
    tx.run("INSERT INTO tag $rows RETURN NONE", object! { rows: rows })
        .await
        .map(drop)
}

/// What is known of the tags that some sayings are about: names, what they
/// stand for, and what follows.
#[derive(Debug, Default)]
pub(crate) struct Lexicon(HashMap<String, TagRow>);

impl Lexicon {
    /// Reads these tags, what they stand for, and what follows from that.
    pub async fn read(tx: &Tx, keys: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut lexicon = Self::default();
        lexicon.learn(tx, keys.into_iter().collect()).await?;
        Ok(lexicon)
    }

    /// Adds tags to it.
    pub async fn learn(&mut self, tx: &Tx, keys: Vec<String>) -> Result<()> {
        let mut wanted = keys;
        loop {
            wanted.retain(|key| !self.0.contains_key(key));
            wanted.sort();
            wanted.dedup();
            if wanted.is_empty() {
                return Ok(());
            }
            let ids: Vec<RecordId> = wanted.iter().map(|key| record(key)).collect();
            let query = format!("SELECT {FIELDS} FROM $ids");
            let rows: Vec<TagRow> = tx.run(query, object! { ids: ids }).await?.all(0)?;
            wanted.clear();
            for row in rows {
                wanted.extend(row.means.iter().map(|key| key.0.clone()));
                if row.means.is_none() {
                    wanted.extend(row.above.iter().map(|key| key.0.clone()));
                }
                self.0.insert(row.id.0.clone(), row);
            }
        }
    }

    pub fn get(&self, key: &str) -> Option<&TagRow> {
        self.0.get(key)
    }

    /// What it is another word for.
    pub fn means(&self, key: &str) -> Option<&str> {
        let row = self.0.get(key)?;
        row.means.as_ref().map(|key| key.0.as_str())
    }

    pub fn name(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|row| row.name.as_str())
    }

    /// All that follows from it.
    pub fn above(&self, key: &str) -> impl Iterator<Item = &str> {
        let above = self.0.get(key).map(|row| row.above.as_slice());
        above.unwrap_or_default().iter().map(|key| key.0.as_str())
    }

    /// One made up, whose keys are the names.
    #[cfg(test)]
    pub fn of(tags: &[(&str, &[&str])]) -> Self {
        let row = |(name, above): &(&str, &[&str])| TagRow {
            id: Key((*name).to_owned()),
            name: (*name).to_owned(),
            category: String::new(),
            description: String::new(),
            means: None,
            word: false,
            common: false,
            shipped: None,
            above: above.iter().map(|key| Key((*key).to_owned())).collect(),
        };
        Self(
            tags.iter()
                .map(|tag| (tag.0.to_owned(), row(tag)))
                .collect(),
        )
    }
}
