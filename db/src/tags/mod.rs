//! Tags as a vocabulary: words that stand for tags, what tags imply, and what
//! people change about that. A tag is a record with an id that stays; another
//! word for it is a record with an edge to it. What elements carry is written
//! elsewhere (`elements/tags.rs`) and rewritten here when words change.

mod bulk;
mod change;
mod edit;
mod graph;
mod history;
mod merge;
mod op;
mod read;
pub(crate) mod rows;
mod seed;
mod seeding;
mod work;

pub use bulk::{NotTagged, Tagged};
pub use edit::TagEdit;
pub use read::{TagText, WordRow};
pub(crate) use rows::Lexicon;
pub use seed::{ShippedTag, ShippedTags};
pub use work::Rewriting;
