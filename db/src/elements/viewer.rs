//! Who may see what: the one place where that is said.

use std::collections::BTreeSet;
use std::sync::Arc;

use protocol::UserId;
use protocol::element::Visibility;
use surrealdb::types::{Object, RecordId};

use crate::row;

/// Who may see an element: what of it decides that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub owner: UserId,
    pub visibility: Visibility,
    /// By which some viewers leave it out.
    pub flags: Vec<String>,
}

/// Accounts that a viewer has to do with in a way that decides what it sees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ties {
    /// In none of its lists and searches; by their addresses their things can
    /// be opened.
    pub muted: BTreeSet<UserId>,
    /// Nothing of theirs is there for the viewer, and the reverse.
    pub blocked: BTreeSet<UserId>,
    pub blocked_by: BTreeSet<UserId>,
}

impl Ties {
    /// Do the two see nothing of each other?
    pub fn apart(&self, other: &UserId) -> bool {
        self.blocked.contains(other) || self.blocked_by.contains(other)
    }

    /// Is nothing of this account in lists?
    pub fn away(&self, other: &UserId) -> bool {
        self.muted.contains(other) || self.apart(other)
    }

    /// Those that [`Ties::apart`] holds for.
    pub fn all_apart(&self) -> impl Iterator<Item = &UserId> {
        self.blocked.union(&self.blocked_by)
    }
}

/// On whose behalf something is read or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    User {
        id: UserId,
        /// Pictures of others with one of these flags are in none of this
        /// viewer's lists and searches; by their address they can be opened.
        hidden: Vec<String>,
        /// Whom it does not want to see, or not to be seen by.
        ties: Arc<Ties>,
    },
    /// The server itself: sees everything.
    System,
}

// What was deleted is nowhere for nobody, not even for the system: every
// condition but the last two begins with that.

/// Condition on an element row for lists and searches. Needs
/// [`Viewer::bind`]'s parameters.
pub(crate) const LISTED: &str = "(gone_at = NONE AND ($system OR owner = $viewer \
    OR (visibility = 'public' AND (flags ?? []) CONTAINSNONE $hidden AND owner NOT IN $away)))";

/// The part of [`LISTED`] that is left for elements that are shown to
/// everybody.
pub(crate) const SPARED: &str =
    "($system OR owner = $viewer OR ((flags ?? []) CONTAINSNONE $hidden AND owner NOT IN $away))";

/// Condition on an element row for whoever has its address.
pub(crate) const DIRECT: &str = "(gone_at = NONE AND ($system OR owner = $viewer \
    OR (visibility IN ['public', 'unlisted'] AND owner NOT IN $apart)))";

/// Condition on an element row for changing it.
pub(crate) const OWNED: &str = "(gone_at = NONE AND ($system OR owner = $viewer))";

/// [`LISTED`] for a row that links to the element as `in`.
pub(crate) const LISTED_IN: &str = "(in.gone_at = NONE AND ($system OR in.owner = $viewer \
    OR (in.visibility = 'public' AND (in.flags ?? []) CONTAINSNONE $hidden \
    AND in.owner NOT IN $away)))";

/// Condition on a `holds` edge for whoever looks at its cluster. An element
/// that only its address opens is shown where its owner put it.
pub(crate) const HELD: &str = "(out.gone_at = NONE AND ($system OR out.owner = $viewer \
    OR ((out.visibility = 'public' OR (out.visibility = 'unlisted' AND by = out.owner)) \
    AND (out.flags ?? []) CONTAINSNONE $hidden AND out.owner NOT IN $apart)))";

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
            ties: Arc::default(),
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
            Viewer::User { id, ties, .. } => Viewer::User {
                id,
                hidden: flags.into_iter().map(str::to_owned).collect(),
                ties,
            },
            Viewer::System => Viewer::System,
        }
    }

    /// The same viewer who stands so to others.
    #[must_use]
    pub fn tied(self, ties: Arc<Ties>) -> Self {
        match self {
            Viewer::User { id, hidden, .. } => Viewer::User { id, hidden, ties },
            Viewer::System => Viewer::System,
        }
    }

    /// The same viewer, who has gone to where an account shows its things:
    /// there it is of no matter that it is muted.
    #[must_use]
    pub fn visiting(&self, whom: &UserId) -> Self {
        match self {
            Viewer::User { ties, .. } if ties.muted.contains(whom) => {
                let mut ties = Ties::clone(ties);
                ties.muted.remove(whom);
                self.clone().tied(Arc::new(ties))
            }
            _ => self.clone(),
        }
    }

    /// [`LISTED`] once more, for what is held in memory.
    pub fn lists(&self, access: &Access) -> bool {
        match self {
            Viewer::System => true,
            Viewer::User { id, hidden, ties } => {
                access.owner == *id
                    || (access.visibility == Visibility::Public
                        && !access.flags.iter().any(|flag| hidden.contains(flag))
                        && !ties.away(&access.owner))
            }
        }
    }

    /// [`DIRECT`] once more, for what is held in memory.
    pub fn opens(&self, access: &Access) -> bool {
        match self {
            Viewer::System => true,
            Viewer::User { id, .. } => {
                access.owner == *id
                    || (access.visibility != Visibility::Private && !self.is_apart(&access.owner))
            }
        }
    }

    /// Do the viewer and this account see nothing of each other?
    pub fn is_apart(&self, other: &UserId) -> bool {
        self.ties().is_some_and(|ties| ties.apart(other))
    }

    /// How the viewer stands to others.
    pub fn ties(&self) -> Option<&Ties> {
        match self {
            Viewer::User { ties, .. } => Some(ties),
            Viewer::System => None,
        }
    }

    /// Adds the parameters of the conditions above.
    pub(crate) fn bind(&self, vars: &mut Object) {
        let (viewer, hidden) = match self {
            Viewer::User { id, hidden, .. } => (Some(row::user(id)), hidden.clone()),
            Viewer::System => (None, Vec::new()),
        };
        let mut apart: Vec<RecordId> = Vec::new();
        let mut away: Vec<RecordId> = Vec::new();
        if let Some(ties) = self.ties() {
            apart.extend(ties.all_apart().map(row::user));
            away.extend(apart.iter().cloned());
            away.extend(ties.muted.iter().map(row::user));
        }
        vars.insert("apart", apart);
        vars.insert("away", away);
        vars.insert("system", *self == Viewer::System);
        vars.insert("viewer", viewer);
        vars.insert("hidden", hidden);
    }

    /// Does it leave anything out of lists that everybody else sees?
    pub(crate) fn hides(&self) -> bool {
        match self {
            Viewer::System => false,
            Viewer::User { hidden, ties, .. } => !hidden.is_empty() || **ties != Ties::default(),
        }
    }

    /// The account.
    pub fn id(&self) -> Option<&UserId> {
        match self {
            Viewer::User { id, .. } => Some(id),
            Viewer::System => None,
        }
    }
}
