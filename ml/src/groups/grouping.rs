//! What a collection is about, kept while members come and go. A mean of cats
//! and lighthouses is neither, so a group is around one of its members.

use std::collections::BTreeSet;

use super::distances::Distances;
use crate::vector::dot;

/// Collections up to this size are looked at in full at every change.
const SMALL: usize = 16;
/// A full look follows when the changes since the last one are this part of
/// the collection, or when members lie so much further from their centres.
const CHANGED: f32 = 0.25;
const DRIFT: f32 = 1.08;
const DRIFT_LEAST: f32 = 0.004;
/// How often members change groups after a centre moved.
const ADJUST: usize = 4;

/// A member that stands for those around it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Medoid {
    /// Its place in the collection.
    pub at: usize,
    /// Part of the collection that it stands for, 0…1.
    pub share: f32,
    /// Mean cosine distance of the others of its group; 0 where there is none.
    pub spread: f32,
}

/// A collection of unit vectors in groups. It does not hold the vectors: each
/// call is given them, in the collection's order.
///
/// Who comes costs as many comparisons as its group has members, who goes as
/// many as that has pairs; a full look, which compares all with all and may find
/// another number of groups, follows when enough has changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    most: usize,
    /// The group of each member.
    of: Vec<usize>,
    /// The member that each group is around.
    centres: Vec<usize>,
    /// Of each member: the sum of its distances to the others of its group.
    way: Vec<f32>,
    /// Changes since the last full look, and how things stood then.
    changes: usize,
    size_then: usize,
    cost_then: f32,
}

impl Grouping {
    /// In at most `most` groups, by a full look. Deterministic.
    pub fn new(vectors: &[&[f32]], most: usize) -> Self {
        let mut made = Self {
            most,
            of: Vec::new(),
            centres: Vec::new(),
            way: vec![0.0; vectors.len()],
            changes: 0,
            size_then: vectors.len(),
            cost_then: 0.0,
        };
        if vectors.is_empty() || most == 0 {
            made.of = vec![0; vectors.len()];
            return made;
        }
        let far = Distances::new(vectors);
        let groups = far.best(most);
        for (at, &own) in groups.of.iter().enumerate() {
            let of_group = (0..vectors.len()).filter(|&other| groups.of[other] == own);
            made.way[at] = of_group.map(|other| far.of(at, other)).sum();
        }
        (made.of, made.centres) = (groups.of, groups.centres);
        made.cost_then = made.cost(vectors);
        made
    }

    pub fn len(&self) -> usize {
        self.of.len()
    }

    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    /// Members went and others came. `gone`: the places of those who went,
    /// ascending. `vectors`: of those who stay, in their order, then of those
    /// who came.
    pub fn update(&mut self, gone: &[usize], vectors: &[&[f32]]) {
        let stay = self.len() - gone.len();
        debug_assert!(stay <= vectors.len());
        self.changes += gone.len() + vectors.len() - stay;
        let many = self.changes as f32 >= CHANGED * self.size_then as f32;
        let done = vectors.len() > SMALL && !many && self.leave(gone, &vectors[..stay]);
        if !done {
            return *self = Self::new(vectors, self.most);
        }
        let mut moved = !gone.is_empty();
        for new in stay..vectors.len() {
            moved |= self.enter(&vectors[..=new]);
        }
        if moved {
            self.settle(vectors);
        }
        if self.cost(vectors) > self.cost_then * DRIFT + DRIFT_LEAST {
            *self = Self::new(vectors, self.most);
        }
    }

    /// False when a group loses all that it had.
    fn leave(&mut self, gone: &[usize], vectors: &[&[f32]]) -> bool {
        let groups: BTreeSet<usize> = gone.iter().map(|&at| self.of[at]).collect();
        for &at in gone.iter().rev() {
            self.of.remove(at);
            self.way.remove(at);
            for centre in &mut self.centres {
                *centre -= usize::from(*centre > at);
            }
        }
        if groups.iter().any(|group| !self.of.contains(group)) {
            return false;
        }
        // their vectors may be gone, so what they added is not taken off but
        // left out; a centre that went is found anew with it
        for &group in &groups {
            self.recount(group, vectors);
        }
        true
    }

    /// The last of `vectors` comes. True when a centre moved.
    fn enter(&mut self, vectors: &[&[f32]]) -> bool {
        let new = self.len();
        let distance = |at: usize| 1.0 - dot(vectors[at], vectors[new]);
        let near = (0..self.centres.len())
            .map(|group| (distance(self.centres[group]), group))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        let group = near.map_or(0, |(_, group)| group);
        self.of.push(group);
        self.way.push(0.0);
        for at in (0..new).filter(|&at| self.of[at] == group) {
            let way = distance(at);
            self.way[at] += way;
            self.way[new] += way;
        }
        self.recentre(group)
    }

    /// Those that stand for the groups, the one with the largest share first.
    pub fn medoids(&self) -> Vec<Medoid> {
        let medoid = |(group, &at): (usize, &usize)| {
            let size = self.of.iter().filter(|&&g| g == group).count();
            Medoid {
                at,
                share: size as f32 / self.len() as f32,
                spread: self.way[at] / size.saturating_sub(1).max(1) as f32,
            }
        };
        let mut medoids: Vec<Medoid> = self.centres.iter().enumerate().map(medoid).collect();
        medoids.sort_by(|a, b| b.share.total_cmp(&a.share).then(a.at.cmp(&b.at)));
        medoids
    }

    /// Mean cosine distance of the members to the centres of their groups.
    pub fn cost(&self, vectors: &[&[f32]]) -> f32 {
        let own = |at: usize| vectors[self.centres[self.of[at]]];
        let far = (0..self.centres.len().min(1) * self.len())
            .map(|at| 1.0 - dot(vectors[at], own(at)))
            .sum::<f32>();
        far / self.len().max(1) as f32
    }

    /// How well the groups are told apart: mean silhouette, −1…1.
    pub fn silhouette(&self, vectors: &[&[f32]]) -> f32 {
        Distances::new(vectors).silhouette(&self.of, self.centres.len())
    }

    /// Everybody to the nearest centre, until nobody moves.
    fn settle(&mut self, vectors: &[&[f32]]) {
        for _ in 0..ADJUST {
            let mut touched = vec![false; self.centres.len()];
            for at in 0..self.len() {
                let distance = |group: usize| 1.0 - dot(vectors[at], vectors[self.centres[group]]);
                let own = distance(self.of[at]);
                let near = (0..self.centres.len())
                    .map(|group| (distance(group), group))
                    .min_by(|a, b| a.0.total_cmp(&b.0));
                if let Some((_, group)) = near.filter(|(far, _)| *far < own) {
                    touched[self.of[at]] = true;
                    touched[group] = true;
                    self.of[at] = group;
                }
            }
            if touched.iter().all(|touched| !touched) {
                return;
            }
            let mut moved = false;
            for group in (0..touched.len()).filter(|&group| touched[group]) {
                moved |= self.recount(group, vectors);
            }
            if !moved {
                return;
            }
        }
    }

    /// Adds the ways within a group up anew. True when its centre moved.
    fn recount(&mut self, group: usize, vectors: &[&[f32]]) -> bool {
        let members: Vec<usize> = (0..self.len()).filter(|&at| self.of[at] == group).collect();
        members.iter().for_each(|&at| self.way[at] = 0.0);
        for (place, &at) in members.iter().enumerate() {
            for &other in &members[..place] {
                let way = 1.0 - dot(vectors[at], vectors[other]);
                self.way[at] += way;
                self.way[other] += way;
            }
        }
        self.recentre(group)
    }

    /// Finds a group's centre. True when it is another member than before.
    fn recentre(&mut self, group: usize) -> bool {
        let members = (0..self.len()).filter(|&at| self.of[at] == group);
        let best = members.min_by(|&a, &b| self.way[a].total_cmp(&self.way[b]));
        let Some(best) = best else { return false };
        std::mem::replace(&mut self.centres[group], best) != best
    }
}

#[cfg(test)]
mod tests;
