//! The web app in headless Chromium, against a real server process.

#[path = "../support/mod.rs"]
mod support;

mod cameras;
mod chromium;
mod journey;
mod judgements;
