//! Tags that are typical of a collection, and what else carries them.

use std::collections::HashMap;

use db::Viewer;
use protocol::ElementId;

use crate::search::{Fact, Known};
use crate::tags::TagNo;

/// Tags of a collection that are looked for.
const TYPICAL: usize = 8;
/// Part of a collection that has to carry a tag, and members at least where
/// there are as many.
const SHARE: f32 = 0.2;
const MEMBERS: usize = 2;
/// Part of what is typical that something has to share, 0…1.
const SHARED: f32 = 0.3;
/// Tags that are named as a reason.
const NAMED: usize = 3;

/// Tags that tell a collection from the rest of the library, each with the part
/// that it has in that; together they make one. Frequent within and rare
/// without, as in tf-idf.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Typical(Vec<(TagNo, f32)>);

/// Something that carries what is typical.
#[derive(Debug, Clone, PartialEq)]
pub struct Tagged {
    pub element: ElementId,
    /// How much of it, 0…1.
    pub overlap: f32,
    /// The tags that they share, the most telling first.
    pub tags: Vec<String>,
}

impl Typical {
    pub fn of(known: &Known<'_>, elements: &[ElementId]) -> Self {
        let known_ones = elements.iter().filter_map(|id| known.ordinal(id));
        let known_ones: Vec<u32> = known_ones.collect();
        let mut sums: HashMap<TagNo, (f32, usize)> = HashMap::new();
        for at in &known_ones {
            for (tag, score) in known.tags(*at) {
                let sum = sums.entry(tag).or_default();
                *sum = (sum.0 + score, sum.1 + 1);
            }
        }
        let all = known.public().len() as f32 + 1.0;
        let least = MEMBERS.min(known_ones.len());
        let telling = |(tag, (sum, members)): (TagNo, (f32, usize))| {
            let rare = (all / (known.count(tag) as f32 + 1.0)).ln().max(0.0);
            let share = sum / known_ones.len() as f32;
            let typical = members >= least && members as f32 >= SHARE * known_ones.len() as f32;
            (typical && rare > 0.0).then_some((tag, share * rare))
        };
        let mut tags: Vec<(TagNo, f32)> = sums.into_iter().filter_map(telling).collect();
        let name = |(tag, _): &(TagNo, f32)| known.words().name(*tag);
        tags.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| name(a).cmp(name(b))));
        tags.truncate(TYPICAL);
        let total: f32 = tags.iter().map(|(_, weight)| weight).sum();
        tags.iter_mut().for_each(|(_, weight)| *weight /= total);
        Self(tags)
    }
}

/// For each of the collections what else carries its typical tags, the most
/// first, `most` at most, among what the viewer may see and is wanted.
pub fn carrying(
    known: &Known<'_>,
    viewer: &Viewer,
    collections: &[Typical],
    most: usize,
    wanted: impl Fn(&ElementId, &Fact) -> bool,
) -> Vec<Vec<Tagged>> {
    let within = known.visible(viewer);
    let mut sums: Vec<f32> = vec![0.0; within.end()];
    let mut all = Vec::with_capacity(collections.len());
    for Typical(tags) in collections {
        let mut touched: Vec<u32> = Vec::new();
        for (tag, weight) in tags {
            for (at, score) in known.carrying(*tag, &within) {
                if sums[at as usize] == 0.0 {
                    touched.push(at);
                }
                // a tag that a model is not sure of counts, but less
                sums[at as usize] += weight * (0.5 + 0.5 * score.clamp(0.0, 1.0));
            }
        }
        let mut found: Vec<Tagged> = Vec::new();
        for at in touched {
            let overlap = std::mem::take(&mut sums[at as usize]);
            let element = known.at(at).filter(|_| overlap >= SHARED);
            if let Some((id, _)) = element.filter(|(id, fact)| wanted(id, fact)) {
                let shared = tags.iter().map(|(tag, _)| *tag);
                let shared = shared.filter(|tag| known.tagged(at, *tag).is_some());
                let names = shared.map(|tag| known.words().name(tag).to_owned());
                found.push(Tagged {
                    element: id.clone(),
                    overlap,
                    tags: names.take(NAMED).collect(),
                });
            }
        }
        found.sort_by(|a, b| {
            let by_overlap = b.overlap.total_cmp(&a.overlap);
            by_overlap.then_with(|| b.element.cmp(&a.element))
        });
        found.truncate(most);
        all.push(found);
    }
    all
}

#[cfg(test)]
mod tests {
    use protocol::UserId;
    use protocol::element::Visibility;

    use super::*;
    use crate::search::FactIndex;
    use crate::search::testing::fact_row;

    fn id(n: u64) -> ElementId {
        ElementId::from_parts(n, 0)
    }

    #[test]
    fn what_is_frequent_within_and_rare_without_is_looked_for() {
        let index = FactIndex::default();
        let put = |n: u64, visibility, tags: &[&str]| {
            index.put(&fact_row(n, visibility, tags));
        };
        for n in 1..=3 {
            put(n, Visibility::Public, &["cup", "thing"]);
        }
        put(3, Visibility::Public, &["cup", "thing", "once"]);
        put(4, Visibility::Public, &["cup", "thing"]);
        put(5, Visibility::Private, &["cup"]);
        (10..40).for_each(|n| put(n, Visibility::Public, &["thing"]));
        let stranger = Viewer::user(UserId::from_parts(9, 9));
        index.with(|known| {
            let typical = Typical::of(known, &[id(1), id(2), id(3)]);
            let typical_names: Vec<_> = typical
                .0
                .iter()
                .map(|(t, _)| known.words().name(*t))
                .collect();
            assert_eq!(typical_names[0], "cup");
            assert!(!typical_names.contains(&"once"), "{typical_names:?}");
            let held = |other: &ElementId, _: &Fact| *other > id(3);
            let found = carrying(known, &stranger, std::slice::from_ref(&typical), 9, held);
            let ids: Vec<_> = found[0].iter().map(|t| t.element.clone()).collect();
            assert_eq!(ids, [id(4)], "neither what is private nor what all have");
            assert_eq!(found[0][0].tags[0], "cup");
            let nothing = carrying(known, &stranger, &[Typical::default()], 9, held);
            assert!(nothing[0].is_empty());
        });
    }
}
