//! The product from outside: real server processes, real pictures, HTTP and
//! WebSocket as a stranger would speak them.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod cameras;
mod clusters;
mod conformance;
mod explore;
mod faults;
mod fetch;
mod kills;
mod labels;
mod leaks;
mod live;
mod media;
mod model_server;
mod nodes;
mod notifications;
mod pictures;
mod presence;
mod privacy;
mod processes;
mod profiles;
mod query;
mod reference_client;
mod search;
mod tags;
mod undo;
mod visual;
