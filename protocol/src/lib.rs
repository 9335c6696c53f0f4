//! The words Asterism speaks, and nothing else: ids, values with their
//! invariants, the shapes of HTTP and WebSocket, limits and error codes.
//!
//! This crate does no I/O and knows no runtime, database or framework; it
//! compiles for `wasm32` and is all that the browser app sees of the rest.

pub mod account;
pub mod admin;
pub mod cluster;
pub mod cursor;
pub mod device;
pub mod element;
pub mod error;
pub mod event;
pub mod explore;
pub mod fetch;
pub mod id;
pub mod label;
pub mod limits;
pub mod mqtt;
pub mod notification;
pub mod page;
pub mod profile;
pub mod query;
pub mod search;
pub mod tag;
pub mod time;
pub mod topic;
pub mod upload;
pub mod value;
pub mod visual;
pub mod ws;

pub use cursor::Cursor;
pub use error::{ErrorCode, Problem};
pub use id::{
    ChangeId, ClusterId, DeviceId, ElementId, FetchId, LoginId, MediaHash, SocketId, TagId, UserId,
};
pub use page::Page;
pub use time::Timestamp;
pub use topic::Topic;
