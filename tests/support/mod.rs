//! A real server process and clients of it, shared by the test binaries.
#![allow(dead_code)] // each binary uses its part

pub mod http;
pub mod pictures;
pub mod process;
pub mod routes;
pub mod socket;
pub mod web;
