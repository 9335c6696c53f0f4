//! Several candidate lists become one ranking.
//!
//! Reciprocal-rank fusion (Cormack, Clarke, Büttcher, SIGIR 2009) within two
//! tiers: what at least one list is confident of, and the rest.

use std::cmp::Ordering;
use std::collections::HashMap;

use protocol::search::Why;

/// The constant of reciprocal-rank fusion.
const RRF_K: f32 = 60.0;
/// Weaker matches that are shown at most; no query returns everything.
const MOST_WEAK: usize = 24;

/// One entry of one list, best first in its list.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub at: u32,
    pub why: Why,
    /// Good enough to stand above the divider.
    pub confident: bool,
}

/// A list and how much it counts.
#[derive(Debug, Clone)]
pub struct List {
    pub weight: f32,
    pub candidates: Vec<Candidate>,
}

/// One entry of the answer.
#[derive(Debug, Clone)]
pub struct Ranked {
    pub at: u32,
    pub score: f32,
    pub why: Vec<Why>,
    pub confident: bool,
}

impl Ranked {
    /// Confident ones first, then by score, then the newer ones.
    pub fn order(&self, other: &Self) -> Ordering {
        let tier = other.confident.cmp(&self.confident);
        tier.then_with(|| other.score.total_cmp(&self.score))
            .then_with(|| other.at.cmp(&self.at))
    }
}

/// Confident entries first, each tier by its fused score; ties by age.
pub fn fuse(lists: Vec<List>) -> Vec<Ranked> {
    let mut merged: HashMap<u32, Ranked> = HashMap::new();
    for list in lists {
        for (rank, candidate) in list.candidates.into_iter().enumerate() {
            let score = list.weight / (RRF_K + 1.0 + rank as f32);
            let entry = merged.entry(candidate.at).or_insert_with(|| Ranked {
                at: candidate.at,
                score: 0.0,
                why: Vec::new(),
                confident: false,
            });
            entry.score += score;
            entry.why.push(candidate.why);
            entry.confident |= candidate.confident;
        }
    }
    let mut ranking: Vec<Ranked> = merged.into_values().collect();
    ranking.sort_by(Ranked::order);
    let confident = ranking.iter().take_while(|r| r.confident).count();
    ranking.truncate(confident + MOST_WEAK);
    ranking
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn candidate(n: u8, confident: bool) -> Candidate {
        Candidate {
            at: u32::from(n),
            why: Why::Recent,
            confident,
        }
    }

    fn lists() -> impl Strategy<Value = Vec<List>> {
        let entry = (0u8..60, any::<bool>());
        let list =
            (0.1f32..2.0, prop::collection::vec(entry, 0..60)).prop_map(|(weight, entries)| {
                let mut seen = std::collections::HashSet::new();
                let candidates = entries
                    .into_iter()
                    .filter(|(n, _)| seen.insert(*n))
                    .map(|(n, c)| candidate(n, c))
                    .collect();
                List { weight, candidates }
            });
        prop::collection::vec(list, 0..4)
    }

    proptest! {
        #[test]
        fn each_once_confident_first_and_bounded(lists in lists()) {
            let confident: std::collections::HashSet<_> = lists.iter().flat_map(|l| &l.candidates).filter(|c| c.confident).map(|c| c.at).collect();
            let ranking = fuse(lists);
            let ids: std::collections::HashSet<_> = ranking.iter().map(|r| r.at).collect();
            prop_assert_eq!(ids.len(), ranking.len());
            let first_weak = ranking.iter().position(|r| !r.confident).unwrap_or(ranking.len());
            prop_assert_eq!(first_weak, confident.len());
            prop_assert!(ranking[first_weak..].iter().all(|r| !r.confident));
            prop_assert!(ranking.len() - first_weak <= MOST_WEAK);
        }
    }

    #[test]
    fn two_lists_outweigh_one() {
        let both = candidate(1, true);
        let lists = vec![
            List {
                weight: 1.0,
                candidates: vec![candidate(2, true), both.clone()],
            },
            List {
                weight: 1.0,
                candidates: vec![candidate(3, true), both],
            },
        ];
        assert_eq!(fuse(lists)[0].at, 1);
    }
}
