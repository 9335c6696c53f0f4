//! What a session can listen to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ClusterId, ElementId, UserId};

/// A stream of events. On the wire `user:ID`, `feed:ID`, `cluster:ID`,
/// `element:ID`, `explore`, `tags`, `accounts` or `nodes`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Topic {
    /// What concerns one account: its uploads' steps, its logins.
    User(UserId),
    /// The home feed of one account.
    Feed(UserId),
    Cluster(ClusterId),
    /// The steps and changes of one element.
    Element(ElementId),
    /// New public elements.
    Explore,
    /// Changes of the vocabulary; for servers, nobody else may listen.
    Tags,
    /// How accounts stand to each other; for servers, nobody else may listen.
    Accounts,
    /// Who is present by which server; for servers, nobody else may listen.
    Nodes,
}

/// The text names no topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a topic is user:ID, feed:ID, cluster:ID, element:ID or explore")]
pub struct BadTopic;

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Topic::User(id) => write!(f, "user:{id}"),
            Topic::Feed(id) => write!(f, "feed:{id}"),
            Topic::Cluster(id) => write!(f, "cluster:{id}"),
            Topic::Element(id) => write!(f, "element:{id}"),
            Topic::Explore => f.write_str("explore"),
            Topic::Tags => f.write_str("tags"),
            Topic::Accounts => f.write_str("accounts"),
            Topic::Nodes => f.write_str("nodes"),
        }
    }
}

impl FromStr for Topic {
    type Err = BadTopic;
    fn from_str(text: &str) -> Result<Self, BadTopic> {
        match text {
            "explore" => return Ok(Topic::Explore),
            "tags" => return Ok(Topic::Tags),
            "accounts" => return Ok(Topic::Accounts),
            "nodes" => return Ok(Topic::Nodes),
            _ => {}
        }
        let (kind, id) = text.split_once(':').ok_or(BadTopic)?;
        match kind {
            "user" => id.parse().map(Topic::User),
            "feed" => id.parse().map(Topic::Feed),
            "cluster" => id.parse().map(Topic::Cluster),
            "element" => id.parse().map(Topic::Element),
            _ => return Err(BadTopic),
        }
        .map_err(|_| BadTopic)
    }
}

impl Serialize for Topic {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Topic {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
