//! What a collection is about, as a few of its own members: k-medoids with k
//! by silhouette (Kaufman and Rousseeuw 1990; several per interest as in
//! PinnerSage, Pal et al. 2020). A mean of cats and lighthouses is neither.

/// Rounds after which the assignment is taken as it is.
const ROUNDS: usize = 20;
/// Two or more groups must be told apart at least so well (mean silhouette,
/// −1…1), else the collection is one.
const APART: f32 = 0.12;
/// A collection whose members are this near its middle in the mean (cosine
/// distance) is one thing, however neatly it falls apart: silhouettes know no
/// scale.
const TIGHT: f32 = 0.1;

/// One of a collection that stands for those around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Medoid {
    /// Its place in the collection.
    pub at: usize,
    /// Part of the collection that it stands for, 0…1.
    pub share: f32,
}

/// At most `most` medoids of unit vectors, the one with the largest share
/// first. Deterministic; empty for an empty collection.
pub fn medoids(vectors: &[&[f32]], most: usize) -> Vec<Medoid> {
    let n = vectors.len();
    if n == 0 || most == 0 {
        return Vec::new();
    }
    let far = Distances::new(vectors);
    let mut best = far.grouped(1);
    let middle = best.centres[0];
    let spread = (0..n).map(|at| far.of(at, middle)).sum::<f32>() / n as f32;
    let most = if spread < TIGHT { 1 } else { most };
    let mut best_silhouette = APART;
    for k in 2..=most.min(n.saturating_sub(1)) {
        let groups = far.grouped(k);
        let silhouette = far.silhouette(&groups);
        if silhouette > best_silhouette {
            (best, best_silhouette) = (groups, silhouette);
        }
    }
    let mut medoids: Vec<Medoid> = best
        .centres
        .iter()
        .enumerate()
        .map(|(group, &at)| {
            let size = best.of.iter().filter(|&&g| g == group).count();
            Medoid {
                at,
                share: size as f32 / n as f32,
            }
        })
        .collect();
    medoids.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.at.cmp(&b.at)));
    medoids
}

struct Groups {
    centres: Vec<usize>,
    /// The group of each member.
    of: Vec<usize>,
}

/// Cosine distances of all pairs.
struct Distances {
    n: usize,
    all: Vec<f32>,
}

impl Distances {
    fn new(vectors: &[&[f32]]) -> Self {
        let n = vectors.len();
        let mut all = vec![0.0; n * n];
        for a in 0..n {
            for b in 0..a {
                let cosine: f32 = vectors[a].iter().zip(vectors[b]).map(|(x, y)| x * y).sum();
                all[a * n + b] = 1.0 - cosine;
                all[b * n + a] = 1.0 - cosine;
            }
        }
        Self { n, all }
    }

    fn of(&self, a: usize, b: usize) -> f32 {
        self.all[a * self.n + b]
    }

    fn grouped(&self, k: usize) -> Groups {
        let mut centres = vec![self.centre(&(0..self.n).collect::<Vec<_>>())];
        while centres.len() < k {
            // the one that those we have stand for worst
            let alone = |at: usize| {
                let near = centres.iter().map(|&c| self.of(at, c));
                near.fold(f32::INFINITY, f32::min)
            };
            let next = (0..self.n).max_by(|&a, &b| alone(a).total_cmp(&alone(b)).then(b.cmp(&a)));
            centres.extend(next);
        }
        let mut of = self.assign(&centres);
        for _ in 0..ROUNDS {
            for (group, centre) in centres.iter_mut().enumerate() {
                let members: Vec<usize> = (0..self.n).filter(|&at| of[at] == group).collect();
                if !members.is_empty() {
                    *centre = self.centre(&members);
                }
            }
            let next = self.assign(&centres);
            if next == of {
                break;
            }
            of = next;
        }
        Groups { centres, of }
    }

    fn assign(&self, centres: &[usize]) -> Vec<usize> {
        let nearest = |at: usize| {
            let distance = |group: &usize| self.of(at, centres[*group]);
            (0..centres.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
        };
        (0..self.n).map(|at| nearest(at).unwrap_or(0)).collect()
    }

    /// The member with the least way to all others.
    fn centre(&self, members: &[usize]) -> usize {
        let way = |at: usize| members.iter().map(|&b| self.of(at, b)).sum::<f32>();
        let best = members
            .iter()
            .copied()
            .min_by(|&a, &b| way(a).total_cmp(&way(b)));
        best.unwrap_or(0)
    }

    /// Mean over all members of how much nearer their own group is than the
    /// next one.
    fn silhouette(&self, groups: &Groups) -> f32 {
        let k = groups.centres.len();
        let mut sizes = vec![0usize; k];
        groups.of.iter().for_each(|&g| sizes[g] += 1);
        let one = |at: usize| {
            let own = groups.of[at];
            if sizes[own] < 2 {
                return 0.0;
            }
            let mut sums = vec![0.0f32; k];
            (0..self.n).for_each(|other| sums[groups.of[other]] += self.of(at, other));
            let inside = sums[own] / (sizes[own] - 1) as f32;
            let outside = (0..k)
                .filter(|&g| g != own && sizes[g] > 0)
                .map(|g| sums[g] / sizes[g] as f32)
                .fold(f32::INFINITY, f32::min);
            if !outside.is_finite() {
                return 0.0;
            }
            (outside - inside) / inside.max(outside).max(f32::EPSILON)
        };
        (0..self.n).map(one).sum::<f32>() / self.n as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unit(mut vector: Vec<f32>) -> Vec<f32> {
        ml::vector::normalise(&mut vector);
        vector
    }

    /// `count` vectors around an axis.
    fn around(axis: usize, count: usize) -> Vec<Vec<f32>> {
        (0..count)
            .map(|n| {
                let mut vector = vec![0.02; 12];
                vector[axis] = 1.0;
                vector[(axis + 4 + n % 3) % 12] += 0.15;
                unit(vector)
            })
            .collect()
    }

    fn found(groups: &[Vec<Vec<f32>>], most: usize) -> (Vec<Medoid>, Vec<usize>) {
        let all: Vec<&[f32]> = groups.iter().flatten().map(Vec::as_slice).collect();
        let of: Vec<usize> = groups
            .iter()
            .enumerate()
            .flat_map(|(g, members)| std::iter::repeat_n(g, members.len()))
            .collect();
        (medoids(&all, most), of)
    }

    #[test]
    fn each_interest_has_its_own_and_the_larger_comes_first() {
        let (medoids, of) = found(&[around(0, 4), around(1, 9), around(2, 6)], 5);
        let groups: Vec<usize> = medoids.iter().map(|m| of[m.at]).collect();
        assert_eq!(groups, [1, 2, 0]);
        assert!((medoids.iter().map(|m| m.share).sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn what_is_one_thing_stays_one() {
        let (medoids, _) = found(&[around(3, 12)], 4);
        assert_eq!(medoids.len(), 1, "{medoids:?}");
        assert_eq!(found(&[around(3, 1)], 4).0[0].share, 1.0);
        assert!(found(&[], 4).0.is_empty());
    }

    proptest! {
        #[test]
        fn medoids_are_members_and_their_shares_make_one(
            rows in prop::collection::vec(prop::collection::vec(-1f32..1.0, 6), 1..40),
            most in 1usize..6,
        ) {
            let rows: Vec<Vec<f32>> = rows.into_iter().map(unit).collect();
            let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
            let medoids = medoids(&all, most);
            prop_assert!((1..=most).contains(&medoids.len()));
            prop_assert!(medoids.iter().all(|m| m.at < rows.len()));
            let total: f32 = medoids.iter().map(|m| m.share).sum();
            prop_assert!((total - 1.0).abs() < 1e-4);
        }
    }
}
