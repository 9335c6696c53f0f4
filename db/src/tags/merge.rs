//! Two tags become one, and two again.

use std::collections::BTreeSet;

use protocol::tag::TagChangeKind;
use surrealdb::types::{Object, RecordId, object};

use super::change::{Done, means};
use super::graph::Graph;
use super::op::{Merger, Op};
use super::rows::{TagRow, by_key, implies_key, record};
use crate::error::{DbError, Result};
use crate::row::Key;
use crate::store::Tx;

/// Makes a tag part of another: a word for it, with its own words, and what it
/// implied as far as that goes in no circle. Returns what is needed to take
/// that back, and the tags whose elements are to be looked at again.
pub(super) async fn merge(
    tx: &Tx,
    from: &TagRow,
    into: &TagRow,
) -> Result<(Merger, BTreeSet<String>)> {
    let (a, b) = (&from.id.0, &into.id.0);
    let before = Graph::read(tx).await?;
    let mut after = before.clone();
    let up: Vec<String> = before.implied(a).cloned().collect();
    let down: Vec<String> = before.implying(a).cloned().collect();
    let mut merger = Merger {
        from: a.clone(),
        name: from.name.clone(),
        into: b.clone(),
        ..Merger::default()
    };
    for other in &up {
        after.remove(a, other);
        merger.removed.push((a.clone(), other.clone()));
    }
    for other in &down {
        after.remove(other, a);
        merger.removed.push((other.clone(), a.clone()));
    }
    let wishes = up.into_iter().map(|other| (b.clone(), other));
    let wishes = wishes.chain(down.into_iter().map(|other| (other, b.clone())));
    for (one, other) in wishes {
        if !after.says(&one, &other) && after.circle(&one, &other).is_none() {
            after.add(&one, &other);
            merger.added.push((one, other));
        }
    }
    edges(tx, &before, &after).await?;
    let query = "SELECT VALUE id FROM tag WHERE means = $tag";
    let words: Vec<Key> = tx.run(query, object! { tag: record(a) }).await?.all(0)?;
    merger.aliases = words.into_iter().map(|key| key.0).collect();
    for word in merger.aliases.iter().chain([a]) {
        means(tx, word, Some(b)).await?;
    }
    Ok((merger, around(a, b, &before, &after)))
}

/// Takes a merge back.
///
/// # Errors
/// [`DbError::Stale`] when the tag is not part of the other any more.
pub(super) async fn unmerge(tx: &Tx, merger: &Merger) -> Result<Done> {
    let (a, b) = (&merger.from, &merger.into);
    let from = by_key(tx, a).await?.ok_or(DbError::Missing("tag"))?;
    let stale = DbError::Stale("the tags were changed since: that cannot be taken back any more");
    if from.means.as_ref().map(|key| &key.0) != Some(b) || from.name != merger.name {
        return Err(stale);
    }
    means(tx, a, None).await?;
    for word in &merger.aliases {
        let row = by_key(tx, word).await?;
        if row.is_some_and(|row| row.means.as_ref().map(|key| &key.0) == Some(b)) {
            means(tx, word, Some(a)).await?;
        }
    }
    let before = Graph::read(tx).await?;
    let mut after = before.clone();
    for (one, other) in &merger.added {
        after.remove(one, other);
    }
    for (one, other) in &merger.removed {
        if after.circle(one, other).is_none() {
            after.add(one, other);
        }
    }
    edges(tx, &before, &after).await?;
    let into = by_key(tx, b).await?.ok_or(DbError::Missing("tag"))?;
    let op = Op::Unmerge(merger.clone());
    let mut done = Done::new(TagChangeKind::Undone, &into, op);
    done.told.insert(a.clone());
    done.told.extend(merger.aliases.iter().cloned());
    let ends = merger.added.iter().chain(&merger.removed);
    done.told
        .extend(ends.flat_map(|(one, other)| [one.clone(), other.clone()]));
    done.work = around(a, b, &before, &after);
    Ok(done)
}

/// A merge as a change of the tag that is left.
pub(super) fn merged(from: &TagRow, into: &TagRow, merger: Merger, work: BTreeSet<String>) -> Done {
    let mut done = Done::new(TagChangeKind::Merged, into, Op::Merge(merger.clone()));
    done.told.insert(from.id.0.clone());
    let ends = merger.added.iter().chain(&merger.removed);
    done.told
        .extend(ends.flat_map(|(one, other)| [one.clone(), other.clone()]));
    done.told.extend(merger.aliases);
    done.work = work;
    done.was(&from.name)
}

/// Two tags and all that is below them, before and after.
fn around(a: &str, b: &str, before: &Graph, after: &Graph) -> BTreeSet<String> {
    let mut all = BTreeSet::from([a.to_owned(), b.to_owned()]);
    for graph in [before, after] {
        all.extend(graph.below(a));
        all.extend(graph.below(b));
    }
    all
}

/// Writes what two graphs differ in, and the closures that follow.
pub(super) async fn edges(tx: &Tx, before: &Graph, after: &Graph) -> Result<()> {
    let (had, has) = (before.all(), after.all());
    let old: Vec<RecordId> = had
        .difference(&has)
        .map(|(from, to)| implies_key(from, to))
        .collect();
    let new: Vec<Object> = has
        .difference(&had)
        .map(|(from, to)| {
            object! { id: implies_key(from, to), in: record(from), out: record(to) }
        })
        .collect();
    let query = "DELETE $old; INSERT RELATION INTO implies $rows RETURN NONE";
    tx.run(query, object! { old: old, rows: new }).await?;
    after.write_closures(tx, before).await
}
