//! The product from outside: real server processes, real pictures, HTTP and
//! WebSocket as a stranger would speak them.

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod cameras;
mod clusters;
mod explore;
mod fetch;
mod kills;
mod labels;
mod leaks;
mod live;
mod media;
mod model_server;
mod pictures;
mod presence;
mod privacy;
mod processes;
mod profiles;
mod query;
mod search;
mod tags;
mod undo;
mod visual;
