//! What people say to tags and labels: accept, reject, appeal, decide.

use db::{Db, NotAppealed};
use protocol::account::Role;
use protocol::element::{Element, TagState};
use protocol::label::{LabelName, NewAppeal, Review, Ruling};
use protocol::value::TagName;
use protocol::{Cursor, ElementId, ErrorCode, Page, Problem, limits};

use crate::{PlatformError, Viewer};

/// Tags and labels under people's hands.
#[derive(Clone)]
pub struct Moderation {
    db: Db,
}

impl Moderation {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// The owner's word on a tag of an element: a fact, a rejection that
    /// sticks, or neither any more. Another word for a tag is written as the
    /// tag itself.
    ///
    /// # Errors
    /// `not_found` for everybody but the owner.
    pub async fn set_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
        state: TagState,
    ) -> Result<Element, PlatformError> {
        let changed = self.db.set_tag(&viewer.scope(), id, tag, state).await?;
        changed.ok_or_else(|| PlatformError::not_found("element"))
    }

    /// Takes a tag off an element: a model's suggestion is rejected for good,
    /// a person's own is forgotten.
    ///
    /// # Errors
    /// `not_found` for everybody but the owner.
    pub async fn drop_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
    ) -> Result<Element, PlatformError> {
        let changed = self.db.drop_tag(&viewer.scope(), id, tag).await?;
        changed.ok_or_else(|| PlatformError::not_found("element"))
    }

    /// Says that a label is wrong; a moderator decides.
    ///
    /// # Errors
    /// `not_found` when there is no such element or label to be seen,
    /// `conflict` when an appeal of this account is open already,
    /// `invalid_field` for a note that is empty or too long.
    pub async fn appeal(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        label: LabelName,
        appeal: NewAppeal,
    ) -> Result<Element, PlatformError> {
        let note = note(&appeal.note)?;
        if note.is_empty() {
            let detail = "say why the label is wrong";
            return Err(PlatformError::Refused(Problem::field("note", detail)));
        }
        let outcome = self.db.appeal(&viewer.scope(), id, label, note).await?;
        outcome.map_err(|refused| match refused {
            NotAppealed::NoElement => PlatformError::not_found("element"),
            NotAppealed::NoLabel => PlatformError::not_found("label"),
            NotAppealed::AlreadyOpen => PlatformError::refused(
                ErrorCode::Conflict,
                "your appeal against this label waits for a moderator already",
            ),
        })
    }

    /// What waits for a moderator: appeals first, then what models are unsure
    /// of, the oldest first.
    ///
    /// # Errors
    /// `forbidden` for who is no moderator.
    pub async fn reviews(
        &self,
        viewer: &Viewer,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<Review>, PlatformError> {
        viewer.needs(Role::Moderator)?;
        Ok(self.db.reviews(cursor, limit).await?)
    }

    /// A moderator's word on a label. It sticks to the file, to what looks
    /// nearly the same, and against every later model.
    ///
    /// # Errors
    /// `forbidden`, `not_found`, and `invalid_field` for a verdict that the
    /// label does not know.
    pub async fn rule(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        label: LabelName,
        ruling: Ruling,
    ) -> Result<Element, PlatformError> {
        viewer.needs(Role::Moderator)?;
        if !label.verdicts().contains(&ruling.verdict) {
            let names: Vec<&str> = label.verdicts().iter().map(|v| v.as_str()).collect();
            let detail = format!("{} can be {}", label.as_str(), names.join(", "));
            return Err(PlatformError::Refused(Problem::field("verdict", detail)));
        }
        let note = note(&ruling.note)?;
        let ruled = self
            .db
            .rule(&viewer.user.id, id, label, ruling.verdict, note)
            .await?;
        ruled.ok_or_else(|| PlatformError::not_found("element"))
    }
}

fn note(text: &str) -> Result<String, PlatformError> {
    let text = text.trim();
    if text.chars().count() > limits::NOTE_MAX {
        let detail = format!("at most {} characters", limits::NOTE_MAX);
        return Err(PlatformError::Refused(Problem::field("note", detail)));
    }
    Ok(text.to_owned())
}
