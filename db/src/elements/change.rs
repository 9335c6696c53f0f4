//! Changing elements, and telling those who show them.

use protocol::element::{Element, ElementPatch, Media, Visibility};
use protocol::{ElementId, Topic};
use surrealdb::types::{SerdeWrapper, SurrealValue, object};

use super::labels;
use super::row::shown;
use super::viewer::{OWNED, Viewer};
use crate::error::Result;
use crate::outbox::{self, ElementEvent, Notice};
use crate::row::{self, Key};
use crate::store::{Db, Tx};

impl Db {
    /// Changes what its owner may change; None when there is no such element
    /// of this viewer's.
    pub async fn update_element(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        patch: ElementPatch,
    ) -> Result<Option<Element>> {
        let (who, what) = (viewer.clone(), id.clone());
        let changed = self
            .write("a change", move |tx| {
                let (who, what, patch) = (who.clone(), what.clone(), patch.clone());
                Box::pin(async move { change(tx, &who, &what, patch).await })
            })
            .await?;
        if changed {
            self.element(viewer, id).await
        } else {
            Ok(None)
        }
    }
}

/// What has to be known of an element to change it.
#[derive(SurrealValue)]
pub(super) struct Owned {
    pub owner: Key,
    #[surreal(wrap)]
    pub visibility: Visibility,
    #[surreal(wrap)]
    files: Vec<Media>,
}

impl Owned {
    /// The element, if the viewer may change it.
    pub(super) async fn find(tx: &Tx, viewer: &Viewer, id: &ElementId) -> Result<Option<Self>> {
        let mut vars = object! { id: row::element(id) };
        viewer.bind(&mut vars);
        let query = format!("SELECT owner, visibility, files FROM $id WHERE {OWNED}");
        tx.run(query, vars).await?.one(0)
    }

    pub(super) fn shown(&self) -> bool {
        shown(self.visibility, &self.files)
    }

    /// Where its owner and those who look at it listen.
    pub(super) fn topics(&self, id: &ElementId) -> Result<Vec<Topic>> {
        Ok(vec![
            Topic::User(self.owner.parse()?),
            Topic::Element(id.clone()),
        ])
    }
}

async fn change(tx: &Tx, viewer: &Viewer, id: &ElementId, patch: ElementPatch) -> Result<bool> {
    let Some(before) = Owned::find(tx, viewer, id).await? else {
        return Ok(false);
    };
    let visibility = patch.visibility.unwrap_or(before.visibility);
    let vars = object! {
        id: row::element(id),
        title: patch.title,
        description: patch.description,
        alt: patch.alt,
        visibility: SerdeWrapper(visibility),
        declares_ai: patch.declares_ai,
    };
    tx.run(CHANGE, vars).await?;
    if patch.declares_ai.is_some() || patch.visibility.is_some() {
        // who waits for a moderator depends on both
        labels::derive(tx, id).await?;
    }
    let mut topics = before.topics(id)?;
    let mut notices = Vec::new();
    match (before.shown(), shown(visibility, &before.files)) {
        (true, true) => topics.push(Topic::Explore),
        (true, false) => notices.push(Notice::removed(vec![Topic::Explore], id.clone())),
        (false, true) => notices.push(Notice::element(
            vec![Topic::Explore],
            ElementEvent::Added,
            id.clone(),
        )),
        (false, false) => {}
    }
    notices.push(Notice::element(topics, ElementEvent::Changed, id.clone()));
    outbox::write(tx, &notices).await?;
    Ok(true)
}

const CHANGE: &str = "UPDATE $id SET title = $title ?? title, \
    description = $description ?? description, alt = $alt ?? alt ?? '', \
    visibility = $visibility, \
    declares_ai = $declares_ai ?? declares_ai ?? false RETURN NONE";
