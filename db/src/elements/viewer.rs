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

// What was deleted is nowhere for nobody, not even for the system: every
// condition but the last two begins with that.

/// Condition on an element row for lists and searches. Needs
/// [`Viewer::bind`]'s parameters.
pub(crate) const LISTED: &str = "(gone_at = NONE AND ($system OR owner = $viewer \
    OR (visibility = 'public' AND (flags ?? []) CONTAINSNONE $hidden)))";

/// The part of [`LISTED`] that is left for elements that are shown to
/// everybody.
pub(crate) const SPARED: &str =
    "($system OR owner = $viewer OR (flags ?? []) CONTAINSNONE $hidden)";

/// Condition on an element row for whoever has its address.
pub(crate) const DIRECT: &str = "(gone_at = NONE AND ($system OR owner = $viewer \
    OR visibility IN ['public', 'unlisted']))";

/// Condition on an element row for changing it.
pub(crate) const OWNED: &str = "(gone_at = NONE AND ($system OR owner = $viewer))";

/// [`LISTED`] for a row that links to the element as `in`.
pub(crate) const LISTED_IN: &str = "(in.gone_at = NONE AND ($system OR in.owner = $viewer \
    OR (in.visibility = 'public' AND (in.flags ?? []) CONTAINSNONE $hidden)))";

/// Condition on a `holds` edge for whoever looks at its cluster. An element
/// that only its address opens is shown where its owner put it.
pub(crate) const HELD: &str = "(out.gone_at = NONE AND ($system OR out.owner = $viewer \
    OR ((out.visibility = 'public' OR (out.visibility = 'unlisted' AND by = out.owner)) \
    AND (out.flags ?? []) CONTAINSNONE $hidden)))";

/// Condition on an element row for what is there at all, whoever asks.
pub(crate) const THERE: &str = "gone_at = NONE";

/// [`THERE`] for a row that links to the element by this name.
pub(crate) fn there(link: &str) -> String {
    format!("{link}.{THERE}")
}

/// Condition on an element row for taking its deletion back. Needs `$since`.
pub(crate) const RESTORABLE: &str = "(($system OR owner = $viewer) AND gone_at >= $since)";

impl Viewer {
    /// An account that hides nothing.
    pub fn user(id: UserId) -> Self {
        Viewer::User {
            id,
            hidden: Vec::new(),
        }
    }

    /// An account that has nothing to do with anything here: what it may see,
    /// everybody may.
    pub(crate) fn stranger() -> Self {
        Viewer::user(UserId::from_parts(0, 0))
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
    pub fn id(&self) -> Option<&UserId> {
        match self {
            Viewer::User { id, .. } => Some(id),
            Viewer::System => None,
        }
    }
}
