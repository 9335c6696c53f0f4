//! Making, changing and deleting clusters.

use protocol::cluster::{Cluster, ClusterRole, Influence, Section, SectionPatch};
use protocol::element::Visibility;
use protocol::limits::{CLUSTER_SECTIONS, CLUSTERS_PER_USER};
use protocol::notification::ClusterNews;
use protocol::{ClusterId, ElementId};
use surrealdb::types::{RecordId, SerdeWrapper, object};

use super::row::{ClusterRow, member};
use super::{Standing, account, cluster, holds_key, member_key, say};
use crate::elements::Viewer;
use crate::elements::newest_first;
use crate::elements::viewer::there;
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::limits::SWEEP_MAX;
use crate::notifications::{self, Spread};
use crate::row;
use crate::store::{Db, Tx};

/// A change, checked; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct ClusterChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub visibility: Option<Visibility>,
    pub cover: Option<ElementId>,
    pub sections: Option<Vec<SectionPatch>>,
    pub influence: Option<Influence>,
}

impl ClusterChange {
    /// Does it change more than the viewer's own settings?
    fn is_shared(&self) -> bool {
        self.name.is_some()
            || self.description.is_some()
            || self.visibility.is_some()
            || self.cover.is_some()
            || self.sections.is_some()
    }
}

impl Db {
    /// Makes a cluster of the viewer's.
    ///
    /// # Errors
    /// [`DbError::Full`] when the account has as many as it may.
    pub async fn create_cluster(
        &self,
        viewer: &Viewer,
        name: String,
        description: String,
        visibility: Visibility,
    ) -> Result<ClusterId> {
        let new = NewCluster {
            id: ClusterId::fresh(),
            owner: account(viewer)?.clone(),
            name,
            description,
            visibility,
        };
        let id = new.id.clone();
        self.write("a cluster", move |tx| {
            let new = new.clone();
            Box::pin(async move { make(tx, &new).await })
        })
        .await?;
        Ok(id)
    }

    /// Changes it as far as the viewer may: sections and cover are an editor's,
    /// name and visibility the owner's, influence everybody's own.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`].
    pub async fn change_cluster(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        change: ClusterChange,
    ) -> Result<Cluster> {
        let (who, what) = (viewer.clone(), id.clone());
        self.write("a cluster's change", move |tx| {
            let (who, what, change) = (who.clone(), what.clone(), change.clone());
            Box::pin(async move { apply(tx, &who, &what, change).await })
        })
        .await?;
        let changed = self.cluster(viewer, id, None).await?;
        changed.ok_or(DbError::Missing("cluster"))
    }

    /// Deletes it; [`Db::restore_cluster`] takes that back for a while.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`] for everybody but the owner.
    pub async fn remove_cluster(&self, viewer: &Viewer, id: &ClusterId) -> Result<()> {
        let (who, what) = (viewer.clone(), id.clone());
        self.write("a cluster's removal", move |tx| {
            let (who, what) = (who.clone(), what.clone());
            Box::pin(async move {
                Standing::find(tx, &who, &what, Some(ClusterRole::Owner)).await?;
                let vars = object! { id: cluster(&what), now: now_millis() };
                tx.run("UPDATE $id SET gone_at = $now RETURN NONE", vars)
                    .await?;
                say::gone(tx, &what).await
            })
        })
        .await
    }

    /// Takes a deletion back that is not older than `since`.
    ///
    /// # Errors
    /// [`DbError::Missing`] when there is nothing to take back.
    pub async fn restore_cluster(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        since: i64,
    ) -> Result<Cluster> {
        let (who, what) = (viewer.clone(), id.clone());
        self.write("a cluster's return", move |tx| {
            let (who, what) = (who.clone(), what.clone());
            Box::pin(async move {
                let vars = object! {
                    id: cluster(&what),
                    since: since,
                    member: member_key(&who, &what),
                };
                let mut answer = tx.run(RESTORE, vars).await?;
                if answer.all::<row::Key>(0)?.is_empty() {
                    return Err(DbError::Missing("deleted cluster"));
                }
                say::touched(tx, &what).await
            })
        })
        .await?;
        let back = self.cluster(viewer, id, None).await?;
        back.ok_or(DbError::Missing("cluster"))
    }

    /// Forgets clusters that were deleted before `before`, with their edges;
    /// says how many.
    pub async fn sweep_clusters(&self, before: i64) -> Result<usize> {
        let mut total = 0;
        loop {
            let vars = object! { before: before, count: row::int(SWEEP_MAX) };
            let old: Vec<row::Key> = self.read(OLD, vars).await?.all(0)?;
            let count = old.len();
            total += count;
            if count > 0 {
                let old: Vec<RecordId> = old
                    .into_iter()
                    .map(|key| RecordId::new("cluster", key.0))
                    .collect();
                self.write("a sweep of clusters", move |tx| {
                    // not those that came back just now
                    let vars = object! { old: old.clone(), before: before };
                    Box::pin(async move { tx.run(SWEEP, vars).await.map(drop) })
                })
                .await?;
            }
            if count < SWEEP_MAX {
                return Ok(total);
            }
        }
    }
}

/// A cluster to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewCluster {
    pub id: ClusterId,
    pub owner: protocol::UserId,
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
}

/// Makes it.
///
/// # Errors
/// [`DbError::Full`] when the account has as many as it may.
pub(crate) async fn make(tx: &Tx, new: &NewCluster) -> Result<()> {
    room(tx, &new.owner).await?;
    let now = now_millis();
    let vars = object! {
        id: cluster(&new.id),
        owner: row::user(&new.owner),
        member: member(&new.owner, &new.id, ClusterRole::Owner, now, now),
        name: new.name.clone(),
        description: new.description.clone(),
        visibility: SerdeWrapper(new.visibility),
        place: place(&new.id),
        now: now,
    };
    tx.run(CREATE, vars).await?;
    say::touched(tx, &new.id).await
}

/// Sorts the newest first.
pub(crate) fn place(id: &ClusterId) -> String {
    // the same letters, of another kind of thing
    let same: std::result::Result<ElementId, _> = id.as_str().parse();
    same.map(|id| newest_first(&id)).unwrap_or_default()
}

async fn room(tx: &Tx, user: &protocol::UserId) -> Result<()> {
    let query = "SELECT count() FROM member_of WHERE in = $user AND role = 'owner' GROUP ALL";
    let mut answer = tx.run(query, object! { user: row::user(user) }).await?;
    let count = answer.one::<row::CountRow>(0)?.map_or(0, |row| row.count);
    if count >= CLUSTERS_PER_USER as u64 {
        return Err(DbError::Full {
            what: "clusters of an account",
            most: CLUSTERS_PER_USER,
        });
    }
    Ok(())
}

async fn apply(tx: &Tx, viewer: &Viewer, id: &ClusterId, change: ClusterChange) -> Result<()> {
    let owners = change.name.is_some() || change.description.is_some();
    let needed = if owners || change.visibility.is_some() {
        ClusterRole::Owner
    } else if change.is_shared() {
        ClusterRole::Editor
    } else {
        ClusterRole::Viewer
    };
    let standing = Standing::find(tx, viewer, id, Some(needed)).await?;
    if let (Some(influence), Some(member)) = (change.influence, member_key(viewer, id)) {
        let vars = object! { member: member, influence: influence.as_str().to_owned() };
        tx.run(
            "UPDATE $member SET influence = $influence RETURN NONE",
            vars,
        )
        .await?;
    }
    if !change.is_shared() {
        return say::touched(tx, id).await;
    }
    if let Some(cover) = &change.cover {
        let vars = object! { edge: holds_key(id, cover) };
        let query = format!("SELECT VALUE out FROM $edge WHERE {}", there("out"));
        let mut held = tx.run(query, vars).await?;
        if held.all::<row::Key>(0)?.is_empty() {
            return Err(DbError::Missing("element in the cluster"));
        }
    }
    let sections = match change.sections.clone() {
        Some(wanted) => Some(arrange(tx, id, &standing.row.sections, wanted).await?),
        None => None,
    };
    let news = news(&standing.row, &change);
    let vars = object! {
        id: cluster(id),
        name: change.name,
        description: change.description,
        visibility: SerdeWrapper(change.visibility.unwrap_or(standing.row.visibility)),
        cover: change.cover.as_ref().map(row::element),
        sections: SerdeWrapper(sections.unwrap_or(standing.row.sections)),
        now: now_millis(),
    };
    tx.run(CHANGE, vars).await?;
    say::touched(tx, id).await?;
    if let Some(user) = viewer.id() {
        for one in news {
            notifications::spread(tx, id, user, Spread::Changed(one)).await?;
        }
    }
    Ok(())
}

/// What of a change its members are told.
fn news(before: &ClusterRow, change: &ClusterChange) -> Vec<ClusterNews> {
    let name = change.name.as_ref().filter(|name| **name != before.name);
    let renamed = name.map(|_| ClusterNews::Renamed {
        before: before.name.clone(),
    });
    let visibility = change.visibility.filter(|v| *v != before.visibility);
    let shared = visibility.map(|visibility| ClusterNews::Shared { visibility });
    renamed.into_iter().chain(shared).collect()
}

/// The sections as wanted; items of those that go lose theirs.
async fn arrange(
    tx: &Tx,
    id: &ClusterId,
    before: &[Section],
    wanted: Vec<SectionPatch>,
) -> Result<Vec<Section>> {
    if wanted.len() > CLUSTER_SECTIONS {
        return Err(DbError::Full {
            what: "sections of a cluster",
            most: CLUSTER_SECTIONS,
        });
    }
    let mut after: Vec<Section> = Vec::new();
    for SectionPatch { id, name } in wanted {
        let id = match id {
            None => ElementId::fresh().to_string(),
            Some(id) if before.iter().any(|s| s.id == id) && !after.iter().any(|s| s.id == id) => {
                id
            }
            Some(_) => return Err(DbError::Missing("section")),
        };
        after.push(Section { id, name });
    }
    for gone in before
        .iter()
        .filter(|s| !after.iter().any(|a| a.id == s.id))
    {
        let vars = object! { cluster: cluster(id), section: gone.id.clone() };
        tx.run(UNSECTION, vars).await?;
    }
    Ok(after)
}

const CREATE: &str = "INSERT INTO cluster { id: $id, owner: $owner, name: $name, \
    description: $description, visibility: $visibility, count: 0, followers: 0, sections: [], \
    created_at: $now, changed_at: $now, place: $place } RETURN NONE; \
    INSERT RELATION INTO member_of $member RETURN NONE;";

const CHANGE: &str = "UPDATE $id SET name = $name ?? name, \
    description = $description ?? description, visibility = $visibility, \
    cover = $cover ?? cover, sections = $sections, changed_at = $now RETURN NONE";

const RESTORE: &str = "UPDATE $id SET gone_at = NONE WHERE gone_at >= $since \
    AND (SELECT VALUE role FROM $member)[0] = 'owner' RETURN VALUE id";

const UNSECTION: &str = "UPDATE holds SET section = '', spot = string::concat('!', order) \
    WHERE in = $cluster AND section = $section RETURN NONE";

const OLD: &str =
    "SELECT VALUE id FROM cluster WHERE gone_at > 0 AND gone_at < $before LIMIT $count";

// edges go with the record they hang on
const SWEEP: &str = "LET $gone = (SELECT VALUE id FROM $old WHERE gone_at < $before); \
    DELETE invite WHERE cluster IN $gone RETURN NONE; DELETE $gone RETURN NONE;";
