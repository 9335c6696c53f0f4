//! Cluster rows and what they mean outside.

use protocol::cluster::{ClusterRole, Influence, Section};
use protocol::element::{Owner, Visibility};
use protocol::{ClusterId, ElementId, Timestamp, UserId};
use surrealdb::types::{Object, SurrealValue, object};

use super::{cluster, edge, holds_key};
use crate::elements::Viewer;
use crate::error::Result;
use crate::row::{self, Key};

/// What is read of a cluster row.
pub(crate) const FIELDS: &str = "id, owner, owner.handle AS owner_handle, \
    owner.display_name AS owner_name, name, description, visibility, count, followers, cover, \
    sections, created_at, changed_at";

#[derive(Debug, Clone, SurrealValue)]
pub(crate) struct ClusterRow {
    pub id: Key,
    pub owner: Key,
    owner_handle: String,
    owner_name: String,
    pub name: String,
    pub description: String,
    #[surreal(wrap)]
    pub visibility: Visibility,
    pub count: u64,
    pub followers: u64,
    pub cover: Option<Key>,
    #[surreal(wrap)]
    pub sections: Vec<Section>,
    pub created_at: i64,
    pub changed_at: i64,
}

impl ClusterRow {
    pub fn id(&self) -> Result<ClusterId> {
        self.id.parse()
    }

    pub fn owner(&self) -> Result<Owner> {
        person(&self.owner, &self.owner_handle, self.owner_name.clone())
    }

    /// As somebody sees it who is no member, without what has to be looked up.
    pub fn plain(self) -> Result<protocol::cluster::Cluster> {
        Ok(protocol::cluster::Cluster {
            id: self.id()?,
            owner: self.owner()?,
            name: self.name,
            description: self.description,
            visibility: self.visibility,
            role: None,
            count: self.count,
            cover: Vec::new(),
            sections: self.sections,
            followers: self.followers,
            following: false,
            influence: Influence::Normal,
            holds: None,
            created_at: Timestamp::from_millis(self.created_at),
            changed_at: Timestamp::from_millis(self.changed_at),
        })
    }
}

/// May the viewer know of a cluster? Those that only their address opens are
/// not known of by lists. The one place where that is said of clusters.
pub(crate) fn known_of(
    viewer: &Viewer,
    owner: &Key,
    visibility: Visibility,
    member: bool,
    by_address: bool,
) -> bool {
    let open = match visibility {
        Visibility::Public => true,
        Visibility::Unlisted => by_address,
        Visibility::Private => false,
    };
    let apart = owner.parse().is_ok_and(|owner| viewer.is_apart(&owner));
    *viewer == Viewer::System || ((open || member) && !apart)
}

pub(crate) fn person(id: &Key, handle: &str, display_name: String) -> Result<Owner> {
    Ok(Owner {
        id: id.parse()?,
        handle: row::parse(handle)?,
        display_name,
    })
}

#[derive(SurrealValue)]
pub(crate) struct RoleRow {
    #[surreal(wrap)]
    pub role: ClusterRole,
}

/// An edge from an account to a cluster.
#[derive(Debug, Clone, SurrealValue)]
pub(crate) struct MemberRow {
    pub out: Key,
    #[surreal(wrap)]
    pub role: ClusterRole,
    #[surreal(wrap)]
    pub influence: Influence,
    pub used_at: i64,
}

/// Stands between a section and an order; sorts before every digit.
pub(crate) const GAP: char = '!';

pub(crate) fn spot(section: &str, order: &str) -> String {
    format!("{section}{GAP}{order}")
}

/// The edge from a cluster to an element. `added`: when, and what sorts the
/// last added first.
pub(crate) fn holds(
    id: &ClusterId,
    element: &ElementId,
    section: &str,
    order: &str,
    by: &UserId,
    added: (i64, String),
) -> Object {
    object! {
        id: holds_key(id, element),
        in: cluster(id),
        out: row::element(element),
        section: section.to_owned(),
        order: order.to_owned(),
        spot: spot(section, order),
        place: added.1,
        by: row::user(by),
        at: added.0,
    }
}

/// The edge of somebody who is new to a cluster.
pub(crate) fn member(
    user: &UserId,
    id: &ClusterId,
    role: ClusterRole,
    since: i64,
    used_at: i64,
) -> Object {
    object! {
        id: edge("member_of", user, id),
        in: row::user(user),
        out: cluster(id),
        role: role.as_str().to_owned(),
        influence: Influence::Normal.as_str().to_owned(),
        at: since,
        used_at: used_at,
    }
}

/// The edge of somebody who follows a cluster.
pub(crate) fn follows(user: &UserId, id: &ClusterId, at: i64) -> Object {
    object! {
        id: edge("follows", user, id),
        in: row::user(user),
        out: cluster(id),
        at: at,
    }
}
