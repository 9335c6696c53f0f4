//! The one vocabulary of this process, shared by all who read it.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use protocol::TagId;

use super::words::{TagNo, Told, Words};

/// Whoever also holds the index of facts takes this lock first.
#[derive(Default)]
pub(crate) struct Vocabulary(RwLock<Words>);

impl Vocabulary {
    /// To look things up; not to be held while waiting for anything.
    pub fn read(&self) -> RwLockReadGuard<'_, Words> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes sure that the words that elements carry have numbers.
    pub fn intern<'a>(&self, carried: impl Iterator<Item = &'a str> + Clone) {
        let unknown = {
            let words = self.read();
            carried.clone().any(|word| words.resolve(word).is_none())
        };
        if unknown {
            let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for word in carried {
                words.intern(word);
            }
        }
    }

    /// See [`Words::tell`].
    pub fn tell(&self, told: Vec<Told>, forget: &[TagId]) -> Vec<TagNo> {
        let mut words = self.0.write().unwrap_or_else(PoisonError::into_inner);
        words.tell(told, forget)
    }
}
