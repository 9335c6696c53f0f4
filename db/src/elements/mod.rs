//! Elements: saving, reading, changing, tagging, deleting, and who may see them.

mod audience;
mod change;
mod covers;
mod gone;
pub(crate) mod imported;
pub(crate) mod labels;
mod neighbours;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod save;
mod sayings;
mod settled;
pub(crate) mod tags;
pub(crate) mod viewer;

pub use audience::ElementAudience;
pub(crate) use covers::CoverRow;
pub(crate) use gone::erase;
use protocol::UserId;
pub use read::FactRow;
pub(crate) use row::{newest_first, turned};
pub use save::{NewElement, Saved};
pub use viewer::{Access, Ties, Viewer};

/// Which elements a list is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Public ones with a preview.
    Explore,
    /// Those of one account that the viewer may see in lists.
    Owner(UserId),
    /// All of the viewer's own.
    Mine,
}

/// A file that may be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRow {
    pub mime: String,
}
