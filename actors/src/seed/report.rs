//! What was made, for those who measure with it.

use std::time::Duration;

use db::BulkCluster;
use protocol::element::Visibility;
use protocol::{ClusterId, ElementId};
use serde::{Deserialize, Serialize};

use super::pictures::Library;
use super::population::Population;
use super::{SEED_PASSWORD, SeedPlan};

/// Accounts, elements and clusters that are named.
const NAMED: usize = 64;
/// Words and tags of each kind.
const WORDS: usize = 40;
/// In how large a part of all public elements common and usual words are; rare
/// ones are in a handful.
const COMMON: f64 = 0.01;
const USUAL: (f64, f64) = (0.0005, 0.004);
const RARE: std::ops::RangeInclusive<u32> = 2..=8;

/// A library that was made up: its size, and what to ask it for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeedReport {
    pub seed: u64,
    pub elements: usize,
    /// Of them, those that everybody sees.
    pub public: usize,
    pub users: usize,
    pub clusters: usize,
    pub held: usize,
    pub likes: usize,
    pub tag_edges: usize,
    pub follows: usize,
    /// Seconds for elements alone, and for all.
    pub elements_seconds: f64,
    pub seconds: f64,
    /// Of all accounts.
    pub password: String,
    /// Handles, the busiest first.
    pub accounts: Vec<String>,
    /// Public ones, spread over the years.
    pub public_elements: Vec<ElementId>,
    /// Public ones, the largest first.
    pub public_clusters: Vec<ClusterId>,
    pub words: SeedWords,
    pub tags: SeedWords,
}

/// Words by how many public elements have them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedWords {
    pub common: Vec<SeedWord>,
    pub usual: Vec<SeedWord>,
    pub rare: Vec<SeedWord>,
}

/// A word or a tag, and how many public elements have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeedWord {
    pub text: String,
    pub elements: u32,
}

/// A report that lacks the time it took.
pub struct Tally(SeedReport);

impl Tally {
    pub fn new(
        plan: &SeedPlan,
        people: &Population,
        library: &Library,
        clusters: &[BulkCluster],
    ) -> Self {
        let shown = |v: Visibility| v == Visibility::Public;
        let public: Vec<&ElementId> = library
            .elements
            .iter()
            .filter(|element| shown(element.visibility))
            .map(|element| &element.id)
            .collect();
        let step = (public.len() / NAMED).max(1);
        let mut large: Vec<&BulkCluster> =
            clusters.iter().filter(|c| shown(c.visibility)).collect();
        large.sort_by_key(|c| std::cmp::Reverse(c.items.len()));
        let words = library.words.iter().map(|(word, n)| (word.clone(), *n));
        let tags = library.tags.iter().map(|(tag, n)| (tag.to_string(), *n));
        Self(SeedReport {
            seed: plan.seed,
            elements: library.elements.len(),
            public: public.len(),
            users: people.len(),
            clusters: clusters.len(),
            held: clusters.iter().map(|c| c.items.len()).sum(),
            likes: library.elements.iter().map(|e| e.likes).sum(),
            tag_edges: library.edges,
            follows: clusters.iter().map(|c| c.followers.len()).sum(),
            elements_seconds: 0.0,
            seconds: 0.0,
            password: SEED_PASSWORD.to_owned(),
            accounts: people
                .humans
                .iter()
                .take(NAMED)
                .map(|h| h.handle.clone())
                .collect(),
            public_elements: public
                .into_iter()
                .step_by(step)
                .take(NAMED)
                .cloned()
                .collect(),
            public_clusters: large.iter().take(NAMED).map(|c| c.id.clone()).collect(),
            words: SeedWords::of(words.collect(), library.elements.len()),
            tags: SeedWords::of(tags.collect(), library.elements.len()),
        })
    }

    pub fn finish(mut self, elements: Duration, all: Duration) -> SeedReport {
        self.0.elements_seconds = elements.as_secs_f64();
        self.0.seconds = all.as_secs_f64();
        self.0
    }
}

impl SeedWords {
    fn of(mut words: Vec<(String, u32)>, elements: usize) -> Self {
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let part = |n: u32| f64::from(n) / elements.max(1) as f64;
        let some = |fits: &dyn Fn(u32) -> bool| -> Vec<SeedWord> {
            let fitting: Vec<SeedWord> = words
                .iter()
                .filter(|(_, n)| fits(*n))
                .map(|(text, elements)| SeedWord {
                    text: text.clone(),
                    elements: *elements,
                })
                .collect();
            let step = (fitting.len() / WORDS).max(1);
            fitting.into_iter().step_by(step).take(WORDS).collect()
        };
        Self {
            common: some(&|n| part(n) >= COMMON),
            usual: some(&|n| (USUAL.0..USUAL.1).contains(&part(n))),
            rare: some(&|n| RARE.contains(&n)),
        }
    }
}
