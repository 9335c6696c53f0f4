//! Notifications: what others did to what is one's own, and what became of it.

mod preferences;
mod quiet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::cluster::{ClusterRef, ClusterRole};
use crate::element::{Media, Owner, Visibility};
use crate::label::{AppealState, Label, LabelName};
use crate::{Cursor, DeviceId, ElementId, Timestamp};

pub use preferences::{KindPatch, KindPreference, NotificationPreferences, PreferencesPatch};
pub use quiet::{BadTimeOfDay, QuietHours, TimeOfDay};

/// One entry of the list: one happening, or several of a kind that happened to
/// the same thing on the same day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Notification {
    /// The same while it grows: one that comes later replaces the one before.
    pub id: String,
    /// The sequence of its latest happening: what read state goes by. It is
    /// unread while this is greater than `read_up_to`.
    pub seq: u64,
    #[serde(flatten)]
    pub what: What,
    /// Who did it, the last one first, up to
    /// [`crate::limits::NOTIFICATION_ACTORS`]; empty where nobody did.
    pub actors: Vec<Owner>,
    /// How many accounts did it.
    pub people: u32,
    /// How many happenings it stands for, as far as they are kept.
    pub count: u32,
    /// What it happened to, the last one first, up to
    /// [`crate::limits::NOTIFICATION_PICTURES`].
    pub elements: Vec<NotedElement>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<ClusterRef>,
    /// When the latest happened.
    pub at: Timestamp,
}

/// What happened. Kinds may be added: pass over those that you don't know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    /// Somebody likes an element of yours.
    Liked,
    /// Somebody put an element of yours into a cluster that you may know of.
    Saved,
    /// Somebody follows a cluster of yours, or you, where none is named.
    Followed,
    /// You belong to a cluster now, or have another role there.
    Invited { role: ClusterRole },
    /// A cluster that you belong to is another one now.
    ClusterChanged { change: ClusterNews },
    /// Something new in a cluster that you follow or belong to.
    ClusterAdded,
    /// All steps of an element of yours are through, or it can't be shown.
    ElementReady { failed: bool },
    /// A moderator looks at an element of yours, as models are unsure.
    ElementReview { label: LabelName },
    /// A moderator decided about an appeal of yours.
    AppealDecided {
        label: LabelName,
        state: AppealState,
        /// In the moderator's words; may be empty.
        answer: String,
    },
    /// A camera of yours went without a goodbye and did not come back. Of
    /// several, the last one that did.
    DeviceOffline {
        device: DeviceId,
        /// As it was called then.
        name: String,
    },
}

impl What {
    pub fn kind(&self) -> NotificationKind {
        match self {
            What::Liked => NotificationKind::Liked,
            What::Saved => NotificationKind::Saved,
            What::Followed => NotificationKind::Followed,
            What::Invited { .. } => NotificationKind::Invited,
            What::ClusterChanged { .. } => NotificationKind::ClusterChanged,
            What::ClusterAdded => NotificationKind::ClusterAdded,
            What::ElementReady { .. } => NotificationKind::ElementReady,
            What::ElementReview { .. } => NotificationKind::ElementReview,
            What::AppealDecided { .. } => NotificationKind::AppealDecided,
            What::DeviceOffline { .. } => NotificationKind::DeviceOffline,
        }
    }
}

/// What is different about a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum ClusterNews {
    /// Somebody accepted an invitation; told to its owner.
    Joined { role: ClusterRole },
    Renamed {
        /// What it was called.
        before: String,
    },
    /// Others may see it now, or no longer.
    Shared { visibility: Visibility },
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// The kinds of notifications, as preferences name them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum NotificationKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl NotificationKind {
            pub const ALL: &'static [NotificationKind] = &[$(NotificationKind::$name,)+];

            /// As on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(NotificationKind::$name => $text,)+ }
            }
        }
    };
}

kinds! {
    Liked = "liked",
    Saved = "saved",
    Followed = "followed",
    Invited = "invited",
    ClusterChanged = "cluster_changed",
    ClusterAdded = "cluster_added",
    ElementReady = "element_ready",
    ElementReview = "element_review",
    AppealDecided = "appeal_decided",
    DeviceOffline = "device_offline",
}

/// From its text, as the keys of maps are texts in every format.
impl<'de> Deserialize<'de> for NotificationKind {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let text = String::deserialize(input)?;
        let named = |kind: &&NotificationKind| kind.as_str() == text;
        let kind = NotificationKind::ALL.iter().find(named).copied();
        kind.ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no kind of notification")))
    }
}

/// As much of an element as it takes to show it beside a line of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotedElement {
    pub id: ElementId,
    /// May be empty.
    pub title: String,
    pub width: u32,
    pub height: u32,
    pub thumbhash: String,
    /// Smallest first; empty while there is none.
    pub media: Vec<Media>,
    /// Those that viewers can ask to have covered, and no others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
}

/// `GET notifications`: the latest first. What comes meanwhile, or grows, is in
/// front of the first page and changes none behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationPage {
    pub items: Vec<Notification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<Cursor>,
    #[serde(flatten)]
    pub state: ReadState,
}

/// How much of the list was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReadState {
    /// The unread boundary: everything up to this sequence was read, on
    /// whichever device.
    pub read_up_to: u64,
    /// Entries beyond it, on all pages.
    pub unread: u32,
    /// The highest sequence that was given so far: what reads everything.
    pub latest: u64,
}

/// `POST notifications/read`, and `mark_read` on the socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    /// A sequence: what comes later stays unread. Less than what was said
    /// before changes nothing.
    pub up_to: u64,
}

/// How far some device read, as an event tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReadUpTo {
    pub up_to: u64,
}

/// An entry as an event brings it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationNews {
    #[serde(flatten)]
    pub notification: Notification,
    /// The account's quiet hours: add it to the list and show no more of it.
    pub quiet: bool,
}

/// It was taken back, or may no longer be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NotificationGone {
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_named_as_it_is_written() {
        for kind in NotificationKind::ALL {
            let json = serde_json::to_string(kind).unwrap();
            assert_eq!(json, format!("\"{}\"", kind.as_str()));
        }
    }

    #[test]
    fn what_happened_names_its_kind() {
        let all = [
            What::Liked,
            What::Saved,
            What::Followed,
            What::Invited {
                role: ClusterRole::Editor,
            },
            What::ClusterChanged {
                change: ClusterNews::Shared {
                    visibility: Visibility::Public,
                },
            },
            What::ClusterAdded,
            What::ElementReady { failed: false },
            What::ElementReview {
                label: LabelName::Nsfw,
            },
            What::AppealDecided {
                label: LabelName::Nsfw,
                state: AppealState::Granted,
                answer: String::new(),
            },
            What::DeviceOffline {
                device: DeviceId::from_parts(6, 6),
                name: "Front door".into(),
            },
        ];
        let kinds: Vec<NotificationKind> = all.iter().map(What::kind).collect();
        assert_eq!(kinds, NotificationKind::ALL);
        for what in all {
            let json = serde_json::to_value(&what).unwrap();
            assert_eq!(json["kind"], what.kind().as_str());
            assert_eq!(serde_json::from_value::<What>(json).unwrap(), what);
        }
    }
}
