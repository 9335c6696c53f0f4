//! The real program as a process: its command line, its sockets, its end.
//! Links nothing of Asterism; speaks to it as anybody would.

#![allow(clippy::unwrap_used)]

mod client;
mod program;
mod socket;

mod cli;
mod serving;
