//! The WebSocket protocol, version 1. Prose and state machine: `docs/websocket.md`.

mod client;
mod close;
mod server;

pub use client::{
    ClientFrame, Command, Credentials, FeedArg, FeedName, LikeArg, NoArg, PageArg, Position,
    PresenceArg, Resume, SaveArg, SearchArg, TopicArg, UnsaveArg,
};
pub use close::CloseCode;
pub use server::{
    EventFrame, Hello, Limits, Ready, Reload, Reply, ServerFrame, Signal, SignalFrame, SignalKind,
};

/// Subprotocol for JSON in text frames; the default.
pub const SUBPROTOCOL_JSON: &str = "asterism.v1.json";
/// Subprotocol for MessagePack (maps with names) in binary frames.
pub const SUBPROTOCOL_MSGPACK: &str = "asterism.v1.msgpack";
