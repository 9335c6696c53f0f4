//! Tags as a vocabulary: what words mean here, what follows from them, and
//! what people change about that.

mod bulk;
mod fresh;
mod links;
mod page;
mod related;
mod rewriter;
mod service;
mod vocabulary;
mod words;

pub(crate) use fresh::{load, refresh, shipped};
pub(crate) use related::Beside;
pub(crate) use rewriter::Rewriter;
pub use service::Tags;
pub(crate) use vocabulary::Vocabulary;
pub(crate) use words::{TagNo, Told, Words};
