//! Full text in memory: what stands in titles, descriptions, file names and
//! pictures, by ordinal.

mod asked;
mod hits;
mod index;
mod words;

pub use index::{TextHit, TextIndex, Texts};
