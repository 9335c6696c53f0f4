//! What a library falls into.

use ml::groups::{KMeans, nearest};
use ml::vector::dot;

/// Groups at most.
const MOST: usize = 60;
/// Fewer elements than this are no group of a small library.
const LEAST: usize = 3;
/// Larger libraries are grouped by size alone: trying takes too long.
const TRY_BELOW: usize = 1_500;
/// How many groups are tried, as parts of the usual number.
const TRY: (f32, f32) = (0.6, 1.6);
/// Of those the most that tell the elements apart nearly as well as any.
const AS_GOOD: f32 = 0.9;
/// The same for those of which none is too small.
const GOOD_ENOUGH: f32 = 0.6;
/// Below this cosine with every centre, an element belongs to no group.
pub const BELONGS: f32 = 0.12;
/// From this on two centres are of the same thing, seen at different times.
const SAME: f32 = 0.75;

/// Centres of the groups that a library's vectors fall into. `start`: the
/// centres before, which are found again as far as they still hold.
pub fn centres(vectors: &[&[f32]], start: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let usual = (vectors.len() as f32 / 2.0).sqrt();
    let found = if vectors.len() < 2 * LEAST {
        return Vec::new();
    } else if vectors.len() < TRY_BELOW {
        let most = (usual * TRY.1).round().max(2.0) as usize;
        let least = (usual * TRY.0).round().max(2.0) as usize;
        let tried: Vec<(f32, KMeans)> = (least..=most)
            .map(|k| KMeans::new(vectors, k, start))
            .map(|found| (found.apart(vectors), found))
            .collect();
        let best = tried.iter().map(|(apart, _)| *apart).fold(0.0, f32::max);
        // rather fewer groups than some that are too small to be one
        let whole = |found: &KMeans| (0..found.centres.len()).all(|at| size(found, at) >= LEAST);
        let wishes = [(AS_GOOD, true), (GOOD_ENOUGH, true), (AS_GOOD, false)];
        let good = wishes.into_iter().find_map(|(part, all)| {
            tried
                .iter()
                .rposition(|(apart, found)| *apart >= best * part && (!all || whole(found)))
        });
        good.and_then(|at| tried.into_iter().nth(at))
            .map(|(_, found)| found)
    } else {
        let k = (usual.round() as usize).min(MOST);
        Some(KMeans::new(vectors, k, start))
    };
    found.map_or_else(Vec::new, |found| without_small(vectors, found))
}

/// Groups of too few are given up; their members go where they are nearest.
fn without_small(vectors: &[&[f32]], found: KMeans) -> Vec<Vec<f32>> {
    let least = LEAST.max(vectors.len() / (MOST * 8));
    let kept = (0..found.centres.len()).filter(|&at| size(&found, at) >= least);
    kept.map(|at| found.centres[at].clone()).collect()
}

fn size(found: &KMeans, at: usize) -> usize {
    found.of.iter().filter(|of| **of == at).count()
}

/// The group of each vector, and its cosine with the centre.
pub fn assign(centres: &[Vec<f32>], vector: &[f32]) -> Option<(usize, f32)> {
    nearest(centres, vector).filter(|(_, cosine)| *cosine >= BELONGS)
}

/// For each of the centres which of those before it is, at most one each.
/// `shared(now, before)` says how much of their members is the same, 0…1.
pub fn matched(
    now: &[Vec<f32>],
    before: &[Vec<f32>],
    shared: impl Fn(usize, usize) -> f32,
) -> Vec<Option<usize>> {
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (at, centre) in now.iter().enumerate() {
        for (was, other) in before.iter().enumerate() {
            let (cosine, shared) = (dot(centre, other), shared(at, was));
            if cosine >= SAME || shared >= 0.5 {
                pairs.push((cosine + shared, at, was));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut found = vec![None; now.len()];
    for (_, at, was) in pairs {
        if found[at].is_none() && !found.contains(&Some(was)) {
            found[at] = Some(was);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn unit(mut vector: Vec<f32>) -> Vec<f32> {
        ml::vector::normalise(&mut vector);
        vector
    }

    /// Vectors around an axis, each off in a direction of its own.
    fn around(axis: usize, count: usize) -> Vec<Vec<f32>> {
        let off = |n: usize, at: usize| ((n * 37 + at * 101 + n * at * 7) % 89) as f32 / 89.0 - 0.5;
        (0..count)
            .map(|n| {
                let mut vector: Vec<f32> = (0..32).map(|at| off(n + axis * 50, at) * 0.5).collect();
                vector[axis] += 1.0;
                unit(vector)
            })
            .collect()
    }

    fn library(sizes: &[usize]) -> Vec<Vec<f32>> {
        let groups = sizes.iter().enumerate().map(|(axis, n)| around(axis, *n));
        groups.flatten().collect()
    }

    fn rows(all: &[Vec<f32>]) -> Vec<&[f32]> {
        all.iter().map(Vec::as_slice).collect()
    }

    #[test]
    fn a_small_library_has_as_many_topics_as_it_is_about() {
        let all = library(&[6, 9, 5]);
        assert_eq!(centres(&rows(&all), &[]).len(), 3);
        // two of a kind are no topic
        let all = library(&[9, 8, 2]);
        assert_eq!(centres(&rows(&all), &[]).len(), 2);
        assert!(centres(&rows(&library(&[4])), &[]).is_empty());
    }

    #[test]
    fn a_topic_is_recognised_when_the_library_has_grown() {
        let before = centres(&rows(&library(&[9, 8])), &[]);
        let all = library(&[12, 10, 14]);
        let now = centres(&rows(&all), &before);
        assert_eq!(now.len(), 3);
        let found = matched(&now, &before, |_, _| 0.0);
        let mut same: Vec<usize> = found.iter().flatten().copied().collect();
        same.sort_unstable();
        assert_eq!(same, [0, 1]);
        for (at, was) in found.iter().enumerate() {
            let alike = |was: &usize| dot(&now[at], &before[*was]) > 0.9;
            assert!(was.as_ref().is_none_or(alike));
        }
    }

    proptest! {
        #[test]
        fn no_topic_becomes_two(
            a in prop::collection::vec(prop::collection::vec(-1f32..1.0, 4), 0..9),
            b in prop::collection::vec(prop::collection::vec(-1f32..1.0, 4), 0..9),
        ) {
            let a: Vec<_> = a.into_iter().map(unit).collect();
            let b: Vec<_> = b.into_iter().map(unit).collect();
            let found = matched(&a, &b, |_, _| 0.0);
            let mut once: Vec<usize> = found.iter().flatten().copied().collect();
            once.sort_unstable();
            let all = once.len();
            once.dedup();
            prop_assert_eq!(once.len(), all);
        }
    }
}
