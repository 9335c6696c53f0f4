//! The vocabulary in memory: every word, the tag it stands for, and what
//! follows from that. Derived from the database and never ahead of it.

use std::collections::HashMap;
use std::sync::Arc;

use index::{Completion, Completions};
use protocol::TagId;

use super::links::{self, Links};

/// A tag's number in this process: dense, from 0, and the same for as long as
/// the process runs, whatever the tag is called. Other words for a tag have
/// numbers of their own; [`Words::tag`] leads from them to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TagNo(pub u32);

impl TagNo {
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// What the database says of one word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub id: TagId,
    pub name: String,
    pub category: String,
    /// It is another word for this tag.
    pub into: Option<TagId>,
    /// What it was said to imply, whether or not that follows anyway.
    pub implies: Vec<TagId>,
    /// It came with the program, or a moderator made it: everybody may know
    /// of it, even while nothing public carries it.
    pub common: bool,
    /// The name under which it came with the program.
    pub shipped: Option<String>,
}

/// See the module. Read it through [`super::Vocabulary`].
#[derive(Default)]
pub(crate) struct Words {
    entries: Vec<Entry>,
    /// Names and other words alike, in alphabetical order.
    by_word: Completions,
    /// By number: the tag that it stands for.
    meant: Vec<u32>,
    by_id: HashMap<u128, TagNo>,
    /// By the names under which they came with the program.
    by_shipped: HashMap<String, TagNo>,
    categories: Vec<Arc<str>>,
}

pub(super) struct Entry {
    /// None for a word that was seen on an element before the database told
    /// of it.
    id: Option<u128>,
    pub(super) word: Arc<str>,
    category: u16,
    common: bool,
    pub(super) into: Option<TagNo>,
    /// The tag it stood for when links were last tied; itself where none says.
    pub(super) root: Option<TagNo>,
    /// As it was said.
    pub(super) said: Box<[TagNo]>,
    /// What follows; most tags have none.
    pub(super) links: Option<Box<Links>>,
}

const NONE: &[TagNo] = &[];

impl Words {
    /// The tag that a word stands for: by its name, or another word for it.
    pub fn resolve(&self, word: &str) -> Option<TagNo> {
        self.by_word.get(word).map(|no| self.tag(TagNo(no)))
    }

    pub fn by_id(&self, id: &TagId) -> Option<TagNo> {
        self.by_id.get(&bits(id)).copied()
    }

    /// The tag that came with the program under a name, whatever people call
    /// it here.
    pub fn by_shipped(&self, name: &str) -> Option<TagNo> {
        self.by_shipped.get(name).map(|no| self.tag(*no))
    }

    pub fn id(&self, no: TagNo) -> Option<TagId> {
        let id = self.entries[no.at()].id?;
        Some(TagId::from_parts((id >> 80) as u64, id))
    }

    /// The tag itself, where the number is that of another word for it.
    pub fn tag(&self, no: TagNo) -> TagNo {
        links::root(&self.entries, no)
    }

    /// Its own word: of another word for a tag, that one.
    pub fn name(&self, no: TagNo) -> &str {
        &self.entries[no.at()].word
    }

    /// Empty where nobody said.
    pub fn category(&self, no: TagNo) -> &str {
        let place = usize::from(self.entries[no.at()].category);
        self.categories.get(place).map_or("", |name| name)
    }

    /// May everybody know of it, even while nothing public carries it?
    pub fn common(&self, no: TagNo) -> bool {
        self.entries[no.at()].common
    }

    /// All that follows from a tag, without the tag; in order of numbers.
    pub fn above(&self, no: TagNo) -> &[TagNo] {
        self.links(no).map_or(NONE, |links| &links.above)
    }

    /// All from which it follows, without the tag; in order of numbers.
    pub fn below_closure(&self, no: TagNo) -> &[TagNo] {
        self.links(no).map_or(NONE, |links| &links.below)
    }

    /// What it implies directly: what of `above` follows from nothing between.
    pub fn implies(&self, no: TagNo) -> &[TagNo] {
        self.links(no).map_or(NONE, |links| &links.implies)
    }

    /// What implies it directly.
    pub fn implied_by(&self, no: TagNo) -> &[TagNo] {
        self.links(no).map_or(NONE, |links| &links.implied_by)
    }

    /// Other words for it, in alphabetical order.
    pub fn aliases(&self, no: TagNo) -> impl Iterator<Item = &str> {
        let aliases = self.links(no).map_or(NONE, |links| &links.aliases);
        aliases.iter().map(|alias| self.name(*alias))
    }

    /// What an element that carries it counts for: the tag, and all that
    /// follows from it.
    pub fn follows(&self, no: TagNo) -> impl Iterator<Item = TagNo> {
        let tag = self.tag(no);
        std::iter::once(tag).chain(self.above(tag).iter().copied())
    }

    /// The k tags that weigh the most of those that what was typed may become;
    /// see [`Completions::complete`]. `weights` are by number.
    pub fn complete(&self, typed: &str, k: usize, weights: &[u32]) -> Vec<Completion> {
        self.by_word.complete(typed, k, &self.meant, weights)
    }

    /// The number of a tag that an element carries; a new one for a word that
    /// was never heard of.
    pub(super) fn intern(&mut self, word: &str) -> TagNo {
        match self.resolve(word) {
            Some(no) => no,
            None => self.add(word),
        }
    }

    /// Takes over what the database says now of some words; a word that it no
    /// longer has is `forget`. Returns the numbers from which something else
    /// follows than before: what carries them has to be looked at again.
    pub(super) fn tell(&mut self, told: Vec<Told>, forget: &[TagId]) -> Vec<TagNo> {
        let mut bent = false;
        for id in forget {
            let Some(no) = self.by_id.remove(&bits(id)) else {
                continue;
            };
            let entry = &mut self.entries[no.at()];
            bent |= entry.into.take().is_some() || !entry.said.is_empty();
            (entry.id, entry.said, entry.common) = (None, Box::default(), false);
            let word = entry.word.clone();
            if self.by_word.get(&word) == Some(no.0) {
                self.by_word.remove(&word);
            }
        }
        // words first, so that links find their ends
        let mut numbers = Vec::with_capacity(told.len());
        for one in &told {
            let (no, twin) = self.name_it(one);
            if let Some(twin) = twin {
                self.entries[twin.at()].into = Some(no);
                bent = true;
            }
            numbers.push(no);
        }
        for (one, no) in told.iter().zip(numbers) {
            let into = one.into.as_ref().and_then(|id| self.by_id(id));
            let said: Box<[TagNo]> = one.implies.iter().filter_map(|id| self.by_id(id)).collect();
            let entry = &mut self.entries[no.at()];
            bent |= entry.into != into || entry.said != said;
            (entry.into, entry.said) = (into, said);
        }
        if !bent {
            return Vec::new();
        }
        let bent = links::tie(&mut self.entries);
        let numbers = (0..self.entries.len() as u32).map(TagNo);
        self.meant = numbers.map(|no| self.tag(no).0).collect();
        bent
    }

    fn links(&self, no: TagNo) -> Option<&Links> {
        self.entries[no.at()].links.as_deref()
    }

    /// Gives a told word its number and its name. Also the number that was
    /// given to the same word while nobody knew whose it is.
    fn name_it(&mut self, told: &Told) -> (TagNo, Option<TagNo>) {
        let id = bits(&told.id);
        let no = match self.by_id.get(&id) {
            Some(no) => *no,
            // seen on an element before; unless the word is another tag's, of
            // whose new name will be told in the same breath
            None => match self.by_word.get(told.name.as_str()) {
                Some(no) if self.entries[no as usize].id.is_none() => TagNo(no),
                _ => self.add(&told.name),
            },
        };
        self.by_id.insert(id, no);
        if let Some(name) = &told.shipped {
            self.by_shipped.insert(name.clone(), no);
        }
        let category = self.category_no(&told.category);
        let entry = &mut self.entries[no.at()];
        (entry.id, entry.common, entry.category) = (Some(id), told.common, category);
        if *entry.word != *told.name {
            let before = std::mem::replace(&mut entry.word, told.name.as_str().into());
            if self.by_word.get(&before) == Some(no.0) {
                self.by_word.remove(&before);
            }
        }
        let word = self.entries[no.at()].word.clone();
        let other = self.by_word.insert(word, no.0).map(TagNo);
        let other = other.filter(|other| *other != no);
        let twin = other.filter(|other| self.entries[other.at()].id.is_none());
        (no, twin)
    }

    fn add(&mut self, word: &str) -> TagNo {
        let no = TagNo(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        let word: Arc<str> = word.into();
        self.by_word.insert(word.clone(), no.0);
        self.meant.push(no.0);
        let category = self.category_no("");
        self.entries.push(Entry {
            id: None,
            word,
            category,
            common: false,
            into: None,
            root: None,
            said: Box::default(),
            links: None,
        });
        no
    }

    fn category_no(&mut self, name: &str) -> u16 {
        let known = self.categories.iter().position(|known| **known == *name);
        let place = known.unwrap_or_else(|| {
            self.categories.push(name.into());
            self.categories.len() - 1
        });
        u16::try_from(place).unwrap_or(u16::MAX)
    }
}

/// The 128 bits that an id is made of.
fn bits(id: &TagId) -> u128 {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    id.as_str().bytes().fold(0, |bits, c| {
        let digit = DIGITS.iter().position(|d| *d == c).unwrap_or(0);
        (bits << 5) | digit as u128
    })
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
