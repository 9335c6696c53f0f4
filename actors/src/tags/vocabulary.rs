//! The one vocabulary of this process, shared by all who read it.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use ml::tags::TagMap;
use protocol::TagId;

use super::words::{TagNo, Told, Words};

/// Whoever also holds the index of facts takes this lock first.
#[derive(Default)]
pub(crate) struct Vocabulary(RwLock<Words>);

impl Vocabulary {
    /// The words that come with the program.
    pub fn shipped(tags: &TagMap) -> Self {
        let tags = tags.tags();
        let mut ids: HashMap<&str, TagId> = HashMap::new();
        for (at, tag) in tags.iter().enumerate() {
            ids.insert(&tag.name, TagId::from_parts(0, at as u128));
        }
        let told = |name: &str, id: TagId| Told {
            id,
            name: name.to_owned(),
            category: String::new(),
            into: None,
            implies: Vec::new(),
            common: true,
        };
        let mut all = Vec::new();
        for tag in tags {
            let id = ids[tag.name.as_str()].clone();
            let implies = tag.implies.iter().filter_map(|name| ids.get(name.as_str()));
            all.push(Told {
                category: tag.category.clone(),
                implies: implies.cloned().collect(),
                ..told(&tag.name, id.clone())
            });
            for alias in &tag.aliases {
                let own = TagId::from_parts(1, all.len() as u128);
                all.push(Told {
                    into: Some(id.clone()),
                    ..told(alias, own)
                });
            }
        }
        let vocabulary = Self::default();
        vocabulary.tell(all, &[]);
        vocabulary
    }

    /// To look things up; not to be held while waiting for anything.
    pub fn read(&self) -> RwLockReadGuard<'_, Words> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of the tag that a word stands for; the word itself where it
    /// stands for none.
    pub fn name_for(&self, word: &str) -> String {
        let words = self.read();
        let tag = words.resolve(word);
        tag.map_or(word, |no| words.name(no)).to_owned()
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
