//! What can go wrong here.

/// Nothing here is stored: whatever fails can be built anew.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error("full text: {0}")]
    Texts(#[from] tantivy::TantivyError),
}

pub type Result<T> = std::result::Result<T, IndexError>;
