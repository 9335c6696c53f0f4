//! Who may see what: the one place where that is said.

use protocol::UserId;
use protocol::element::Visibility;
use surrealdb::types::Object;

use crate::row;

/// Who may see an element: what of it decides that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub owner: UserId,
    pub visibility: Visibility,
    /// By which some viewers leave it out.
    pub flags: Vec<String>,
}

/// On whose behalf something is read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    User {
        id: UserId,
        /// Pictures of others with one of these flags are in none of this
        /// viewer's lists and searches; by their address they can be opened.
        hidden: Vec<String>,
    },
    /// The server itself: sees everything.
    System,
}

/// Condition on an element row for lists and searches. Needs
/// [`Viewer::bind`]'s parameters.
pub(crate) const LISTED: &str = "($system OR owner = $viewer OR (visibility = 'public' \
    AND (flags ?? []) CONTAINSNONE $hidden))";

/// The part of [`LISTED`] that is left for elements that everybody may see.
pub(crate) const SPARED: &str =
    "($system OR owner = $viewer OR (flags ?? []) CONTAINSNONE $hidden)";

/// Condition on an element row for whoever has its address.
pub(crate) const DIRECT: &str =
    "($system OR owner = $viewer OR visibility IN ['public', 'unlisted'])";

/// Condition on an element row for changing it.
pub(crate) const OWNED: &str = "($system OR owner = $viewer)";

/// Condition on a `holds` edge for whoever looks at its cluster. An element
/// that only its address opens is shown where its owner put it.
pub(crate) const HELD: &str = "($system OR out.owner = $viewer OR ((out.visibility = 'public' \
    OR (out.visibility = 'unlisted' AND by = out.owner)) \
    AND (out.flags ?? []) CONTAINSNONE $hidden))";

impl Viewer {
    /// An account that hides nothing.
    pub fn user(id: UserId) -> Self {
        Viewer::User {
            id,
            hidden: Vec::new(),
        }
    }

    /// The same viewer without what carries these flags.
    #[must_use]
    pub fn hiding<'a>(self, flags: impl IntoIterator<Item = &'a str>) -> Self {
        match self {
            Viewer::User { id, .. } => Viewer::User {
                id,
                hidden: flags.into_iter().map(str::to_owned).collect(),
            },
            Viewer::System => Viewer::System,
        }
    }

    /// [`LISTED`] once more, for what is held in memory.
    pub fn lists(&self, access: &Access) -> bool {
        match self {
            Viewer::System => true,
            Viewer::User { id, hidden } => {
                access.owner == *id
                    || (access.visibility == Visibility::Public
                        && !access.flags.iter().any(|flag| hidden.contains(flag)))
            }
        }
    }

    /// Adds the parameters of the conditions above.
    pub(crate) fn bind(&self, vars: &mut Object) {
        let (viewer, hidden) = match self {
            Viewer::User { id, hidden } => (Some(row::user(id)), hidden.clone()),
            Viewer::System => (None, Vec::new()),
        };
        vars.insert("system", *self == Viewer::System);
        vars.insert("viewer", viewer);
        vars.insert("hidden", hidden);
    }

    /// Does it leave anything out of lists by flags?
    pub(crate) fn hides(&self) -> bool {
        matches!(self, Viewer::User { hidden, .. } if !hidden.is_empty())
    }

    /// The account.
    pub(crate) fn id(&self) -> Option<&UserId> {
        match self {
            Viewer::User { id, .. } => Some(id),
            Viewer::System => None,
        }
    }
}
