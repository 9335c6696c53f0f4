//! What a word that is being typed may become.

use std::collections::{BTreeMap, HashSet};
use std::ops::Bound;
use std::sync::LazyLock;

use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};

/// Letters from which one slip of the finger is forgiven, and from which two.
const ONE_FROM: usize = 4;
const TWO_FROM: usize = 8;
/// Letters from which a slip is forgiven in a word that is not finished yet.
const BEGUN_FROM: usize = 6;

/// Words by what they stand for: names, and other words for the same thing,
/// which share its number. Numbers are dense.
#[derive(Debug, Default)]
pub struct Completions {
    words: BTreeMap<Box<str>, Meaning>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Meaning {
    number: u32,
    /// Not its name, but another word for it.
    other: bool,
}

/// A word that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub word: String,
    pub number: u32,
    /// It is not the name of what it stands for, but another word for it.
    pub other: bool,
    /// What the number weighs.
    pub weight: u32,
}

/// How well a word fits what was typed; the lower the better.
type Fit = u8;

impl Completions {
    /// Adds a word, or says that it stands for something else.
    pub fn insert(&mut self, word: &str, number: u32, other: bool) {
        self.words.insert(word.into(), Meaning { number, other });
    }

    pub fn remove(&mut self, word: &str) {
        self.words.remove(word);
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The k numbers that weigh the most of those with a word that begins as
    /// typed; where there are fewer, also those with one that nearly does, by how
    /// nearly. Each comes once, by its name rather than by another word. What
    /// weighs nothing does not come.
    pub fn complete(&self, typed: &str, k: usize, weights: &[u32]) -> Vec<Completion> {
        let weight = |meaning: &Meaning| {
            let weight = weights.get(meaning.number as usize).copied();
            weight.filter(|weight| *weight > 0)
        };
        let from = (Bound::Included(typed), Bound::Unbounded);
        let begun = self.words.range::<str, _>(from);
        let begun = begun.take_while(|(word, _)| word.starts_with(typed));
        let begun = begun.filter_map(|(word, meaning)| Some((0, weight(meaning)?, word, meaning)));
        let mut seen = HashSet::new();
        let mut found = best(begun.collect(), k, &mut seen);
        if found.len() < k
            && let Some(automaton) = automaton(typed)
        {
            let begun = typed.chars().count() >= BEGUN_FROM;
            let near = self.words.iter().filter_map(|(word, meaning)| {
                let weight = weight(meaning)?;
                Some((fit(&automaton, word, begun)?, weight, word, meaning))
            });
            found.extend(best(near.collect(), k - found.len(), &mut seen));
        }
        found
    }
}

type Found<'a> = (Fit, u32, &'a Box<str>, &'a Meaning);

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
        for (_, weight, word, meaning) in first.iter() {
            if taken.len() < k && seen.insert(meaning.number) {
                taken.push(Completion {
                    word: word.to_string(),
                    number: meaning.number,
                    other: meaning.other,
                    weight: *weight,
                });
            }
        }
        rest = others;
    }
    taken
}

fn order(a: &Found<'_>, b: &Found<'_>) -> std::cmp::Ordering {
    let fit = a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1));
    fit.then_with(|| a.3.other.cmp(&b.3.other)).then_with(|| a.2.cmp(b.2))
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
