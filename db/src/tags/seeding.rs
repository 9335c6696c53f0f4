//! What putting a vocabulary in comes to.

use std::collections::{BTreeMap, BTreeSet};

use protocol::TagId;
use protocol::value::TagName;
use surrealdb::types::{Object, RecordId, object};

use super::graph::Graph;
use super::rows::{self, TagRow, alias_key, implies_key, record};
use super::seed::ShippedTag;
use super::work;
use crate::error::Result;
use crate::id::Fresh;
use crate::outbox::{self, Notice};
use crate::row;
use crate::store::Tx;

/// Rows of one statement.
const CHUNK: usize = 500;

/// The vocabulary as it is to be, worked out before it is written.
pub(super) struct Seeding {
    /// Keys of words by name.
    words: BTreeMap<String, String>,
    /// What other words stand for, by key.
    means: BTreeMap<String, String>,
    /// Keys by the names under which tags ship.
    shipped: BTreeMap<String, String>,
    /// Keys of tags without a category.
    empty: BTreeSet<String>,
    /// Keys of words that are nothing but other words for tags.
    only: BTreeSet<String>,
    before: Graph,
    graph: Graph,
    new: BTreeMap<String, Object>,
    /// Key, name under which it ships, category where it had none.
    changed: Vec<(String, String, Option<String>)>,
    aliases: Vec<(String, String)>,
    gone: BTreeSet<String>,
}

impl Seeding {
    pub fn new(rows: Vec<TagRow>, graph: Graph) -> Self {
        let mut seeding = Self {
            words: BTreeMap::new(),
            means: BTreeMap::new(),
            shipped: BTreeMap::new(),
            empty: BTreeSet::new(),
            only: BTreeSet::new(),
            before: graph.clone(),
            graph,
            new: BTreeMap::new(),
            changed: Vec::new(),
            aliases: Vec::new(),
            gone: BTreeSet::new(),
        };
        for row in rows {
            if row.category.is_empty() {
                seeding.empty.insert(row.id.0.clone());
            }
            if row.word {
                seeding.only.insert(row.id.0.clone());
            }
            if let Some(name) = row.shipped {
                seeding.shipped.insert(name, row.id.0.clone());
            }
            if let Some(means) = row.means {
                seeding.means.insert(row.id.0.clone(), means.0);
            }
            seeding.words.insert(row.name, row.id.0);
        }
        seeding
    }

    /// The key of the tag that a shipped name stands for.
    pub fn key(&self, name: &str) -> Option<String> {
        let own = self.shipped.get(name)?;
        Some(self.means.get(own).unwrap_or(own).clone())
    }

    pub fn tag(&mut self, tag: &ShippedTag) {
        let name = tag.name.as_str();
        if self.shipped.contains_key(name) {
            return;
        }
        let key = match self.words.get(name) {
            // people had the word already, as a tag or as another word for one
            Some(key) => {
                let key = key.clone();
                let category = self.empty.contains(&key).then(|| tag.category.clone());
                self.changed.push((key.clone(), name.to_owned(), category));
                key
            }
            None => {
                let id = TagId::fresh();
                let mut row = rows::fresh(&id, name, &tag.category);
                row.insert("shipped", name.to_owned());
                row.insert("common", true);
                self.new.insert(id.to_string(), row);
                self.words.insert(name.to_owned(), id.to_string());
                id.to_string()
            }
        };
        self.shipped.insert(name.to_owned(), key);
    }

    pub fn alias(&mut self, word: &TagName, tag: &TagName) {
        let Some(of) = self.key(tag.as_str()) else {
            return;
        };
        if self.words.contains_key(word.as_str()) {
            return;
        }
        let id = TagId::fresh();
        let mut row = rows::fresh(&id, word.as_str(), "");
        row.insert("word", true);
        row.insert("means", record(&of));
        self.new.insert(id.to_string(), row);
        self.words.insert(word.to_string(), id.to_string());
        self.means.insert(id.to_string(), of.clone());
        self.aliases.push((id.to_string(), of));
    }

    pub fn implication(&mut self, from: &TagName, to: &TagName) {
        let (Some(from), Some(to)) = (self.key(from.as_str()), self.key(to.as_str())) else {
            return;
        };
        if !self.graph.says(&from, &to) && self.graph.circle(&from, &to).is_none() {
            self.graph.add(&from, &to);
        }
    }

    pub fn no_alias(&mut self, word: &str, tag: &str) {
        let Some(key) = self.words.get(word) else {
            return;
        };
        let means = self.means.get(key);
        if means.is_some() && means == self.key(tag).as_ref() && self.only.contains(key) {
            self.gone.insert(key.clone());
        }
    }

    pub fn no_implication(&mut self, from: &str, to: &str) {
        if let (Some(from), Some(to)) = (self.key(from), self.key(to)) {
            self.graph.remove(&from, &to);
        }
    }

    /// `used`: are there elements to be looked at again? `first`: nobody knows
    /// of any word yet, so that nobody has to be told.
    pub async fn write(mut self, tx: &Tx, used: bool, first: bool) -> Result<()> {
        let (had, has) = (self.before.all(), self.graph.all());
        let mut work: BTreeSet<String> = BTreeSet::new();
        for (from, to) in had.symmetric_difference(&has) {
            work.insert((*from).to_owned());
            work.extend(self.graph.below(from));
            work.extend(self.before.below(from));
            work.insert((*to).to_owned());
        }
        let edges: Vec<Object> = has
            .difference(&had)
            .map(|(from, to)| object! { id: implies_key(from, to), in: record(from), out: record(to) })
            .collect();
        let old: Vec<RecordId> = had
            .difference(&has)
            .map(|(from, to)| implies_key(from, to))
            .collect();
        let mut told: Vec<String> = self.new.keys().cloned().collect();
        for (key, row) in &mut self.new {
            let above: Vec<RecordId> = self.graph.above(key).iter().map(|k| record(k)).collect();
            row.insert("above", above);
        }
        let new: Vec<Object> = std::mem::take(&mut self.new).into_values().collect();
        insert(tx, "INSERT INTO tag $rows RETURN NONE", new).await?;
        let aliases = self.aliases.iter();
        let aliases = aliases.map(|(word, of)| {
            object! { id: alias_key(word), in: record(word), out: record(of) }
        });
        insert(
            tx,
            "INSERT RELATION INTO alias_of $rows RETURN NONE",
            aliases.collect(),
        )
        .await?;
        insert(tx, "INSERT RELATION INTO implies $rows RETURN NONE", edges).await?;
        let gone: Vec<RecordId> = self.gone.iter().map(|key| record(key)).collect();
        tx.run(
            "DELETE $old; DELETE $gone",
            object! { old: old, gone: gone },
        )
        .await?;
        let rows: Vec<Object> = self
            .changed
            .iter()
            .map(|(key, name, category)| {
                object! { id: record(key), shipped: name.clone(), category: category.clone() }
            })
            .collect();
        tx.run(SHIPPED, object! { rows: rows }).await?;
        // of those that were there before
        let mut before = self.before.clone();
        for key in &told {
            for above in self.graph.implied(key) {
                before.add(key, above);
            }
        }
        self.graph.write_closures(tx, &before).await?;
        if used {
            work::order(tx, &work).await?;
        }
        if first {
            return Ok(());
        }
        told.extend(work);
        told.extend(self.gone);
        told.extend(self.changed.into_iter().map(|(key, _, _)| key));
        for some in told.chunks(CHUNK) {
            let ids = some
                .iter()
                .map(|key| row::parse(key))
                .collect::<Result<_>>()?;
            outbox::write(tx, &[Notice::tags(ids, Vec::new())]).await?;
        }
        Ok(())
    }
}

async fn insert(tx: &Tx, query: &str, rows: Vec<Object>) -> Result<()> {
    for some in rows.chunks(CHUNK) {
        tx.run(query, object! { rows: some.to_vec() }).await?;
    }
    Ok(())
}

const SHIPPED: &str = "FOR $row IN $rows { UPDATE $row.id SET shipped = $row.shipped, \
    common = true, category = $row.category ?? category RETURN NONE }";
