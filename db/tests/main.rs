//! What users of the database rely on, on both embedded engines.

mod accounts;
mod blobs;
mod crash;
mod elements;
mod jobs;
mod lists;
mod outbox;
mod search;
mod support;
mod vectors;
mod visibility;
