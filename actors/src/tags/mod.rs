//! Tags as a vocabulary: what words mean here, and what follows from them.

mod links;
mod vocabulary;
mod words;

pub(crate) use vocabulary::Vocabulary;
pub(crate) use words::{TagNo, Told, Words};
