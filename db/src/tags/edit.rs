//! What people do to the vocabulary: one transaction each, noted in the
//! history, with what has to follow it on elements.

use protocol::tag::TagChangeKind;
use protocol::value::TagName;
use protocol::{ChangeId, TagId, UserId};

use super::change::{self, Done};
use super::op::Op;
use super::rows::{self, TagRow, by_key};
use super::{history, merge, work};
use crate::error::{DbError, Result};
use crate::outbox::{self, Notice};
use crate::row;
use crate::store::{Db, Tx};

/// What is to be changed about a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagEdit {
    /// The old name becomes another word for it.
    Rename(TagName),
    Describe(String),
    Categorise(String),
    AddAlias(TagName),
    RemoveAlias(TagName),
    /// A tag that there is not yet is made.
    Imply(TagName),
    NotImply(TagName),
    /// It becomes another word for that tag.
    MergeInto(TagName),
}

impl Db {
    /// Changes a tag, all of it or nothing, and notes who did it. With
    /// `absorb`, a tag that is in the way of a new name or word becomes part
    /// of this one, without a word in the history: for tags of which whoever
    /// asks may not know. Returns the ids of all words that are different now.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Circle`], [`DbError::WordTaken`],
    /// [`DbError::Full`].
    pub async fn edit_tag(
        &self,
        by: &UserId,
        id: &TagId,
        edits: Vec<TagEdit>,
        absorb: bool,
    ) -> Result<Vec<TagId>> {
        let (by, id) = (by.clone(), id.clone());
        self.write("a change of the vocabulary", move |tx| {
            let (by, id, edits) = (by.clone(), id.clone(), edits.clone());
            Box::pin(async move {
                change::lock(tx).await?;
                let mut told = Vec::new();
                for edit in edits {
                    let tag = current(tx, &id).await?;
                    if let Some((on, done)) = apply(tx, &tag, edit, absorb).await? {
                        told.extend(finish(tx, Some(&by), &on, done).await?.1);
                    }
                }
                Ok(told)
            })
        })
        .await
    }

    /// Takes a change back; that is a change too. Returns the ids of all words
    /// that are different now.
    ///
    /// # Errors
    /// [`DbError::Missing`] when this tag has no such change,
    /// [`DbError::Stale`] when it was taken back already or what it changed
    /// was changed since, [`DbError::Denied`] when it takes a moderator; and
    /// whatever making the opposite change can fail of.
    pub async fn undo_tag_change(
        &self,
        by: &UserId,
        moderator: bool,
        id: &TagId,
        undone: &ChangeId,
    ) -> Result<Vec<TagId>> {
        let (by, id, undone) = (by.clone(), id.clone(), undone.clone());
        self.write("taking a change back", move |tx| {
            let (by, id, undone) = (by.clone(), id.clone(), undone.clone());
            Box::pin(async move {
                change::lock(tx).await?;
                let tag = current(tx, &id).await?;
                let op = history::undoable(tx, &tag.id.0, &undone, moderator).await?;
                let mut done = revert(tx, &tag, op).await?;
                done.kind = TagChangeKind::Undone;
                (done.before, done.after) = (Some(undone.to_string()), None);
                let (change, told) = finish(tx, Some(&by), &tag, done).await?;
                history::mark(tx, &undone, &change).await?;
                Ok(told)
            })
        })
        .await
    }
}

/// The tag as it is now, also where it became part of another.
async fn current(tx: &Tx, id: &TagId) -> Result<TagRow> {
    let row = by_key(tx, id.as_str()).await?;
    let row = match row {
        Some(TagRow {
            means: Some(tag), ..
        }) => by_key(tx, &tag.0).await?,
        row => row,
    };
    row.filter(|row| !row.is_legacy())
        .ok_or(DbError::Missing("tag"))
}

/// Does it; with the tag in whose history it belongs.
async fn apply(
    tx: &Tx,
    tag: &TagRow,
    edit: TagEdit,
    absorb: bool,
) -> Result<Option<(TagRow, Done)>> {
    let done = match edit {
        TagEdit::Rename(to) => change::rename(tx, tag, &to, absorb).await?,
        TagEdit::Describe(to) => change::describe(tx, tag, &to).await?,
        TagEdit::Categorise(to) => change::categorise(tx, tag, &to).await?,
        TagEdit::AddAlias(word) => change::add_alias(tx, tag, &word, absorb).await?,
        TagEdit::RemoveAlias(word) => Some(change::remove_alias(tx, tag, &word).await?),
        TagEdit::Imply(other) => {
            let other = change::common(tx, &other).await?;
            let done = change::imply(tx, tag, &other, true).await?;
            change::publish(tx, &other.id.0).await?;
            done
        }
        TagEdit::NotImply(other) => {
            let other = rows::meant(tx, &other).await?;
            let other = other.ok_or(DbError::Missing("implication"))?;
            change::imply(tx, tag, &other, false).await?
        }
        TagEdit::MergeInto(other) => {
            let other = rows::meant(tx, &other).await?;
            let other = other.ok_or(DbError::Missing("tag to merge into"))?;
            if other.id == tag.id {
                return Err(DbError::Stale("these are one tag already"));
            }
            let (merger, touched) = merge::merge(tx, tag, &other).await?;
            let done = merge::merged(tag, &other, merger, touched);
            return Ok(Some((other, done)));
        }
    };
    Ok(done.map(|done| (tag.clone(), done)))
}

/// Does the opposite of what was done.
async fn revert(tx: &Tx, tag: &TagRow, op: Op) -> Result<Done> {
    const SINCE: DbError =
        DbError::Stale("it was changed since: that cannot be taken back any more");
    let name = |text: &str| row::parse::<TagName>(text);
    let done = match op {
        Op::Name { from, to } if tag.name == to => {
            change::rename(tx, tag, &name(&from)?, false).await?
        }
        Op::Description { from, to } if tag.description == to => {
            change::describe(tx, tag, &from).await?
        }
        Op::Category { from, to } if tag.category == to => {
            change::categorise(tx, tag, &from).await?
        }
        Op::Alias { word, on: true, .. } => {
            Some(change::remove_alias(tx, tag, &name(&word)?).await?)
        }
        Op::Alias { key, word, .. } => change::restore_alias(tx, tag, &key, &name(&word)?).await?,
        Op::Implication { to, on } => {
            let other = by_key(tx, &to).await?.ok_or(SINCE)?;
            if other.means.is_some() {
                return Err(SINCE);
            }
            change::imply(tx, tag, &other, !on).await?
        }
        Op::Merge(merger) => Some(merge::unmerge(tx, &merger).await?),
        Op::Unmerge(merger) => {
            let from = by_key(tx, &merger.from).await?;
            let from = from.filter(|row| row.means.is_none() && row.name == merger.name);
            let from = from.ok_or(SINCE)?;
            let (merger, touched) = merge::merge(tx, &from, tag).await?;
            Some(merge::merged(&from, tag, merger, touched))
        }
        _ => None,
    };
    done.ok_or(SINCE)
}

/// Writes the history, what is to be rewritten, and what nodes have to hear.
async fn finish(
    tx: &Tx,
    by: Option<&UserId>,
    tag: &TagRow,
    done: Done,
) -> Result<(ChangeId, Vec<TagId>)> {
    let change = history::note(tx, by, &tag.id.0, &done).await?;
    work::order(tx, &done.work).await?;
    let told = done.told.iter().chain(&done.gone);
    let told: Vec<TagId> = told.map(|key| row::parse(key)).collect::<Result<_>>()?;
    outbox::write(tx, &[Notice::tags(told.clone(), Vec::new())]).await?;
    Ok((change, told))
}
