//! Asterism's memory, the only home of SurrealDB: schema, queries, outbox, job leases and blobs.
//!
//! Nothing of SurrealDB shows outside: callers see `protocol`'s words and the plain structs of this
//! crate. The engine runs on threads of its own, so every method can be awaited from any runtime.
//! Every write is one transaction, and is run again as a whole when it meets another.
//! This crate knows no HTTP, no actors, no pixels and no models.

pub mod blobs;
mod bulk;
mod checkpoint;
mod clusters;
mod config;
mod devices;
mod elements;
mod embeddings;
mod errands;
mod error;
mod id;
mod jobs;
mod likes;
mod limits;
mod moderation;
mod notifications;
mod open;
mod outbox;
mod people;
mod plans;
mod row;
mod settle;
mod spaces;
mod store;
mod tags;
mod topics;
pub mod uploads;

pub use blobs::{Blobs, Incoming};
pub use bulk::{BulkCluster, BulkElement, BulkItem, BulkMember, BulkUser};
pub use clusters::{
    ClusterAudience, ClusterChange, ClusterState, Follow, Interest, InviteKey, NewPlace, Save,
    Together, order,
};
pub use config::DbConfig;
pub use devices::{DeviceChange, KnownDevice, NewDevice, Presence, Tally};
pub use elements::{
    Access, ElementAudience, FactRow, MediaRow, NewElement, Saved, Scope, Ties, Viewer,
};
pub use embeddings::{EmbeddingRow, VectorRow};
pub use errands::{Errand, ErrandEnd, NewErrand};
pub use error::{DbError, Result};
pub use id::Fresh;
pub use jobs::{JobCount, Lease, LeaseRequest, ModelTag, NewEmbedding, Outcome, Retry};
pub use moderation::NotAppealed;
pub use outbox::{History, Published, Turns};
pub use people::{
    ActiveLogin, Credentials, ExportRow, LoginRow, NewLogin, NewUser, ReceiptKey, Tie,
};
pub use store::Db;
pub use tags::{NotTagged, Rewriting, ShippedTag, ShippedTags, TagEdit, TagText, Tagged, WordRow};
pub use topics::TopicRow;
pub use uploads::{Begun, Put, UploadKey, Uploads};
