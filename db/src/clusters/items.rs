//! What a cluster holds, and where.

use protocol::cluster::{ClusterItem, ClusterItemChange, ClusterRole, ItemChange, Place};
use protocol::limits::CLUSTER_ELEMENTS;
use protocol::{ClusterId, Cursor, ElementId, Page, Timestamp};
use surrealdb::types::{SurrealValue, object};

use super::row::{GAP, holds, person, spot};
use super::{Standing, account, cluster, edge, holds_key, order, say, told};
use crate::elements::Viewer;
use crate::elements::newest_first;
use crate::elements::read::{by_address, by_id};
use crate::elements::viewer::{DIRECT, HELD, there};
use crate::error::{DbError, Result};
use crate::id::{Fresh, now_millis};
use crate::limits::READ_MAX;
use crate::notifications;
use crate::row::{self, Key};
use crate::store::{Db, Tx};

/// The sign after [`GAP`]: the end of a section.
const END: char = '"';

/// Where an item is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPlace {
    pub order: String,
    pub section: Option<String>,
    /// What became of it; none when it was there already.
    pub change: Option<ItemChange>,
}

impl Db {
    /// A page of what a cluster holds, as far as the viewer may see it.
    /// `section`: none for all of them in their order, an empty one for what
    /// has none.
    ///
    /// # Errors
    /// [`DbError::Missing`] when the viewer may not know of the cluster.
    pub async fn cluster_items(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        section: Option<&str>,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Page<ClusterItem>> {
        let found = self.cluster(viewer, id, None).await?;
        let found = found.ok_or(DbError::Missing("cluster"))?;
        let mut sections = vec![String::new()];
        sections.extend(found.sections.into_iter().map(|s| s.id));
        if let Some(wanted) = section {
            sections.retain(|s| s == wanted);
        }
        let mut after = String::new();
        if let Some(cursor) = cursor {
            let (last, order) = cursor.as_str().split_once('.').ok_or(DbError::BadCursor)?;
            let last = if last == "-" { "" } else { last };
            let at = sections.iter().position(|s| s == last);
            sections.drain(..at.ok_or(DbError::BadCursor)?);
            after = order.to_owned();
        }
        let limit = limit.clamp(1, READ_MAX);
        let mut rows: Vec<HoldsRow> = Vec::new();
        for section in sections {
            let mut vars = object! {
                cluster: cluster(id),
                from: format!("{section}{GAP}{after}"),
                to: format!("{section}{END}"),
                count: row::int(limit + 1 - rows.len()),
            };
            viewer.bind(&mut vars);
            let query = format!(
                "SELECT out, order, section, at, spot, {BY} FROM holds WHERE in = $cluster AND spot > $from \
                 AND spot < $to AND {HELD} ORDER BY spot LIMIT $count"
            );
            rows.extend(self.read(query, vars).await?.all::<HoldsRow>(0)?);
            after.clear();
            if rows.len() > limit {
                break;
            }
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).and_then(|last| {
            let section = if last.section.is_empty() {
                "-"
            } else {
                &last.section
            };
            format!("{section}.{}", last.order).parse().ok()
        });
        let ids: Vec<ElementId> = rows.iter().map(|r| r.out.parse()).collect::<Result<_>>()?;
        let (query, vars) = by_address(viewer, &ids);
        let mut elements = match ids.is_empty() {
            true => Default::default(),
            false => by_id(self.read(query, vars).await?.all(0)?)?,
        };
        let items = rows.into_iter().zip(ids).filter_map(|(row, id)| {
            let element = elements.remove(&id)?;
            Some(row.item(element))
        });
        Ok(Page {
            items: items.collect::<Result<_>>()?,
            next_cursor,
        })
    }

    /// Puts an element into a cluster, or moves it there.
    ///
    /// # Errors
    /// [`DbError::Missing`] for the cluster, the element, the section or the
    /// neighbour; [`DbError::Denied`] for viewers; [`DbError::Full`].
    pub async fn place_item(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: &ElementId,
        section: Option<String>,
        place: Place,
    ) -> Result<NewPlace> {
        let job = Placing {
            viewer: viewer.clone(),
            id: id.clone(),
            element: element.clone(),
            section: section.unwrap_or_default(),
            place,
        };
        self.write("a place in a cluster", move |tx| {
            let job = job.clone();
            Box::pin(async move { job.run(tx).await })
        })
        .await
    }

    /// Takes an element out; false when it was not in.
    ///
    /// # Errors
    /// [`DbError::Missing`], [`DbError::Denied`].
    pub async fn remove_item(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
        element: &ElementId,
    ) -> Result<bool> {
        let (who, id, element) = (viewer.clone(), id.clone(), element.clone());
        self.write("a removal from a cluster", move |tx| {
            let (who, id, element) = (who.clone(), id.clone(), element.clone());
            Box::pin(async move {
                Standing::find(tx, &who, &id, Some(ClusterRole::Editor)).await?;
                let vars = object! {
                    edge: holds_key(&id, &element),
                    cluster: cluster(&id),
                    element: row::element(&element),
                    now: now_millis(),
                };
                let Some(saved) = told::save_of(tx, &id, &element).await? else {
                    return Ok(false);
                };
                let change = ClusterItemChange {
                    id,
                    element,
                    change: ItemChange::Removed,
                    order: None,
                    section: None,
                };
                tx.run(TAKE, vars).await?;
                say::item(tx, change).await?;
                notifications::retract(tx, &saved).await?;
                Ok(true)
            })
        })
        .await
    }
}

#[derive(Clone)]
struct Placing {
    viewer: Viewer,
    id: ClusterId,
    element: ElementId,
    section: String,
    place: Place,
}

impl Placing {
    async fn run(&self, tx: &Tx) -> Result<NewPlace> {
        let standing =
            Standing::find(tx, &self.viewer, &self.id, Some(ClusterRole::Editor)).await?;
        let known = standing.row.sections.iter().any(|s| s.id == self.section);
        if !self.section.is_empty() && !known {
            return Err(DbError::Missing("section"));
        }
        let before = self.held(tx, &self.element).await?;
        if before.is_none() {
            self.seen(tx).await?;
            if standing.row.count >= CLUSTER_ELEMENTS as u64 {
                return Err(DbError::Full {
                    what: "elements of a cluster",
                    most: CLUSTER_ELEMENTS,
                });
            }
        }
        if let (Some(held), Place::Usual) = (&before, &self.place)
            && held.section == self.section
        {
            return Ok(self.done(held.order.clone(), None));
        }
        let order = self.order(tx).await?;
        let change = match before {
            Some(_) => ItemChange::Moved,
            None => ItemChange::Added,
        };
        let user = account(&self.viewer)?;
        let now = now_millis();
        let place = newest_first(&ElementId::fresh());
        let (section, element) = (&self.section, &self.element);
        let vars = object! {
            edge: holds_key(&self.id, &self.element),
            holds: holds(&self.id, element, section, &order, user, (now, place)),
            cluster: cluster(&self.id),
            member: edge("member_of", user, &self.id),
            section: self.section.clone(),
            order: order.clone(),
            spot: spot(&self.section, &order),
            now: now,
        };
        let query = if before.is_some() { MOVE } else { PUT };
        tx.run(query, vars).await?;
        let placed = self.done(order, Some(change));
        let told = ClusterItemChange {
            id: self.id.clone(),
            element: self.element.clone(),
            change,
            order: Some(placed.order.clone()),
            section: placed.section.clone(),
        };
        say::item(tx, told).await?;
        if change == ItemChange::Added {
            told::saved(tx, &standing.row, &self.element, user).await?;
        }
        Ok(placed)
    }

    fn done(&self, order: String, change: Option<ItemChange>) -> NewPlace {
        let section = Some(self.section.clone()).filter(|s| !s.is_empty());
        NewPlace {
            order,
            section,
            change,
        }
    }

    /// # Errors
    /// The viewer may not see the element.
    async fn seen(&self, tx: &Tx) -> Result<()> {
        let mut vars = object! { element: row::element(&self.element) };
        self.viewer.bind(&mut vars);
        let query = format!("SELECT VALUE id FROM $element WHERE {DIRECT}");
        let seen: Vec<Key> = tx.run(query, vars).await?.all(0)?;
        if seen.is_empty() {
            return Err(DbError::Missing("element"));
        }
        Ok(())
    }

    async fn held(&self, tx: &Tx, element: &ElementId) -> Result<Option<SpotRow>> {
        let vars = object! { edge: holds_key(&self.id, element) };
        let there = there("out");
        let query = format!("SELECT section, order, spot FROM $edge WHERE {there}");
        tx.run(query, vars).await?.one(0)
    }

    /// A new order for where it is wanted.
    async fn order(&self, tx: &Tx) -> Result<String> {
        let neighbour = match &self.place {
            Place::After(other) | Place::Before(other) => {
                let held = self.held(tx, other).await?;
                let held = held.filter(|held| held.section == self.section);
                Some(held.ok_or(DbError::Missing("neighbour in the section"))?)
            }
            _ => None,
        };
        let (low, high) = match (&self.place, neighbour) {
            (Place::After(_), Some(low)) => {
                let high = self.nearest(tx, NEXT, &low.spot).await?;
                (Some(low.order), high)
            }
            (Place::Before(_), Some(high)) => {
                let low = self.nearest(tx, PREVIOUS, &high.spot).await?;
                (low, Some(high.order))
            }
            (Place::Last, _) => {
                let end = format!("{}{END}", self.section);
                (self.nearest(tx, PREVIOUS, &end).await?, None)
            }
            _ => {
                let start = format!("{}{GAP}", self.section);
                (None, self.nearest(tx, NEXT, &start).await?)
            }
        };
        Ok(order::between(low.as_deref(), high.as_deref()))
    }

    /// The order of the nearest other item of the section.
    async fn nearest(&self, tx: &Tx, query: &str, spot: &str) -> Result<Option<String>> {
        let vars = object! {
            cluster: cluster(&self.id),
            element: row::element(&self.element),
            spot: spot.to_owned(),
            start: format!("{}{GAP}", self.section),
            end: format!("{}{END}", self.section),
        };
        let found: Option<SpotRow> = tx.run(query, vars).await?.one(0)?;
        Ok(found.map(|row| row.order))
    }
}

#[derive(SurrealValue)]
struct SpotRow {
    section: String,
    order: String,
    spot: String,
}

#[derive(SurrealValue)]
struct HoldsRow {
    out: Key,
    order: String,
    section: String,
    at: i64,
    by: Key,
    by_handle: String,
    by_name: String,
}

impl HoldsRow {
    fn item(self, element: protocol::element::Element) -> Result<ClusterItem> {
        Ok(ClusterItem {
            element,
            order: self.order,
            section: Some(self.section).filter(|s| !s.is_empty()),
            by: person(&self.by, &self.by_handle, self.by_name)?,
            at: Timestamp::from_millis(self.at),
        })
    }
}

/// The last `$count` elements that a cluster was given, last added first: for
/// the recommender. `cluster` is the parameter's name.
pub(super) fn newest_of(cluster: &str) -> String {
    newest(cluster, &format!("AND {}", there("out")))
}

/// The same with what is deleted, which costs no look at any element.
pub(super) fn newest_edges_of(cluster: &str) -> String {
    newest(cluster, "")
}

fn newest(cluster: &str, and: &str) -> String {
    format!(
        "SELECT VALUE out FROM (SELECT out, place FROM holds WHERE in = ${cluster} \
         AND place > '' {and} ORDER BY place LIMIT $count);"
    )
}

/// Who put it there; what somebody put there whose account is gone counts as
/// the cluster's owner's.
const BY: &str = "IF by.handle = NONE { in.owner } ELSE { by } AS by, \
    by.handle ?? in.owner.handle AS by_handle, \
    by.display_name ?? in.owner.display_name AS by_name";

const NEXT: &str = "SELECT section, order, spot FROM holds WHERE in = $cluster AND spot > $spot \
    AND spot < $end AND out != $element ORDER BY spot LIMIT 1";

const PREVIOUS: &str = "SELECT section, order, spot FROM holds WHERE in = $cluster \
    AND spot > $start AND spot < $spot AND out != $element ORDER BY spot DESC LIMIT 1";

const PUT: &str = "INSERT RELATION INTO holds $holds RETURN NONE; \
    UPDATE $cluster SET count += 1, changed_at = $now RETURN NONE; \
    UPDATE $member SET used_at = $now RETURN NONE;";

const MOVE: &str = "UPDATE $edge SET section = $section, order = $order, spot = $spot RETURN NONE; \
    UPDATE $cluster SET changed_at = $now RETURN NONE;";

const TAKE: &str = "DELETE $edge RETURN NONE; \
    UPDATE $cluster SET count = math::max([count - 1, 0]), changed_at = $now, \
    cover = IF cover = $element { NONE } ELSE { cover } RETURN NONE;";
