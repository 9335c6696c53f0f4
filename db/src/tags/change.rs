//! Changing the vocabulary. One change at a time: each moves the same row on,
//! so that two that would not go together meet.

use std::collections::BTreeSet;

use protocol::TagId;
use protocol::tag::TagChangeKind;
use protocol::value::TagName;
use surrealdb::types::{Object, RecordId, object};

use super::graph::Graph;
use super::merge::{edges, merge, merged};
use super::op::Op;
use super::rows::{self, TagRow, alias_key, by_key, by_names, record};
use crate::error::{DbError, Result};
use crate::id::Fresh;
use crate::limits::{TAG_ALIASES, TAG_IMPLICATIONS};
use crate::store::Tx;

/// What a change was, for the history, and what has to follow it.
#[derive(Debug)]
pub(super) struct Done {
    pub kind: TagChangeKind,
    pub before: Option<String>,
    pub after: Option<String>,
    pub op: Op,
    /// Words of which nodes have to know.
    pub told: BTreeSet<String>,
    /// Words that are no more.
    pub gone: BTreeSet<String>,
    /// Tags whose elements have to be looked at again.
    pub work: BTreeSet<String>,
}

impl Done {
    pub fn new(kind: TagChangeKind, tag: &TagRow, op: Op) -> Self {
        Self {
            kind,
            before: None,
            after: None,
            op,
            told: BTreeSet::from([tag.id.0.clone()]),
            gone: BTreeSet::new(),
            work: BTreeSet::new(),
        }
    }

    pub fn was(mut self, before: &str) -> Self {
        self.before = Some(before.to_owned());
        self
    }

    fn is(mut self, after: &str) -> Self {
        self.after = Some(after.to_owned());
        self
    }
}

/// Takes the vocabulary for this transaction.
pub(super) async fn lock(tx: &Tx) -> Result<()> {
    let query = "UPSERT meta:vocabulary SET version = (version ?? 0) + 1 RETURN NONE";
    tx.run(query, Object::new()).await.map(drop)
}

pub(super) async fn describe(tx: &Tx, tag: &TagRow, to: &str) -> Result<Option<Done>> {
    if tag.description == to {
        return Ok(None);
    }
    set(tx, tag, "description", to).await?;
    let from = tag.description.clone();
    let op = Op::Description {
        from: from.clone(),
        to: to.to_owned(),
    };
    let done = Done::new(TagChangeKind::Described, tag, op);
    Ok(Some(done.was(&from).is(to)))
}

pub(super) async fn categorise(tx: &Tx, tag: &TagRow, to: &str) -> Result<Option<Done>> {
    if tag.category == to {
        return Ok(None);
    }
    set(tx, tag, "category", to).await?;
    let from = tag.category.clone();
    let op = Op::Category {
        from: from.clone(),
        to: to.to_owned(),
    };
    let done = Done::new(TagChangeKind::Categorised, tag, op);
    Ok(Some(done.was(&from).is(to)))
}

/// Gives it another name; the old one becomes another word for it. With
/// `absorb`, a tag that stands in the way becomes part of this one.
pub(super) async fn rename(
    tx: &Tx,
    tag: &TagRow,
    to: &TagName,
    absorb: bool,
) -> Result<Option<Done>> {
    let (old, new) = (tag.name.as_str(), to.as_str());
    if old == new {
        return Ok(None);
    }
    let op = Op::Name {
        from: old.to_owned(),
        to: new.to_owned(),
    };
    let mut done = Done::new(TagChangeKind::Renamed, tag, op).was(old).is(new);
    let graph = Graph::read(tx).await?;
    done.work.insert(tag.id.0.clone());
    done.work.extend(graph.below(&tag.id.0));
    let word = match by_names(tx, &[new.to_owned()]).await?.pop() {
        Some(word) => {
            if word.means.as_ref() != Some(&tag.id) {
                free(tx, &word, absorb).await?;
                let (merger, touched) = merge(tx, &word, tag).await?;
                let merged = merged(&word, tag, merger, touched);
                done.work.extend(merged.work);
                done.told.extend(merged.told);
            }
            // the two words change places, by way of a third
            let aside = format!("{}{new}", rows::LEGACY);
            set(tx, &word, "name", &aside).await?;
            set(tx, tag, "name", new).await?;
            set(tx, &word, "name", old).await?;
            word.id.0
        }
        None => {
            set(tx, tag, "name", new).await?;
            word(tx, old, &tag.id.0).await?
        }
    };
    done.told.insert(word);
    Ok(Some(done))
}

/// Makes a word another word for a tag.
pub(super) async fn add_alias(
    tx: &Tx,
    tag: &TagRow,
    name: &TagName,
    absorb: bool,
) -> Result<Option<Done>> {
    let kind = TagChangeKind::AliasAdded;
    let found = by_names(tx, &[name.to_string()]).await?.pop();
    if let Some(found) = found {
        if found.means.as_ref() == Some(&tag.id) {
            return Ok(None);
        }
        free(tx, &found, absorb && found.id != tag.id).await?;
        let (merger, work) = merge(tx, &found, tag).await?;
        let mut done = merged(&found, tag, merger, work).is(name.as_str());
        (done.kind, done.before) = (kind, None);
        return Ok(Some(done));
    }
    let query = "SELECT VALUE id FROM tag WHERE means = $tag";
    let vars = object! { tag: record(&tag.id.0) };
    let known: Vec<RecordId> = tx.run(query, vars).await?.all(0)?;
    if known.len() >= TAG_ALIASES {
        return Err(DbError::Full {
            what: "other words for a tag",
            most: TAG_ALIASES,
        });
    }
    let key = word(tx, name.as_str(), &tag.id.0).await?;
    let op = Op::Alias {
        key: key.clone(),
        word: name.to_string(),
        on: true,
    };
    let mut done = Done::new(kind, tag, op).is(name.as_str());
    done.told.insert(key);
    Ok(Some(done))
}

/// Makes a word another word for a tag again. One that is a tag by itself
/// since its alias was removed becomes part of it as it was.
pub(super) async fn restore_alias(
    tx: &Tx,
    tag: &TagRow,
    key: &str,
    name: &TagName,
) -> Result<Option<Done>> {
    let found = by_names(tx, &[name.to_string()]).await?.pop();
    let same = found.is_some_and(|found| found.id.0 == key);
    add_alias(tx, tag, name, same).await
}

/// A word no longer stands for a tag. One that was a tag before is one again.
pub(super) async fn remove_alias(tx: &Tx, tag: &TagRow, name: &TagName) -> Result<Done> {
    let found = by_names(tx, &[name.to_string()]).await?.pop();
    let word = found.filter(|word| word.means.as_ref() == Some(&tag.id));
    let word = word.ok_or(DbError::Missing("other word for this tag"))?;
    let op = Op::Alias {
        key: word.id.0.clone(),
        word: word.name.clone(),
        on: false,
    };
    let mut done = Done::new(TagChangeKind::AliasRemoved, tag, op).was(&word.name);
    if word.word {
        let query = "DELETE $edge; DELETE $id";
        let vars = object! { id: record(&word.id.0), edge: alias_key(&word.id.0) };
        tx.run(query, vars).await?;
        done.gone.insert(word.id.0);
    } else {
        means(tx, &word.id.0, None).await?;
        let graph = Graph::read(tx).await?;
        done.work.insert(word.id.0.clone());
        done.work.insert(tag.id.0.clone());
        done.work.extend(graph.below(&tag.id.0));
        done.told.insert(word.id.0);
    }
    Ok(done)
}

/// Says that a tag implies another, or no longer so.
pub(super) async fn imply(tx: &Tx, tag: &TagRow, other: &TagRow, on: bool) -> Result<Option<Done>> {
    let (from, to) = (&tag.id.0, &other.id.0);
    let before = Graph::read(tx).await?;
    let mut after = before.clone();
    let op = Op::Implication { to: to.clone(), on };
    let done = if on {
        if let Some(way) = before.circle(from, to) {
            return Err(DbError::Circle {
                way: names(tx, &way).await?,
            });
        }
        if before.says(from, to) {
            return Ok(None);
        }
        if before.implied(from).count() >= TAG_IMPLICATIONS {
            return Err(DbError::Full {
                what: "implications of a tag",
                most: TAG_IMPLICATIONS,
            });
        }
        after.add(from, to);
        Done::new(TagChangeKind::ImplicationAdded, tag, op).is(&other.name)
    } else {
        if !before.says(from, to) {
            return Err(DbError::Missing("implication"));
        }
        after.remove(from, to);
        Done::new(TagChangeKind::ImplicationRemoved, tag, op).was(&other.name)
    };
    edges(tx, &before, &after).await?;
    let mut done = done;
    done.told.insert(to.clone());
    if before.above(from) != after.above(from) {
        done.work.insert(from.clone());
        done.work.extend(before.below(from));
    }
    Ok(Some(done))
}

/// A word that is in the way of another use of it.
async fn free(tx: &Tx, word: &TagRow, absorb: bool) -> Result<()> {
    let of = match &word.means {
        None if absorb => return Ok(()),
        None => None,
        Some(tag) => by_key(tx, &tag.0).await?.map(|tag| tag.name),
    };
    Err(DbError::WordTaken {
        word: word.name.clone(),
        of,
    })
}

/// Makes a word that is nothing but another word for a tag; returns its key.
pub(super) async fn word(tx: &Tx, name: &str, of: &str) -> Result<String> {
    let id = TagId::fresh();
    let mut row = rows::fresh(&id, name, "");
    row.insert("word", true);
    rows::insert(tx, vec![row]).await?;
    means(tx, id.as_str(), Some(of)).await?;
    Ok(id.to_string())
}

/// A word stands for a tag from now on, or for itself.
pub(super) async fn means(tx: &Tx, word: &str, of: Option<&str>) -> Result<()> {
    let edges: Vec<Object> = of
        .iter()
        .map(|of| object! { id: alias_key(word), in: record(word), out: record(of) })
        .collect();
    let vars = object! {
        id: record(word),
        of: of.map(record),
        old: alias_key(word),
        edges: edges,
    };
    let query = "DELETE $old; UPDATE $id SET means = $of RETURN NONE; \
        INSERT RELATION INTO alias_of $edges RETURN NONE";
    tx.run(query, vars).await.map(drop)
}

async fn set(tx: &Tx, tag: &TagRow, field: &str, to: &str) -> Result<()> {
    let vars = object! { id: record(&tag.id.0), to: to.to_owned() };
    tx.run(format!("UPDATE $id SET {field} = $to RETURN NONE"), vars)
        .await
        .map(drop)
}

/// What tags are called.
async fn names(tx: &Tx, keys: &[String]) -> Result<Vec<String>> {
    let mut names = Vec::with_capacity(keys.len());
    for key in keys {
        let row = by_key(tx, key).await?;
        names.push(row.map_or_else(|| key.clone(), |row| row.name));
    }
    Ok(names)
}

/// A tag that a moderator names for the first time: everybody may know it.
pub(super) async fn common(tx: &Tx, name: &TagName) -> Result<TagRow> {
    if let Some(row) = rows::meant(tx, name).await? {
        return Ok(row);
    }
    let id = TagId::fresh();
    rows::insert(tx, vec![rows::fresh(&id, name.as_str(), "")]).await?;
    let row = by_key(tx, id.as_str()).await?;
    row.ok_or(DbError::Missing("tag"))
}

/// Everybody may know of it from now on.
pub(super) async fn publish(tx: &Tx, key: &str) -> Result<()> {
    let query = "UPDATE $id SET common = true RETURN NONE";
    tx.run(query, object! { id: record(key) }).await.map(drop)
}
