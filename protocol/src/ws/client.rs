//! Frames that a client sends.

use serde::{Deserialize, Serialize};

use crate::notification::MarkRead;
use crate::{SocketId, Topic};

/// A frame from the client. `identify` and `resume` open a session; every
/// other one carries an `id` of the client's choice and gets exactly one
/// `ok` or `error` with the same `id`.
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
