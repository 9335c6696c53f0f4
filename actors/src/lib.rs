//! Behaviour: what Asterism does, as actors and services over them. [`Platform`]
//! is the facade that the edge (HTTP, WebSocket, CLI) talks to. This crate serves
//! no HTTP and no socket: a WebSocket is two channels here (see [`live`]). What it
//! asks of others by HTTP goes through `fetch`. It reads no environment.

mod accounts;
mod clusters;
mod config;
mod devices;
mod elements;
mod error;
mod explore;
mod feed;
mod fetch;
mod fetches;
mod health;
pub mod live;
mod media_files;
mod moderation;
mod mqtt;
mod notifications;
mod operations;
mod paging;
mod pipeline;
mod platform;
mod profiles;
mod recommend;
mod search;
pub mod seed;
mod supervise;
mod sweeper;
mod tags;
mod throttle;
mod time;
mod viewer;
mod visual;

pub use accounts::Accounts;
pub use clusters::Clusters;
pub use config::{MqttConfig, PlatformConfig};
pub use devices::Devices;
pub use elements::{Elements, Intake, ListQuery, NewFile};
pub use error::PlatformError;
pub use explore::Explore;
pub use feed::Feeds;
pub use fetch::{Allowed, FetchConfig};
pub use fetches::Fetches;
pub use health::{Check, Health};
pub use live::{Broadcast, Connection, Encoding, Input, Live, Outgoing, Output};
pub use media_files::{MediaFile, MediaFiles};
pub use moderation::Moderation;
pub use notifications::Notifications;
pub use operations::{ListModels, ModelOnDisk, Operations};
pub use platform::{Platform, Services};
pub use profiles::{Exported, Piece, Profiles, Restored, Shelf, Tie};
pub use search::{ImageModel, Search};
pub use tags::Tags;
pub use viewer::{Client, Viewer};
pub use visual::{Sample, Visual};
