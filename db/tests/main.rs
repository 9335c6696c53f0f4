//! What users of the database rely on, on both embedded engines.
#![allow(clippy::unwrap_used)] // a test may

mod accounts;
mod audience;
mod blobs;
mod clusters;
mod crash;
mod devices;
mod elements;
mod erasure;
mod followed;
mod gone;
mod growth;
mod jobs;
mod jobs_simulation;
mod judgements;
mod lists;
mod notifications;
mod outbox;
mod profiles;
mod stages;
mod support;
mod tags;
mod ties;
mod uploads;
mod visibility;
