//! What a word that is being typed may become.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::{Arc, LazyLock};

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};

/// Letters from which one slip of the finger is forgiven, and from which two.
const ONE_FROM: usize = 4;
const TWO_FROM: usize = 8;
/// Letters from which a slip is forgiven in a word that is not finished yet.
const BEGUN_FROM: usize = 6;

/// Words and their numbers, which are dense.
#[derive(Debug, Default)]
pub struct Completions {
    words: BTreeMap<Arc<str>, u32>,
}

/// A word that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub word: Arc<str>,
    /// The number of what it stands for.
    pub meant: u32,
    /// It is not the name of that, but another word for it.
    pub other: bool,
    /// What that weighs.
    pub weight: u32,
}

/// How well a word fits what was typed; the lower the better.
type Fit = u8;

impl Completions {
    /// Gives a word its number; returns the one that it had.
    pub fn insert(&mut self, word: Arc<str>, number: u32) -> Option<u32> {
        self.words.insert(word, number)
    }

    pub fn remove(&mut self, word: &str) -> Option<u32> {
        self.words.remove(word)
    }

    pub fn get(&self, word: &str) -> Option<u32> {
        self.words.get(word).copied()
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// All words in alphabetical order, with their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        self.words.iter().map(|(word, number)| (&**word, *number))
    }

    /// The k that weigh the most of those with a word that begins as typed;
    /// where there are fewer, also those with one that nearly does, by how
    /// nearly. Each comes once, by its name rather than by another word. What
    /// weighs nothing does not come.
    ///
    /// `meant` says for each number which one it stands for (itself, where the
    /// word is a name), `weights` what that one weighs.
    pub fn complete(
        &self,
        typed: &str,
        k: usize,
        meant: &[u32],
        weights: &[u32],
    ) -> Vec<Completion> {
        let meaning = |number: u32| {
            let meant = meant.get(number as usize).copied().unwrap_or(number);
            let weight = weights.get(meant as usize).copied().unwrap_or(0);
            let meaning = Meaning {
                meant,
                other: meant != number,
                weight,
            };
            (weight > 0).then_some(meaning)
        };
        let from = (Bound::Included(typed), Bound::Unbounded);
        let begun = self.words.range::<str, _>(from);
        let begun = begun.take_while(|(word, _)| word.starts_with(typed));
        let begun = begun.filter_map(|(word, number)| Some((0, word, meaning(*number)?)));
        let mut seen = HashSet::new();
        let mut found = best(begun.collect(), k, &mut seen);
        if found.len() < k
            && let Some(automaton) = automaton(typed)
        {
            let begun = typed.chars().count() >= BEGUN_FROM;
            let near = self.words.iter().filter_map(|(word, number)| {
                let meaning = meaning(*number)?;
                Some((fit(&automaton, word, begun)?, word, meaning))
            });
            found.extend(best(near.collect(), k - found.len(), &mut seen));
        }
        found
    }
}

#[derive(Debug, Clone, Copy)]
struct Meaning {
    meant: u32,
    other: bool,
    weight: u32,
}

type Found<'a> = (Fit, &'a Arc<str>, Meaning);

/// The k best with different numbers, which are put to those that were seen.
fn best(mut all: Vec<Found<'_>>, k: usize, seen: &mut HashSet<u32>) -> Vec<Completion> {
    let mut taken = Vec::new();
    // a few more than are wanted are put in order at a time
    let mut rest = all.as_mut_slice();
    while taken.len() < k && !rest.is_empty() {
        let some = (4 * k).min(rest.len());
        if some < rest.len() {
            rest.select_nth_unstable_by(some, order);
        }
        let (first, others) = rest.split_at_mut(some);
        first.sort_unstable_by(order);
        for (_, word, meaning) in first.iter() {
            if taken.len() < k && seen.insert(meaning.meant) {
                taken.push(Completion {
                    word: Arc::clone(word),
                    meant: meaning.meant,
                    other: meaning.other,
                    weight: meaning.weight,
                });
            }
        }
        rest = others;
    }
    taken
}

fn order(a: &Found<'_>, b: &Found<'_>) -> std::cmp::Ordering {
    let fit = a.0.cmp(&b.0).then_with(|| b.2.weight.cmp(&a.2.weight));
    fit.then_with(|| a.2.other.cmp(&b.2.other))
        .then_with(|| a.1.cmp(b.1))
}

/// Tells what is nearly so; none for what is too short to be misspelt.
fn automaton(typed: &str) -> Option<DFA> {
    static ONE: LazyLock<LevenshteinAutomatonBuilder> =
        LazyLock::new(|| LevenshteinAutomatonBuilder::new(1, true));
    static TWO: LazyLock<LevenshteinAutomatonBuilder> =
        LazyLock::new(|| LevenshteinAutomatonBuilder::new(2, true));
    match typed.chars().count() {
        0..ONE_FROM => None,
        ONE_FROM..TWO_FROM => Some(ONE.build_dfa(typed)),
        _ => Some(TWO.build_dfa(typed)),
    }
}

/// Whole words come before words that only begin nearly so.
fn fit(automaton: &DFA, word: &str, begun: bool) -> Option<Fit> {
    let mut state = automaton.initial_state();
    let mut beginning = None;
    for byte in word.bytes() {
        state = automaton.transition(state, byte);
        if state == SINK_STATE {
            break;
        }
        if begun && let Distance::Exact(slips) = automaton.distance(state) {
            beginning = Some(beginning.map_or(slips, |least: u8| least.min(slips)));
        }
    }
    match automaton.distance(state) {
        Distance::Exact(slips) if state != SINK_STATE => Some(2 * slips),
        _ => beginning.map(|slips| 2 * slips + 1),
    }
}
