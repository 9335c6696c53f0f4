//! Takes an exported archive back. Again is fine: what is there already stays
//! as it is, and what an interrupted run left out is added.

use std::collections::{HashMap, HashSet};

use db::{ClusterChange, NewPlace, Viewer as Scope};
use protocol::cluster::{Place, SectionPatch};
use protocol::element::{ElementPatch, Tag, TagSource};
use protocol::profile::ProfilePatch;
use protocol::{ElementId, Problem};

use super::export::{ExportedCluster, ExportedElement, ExportedLike};
use super::{Profiles, Shelf};
use crate::{Elements, NewFile, PlatformError, Viewer};

/// What became of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    /// Pictures that were saved, and that had been there before.
    pub saved: u64,
    pub known: u64,
    pub clusters: u64,
    pub likes: u64,
    /// Likes and places of pictures that are not on this server.
    pub elsewhere: u64,
    /// What could not be taken back, and why.
    pub refused: Vec<(String, String)>,
}

impl Profiles {
    /// Puts what the archive holds into the account. `told` hears of each
    /// picture.
    ///
    /// # Errors
    /// The database or the disk failed; what is wrong with one thing of the
    /// archive is in the answer.
    pub async fn restore(
        &self,
        viewer: &Viewer,
        elements: &Elements,
        shelf: &mut Shelf,
        mut told: impl FnMut(&str),
    ) -> Result<Restored, PlatformError> {
        let mut report = Restored::default();
        let mut ids: HashMap<ElementId, ElementId> = HashMap::new();
        // names are ids: the oldest comes first, as it did then
        for name in shelf.names("elements/") {
            told(&name);
            match self.restore_element(viewer, elements, shelf, &name).await {
                Ok((old, new, known)) => {
                    ids.insert(old, new);
                    match known {
                        true => report.known += 1,
                        false => report.saved += 1,
                    }
                }
                Err(error) => refuse(&mut report, &name, error)?,
            }
        }
        for name in shelf.names("clusters/") {
            told(&name);
            let cluster = shelf.json::<ExportedCluster>(&name);
            let done = match cluster {
                Ok(cluster) => {
                    self.restore_cluster(viewer, cluster, &ids, &mut report)
                        .await
                }
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => report.clusters += 1,
                Err(error) => refuse(&mut report, &name, error)?,
            }
        }
        let scope = viewer.scope();
        for like in shelf
            .json::<Vec<ExportedLike>>("likes.json")?
            .into_iter()
            .rev()
        {
            let id = ids.get(&like.element).unwrap_or(&like.element);
            match self.db.like(&scope, id, true).await? {
                Some(_) => report.likes += 1,
                None => report.elsewhere += 1,
            }
        }
        self.restore_profile(viewer, shelf).await?;
        Ok(report)
    }

    async fn restore_element(
        &self,
        viewer: &Viewer,
        elements: &Elements,
        shelf: &mut Shelf,
        name: &str,
    ) -> Result<(ElementId, ElementId, bool), PlatformError> {
        let about: ExportedElement = shelf.json(name)?;
        let bytes = shelf.picture(&about.file)?;
        let file = NewFile {
            bytes: bytes.into(),
            file_name: about.source.file_name.clone(),
            title: Some(about.title),
            description: Some(about.description),
            visibility: about.visibility,
            source: about.source,
            backfill: true,
        };
        let taken = elements.intake(viewer, file).await?;
        let known = taken.duplicate_of.is_some();
        let now = elements.get(viewer, &taken.id).await?;
        let patch = ElementPatch {
            alt: Some(about.alt).filter(|alt| !alt.is_empty() && now.alt.is_empty()),
            declares_ai: about.declares_ai.then_some(true).filter(|_| !known),
            ..ElementPatch::default()
        };
        if patch != ElementPatch::default() {
            elements.update(viewer, &taken.id, patch).await?;
        }
        // what somebody said of it here goes before what was said there
        let said = |tag: &Tag| tag.source == TagSource::Person && tag.implied_by.is_none();
        let here: HashSet<&str> = now
            .tags
            .iter()
            .filter(|t| said(t))
            .map(|t| t.name.as_str())
            .collect();
        for tag in about.tags.iter().filter(|tag| said(tag)) {
            if !here.contains(tag.name.as_str()) {
                let scope = viewer.scope();
                self.db
                    .set_tag(&scope, &taken.id, &tag.name, tag.state)
                    .await?;
            }
        }
        Ok((about.id, taken.id, known))
    }

    async fn restore_cluster(
        &self,
        viewer: &Viewer,
        cluster: ExportedCluster,
        ids: &HashMap<ElementId, ElementId>,
        report: &mut Restored,
    ) -> Result<(), PlatformError> {
        let scope = viewer.scope();
        let id = self
            .db
            .import_cluster(
                &scope,
                &cluster.id,
                cluster.name,
                cluster.description,
                cluster.visibility,
            )
            .await?;
        let mut now = self.db.cluster(&scope, &id, None).await?;
        let missing = || PlatformError::not_found("cluster");
        if now.as_ref().ok_or_else(missing)?.sections.is_empty() && !cluster.sections.is_empty() {
            let sections = cluster.sections.iter().map(|section| SectionPatch {
                id: None,
                name: section.name.clone(),
            });
            let change = ClusterChange {
                sections: Some(sections.collect()),
                ..ClusterChange::default()
            };
            now = Some(self.db.change_cluster(&scope, &id, change).await?);
        }
        let now = now.ok_or_else(missing)?;
        let section = |old: &str| {
            let name = &cluster.sections.iter().find(|s| s.id == old)?.name;
            let found = now.sections.iter().find(|s| s.name == *name)?;
            Some(found.id.clone())
        };
        for item in &cluster.items {
            let element = ids.get(&item.element).unwrap_or(&item.element).clone();
            let held = self.db.held_in(&id, std::slice::from_ref(&element)).await?;
            if !held.is_empty() {
                continue;
            }
            let section = item.section.as_deref().and_then(section);
            match self.place(&scope, &id, &element, section).await {
                Ok(_) => {}
                Err(PlatformError::Db(db::DbError::Missing(_))) => report.elsewhere += 1,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn place(
        &self,
        scope: &Scope,
        id: &protocol::ClusterId,
        element: &ElementId,
        section: Option<String>,
    ) -> Result<NewPlace, PlatformError> {
        let placed = self.db.place_item(scope, id, element, section, Place::Last);
        Ok(placed.await?)
    }

    /// What the account says of itself, where it says nothing yet.
    async fn restore_profile(
        &self,
        viewer: &Viewer,
        shelf: &mut Shelf,
    ) -> Result<(), PlatformError> {
        let own = self.own(viewer).await?;
        let head = shelf.head.clone();
        let patch = ProfilePatch {
            handle: None,
            display_name: Some(head.display_name)
                .filter(|_| own.user.display_name == own.user.handle.as_str()),
            bio: Some(head.bio).filter(|_| own.bio.is_empty()),
            links: Some(head.links).filter(|_| own.links.is_empty()),
            share_likes: None,
        };
        self.update(viewer, patch).await?;
        if own.user.avatar.is_empty()
            && let Ok(bytes) = shelf.picture("avatar.jpg")
        {
            self.set_avatar(viewer, bytes.into(), None).await?;
        }
        Ok(())
    }
}

/// The archive's fault is told and passed over; ours ends the import.
fn refuse(report: &mut Restored, name: &str, error: PlatformError) -> Result<(), PlatformError> {
    let problem: Problem = match &error {
        PlatformError::Io { .. } => Problem::field("archive", error.to_string()),
        _ => error.problem(),
    };
    if problem.status >= 500 {
        return Err(error);
    }
    let why = problem.detail.unwrap_or(problem.title);
    report.refused.push((name.to_owned(), why));
    Ok(())
}
