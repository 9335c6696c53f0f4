//! What people write: few words often, most words rarely.

use std::collections::BTreeSet;

use super::dice::{Dice, Zipf};
use ml::tags::TagMap;
use protocol::value::TagName;

use super::views::Views;

/// Words in all, and how steeply they fall off.
const WORDS: usize = 30_000;
const STEEPNESS: f64 = 1.07;
/// Tags that people have made up, beside those of the vocabulary.
const OWN_TAGS: usize = 4_000;

/// The commonest words of captions, so that common words are real ones.
const COMMON: &str = "the a in of and with on at from by for light blue green old red morning \
    evening white view city water night day black street over sky sunset under little house road \
    mountain summer winter sea garden window colour home tree river beach detail portrait walk \
    clouds park bridge after first study spring snow two new last autumn through yellow near lake \
    wall early long small rain forest high quiet";

/// Beginnings, middles and ends of words that nobody has ever used.
const HEADS: [&str; 24] = [
    "ka", "lo", "mi", "ren", "sa", "tor", "vel", "bra", "qui", "dun", "fae", "gro", "hel", "ist",
    "jor", "nym", "os", "pra", "ulm", "wex", "yar", "zin", "cal", "eth",
];
const MIDDLES: [&str; 16] = [
    "ra", "li", "no", "ti", "sa", "ve", "du", "mo", "ke", "bi", "ga", "ro", "pe", "zu", "fi", "la",
];
const TAILS: [&str; 16] = [
    "n", "ra", "lis", "th", "mar", "k", "ne", "s", "ton", "d", "vik", "le", "ro", "st", "m", "gard",
];

/// Everything that can be written.
pub struct Vocabulary {
    words: Vec<String>,
    ranks: Zipf,
    tags: Vec<TagName>,
    tag_ranks: Zipf,
}

impl Vocabulary {
    pub fn new(views: &Views, shipped: &TagMap, dice: &mut Dice) -> Self {
        let mut real: BTreeSet<String> = BTreeSet::new();
        for picture in &views.pictures {
            let element = &picture.element;
            real.extend(plain(&element.title));
            real.extend(plain(&element.description));
        }
        for tag in shipped.tags() {
            real.extend(plain(&tag.name));
        }
        let mut real: Vec<String> = real.into_iter().collect();
        dice.shuffle(&mut real);
        let mut words: Vec<String> = COMMON.split_whitespace().map(str::to_owned).collect();
        words.extend(real);
        let mut known: BTreeSet<String> = BTreeSet::new();
        words.retain(|word| known.insert(word.clone()));
        while words.len() < WORDS {
            let word = invented(dice);
            if known.insert(word.clone()) {
                words.push(word);
            }
        }
        let mut tags: Vec<TagName> = shipped
            .tags()
            .iter()
            .filter_map(|tag| tag.name.parse().ok())
            .collect();
        dice.shuffle(&mut tags);
        let ranks = Zipf::new(words.len(), STEEPNESS);
        // another word for a tag would be that tag: counts go by names
        let mut taken: BTreeSet<TagName> = tags.iter().cloned().collect();
        let aliases = shipped.tags().iter().flat_map(|tag| &tag.aliases);
        taken.extend(aliases.filter_map(|alias| alias.parse().ok()));
        for _ in 0..OWN_TAGS {
            let mut name = words[dice.below(words.len())].clone();
            if dice.chance(0.4) {
                name = format!("{} {name}", words[ranks.roll(dice)]);
            }
            let own = name
                .parse()
                .ok()
                .filter(|own| taken.insert(TagName::clone(own)));
            tags.extend(own);
        }
        Self {
            tag_ranks: Zipf::new(tags.len(), 1.0),
            words,
            ranks,
            tags,
        }
    }

    pub fn word(&self, dice: &mut Dice) -> &str {
        &self.words[self.ranks.roll(dice)]
    }

    /// A tag that somebody thought of.
    pub fn tag(&self, dice: &mut Dice) -> TagName {
        self.tags[self.tag_ranks.roll(dice)].clone()
    }

    /// Some words about a thing; `subject` are words for what is shown.
    pub fn phrase(&self, subject: &[&str], words: usize, dice: &mut Dice) -> String {
        let mut phrase: Vec<&str> = Vec::with_capacity(words);
        for _ in 0..words {
            let about = !subject.is_empty() && dice.chance(0.35);
            phrase.push(if about {
                *dice.pick(subject)
            } else {
                self.word(dice)
            });
        }
        capital(&phrase.join(" "))
    }

    /// Words as they stand on signs and pages, in lines.
    pub fn sign(&self, words: usize, dice: &mut Dice) -> String {
        let mut text = String::new();
        for n in 0..words {
            if n > 0 {
                text.push(if n % 6 == 0 { '\n' } else { ' ' });
            }
            text.push_str(self.word(dice));
        }
        text
    }
}

/// The words of a text in lower case, without short ones and numbers.
pub fn plain(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() > 2 && word.chars().all(char::is_alphabetic))
        .map(str::to_lowercase)
}

fn invented(dice: &mut Dice) -> String {
    let mut word = (*dice.pick(&HEADS)).to_owned();
    for _ in 0..=dice.below(3) {
        word.push_str(dice.pick::<&str>(&MIDDLES));
    }
    word.push_str(dice.pick::<&str>(&TAILS));
    word
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
