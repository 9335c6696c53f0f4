//! HTTP: one file per subject; handlers translate and do nothing else.

mod accounts;
mod admin;
mod app;
mod asyncapi;
mod auth;
mod body;
mod by_url;
pub mod client;
mod closing;
mod clusters;
mod credits;
mod devices;
mod discover;
mod documents;
mod edge;
mod elements;
mod error;
mod explore;
mod files;
mod labels;
mod members;
mod notifications;
mod openapi;
mod ops;
pub mod origin;
mod paging;
mod profiles;
mod routes;
mod security;
mod statics;
mod tags;
mod upload;
mod visual;

use actix_web::web::{Data, PathConfig, QueryConfig, ServiceConfig};

pub use app::{App, Settings};
pub use auth::viewer;
pub use edge::edge;
pub use error::{ApiError, ApiResult};

/// Everything below the edge: handlers and how their extractors complain.
pub fn configure(config: &mut ServiceConfig, app: &App) {
    config
        .app_data(Data::new(app.clone()))
        .app_data(PathConfig::default().error_handler(|error, _| ApiError::from(error).into()))
        .app_data(QueryConfig::default().error_handler(|error, _| ApiError::from(error).into()));
    routes::configure(config);
}

#[cfg(test)]
mod tests;
