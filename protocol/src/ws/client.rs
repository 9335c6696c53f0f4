//! Frames that a client sends.

use serde::{Deserialize, Serialize};

use crate::cluster::{Place, Placement};
use crate::notification::MarkRead;
use crate::{ClusterId, Cursor, ElementId, SocketId, Topic};

/// A frame from the client. `identify` and `resume` open a session; every
/// other one carries an `id` of the client's choice and gets exactly one
/// `ok`, `found`, `pong` or `error` with the same `id`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum ClientFrame {
    Identify(Credentials),
    Resume(Resume),
    Subscribe(Command<TopicArg>),
    Unsubscribe(Command<TopicArg>),
    /// Says that the account looks at a cluster it has subscribed to, or no
    /// longer does. Ends by itself with the subscription and the connection.
    Presence(Command<PresenceArg>),
    /// The account has read its notifications up to there; other devices are
    /// told.
    MarkRead(Command<MarkRead>),
    /// Likes an element, or takes that back.
    Like(Command<LikeArg>),
    /// Puts an element into a cluster, or moves it there.
    Save(Command<SaveArg>),
    /// Takes an element out of a cluster.
    Unsave(Command<UnsaveArg>),
    /// Searches, answered by `found`. A newer one takes its place.
    Search(Command<SearchArg>),
    /// A page of a feed, answered by `found`.
    Feed(Command<FeedArg>),
    Ping(Command<NoArg>),
}

/// Who is there: the token, or nothing where the browser sent its cookie.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Credentials {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Takes a cut session up again after the frame `seq`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Resume {
    #[serde(flatten)]
    pub credentials: Credentials,
    pub session: SocketId,
    /// Last `seq` that the client has seen.
    pub seq: u64,
    /// Where the client stands in its topics, for when the server no longer
    /// knows the session (it was restarted, or too long has passed).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Position>,
}

/// The last event seen of a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Position {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "explore"))]
    pub topic: Topic,
    pub epoch: String,
    pub offset: u64,
}

/// A command with the id that its reply carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Command<T> {
    pub id: u64,
    #[serde(flatten)]
    pub arg: T,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct TopicArg {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "explore"))]
    pub topic: Topic,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct NoArg {}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PresenceArg {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "cluster:01jd3v2k8m0000000000000000"))]
    pub topic: Topic,
    pub here: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LikeArg {
    pub element: ElementId,
    /// False takes the like back; absent: true.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub on: bool,
}

fn yes() -> bool {
    true
}

fn is_true(on: &bool) -> bool {
    *on
}

/// What `PUT clusters/{cluster}/elements/{element}` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SaveArg {
    pub cluster: ClusterId,
    pub element: ElementId,
    /// Absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    #[serde(default, skip_serializing_if = "Place::is_usual")]
    pub place: Place,
}

impl SaveArg {
    pub fn placement(&self) -> Placement {
        Placement {
            section: self.section.clone(),
            place: self.place.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct UnsaveArg {
    pub cluster: ClusterId,
    pub element: ElementId,
}

/// What `GET search` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SearchArg {
    pub q: String,
    #[serde(flatten)]
    pub page: PageArg,
}

/// What `GET feed/home` and `GET feed/explore` take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct FeedArg {
    #[serde(default)]
    pub feed: FeedName,
    #[serde(flatten)]
    pub page: PageArg,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FeedName {
    #[default]
    Home,
    Explore,
}

/// Which page of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct PageArg {
    /// `next_cursor` of the page before; absent: the first page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<Cursor>,
    /// Items on the page, 1 to 100; 40 when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}
