//! How a long fetch tells its caller how far it is.

/// Hears about a fetch as it goes. Called from the fetching thread, so keep it
/// quick.
pub trait Progress: Send + Sync {
    /// Something starts; `total` is in bytes where it is known.
    fn begin(&self, what: &str, total: Option<u64>);
    /// So many bytes of it are done altogether.
    fn advance(&self, done: u64);
    /// A line worth showing, such as a retry.
    fn note(&self, line: &str);
    /// It ended, well or badly.
    fn end(&self, ok: bool);
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _what: &str, _total: Option<u64>) {}
    fn advance(&self, _done: u64) {}
    fn note(&self, _line: &str) {}
    fn end(&self, _ok: bool) {}
}
