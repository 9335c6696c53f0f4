//! What a recommender is judged by.

use std::collections::HashSet;

use ml::vector::dot;

use crate::library::Library;
use crate::people::{People, Person};

/// The first screen of a feed.
const SCREEN: usize = 20;

pub const HEAD: &str = "| | recall@100 | right@20 | interests@20 | diversity | library |\n\
    |---|---|---|---|---|---|";

/// Means over all people.
pub struct Figures {
    /// Of what belongs to their interests and they have not saved, the part
    /// among the first 100; of at most 100.
    recall: f64,
    /// Part of the first 20 that belongs to their interests.
    right: f64,
    /// Part of their interests that the first 20 serve.
    served: f64,
    /// Mean cosine distance of two of the list.
    diversity: f64,
    /// Part of the library that somebody is shown.
    library: f64,
}

impl Figures {
    pub fn of(library: &Library, people: &People, lists: Vec<Vec<usize>>) -> Self {
        let count = lists.len() as f64;
        let mean = |of: &dyn Fn(&Person, &[usize]) -> f64| {
            let each = people.all.iter().zip(&lists);
            each.map(|(person, list)| of(person, list)).sum::<f64>() / count
        };
        let shown: HashSet<usize> = lists.iter().flatten().copied().collect();
        Self {
            recall: mean(&|person, list| recall(library, person, list)),
            right: mean(&|person, list| right(library, person, list)),
            served: mean(&|person, list| served(library, person, list)),
            diversity: mean(&|_, list| diversity(library, list)),
            library: shown.len() as f64 / library.pictures.len() as f64,
        }
    }

    pub fn row(&self, name: &str) -> String {
        let Self {
            recall,
            right,
            served,
            diversity,
            library,
        } = self;
        format!(
            "| {name} | {recall:.3} | {right:.3} | {served:.2} | {diversity:.2} | {library:.2} |\n"
        )
    }
}

fn belongs(library: &Library, person: &Person, picture: usize) -> bool {
    let interest = library.pictures[picture].interest.as_ref();
    interest.is_some_and(|interest| person.interests.iter().any(|k| k.interest == *interest))
}

fn recall(library: &Library, person: &Person, list: &[usize]) -> f64 {
    let wanted = (0..library.pictures.len())
        .filter(|&at| belongs(library, person, at) && !person.has(at))
        .count();
    let found = list
        .iter()
        .filter(|&&at| belongs(library, person, at))
        .count();
    found as f64 / wanted.clamp(1, crate::LOOKED_AT) as f64
}

fn right(library: &Library, person: &Person, list: &[usize]) -> f64 {
    let first = &list[..list.len().min(SCREEN)];
    let right = first
        .iter()
        .filter(|&&at| belongs(library, person, at))
        .count();
    right as f64 / SCREEN as f64
}

fn served(library: &Library, person: &Person, list: &[usize]) -> f64 {
    let first = &list[..list.len().min(SCREEN)];
    let interests: HashSet<&str> = first
        .iter()
        .filter_map(|&at| library.pictures[at].interest.as_deref())
        .collect();
    let served = person
        .interests
        .iter()
        .filter(|k| interests.contains(k.interest.as_str()));
    served.count() as f64 / person.interests.len() as f64
}

fn diversity(library: &Library, list: &[usize]) -> f64 {
    let (mut sum, mut pairs) = (0.0, 0.0);
    for (place, &a) in list.iter().enumerate() {
        for &b in &list[..place] {
            let cosine = dot(&library.pictures[a].centred, &library.pictures[b].centred);
            sum += 1.0 - f64::from(cosine);
            pairs += 1.0;
        }
    }
    sum / f64::max(pairs, 1.0)
}
