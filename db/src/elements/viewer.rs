//! Who may see what: the one place where that is said.

use protocol::UserId;
use surrealdb::types::{Object, RecordId};

use crate::row;

/// On whose behalf something is read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    User(UserId),
    /// The server itself: sees everything.
    System,
}

/// Condition on an element row for lists and searches. Needs
/// [`Viewer::bind`]'s parameters.
pub(crate) const LISTED: &str = "($system OR owner = $viewer OR visibility = 'public')";

/// Condition on an element row for whoever has its address.
pub(crate) const DIRECT: &str =
    "($system OR owner = $viewer OR visibility IN ['public', 'unlisted'])";

/// Condition on an element row for changing it.
pub(crate) const OWNED: &str = "($system OR owner = $viewer)";

/// [`LISTED`] for a row that links to the element as `in`.
pub(crate) const LISTED_IN: &str = "($system OR in.owner = $viewer OR in.visibility = 'public')";

impl Viewer {
    /// Adds the parameters of the conditions above.
    pub(crate) fn bind(&self, vars: &mut Object) {
        vars.insert("system", *self == Viewer::System);
        vars.insert("viewer", self.record());
    }

    pub(crate) fn record(&self) -> Option<RecordId> {
        match self {
            Viewer::User(id) => Some(row::user(id)),
            Viewer::System => None,
        }
    }
}
