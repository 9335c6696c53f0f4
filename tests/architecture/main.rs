//! The house rules of ARCHITECTURE.md, enforced.
//!
//! Each test names every violation with its place. A rule that has become wrong
//! is changed here and there together.

mod arrows;
mod homes;
mod sources;
mod style;
mod voice;
mod workspace;
