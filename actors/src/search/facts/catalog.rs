//! What is known of all elements, in columns by ordinal.

use std::collections::HashMap;

use db::{FactRow, Viewer};
use index::{Bits, Column, Groups, Ordinals, Palettes, Postings, Shade};
use protocol::element::Kind;
use protocol::label::LabelName;
use protocol::query::{Filter, Has};
use protocol::value::Handle;
use protocol::{ElementId, UserId};

use super::fact::{Fact, said, style};
use super::hues::{COLORED, asked, hue, hues_of};
use crate::tags::{TagNo, Words};
use crate::visual::shade;

#[derive(Default)]
pub struct Catalog {
    pub ordinals: Ordinals,
    facts: Vec<Option<Fact>>,
    /// What there are facts of, and what of that everybody may see.
    live: Bits,
    public: Bits,
    owners: Groups,
    owner_numbers: HashMap<UserId, u32>,
    handles: HashMap<Handle, u32>,
    /// Flags by which some leave it out.
    flags: Postings,
    flag_numbers: HashMap<String, u32>,
    /// What it counts for.
    pub tags: Postings,
    /// Public elements by what they count for.
    counts: Vec<u32>,
    tagged: Bits,
    pub kinds: Groups,
    pub styles: Groups,
    ai: Groups,
    nsfw: Groups,
    titled: Bits,
    worded: Bits,
    palettes: Palettes,
    pub hues: Postings,
    /// Rounded percentiles.
    pub quality: Column,
    /// Milliseconds since 1970.
    pub created: Column,
}

impl Catalog {
    pub fn put(&mut self, row: &FactRow, words: &Words) -> u32 {
        let at = self.ordinals.give(&row.element);
        self.count(at, -1);
        let fact = Fact::read(row, words);
        let tags = fact.settled(words);
        self.live.insert(at);
        self.public.set(at, fact.is_public());
        let owner = number(&mut self.owner_numbers, &row.access.owner);
        self.owners.put(at, Some(owner));
        self.call(owner, &row.handle);
        let mut flags: Vec<(u32, f32)> = Vec::new();
        for flag in &row.access.flags {
            flags.push((number(&mut self.flag_numbers, flag), 1.0));
        }
        flags.sort_by_key(|(flag, _)| *flag);
        flags.dedup();
        self.flags.put(at, flags.into());
        self.tagged.set(at, !tags.is_empty());
        self.tags.put(at, tags);
        self.kinds.put(at, Some(row.kind as u32));
        self.styles.put(at, style(row).map(|style| style as u32));
        self.ai.put(at, Some(said(row, LabelName::AiMade) as u32));
        self.nsfw.put(at, Some(said(row, LabelName::Nsfw) as u32));
        self.titled.set(at, !row.title.is_empty());
        self.worded.set(at, !row.text.is_empty());
        let shades: Vec<Shade> = row.colors.iter().filter_map(shade).collect();
        self.hues.put(at, hues_of(&shades));
        self.palettes.put(at, &shades);
        let quality = row.quality.map(|quality| quality.round() as i64);
        self.quality.put(at, quality);
        self.created.put(at, Some(row.created_at.millis()));
        let place = at as usize;
        if place >= self.facts.len() {
            self.facts.resize_with(place + 1, || None);
        }
        self.facts[place] = Some(fact);
        self.count(at, 1);
        at
    }

    /// An account is called so from now on.
    pub fn name(&mut self, owner: &UserId, handle: &Handle) {
        if let Some(owner) = self.owner_numbers.get(owner).copied() {
            self.call(owner, handle);
        }
    }

    fn call(&mut self, owner: u32, handle: &Handle) {
        if self.handles.get(handle) != Some(&owner) {
            // what it was called before is looked up where it is asked for
            self.handles.retain(|_, other| *other != owner);
            self.handles.insert(handle.clone(), owner);
        }
    }

    /// How many elements of an account are in the viewer's lists; that it is
    /// muted is of no matter there.
    pub fn count_of(&self, owner: &UserId, viewer: &Viewer) -> u64 {
        let Some(number) = self.owner_numbers.get(owner) else {
            return 0;
        };
        let mut seen = self.visible(&viewer.visiting(owner));
        seen.and(&self.owners.members(*number));
        seen.len() as u64
    }

    /// All that some accounts own.
    pub fn of_owners<'a>(&self, owners: impl Iterator<Item = &'a UserId>) -> Bits {
        let mut all = Bits::default();
        for owner in owners.filter_map(|owner| self.owner_numbers.get(owner)) {
            all.or(&self.owners.members(*owner));
        }
        all
    }

    /// Forgets an element; returns what was its ordinal.
    pub fn remove(&mut self, id: &ElementId) -> Option<u32> {
        let at = self.ordinals.take(id)?;
        self.count(at, -1);
        for bits in [
            &mut self.live,
            &mut self.public,
            &mut self.tagged,
            &mut self.titled,
            &mut self.worded,
        ] {
            bits.remove(at);
        }
        for groups in [
            &mut self.owners,
            &mut self.kinds,
            &mut self.styles,
            &mut self.ai,
            &mut self.nsfw,
        ] {
            groups.put(at, None);
        }
        for postings in [&mut self.flags, &mut self.tags, &mut self.hues] {
            postings.put(at, Box::default());
        }
        self.palettes.put(at, &[]);
        self.quality.put(at, None);
        self.created.put(at, None);
        if let Some(fact) = self.facts.get_mut(at as usize) {
            *fact = None;
        }
        Some(at)
    }

    /// Works out anew what carries tags from which something else follows than
    /// before.
    pub fn revise(&mut self, bent: &dyn Fn(&TagNo) -> bool, words: &Words) {
        for at in 0..self.facts.len() as u32 {
            let Some(fact) = &self.facts[at as usize] else {
                continue;
            };
            let said = fact.said.iter().map(|(tag, _)| tag);
            if said.chain(&fact.refused).any(bent) {
                let tags = fact.settled(words);
                self.count(at, -1);
                self.tagged.set(at, !tags.is_empty());
                self.tags.put(at, tags);
                self.count(at, 1);
            }
        }
    }

    /// Counts what a public element counts for, or takes that back.
    fn count(&mut self, at: u32, by: i32) {
        if !self.public.contains(at) {
            return;
        }
        for (tag, _) in self.tags.of(at) {
            let tag = *tag as usize;
            if tag >= self.counts.len() {
                self.counts.resize(tag + 1, 0);
            }
            self.counts[tag] = self.counts[tag].saturating_add_signed(by);
        }
    }

    /// By tag: how many public elements count for it.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub fn fact(&self, at: u32) -> Option<&Fact> {
        self.facts.get(at as usize)?.as_ref()
    }

    /// Ordinals with something of theirs as elements; those that are gone
    /// meanwhile are left out.
    pub fn named<T>(&self, found: Vec<(u32, T)>) -> Vec<(ElementId, T)> {
        let named = found.into_iter();
        let named = named.filter_map(|(at, of)| Some((self.ordinals.id(at)?.clone(), of)));
        named.collect()
    }

    pub fn public(&self) -> &Bits {
        &self.public
    }

    pub fn live(&self) -> &Bits {
        &self.live
    }

    /// [`Viewer::lists`] for all elements at once; a test holds them together.
    pub fn visible(&self, viewer: &Viewer) -> Bits {
        let Viewer::User { id, hidden, ties } = viewer else {
            return self.live.clone();
        };
        let mut visible = self.public.clone();
        for flag in hidden.iter().filter_map(|flag| self.flag_numbers.get(flag)) {
            visible.without(&self.flags.holders(*flag));
        }
        let away = ties.all_apart().chain(&ties.muted);
        for owner in away.filter_map(|owner| self.owner_numbers.get(owner)) {
            visible.without(&self.owners.members(*owner));
        }
        if let Some(owner) = self.owner_numbers.get(id) {
            visible.or(&self.owners.members(*owner));
        }
        visible
    }

    /// Those within that meet a condition. None for conditions that need more
    /// than what stands here.
    pub fn meeting(&self, filter: &Filter, within: &Bits, words: &Words) -> Option<Bits> {
        let of = |mut found: Bits| {
            found.and(within);
            found
        };
        Some(match filter {
            Filter::User(handle) => {
                let owner = self.handles.get(handle);
                of(owner.map_or_else(Bits::default, |owner| self.owners.members(*owner)))
            }
            Filter::Type(kind) => of(self.kinds.members(*kind as u32)),
            Filter::Color(rgb) => match hue(*rgb) {
                Some(hue) => of(self.hues.holders(hue)),
                None => self.palettes.having(&[asked(*rgb)], COLORED, within),
            },
            Filter::Ai(said) => of(self.ai.members(*said as u32)),
            Filter::Sensitive(said) => of(self.nsfw.members(*said as u32)),
            Filter::Style(style) => of(self.styles.members(*style as u32)),
            Filter::Before(time) => {
                let last = time.millis().saturating_sub(1);
                self.created.within(i64::MIN..=last, within)
            }
            Filter::After(time) => self.created.within(time.millis()..=i64::MAX, within),
            Filter::Quality(from, to) => self
                .quality
                .within(i64::from(*from)..=i64::from(*to), within),
            Filter::Has(Has::Text) => of(self.worded.clone()),
            Filter::Has(Has::Title) => of(self.titled.clone()),
            Filter::Has(Has::Tags) => of(self.tagged.clone()),
            Filter::Tag(tag) => {
                let tag = words.resolve(tag.as_str());
                of(tag.map_or_else(Bits::default, |tag| self.tags.holders(tag.0)))
            }
            Filter::Similar(_) | Filter::Cluster(_) | Filter::Order(_) => return None,
        })
    }

    /// The k of those within whose colours are most like these.
    pub fn colored(&self, shades: &[Shade], k: usize, within: &Bits) -> Vec<(u32, f32)> {
        self.palettes.nearest(shades, k, within)
    }
}

/// The number of something; a new one for what has none.
fn number<K: Clone + Eq + std::hash::Hash>(numbers: &mut HashMap<K, u32>, key: &K) -> u32 {
    if let Some(number) = numbers.get(key) {
        return *number;
    }
    let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX - 1);
    numbers.insert(key.clone(), number);
    number
}

/// As they are numbered.
pub const KINDS: [Kind; 2] = [Kind::Image, Kind::Video];
const _: () = assert!(KINDS[0] as u32 == 0 && KINDS[1] as u32 == 1);
