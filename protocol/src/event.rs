//! What happens: the events that topics carry.

use serde::{Deserialize, Serialize};

use crate::cluster::{ClusterGone, ClusterItemChange, ClusterTouched};
use crate::device::{Device, DeviceGone};
use crate::element::{Element, Owner, Stage, State};
use crate::fetch::Fetch;
use crate::notification::{NotificationGone, NotificationNews, ReadUpTo};
use crate::{ElementId, LoginId, TagId, Topic, UserId};

/// One happening, with what a client needs to show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Event {
    /// An element was saved (`user:`) or became visible (`explore`).
    ElementAdded(Box<Element>),
    /// One step of its processing changed.
    ElementStage(StageChange),
    /// All steps are through; the whole element as it is now.
    ElementReady(Box<Element>),
    /// Somebody edited it; the whole element as it is now.
    ElementChanged(Box<Element>),
    ElementRemoved(ElementGone),
    /// Something about a cluster itself changed.
    ClusterChanged(ClusterTouched),
    /// One of its items came, moved or went.
    ClusterItem(ClusterItemChange),
    /// It was deleted, or the listener is no longer a member.
    ClusterRemoved(ClusterGone),
    /// Something that is being fetched for the account got on.
    FetchChanged(Box<Fetch>),
    /// One of the account's devices came, went or did something.
    DeviceChanged(Box<Device>),
    DeviceRemoved(DeviceGone),
    /// Something is told to the account, or what was told has grown.
    Notification(Box<NotificationNews>),
    NotificationRemoved(NotificationGone),
    /// Some device of the account read up to there.
    NotificationsRead(ReadUpTo),
    /// Its name, its picture or how it stands to others is different: what
    /// shows it is to be fetched again.
    AccountChanged(AccountTouched),
    /// A login was ended; its sockets close.
    LoginRevoked(LoginGone),
    /// Between servers: what tags are called and imply is to be read again.
    TagsChanged(TagsTouched),
    /// Between servers: who is present at a topic by one of them.
    NodePresence(NodePresence),
}

impl Event {
    /// Of several waiting events with the same key only the newest matters.
    /// None: must never be dropped.
    pub fn conflation_key(&self) -> Option<(&'static str, &ElementId)> {
        match self {
            Event::ElementChanged(element) => Some(("changed", &element.id)),
            _ => None,
        }
    }

    /// The `kind` on the wire.
    pub fn kind(&self) -> &'static str {
        match self {
            Event::ElementAdded(_) => "element_added",
            Event::ElementStage(_) => "element_stage",
            Event::ElementReady(_) => "element_ready",
            Event::ElementChanged(_) => "element_changed",
            Event::ElementRemoved(_) => "element_removed",
            Event::ClusterChanged(_) => "cluster_changed",
            Event::ClusterItem(_) => "cluster_item",
            Event::ClusterRemoved(_) => "cluster_removed",
            Event::FetchChanged(_) => "fetch_changed",
            Event::DeviceChanged(_) => "device_changed",
            Event::DeviceRemoved(_) => "device_removed",
            Event::Notification(_) => "notification",
            Event::NotificationRemoved(_) => "notification_removed",
            Event::NotificationsRead(_) => "notifications_read",
            Event::AccountChanged(_) => "account_changed",
            Event::LoginRevoked(_) => "login_revoked",
            Event::TagsChanged(_) => "tags_changed",
            Event::NodePresence(_) => "node_presence",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct StageChange {
    pub id: ElementId,
    pub stage: Stage,
    /// The element's state after the change.
    pub state: State,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ElementGone {
    pub id: ElementId,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LoginGone {
    pub id: LoginId,
}

/// Which account. Its names are not told: who may see them asks for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccountTouched {
    pub id: UserId,
}

/// Whose words are different, and whose tags were rewritten for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TagsTouched {
    pub tags: Vec<TagId>,
    pub elements: Vec<ElementId>,
}

/// All who are present at a topic by one server. It replaces what that server
/// told of the topic before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NodePresence {
    pub node: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "cluster:01jd3v2k8m0000000000000000"))]
    pub topic: Topic,
    pub people: Vec<Owner>,
}
