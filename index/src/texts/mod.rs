//! Full text in memory: what stands in titles, descriptions, alternative texts,
//! file names and pictures, by ordinal.

mod asked;
mod committed;
mod fields;
mod index;
mod look;
mod scores;
mod search;
mod words;

pub use fields::Texts;
pub use index::TextIndex;
pub use search::TextHit;
