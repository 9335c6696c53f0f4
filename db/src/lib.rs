//! Asterism's memory, and the only home of SurrealDB: schema, queries, transactions, outbox, job
//! leases and blobs.
//!
//! Nothing of SurrealDB shows outside: callers see `protocol`'s words and the plain structs of this
//! crate. The engine runs on threads of its own, so every method can be awaited from any runtime.
//! Every write is one transaction, and is run again as a whole when it meets another.
//!
//! This crate knows no HTTP, no actors, no pixels and no models.

mod accounts;
pub mod blobs;
mod bulk;
mod checkpoint;
mod clusters;
mod config;
mod devices;
mod elements;
mod embeddings;
mod erasure;
mod errands;
mod error;
mod export;
mod handles;
mod id;
mod jobs;
mod likes;
mod limits;
mod logins;
mod moderation;
mod open;
mod outbox;
mod plans;
mod profiles;
mod row;
mod settings;
mod settle;
mod spaces;
mod store;
mod tags;
mod ties;
mod topics;
pub mod uploads;

pub use accounts::{Credentials, NewUser};
pub use blobs::{Blobs, Incoming};
pub use bulk::{BulkCluster, BulkElement, BulkItem, BulkMember, BulkUser};
pub use clusters::{
    ClusterAudience, ClusterChange, ClusterState, Follow, Interest, InviteKey, NewPlace, Save,
    Together, order,
};
pub use config::DbConfig;
pub use devices::{DeviceChange, KnownDevice, NewDevice, Tally};
pub use elements::{
    Access, ElementAudience, FactRow, MediaRow, NewElement, Saved, Scope, Ties, Viewer,
};
pub use embeddings::{EmbeddingRow, VectorRow};
pub use erasure::ReceiptKey;
pub use errands::{Errand, ErrandEnd, NewErrand};
pub use error::{DbError, Result};
pub use export::ExportRow;
pub use id::Fresh;
pub use jobs::{JobCount, Lease, LeaseRequest, ModelTag, NewEmbedding, Outcome, Retry};
pub use logins::{ActiveLogin, LoginRow, NewLogin};
pub use moderation::NotAppealed;
pub use outbox::{History, Published};
pub use store::Db;
pub use tags::{NotTagged, Rewriting, ShippedTag, ShippedTags, TagEdit, TagText, Tagged, WordRow};
pub use ties::Tie;
pub use topics::TopicRow;
pub use uploads::{Begun, Put, UploadKey, Uploads};
