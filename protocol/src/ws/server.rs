//! Frames that the server sends.

use serde::{Deserialize, Serialize};

use crate::account::User;
use crate::cluster::{ClusterRef, Placed};
use crate::element::Owner;
use crate::event::Event;
use crate::search::Found;
use crate::{Problem, SocketId, Topic};

/// A frame from the server. All but `hello`, `found` and `pong` carry `seq`,
/// which grows by one from frame to frame of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ServerFrame {
    Hello(Hello),
    Ready(Ready),
    /// The session goes on; the frames after the client's `seq` follow.
    Resumed {
        seq: u64,
        /// How many frames are replayed.
        replayed: u64,
    },
    Reload(Reload),
    Event(EventFrame),
    Signal(SignalFrame),
    Ok(Reply),
    /// Answer to `search` and `feed`; outside the sequence, as who did not get
    /// it asks again.
    Found {
        id: u64,
        data: Found,
    },
    /// A command was refused.
    Error {
        seq: u64,
        id: u64,
        error: Problem,
    },
    /// Answer to `ping`; outside the sequence so that it never waits.
    Pong {
        id: u64,
    },
}

/// First frame on every connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hello {
    /// Send something at least this often; the server does too.
    pub heartbeat_ms: u64,
    pub limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Limits {
    pub frame_bytes: u64,
    pub topics: u64,
    pub frames_per_second: u32,
    pub identify_ms: u64,
    pub resume_ms: u64,
}

/// The session is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Ready {
    pub seq: u64,
    pub session: SocketId,
    pub user: User,
}

/// What was missed cannot be replayed: fetch these topics' content anew by
/// HTTP. The subscriptions themselves stand from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reload {
    pub seq: u64,
    #[cfg_attr(feature = "schema", schema(value_type = Vec<String>))]
    pub topics: Vec<Topic>,
}

/// Something happened on a subscribed topic. Offsets of a topic are gap-free
/// within an epoch; another epoch means: reload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EventFrame {
    pub seq: u64,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "explore"))]
    pub topic: Topic,
    pub epoch: String,
    pub offset: u64,
    #[serde(flatten)]
    pub event: Event,
}

/// How something about a subscribed topic stands just now. Not a happening:
/// it has no offset, a later one of its kind replaces it, and none is kept for
/// the history. The first comes right after the reply to `subscribe` where
/// there is anything to tell, and again after `resumed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SignalFrame {
    pub seq: u64,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "explore"))]
    pub topic: Topic,
    #[serde(flatten)]
    pub signal: Signal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
pub enum Signal {
    /// On `cluster:ID`: who looks at it just now, those who came first in
    /// front. Told to its members alone.
    Presence { people: Vec<Owner> },
    /// On `feed:ID`: so many elements that fit this account's clusters have
    /// come since its home feed was last fetched from the top. `because` names
    /// the clusters that they fit, most first.
    FeedNew {
        count: u32,
        because: Vec<ClusterRef>,
    },
}

impl Signal {
    /// What it tells of; a later one of the same kind replaces it.
    pub fn kind(&self) -> SignalKind {
        match self {
            Signal::Presence { .. } => SignalKind::Presence,
            Signal::FeedNew { .. } => SignalKind::FeedNew,
        }
    }

    /// Does it only say that there is nothing (any more)?
    pub fn is_nothing(&self) -> bool {
        match self {
            Signal::Presence { people } => people.is_empty(),
            Signal::FeedNew { count, .. } => *count == 0,
        }
    }
}

/// The kinds of signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SignalKind {
    Presence,
    FeedNew,
}

impl SignalKind {
    pub const ALL: [SignalKind; 2] = [SignalKind::Presence, SignalKind::FeedNew];

    /// What is told where there is nothing: also what a client that was told
    /// of none has to believe.
    pub fn nothing(self) -> Signal {
        match self {
            SignalKind::Presence => Signal::Presence { people: Vec::new() },
            SignalKind::FeedNew => Signal::FeedNew {
                count: 0,
                because: Vec::new(),
            },
        }
    }
}

/// A command was carried out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Reply {
    pub seq: u64,
    pub id: u64,
    /// For `subscribe`: where the topic stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// For `save` and `unsave`: the cluster and the place in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<Box<Placed>>,
}
