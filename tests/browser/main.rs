//! The web app in headless Chromium, against a real server process.

#[path = "../support/mod.rs"]
mod support;

mod axe;
mod cameras;
mod chromium;
mod explore;
mod journey;
mod judgements;
mod keeping;
mod keys;
mod notifications;
mod profiles;
mod search;
mod select;
mod tags;
