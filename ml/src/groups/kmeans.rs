//! Spherical k-means (Dhillon and Modha 2001): groups of directions.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::vector::{dot, normalise};

/// Rounds after which the centres are taken as they are.
const ROUNDS: usize = 25;
/// Starts by chance of which the best is taken, of few vectors and of many.
const STARTS: u64 = 4;
const STARTS_OF_MANY: u64 = 2;
const MANY: usize = 2_000;
/// What a start by chance must be better by (mean cosine) than one from where
/// the centres were.
const BETTER: f32 = 0.01;

/// Unit vectors around centres.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    /// Unit vectors, none without members.
    pub centres: Vec<Vec<f32>>,
    /// The centre of each vector.
    pub of: Vec<usize>,
}

impl KMeans {
    /// In at most `k` groups. Where the centres were before is a start too, and
    /// is kept to unless another one is clearly better, so that what was found
    /// is found again. Deterministic.
    pub fn new(vectors: &[&[f32]], k: usize, start: &[Vec<f32>]) -> Self {
        let k = k.min(vectors.len());
        if k == 0 {
            return Self {
                centres: Vec::new(),
                of: Vec::new(),
            };
        }
        let from = |seed: u64, start: &[Vec<f32>]| {
            let mut random = StdRng::seed_from_u64(seed);
            let mut centres = start.to_vec();
            spread(vectors, k, &mut centres, &mut random);
            let made = Self::from_centres(vectors, centres);
            (made.fit(vectors), made)
        };
        let starts = match vectors.len() < MANY {
            true => STARTS,
            false => STARTS_OF_MANY,
        };
        let (fit, best) = (0..starts)
            .map(|seed| from(seed, &[]))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
            .expect("there is a start");
        if start.is_empty() || start.len() > k {
            return best;
        }
        let (known_fit, known) = from(0, start);
        if fit > known_fit + BETTER {
            best
        } else {
            known
        }
    }

    fn from_centres(vectors: &[&[f32]], mut centres: Vec<Vec<f32>>) -> Self {
        let mut of = assign(vectors, &centres);
        for _ in 0..ROUNDS {
            centres = means(vectors, &of, &centres);
            let next = assign(vectors, &centres);
            if next == of {
                break;
            }
            of = next;
        }
        let kept: Vec<usize> = (0..centres.len()).filter(|at| of.contains(at)).collect();
        let place = |at: usize| kept.iter().position(|&k| k == at).unwrap_or(0);
        Self {
            of: of.iter().map(|&at| place(at)).collect(),
            centres: kept.iter().map(|&at| centres[at].clone()).collect(),
        }
    }

    /// Mean cosine of the vectors and their centres.
    pub fn fit(&self, vectors: &[&[f32]]) -> f32 {
        let own = vectors.iter().zip(&self.of);
        let sum: f32 = own.map(|(v, &at)| dot(v, &self.centres[at])).sum();
        sum / vectors.len().max(1) as f32
    }

    /// How much nearer the vectors are to their own centre than to the next:
    /// a silhouette against centres, −1…1; 0 for a single group.
    pub fn apart(&self, vectors: &[&[f32]]) -> f32 {
        let mut sizes = vec![0usize; self.centres.len()];
        self.of.iter().for_each(|&at| sizes[at] += 1);
        let one = |(vector, &own): (&&[f32], &usize)| {
            if sizes[own] < 2 {
                return 0.0;
            }
            let distance = |at: usize| 1.0 - dot(vector, &self.centres[at]);
            let others = (0..self.centres.len()).filter(|&at| at != own);
            let outside = others.map(distance).fold(f32::INFINITY, f32::min);
            if !outside.is_finite() {
                return 0.0;
            }
            // its own part in its centre taken out
            let inside = distance(own) * sizes[own] as f32 / (sizes[own] - 1) as f32;
            (outside - inside) / inside.max(outside).max(f32::EPSILON)
        };
        let sum: f32 = vectors.iter().zip(&self.of).map(one).sum();
        sum / vectors.len().max(1) as f32
    }
}

/// The centre nearest to a unit vector, and the cosine; none of none.
pub fn nearest(centres: &[Vec<f32>], vector: &[f32]) -> Option<(usize, f32)> {
    let cosines = centres
        .iter()
        .enumerate()
        .map(|(at, c)| (at, dot(c, vector)));
    cosines.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Adds centres until there are `k`, far from those that there are
/// (k-means++, Arthur and Vassilvitskii 2007).
fn spread(vectors: &[&[f32]], k: usize, centres: &mut Vec<Vec<f32>>, random: &mut StdRng) {
    let alone = |v: &[f32], centre: &[f32]| (1.0 - dot(v, centre)).max(0.0);
    let mut far: Vec<f32> = vectors
        .iter()
        .map(|v| centres.iter().map(|c| alone(v, c)).fold(2.0, f32::min))
        .collect();
    while centres.len() < k {
        // distances of directions are squares of lengths already
        let total: f32 = far.iter().sum();
        let mut left = random.random::<f32>() * total;
        let chosen = far.iter().position(|far| {
            left -= far;
            left < 0.0
        });
        let Some(chosen) = chosen.filter(|_| total > 0.0) else {
            // all are the same
            return;
        };
        let centre = vectors[chosen].to_vec();
        for (far, v) in far.iter_mut().zip(vectors) {
            *far = far.min(alone(v, &centre));
        }
        centres.push(centre);
    }
}

fn assign(vectors: &[&[f32]], centres: &[Vec<f32>]) -> Vec<usize> {
    let own = |v: &&[f32]| nearest(centres, v).map_or(0, |(at, _)| at);
    vectors.iter().map(own).collect()
}

/// The directions in the middle of each group; one without members stays.
fn means(vectors: &[&[f32]], of: &[usize], before: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut sums: Vec<Vec<f32>> = before.iter().map(|c| vec![0.0; c.len()]).collect();
    for (vector, &at) in vectors.iter().zip(of) {
        let sum = &mut sums[at];
        sum.iter_mut().zip(*vector).for_each(|(s, x)| *s += x);
    }
    for (sum, before) in sums.iter_mut().zip(before) {
        normalise(sum);
        if sum.iter().all(|x| *x == 0.0) {
            sum.clone_from(before);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(mut vector: Vec<f32>) -> Vec<f32> {
        normalise(&mut vector);
        vector
    }

    fn around(axis: usize, count: usize) -> Vec<Vec<f32>> {
        (0..count)
            .map(|n| {
                let mut vector = vec![0.02; 12];
                vector[axis] = 1.0;
                vector[(axis + 4 + n % 3) % 12] += 0.2;
                unit(vector)
            })
            .collect()
    }

    #[test]
    fn groups_are_found_whatever_their_sizes() {
        let all: Vec<Vec<f32>> = [(0, 30), (1, 5), (2, 12)]
            .into_iter()
            .flat_map(|(axis, count)| around(axis, count))
            .collect();
        let rows: Vec<&[f32]> = all.iter().map(Vec::as_slice).collect();
        let found = KMeans::new(&rows, 3, &[]);
        let of = |range: std::ops::Range<usize>| {
            let first = found.of[range.start];
            assert!(found.of[range].iter().all(|&g| g == first));
            first
        };
        let three = std::collections::BTreeSet::from([of(0..30), of(30..35), of(35..47)]);
        assert_eq!(three.len(), 3);
        assert!(found.apart(&rows) > KMeans::new(&rows, 2, &[]).apart(&rows));
        // from where it was it goes nowhere else, in the same order
        assert_eq!(KMeans::new(&rows, 3, &found.centres), found);
    }

    proptest! {
        #[test]
        fn every_vector_is_with_its_nearest_centre(
            rows in prop::collection::vec(prop::collection::vec(-1f32..1.0, 6), 0..60),
            k in 0usize..9,
        ) {
            let rows: Vec<Vec<f32>> = rows.into_iter().map(unit).collect();
            let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
            let found = KMeans::new(&all, k, &[]);
            prop_assert!(found.centres.len() <= k.min(all.len()));
            prop_assert_eq!(found.of.len(), if k == 0 { 0 } else { all.len() });
            for (at, &own) in found.of.iter().enumerate() {
                let (_, best) = nearest(&found.centres, all[at]).unwrap();
                prop_assert!(dot(&found.centres[own], all[at]) >= best - 1e-3);
            }
            let used: std::collections::BTreeSet<_> = found.of.iter().collect();
            prop_assert_eq!(used.len(), found.centres.len());
        }
    }
}
