//! The guard against a small web server that does whatever it likes.

mod hostile;
mod limits;
mod pages;
mod server;
