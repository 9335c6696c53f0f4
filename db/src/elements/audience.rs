//! Who can see an element besides its owner. Asked of the conditions of
//! [`viewer`](super::viewer) themselves, on behalf of somebody who has nothing
//! to do with it.

use std::collections::HashSet;

use protocol::element::{Owner, Through, Visibility};
use protocol::{ClusterId, ElementId};
use surrealdb::types::{SurrealValue, object};

use super::viewer::{DIRECT, HELD, LISTED, OWNED, Viewer};
use crate::error::Result;
use crate::limits::{AUDIENCE_CLUSTERS, READ_MAX};
use crate::row::{self, Key};
use crate::store::Db;

/// By which ways others can see an element.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementAudience {
    pub visibility: Visibility,
    /// Everybody finds it in lists, but those who leave these flags out.
    pub listed: bool,
    pub flags: Vec<String>,
    /// Everybody who has its address opens it.
    pub direct: bool,
    /// Moderators see it, as its owner asked for their word.
    pub moderated: bool,
    /// The clusters that hold it, as far as its owner may know of them: those
    /// that show it to others first.
    pub clusters: Vec<Through>,
    /// Clusters that show it to those who see them, and that its owner may not
    /// know of any more.
    pub elsewhere: usize,
    /// Members of the clusters that show it, where its owner is one too.
    pub people: Vec<Owner>,
}

impl Db {
    /// None for everybody but its owner.
    pub async fn element_audience(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<Option<ElementAudience>> {
        let mut vars = object! { id: row::element(id), key: id.to_string() };
        viewer.bind(&mut vars);
        let query = format!(
            "SELECT visibility, flags ?? [] AS flags FROM $id WHERE {OWNED}; \
             SELECT VALUE element FROM review:[$key]..[$key, '~'] WHERE invited = true;"
        );
        let mut answer = self.read(query, vars).await?;
        let Some(own) = answer.one::<OwnRow>(0)? else {
            return Ok(None);
        };
        let moderated = !answer.all::<Key>(1)?.is_empty();

        let mut vars = object! { id: row::element(id), count: row::int(READ_MAX) };
        Viewer::stranger().bind(&mut vars);
        let query = format!(
            "SELECT VALUE id FROM $id WHERE {LISTED}; SELECT VALUE id FROM $id WHERE {DIRECT}; \
             SELECT VALUE in FROM holds WHERE out = $id AND {HELD} LIMIT $count; \
             SELECT VALUE in FROM holds WHERE out = $id LIMIT $count;"
        );
        let mut answer = self.read(query, vars).await?;
        let listed = !answer.all::<Key>(0)?.is_empty();
        let direct = !answer.all::<Key>(1)?.is_empty();
        let shown: Vec<Key> = answer.all(2)?;
        let shown: HashSet<String> = shown.into_iter().map(|key| key.0).collect();
        let holding: Vec<Key> = answer.all(3)?;
        let ids: Vec<ClusterId> = holding.iter().map(Key::parse).collect::<Result<_>>()?;

        let there = self.clusters_there(viewer, &ids).await?;
        let shows = |id: &ClusterId| shown.contains(id.as_str());
        let elsewhere = there
            .iter()
            .filter(|found| !found.known && shows(&found.cluster.id))
            .count();
        let mut known: Vec<_> = there.into_iter().filter(|found| found.known).collect();
        known.sort_by_key(|found| !shows(&found.cluster.id));
        known.truncate(AUDIENCE_CLUSTERS);
        let shared: Vec<ClusterId> = known
            .iter()
            .filter(|found| found.member && shows(&found.cluster.id))
            .map(|found| found.cluster.id.clone())
            .collect();
        // where everybody finds it anyway, names would say nothing
        let mut people = match listed {
            true => Vec::new(),
            false => self.members_of(&shared).await?,
        };
        people.retain(|person| viewer.id() != Some(&person.id));
        let clusters = known.into_iter().map(|found| Through {
            shows: shows(&found.cluster.id),
            cluster: found.cluster,
            visibility: found.visibility,
        });
        Ok(Some(ElementAudience {
            visibility: own.visibility,
            listed,
            flags: own.flags,
            direct,
            moderated,
            clusters: clusters.collect(),
            elsewhere,
            people,
        }))
    }
}

#[derive(SurrealValue)]
struct OwnRow {
    #[surreal(wrap)]
    visibility: Visibility,
    flags: Vec<String>,
}
