//! Where the database is and how much it may use.

/// Where the database lives. Plain values: this crate never reads the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbConfig {
    /// `mem://` (nothing is kept), `surrealkv:///absolute/path` (embedded, on
    /// disk), or `ws://user:password@host:port` (a SurrealDB server). One
    /// on disk takes `?checkpoint_kib=N`: flush more often than by default.
    pub url: String,
    pub namespace: String,
    pub database: String,
}

impl DbConfig {
    /// A database of that URL under Asterism's own names.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            namespace: "asterism".to_owned(),
            database: "main".to_owned(),
        }
    }

    /// In memory, gone when it is dropped.
    pub fn for_testing() -> Self {
        Self::new("mem://")
    }
}
