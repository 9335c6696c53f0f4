//! k-medoids over all pairs: k by silhouette (Kaufman and Rousseeuw 1990;
//! several per interest as in PinnerSage, Pal et al. 2020).

use crate::vector::dot;

/// Rounds after which the assignment is taken as it is.
const ROUNDS: usize = 20;
/// Two or more groups must be told apart at least so well (mean silhouette,
/// −1…1), else the collection is one.
const APART: f32 = 0.12;
/// More groups have to tell them apart so much better than fewer: shots of one
/// series are no interests of their own.
const MORE: f32 = 0.03;
/// A collection whose members are this near its middle in the mean (cosine
/// distance) is one thing, however neatly it falls apart: silhouettes know no
/// scale.
const TIGHT: f32 = 0.1;

/// Members in groups, each around one of them.
pub struct Groups {
    pub centres: Vec<usize>,
    /// The group of each member.
    pub of: Vec<usize>,
}

/// Cosine distances of all pairs.
pub struct Distances {
    n: usize,
    all: Vec<f32>,
}

impl Distances {
    /// Of unit vectors.
    pub fn new(vectors: &[&[f32]]) -> Self {
        let n = vectors.len();
        let mut all = vec![0.0; n * n];
        for a in 0..n {
            for b in 0..a {
                let distance = 1.0 - dot(vectors[a], vectors[b]);
                all[a * n + b] = distance;
                all[b * n + a] = distance;
            }
        }
        Self { n, all }
    }

    pub fn of(&self, a: usize, b: usize) -> f32 {
        self.all[a * self.n + b]
    }

    /// In as many groups as tell the members apart best, at most `most`.
    /// Deterministic. There must be members.
    pub fn best(&self, most: usize) -> Groups {
        let mut best = self.grouped(1);
        let middle = best.centres[0];
        let spread = (0..self.n).map(|at| self.of(at, middle)).sum::<f32>() / self.n as f32;
        let most = if spread < TIGHT { 1 } else { most };
        let mut best_silhouette = APART;
        for k in 2..=most.min(self.n.saturating_sub(1)) {
            let groups = self.grouped(k);
            let silhouette = self.silhouette(&groups.of, k);
            if silhouette > best_silhouette {
                (best, best_silhouette) = (groups, silhouette + MORE);
            }
        }
        best
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
        // what stands nearest to another's centre leaves a group without members
        let kept: Vec<usize> = (0..k).filter(|group| of.contains(group)).collect();
        let place = |group: usize| kept.iter().position(|&g| g == group).unwrap_or(0);
        Groups {
            of: of.into_iter().map(place).collect(),
            centres: kept.iter().map(|&group| centres[group]).collect(),
        }
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
        let ways: Vec<(f32, usize)> = members.iter().map(|&at| (way(at), at)).collect();
        let best = ways.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        best.map_or(0, |(_, at)| at)
    }

    /// Mean over all members of how much nearer their own group is than the
    /// next one, −1…1; 0 for a single group.
    pub fn silhouette(&self, of: &[usize], k: usize) -> f32 {
        let mut sizes = vec![0usize; k];
        of.iter().for_each(|&g| sizes[g] += 1);
        let mut sums = vec![0.0f32; k];
        let mut one = |at: usize| {
            let own = of[at];
            if sizes[own] < 2 {
                return 0.0;
            }
            sums.fill(0.0);
            (0..self.n).for_each(|other| sums[of[other]] += self.of(at, other));
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
        (0..self.n).map(&mut one).sum::<f32>() / self.n.max(1) as f32
    }
}
