//! What Asterism derives from its database and holds in memory to answer
//! searches: a dense number for each element ([`Ordinals`]), and by it sets,
//! postings, columns, colours, nearest neighbours, full text, and what a word
//! that is being typed may become.
//!
//! Arithmetic alone: this crate knows no database, no users and no visibility.
//! Whoever asks says within which ordinals, and nothing else is ever looked at.
//! It is apart from `db` because these are inner loops: it is optimised in every
//! profile, and tested without the engine.

mod bits;
mod column;
mod completions;
mod error;
mod groups;
mod ordinals;
mod palettes;
mod postings;
mod texts;
mod vectors;

pub use bits::Bits;
pub use column::Column;
pub use completions::{Completion, Completions};
pub use error::{IndexError, Result};
pub use groups::Groups;
pub use ordinals::Ordinals;
pub use palettes::{Palettes, Shade, alike};
pub use postings::Postings;
pub use texts::{TextHit, TextIndex, Texts};
pub use vectors::{Part, VectorIndex, rank};
