//! What can go wrong with the database, in words for operators.

use std::path::PathBuf;

/// Result of everything in this crate.
pub type Result<T> = std::result::Result<T, DbError>;

#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(
        "the database at {} is in use by another process; stop that one first, or choose another data directory",
        path.display()
    )]
    Locked { path: PathBuf },
    #[error("the database at {url} cannot be reached: {reason}")]
    Unreachable { url: String, reason: String },
    #[error(
        "the database url {url:?} is not understood; use mem://, surrealkv:///path or ws://host:port"
    )]
    BadUrl { url: String },
    #[error(
        "the database is of version {found}, newer than this program's {known}; run a newer one"
    )]
    TooNew { found: i64, known: i64 },
    /// Somebody has it already.
    #[error("the handle is taken")]
    HandleTaken,
    /// It was done too often lately.
    #[error("{what}")]
    TooSoon {
        what: &'static str,
        until: protocol::Timestamp,
    },
    /// Other writers were faster every time.
    #[error("{what} met other writes {tries} times in a row and was given up")]
    Contended { what: &'static str, tries: u32 },
    /// What the caller named is not there (any more).
    #[error("{0} is not there")]
    Missing(&'static str),
    /// The caller may see it, but not do this.
    #[error("{0}")]
    Denied(&'static str),
    /// There is no room for more of it.
    #[error("{what}: at most {most}")]
    Full { what: &'static str, most: usize },
    /// An implication that leads back to where it starts; the way is told from
    /// there round to there.
    #[error("that would go in a circle: {}", way.join(" → "))]
    Circle { way: Vec<String> },
    /// The word is a tag by itself, or another word for `of`.
    #[error("{word} is {}", match of {
        Some(tag) => format!("another word for {tag}: take it off there first"),
        None => "a tag itself: merge the two".to_owned(),
    })]
    WordTaken { word: String, of: Option<String> },
    /// What was to be changed is not as it was.
    #[error("{0}")]
    Stale(&'static str),
    /// The cursor is none of ours.
    #[error("this cursor was not made by this server")]
    BadCursor,
    /// Stored data does not read as what it should be.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
    #[error("the database failed: {0}")]
    Engine(String),
    #[error("the database is closed")]
    Closed,
    #[error("the blob store failed at {}: {source}", path.display())]
    Blob {
        path: PathBuf,
        source: std::io::Error,
    },
    /// No such file in the blob store.
    #[error("the file is not in the blob store")]
    BlobMissing,
    /// A variant's name may only hold a-z, 0-9 and dashes.
    #[error("{0:?} is no name of a media variant")]
    BadVariant(String),
}

/// The text by which the engine says that a transaction met another. Its
/// details are not typed on every path, so the text is matched, and only here.
const CONFLICT_TEXTS: [&str; 4] = [
    "This transaction can be retried",
    "Write conflict",
    "Transaction conflict",
    // a unique index: the next run finds what the other one wrote
    "already contains",
];

/// The text by which the embedded engine says that its directory is in use.
const LOCKED_TEXT: &str = "already locked by another process";

impl DbError {
    /// Can the whole transaction be run again with hope?
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, DbError::Engine(text) if CONFLICT_TEXTS.iter().any(|t| text.contains(t)))
    }

    pub(crate) fn is_lock(text: &str) -> bool {
        text.contains(LOCKED_TEXT)
    }
}

impl From<surrealdb::Error> for DbError {
    fn from(error: surrealdb::Error) -> Self {
        DbError::Engine(error.to_string())
    }
}
