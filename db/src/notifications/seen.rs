//! What of their notifications an account may see, asked of the conditions that
//! hold for everything else.

use std::collections::{HashMap, HashSet};

use protocol::element::{Media, Owner};
use protocol::label::{Label, LabelName, Verdict};
use protocol::notification::{NotedElement, What};
use protocol::{ClusterId, ElementId, UserId};
use surrealdb::types::{RecordId, SurrealValue, object};

use super::row::Happening;
use crate::clusters::{There, holds_key, person};
use crate::elements::Viewer;
use crate::elements::viewer::{DIRECT, HELD};
use crate::error::Result;
use crate::row::{self, Key};
use crate::store::Db;

/// What is there for one viewer of what happenings are about.
pub(super) struct Seen {
    elements: HashSet<ElementId>,
    held: HashSet<(ClusterId, ElementId)>,
    clusters: HashMap<ClusterId, There>,
}

impl Seen {
    pub async fn look(db: &Db, viewer: &Viewer, rows: &[Happening]) -> Result<Self> {
        let elements = distinct(rows.iter().filter_map(|row| row.element.as_ref()));
        let clusters = distinct(rows.iter().filter_map(|row| row.cluster.as_ref()));
        let added = |row: &&Happening| row.what == What::ClusterAdded;
        let mut edges: Vec<RecordId> = rows
            .iter()
            .filter(added)
            .filter_map(|row| Some(holds_key(row.cluster.as_ref()?, row.element.as_ref()?)))
            .collect();
        edges.sort();
        edges.dedup();
        let records: Vec<RecordId> = elements.iter().map(row::element).collect();
        let mut vars = object! { ids: records, edges: edges };
        viewer.bind(&mut vars);
        let query = format!(
            "SELECT VALUE id FROM $ids WHERE {DIRECT}; SELECT in, out FROM $edges WHERE {HELD};"
        );
        let mut answer = db.read(query, vars).await?;
        let ids: Vec<Key> = answer.all(0)?;
        let held: Vec<HeldRow> = answer.all(1)?;
        let there = db.clusters_there(viewer, &clusters).await?;
        Ok(Self {
            elements: ids.iter().map(Key::parse).collect::<Result<_>>()?,
            held: held
                .iter()
                .map(|row| Ok((row.r#in.parse()?, row.out.parse()?)))
                .collect::<Result<_>>()?,
            clusters: there
                .into_iter()
                .map(|there| (there.cluster.id.clone(), there))
                .collect(),
        })
    }

    /// May the viewer be told of it?
    pub fn shows(&self, row: &Happening) -> bool {
        let element = row.element.as_ref();
        let cluster = row.cluster.as_ref().and_then(|id| self.clusters.get(id));
        let opens = element.is_some_and(|id| self.elements.contains(id));
        match &row.what {
            What::Liked
            | What::ElementReady { .. }
            | What::ElementReview { .. }
            | What::AppealDecided { .. } => opens,
            What::Saved => opens && cluster.is_some_and(|there| there.known),
            // forgotten with the device while it is unread
            What::DeviceOffline { .. } => true,
            // the account itself is followed
            What::Followed if row.cluster.is_none() => true,
            What::Followed | What::ClusterChanged { .. } => {
                cluster.is_some_and(|there| there.known)
            }
            What::Invited { .. } => cluster.is_some_and(|there| there.member),
            What::ClusterAdded => {
                let pair = row.cluster.clone().zip(row.element.clone());
                cluster.is_some_and(|there| there.open)
                    && pair.is_some_and(|pair| self.held.contains(&pair))
            }
        }
    }

    pub fn cluster(&self, id: &ClusterId) -> Option<protocol::cluster::ClusterRef> {
        self.clusters.get(id).map(|there| there.cluster.clone())
    }
}

impl Db {
    /// The elements as they are shown beside a notification, by their ids; who
    /// asks has seen to it that they may be.
    pub(super) async fn noted_elements(
        &self,
        ids: &[ElementId],
    ) -> Result<HashMap<ElementId, NotedElement>> {
        let ids = distinct(ids.iter());
        let records: Vec<RecordId> = ids.iter().map(row::element).collect();
        let rows: Vec<NotedRow> = match records.is_empty() {
            true => Vec::new(),
            false => self.read(NOTED, object! { ids: records }).await?.all(0)?,
        };
        rows.into_iter()
            .map(|row| {
                let element = row.element()?;
                Ok((element.id.clone(), element))
            })
            .collect()
    }

    /// Accounts by their ids.
    pub(super) async fn noted_people(&self, ids: &[UserId]) -> Result<HashMap<UserId, Owner>> {
        let ids = distinct(ids.iter());
        let records: Vec<RecordId> = ids.iter().map(row::user).collect();
        let rows: Vec<PersonRow> = match records.is_empty() {
            true => Vec::new(),
            false => self.read(PEOPLE, object! { ids: records }).await?.all(0)?,
        };
        rows.into_iter()
            .map(|row| {
                let owner = person(&row.id, &row.handle, row.display_name)?;
                Ok((owner.id.clone(), owner))
            })
            .collect()
    }
}

fn distinct<'a, T: Clone + Ord + 'a>(all: impl Iterator<Item = &'a T>) -> Vec<T> {
    let mut all: Vec<T> = all.cloned().collect();
    all.sort();
    all.dedup();
    all
}

const NOTED: &str = "SELECT id, title, width, height, thumbhash, files, labels ?? [] AS labels \
    FROM $ids";

const PEOPLE: &str = "SELECT id, handle, display_name FROM $ids";

#[derive(SurrealValue)]
struct HeldRow {
    r#in: Key,
    out: Key,
}

#[derive(SurrealValue)]
struct PersonRow {
    id: Key,
    handle: String,
    display_name: String,
}

#[derive(SurrealValue)]
struct NotedRow {
    id: Key,
    title: String,
    width: u32,
    height: u32,
    thumbhash: String,
    #[surreal(wrap)]
    files: Vec<Media>,
    #[surreal(wrap)]
    labels: Vec<Label>,
}

impl NotedRow {
    fn element(self) -> Result<NotedElement> {
        let covers = |label: &Label| {
            matches!(
                (label.label, label.verdict),
                (LabelName::Nsfw, Verdict::Sensitive | Verdict::Explicit)
                    | (LabelName::AiMade, Verdict::Yes)
            )
        };
        Ok(NotedElement {
            id: self.id.parse()?,
            title: self.title,
            width: self.width,
            height: self.height,
            thumbhash: self.thumbhash,
            media: self.files,
            labels: self.labels.into_iter().filter(covers).collect(),
        })
    }
}
