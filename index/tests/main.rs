//! What is derived is asked against plain scans.

mod columns;
mod completions;
mod ordinals;
mod texts;
mod vectors;
