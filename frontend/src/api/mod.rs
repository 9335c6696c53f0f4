//! The server's HTTP interface, as typed calls. Paths are relative to `/api/v1/`.

pub mod accounts;
pub mod admin;
pub mod clusters;
pub mod credits;
pub mod devices;
pub mod elements;
pub mod explore;
mod failure;
pub mod feeds;
mod http;
pub mod notifications;
pub mod profiles;
pub mod tags;
pub mod upload;
pub mod visual;

pub use failure::Failure;
pub use http::on_signed_out;
