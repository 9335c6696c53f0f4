//! What people do to the vocabulary, and who may.

use std::sync::Arc;

use db::{Db, TagEdit};
use protocol::account::Role;
use protocol::tag::{CATEGORIES, TagChange, TagPage, TagPatch};
use protocol::value::TagName;
use protocol::{ChangeId, Cursor, Page, Problem, TagId, limits};
use tokio::sync::Notify;

use super::fresh::{refresh, told};
use super::{TagNo, Words};
use crate::search::FactIndex;
use crate::{PlatformError, Viewer};

/// Tags by themselves: their pages, and changes of the vocabulary.
#[derive(Clone)]
pub struct Tags {
    pub(super) db: Db,
    pub(super) facts: Arc<FactIndex>,
    /// Told when elements are to be rewritten.
    wake: Arc<Notify>,
}

impl Tags {
    pub(crate) fn new(db: Db, facts: Arc<FactIndex>, wake: Arc<Notify>) -> Self {
        Self { db, facts, wake }
    }

    /// A tag with all that is known of it; asked for by another word for it,
    /// the tag.
    ///
    /// # Errors
    /// `not_found`, also for what only private elements of others carry.
    pub async fn page(&self, viewer: &Viewer, name: &TagName) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        self.page_of(&id).await
    }

    /// Changes what is said about a tag; everybody describes and sorts it, its
    /// name is for moderators.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `invalid_field`, and `conflict` where the new
    /// name is taken.
    pub async fn update(
        &self,
        viewer: &Viewer,
        name: &TagName,
        patch: TagPatch,
    ) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        let mut edits = Vec::new();
        let mut absorb = false;
        if let Some(description) = patch.description {
            let text = description.trim();
            if text.chars().count() > limits::DESCRIPTION_MAX {
                let detail = format!("at most {} characters", limits::DESCRIPTION_MAX);
                return Err(refused("description", &detail));
            }
            edits.push(TagEdit::Describe(text.to_owned()));
        }
        if let Some(category) = patch.category {
            if !category.is_empty() && !CATEGORIES.contains(&category.as_str()) {
                let detail = format!("a tag is one of {}", CATEGORIES.join(", "));
                return Err(refused("category", &detail));
            }
            edits.push(TagEdit::Categorise(category));
        }
        if let Some(name) = patch.name {
            viewer.needs(Role::Moderator)?;
            absorb = self.hidden(viewer, &name).await?;
            edits.push(TagEdit::Rename(name));
        }
        self.edit(viewer, &id, edits, absorb).await
    }

    /// Makes a word another word for a tag, or no longer so.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `conflict` where the word is taken.
    pub async fn alias(
        &self,
        viewer: &Viewer,
        name: &TagName,
        word: TagName,
        on: bool,
    ) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        viewer.needs(Role::Moderator)?;
        if on {
            let absorb = self.hidden(viewer, &word).await?;
            let edits = vec![TagEdit::AddAlias(word)];
            return self.edit(viewer, &id, edits, absorb).await;
        }
        let edits = vec![TagEdit::RemoveAlias(word)];
        self.edit(viewer, &id, edits, false).await
    }

    /// Says that a tag implies another, or no longer so.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `conflict` where it would go in a circle.
    pub async fn imply(
        &self,
        viewer: &Viewer,
        name: &TagName,
        other: TagName,
        on: bool,
    ) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        viewer.needs(Role::Moderator)?;
        let edit = match on {
            true => TagEdit::Imply(other),
            false => TagEdit::NotImply(other),
        };
        self.edit(viewer, &id, vec![edit], false).await
    }

    /// Makes a tag part of another; the page is the other's.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn merge(
        &self,
        viewer: &Viewer,
        name: &TagName,
        into: TagName,
    ) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        viewer.needs(Role::Moderator)?;
        let other = self.known(viewer, &into).await?;
        if other == id {
            return Err(refused("into", "these are one tag already"));
        }
        let edits = vec![TagEdit::MergeInto(into)];
        self.edit(viewer, &id, edits, false).await?;
        self.page_of(&other).await
    }

    /// What was changed about a tag, newest first.
    ///
    /// # Errors
    /// `not_found`, `invalid_field` for a foreign cursor.
    pub async fn history(
        &self,
        viewer: &Viewer,
        name: &TagName,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<TagChange>, PlatformError> {
        let id = self.known(viewer, name).await?;
        let moderator = viewer.role >= Role::Moderator;
        Ok(self.db.tag_history(&id, moderator, cursor, limit).await?)
    }

    /// Takes a change back.
    ///
    /// # Errors
    /// `not_found`, `forbidden`, `conflict` when that is no longer possible.
    pub async fn undo(
        &self,
        viewer: &Viewer,
        name: &TagName,
        change: &ChangeId,
    ) -> Result<TagPage, PlatformError> {
        let id = self.known(viewer, name).await?;
        let moderator = viewer.role >= Role::Moderator;
        let by = &viewer.user.id;
        let told = self.db.undo_tag_change(by, moderator, &id, change).await?;
        self.follow(&told).await?;
        self.page_of(&id).await
    }

    async fn edit(
        &self,
        viewer: &Viewer,
        id: &TagId,
        edits: Vec<TagEdit>,
        absorb: bool,
    ) -> Result<TagPage, PlatformError> {
        let by = &viewer.user.id;
        let told = self.db.edit_tag(by, id, edits, absorb).await?;
        self.follow(&told).await?;
        self.page_of(id).await
    }

    /// Here it is so at once; other nodes hear of it, elements follow.
    async fn follow(&self, told: &[TagId]) -> Result<(), PlatformError> {
        refresh(&self.db, &self.facts, told).await?;
        self.wake.notify_one();
        Ok(())
    }

    /// The tag that a word stands for, if the viewer may know of it.
    pub(super) async fn known(
        &self,
        viewer: &Viewer,
        name: &TagName,
    ) -> Result<TagId, PlatformError> {
        let found = self.find(name).await?;
        let (no, id) = found.ok_or_else(|| PlatformError::not_found("tag"))?;
        if self.shows(viewer, no).await? {
            Ok(id)
        } else {
            Err(PlatformError::not_found("tag"))
        }
    }

    /// Is the word a tag by itself of which the viewer may not know?
    async fn hidden(&self, viewer: &Viewer, word: &TagName) -> Result<bool, PlatformError> {
        Ok(match self.find(word).await? {
            None => false,
            Some((no, _)) => !self.shows(viewer, no).await?,
        })
    }

    async fn find(&self, name: &TagName) -> Result<Option<(TagNo, TagId)>, PlatformError> {
        let look = || {
            let words = self.facts.vocabulary().read();
            let no = words.resolve(name.as_str())?;
            Some((no, words.id(no)?))
        };
        if let Some(found) = look() {
            return Ok(Some(found));
        }
        // written a moment ago, and not told yet
        let rows = self.db.words_named(name).await?;
        let all = rows.into_iter().map(told).collect();
        let bent = self.facts.vocabulary().tell(all, &[]);
        self.facts.revise(&bent);
        Ok(look())
    }

    /// May the viewer know of a tag? What stands on private elements of others
    /// alone is nobody's business.
    async fn shows(&self, viewer: &Viewer, no: TagNo) -> Result<bool, PlatformError> {
        let ids: Vec<TagId> = {
            let words = self.facts.vocabulary().read();
            if words.common(no) || self.facts.count(no) > 0 {
                return Ok(true);
            }
            let all = words.below_closure(no).iter().chain([&no]);
            all.filter_map(|no| words.id(*no)).collect()
        };
        Ok(self.db.carries_tags(&viewer.scope(), &ids).await?)
    }

    /// [`Tags::shows`] for what is named on the way, without asking the
    /// database.
    pub(super) fn shows_in_passing(&self, words: &Words, no: TagNo) -> bool {
        words.common(no) || self.facts.count(no) > 0
    }
}

pub(super) fn refused(field: &str, detail: &str) -> PlatformError {
    PlatformError::Refused(Problem::field(field, detail))
}
