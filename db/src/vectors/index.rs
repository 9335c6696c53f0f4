//! Rows of vectors, and the search over them.

use std::collections::HashMap;

use protocol::element::Visibility;
use protocol::{ElementId, UserId};

use super::scan::{self, Best};

/// Who may see the element behind a vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    pub owner: UserId,
    pub visibility: Visibility,
    /// By which some viewers leave it out.
    pub flags: Vec<String>,
}

/// Says which elements count.
type Filter<'a> = dyn Fn(&ElementId, &Access) -> bool + 'a;

/// Rows below which the plain scan is as quick as the two-step one.
const TWO_STEP_FROM: usize = 4_096;

/// Vectors of one space in memory. Search is exact: it returns what a plain
/// scan over the rows that pass the filter would, so k results stay k.
///
/// Storage is contiguous and stays dense under churn (a removed row's place is
/// taken by the last one). Beside the `f32` rows stand `i8` ones, a quarter of
/// the bytes: large indexes are read in these first, and only rows whose upper
/// bound reaches the best k are scored in full.
#[derive(Debug, Clone)]
pub struct VectorIndex {
    dim: usize,
    ids: Vec<ElementId>,
    access: Vec<Access>,
    /// Unit vectors, row by row.
    rows: Vec<f32>,
    small: Vec<i8>,
    /// Value of one step of the row's `i8` numbers.
    steps: Vec<f32>,
    /// Length of what rounding took from the row.
    lost: Vec<f32>,
    places: HashMap<ElementId, usize>,
}

impl VectorIndex {
    /// An empty index of vectors with `dim` numbers.
    pub fn new(dim: usize) -> Self {
        Self {
            dim,
            ids: Vec::new(),
            access: Vec::new(),
            rows: Vec::new(),
            small: Vec::new(),
            steps: Vec::new(),
            lost: Vec::new(),
            places: HashMap::new(),
        }
    }

    pub fn dim(&self) -> usize {
        self.dim
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Adds a vector or replaces the element's former one. It is brought to
    /// length one. False, and nothing changes, when it has another number of
    /// dimensions, no length, or a number that is none.
    pub fn insert(&mut self, id: ElementId, access: Access, vector: &[f32]) -> bool {
        let Some(unit) = scan::unit(vector).filter(|u| u.len() == self.dim) else {
            return false;
        };
        let (small, step, lost) = scan::shrink(&unit);
        match self.places.get(&id) {
            Some(&at) => {
                let span = at * self.dim..(at + 1) * self.dim;
                self.rows[span.clone()].copy_from_slice(&unit);
                self.small[span].copy_from_slice(&small);
                self.access[at] = access;
                self.steps[at] = step;
                self.lost[at] = lost;
            }
            None => {
                self.places.insert(id.clone(), self.ids.len());
                self.ids.push(id);
                self.access.push(access);
                self.rows.extend_from_slice(&unit);
                self.small.extend_from_slice(&small);
                self.steps.push(step);
                self.lost.push(lost);
            }
        }
        true
    }

    /// Forgets an element. False when it was not there.
    pub fn remove(&mut self, id: &ElementId) -> bool {
        let Some(at) = self.places.remove(id) else {
            return false;
        };
        let last = self.ids.len() - 1;
        let (from, to) = (last * self.dim, at * self.dim);
        self.rows.copy_within(from..from + self.dim, to);
        self.small.copy_within(from..from + self.dim, to);
        self.rows.truncate(from);
        self.small.truncate(from);
        self.ids.swap_remove(at);
        self.access.swap_remove(at);
        self.steps.swap_remove(at);
        self.lost.swap_remove(at);
        if let Some(moved) = self.ids.get(at) {
            self.places.insert(moved.clone(), at);
        }
        true
    }

    /// Changes who may see an element. False when it is not there.
    pub fn set_access(&mut self, id: &ElementId, access: Access) -> bool {
        match self.places.get(id) {
            Some(&at) => {
                self.access[at] = access;
                true
            }
            None => false,
        }
    }

    /// The element's unit vector.
    pub fn get(&self, id: &ElementId) -> Option<&[f32]> {
        self.places.get(id).map(|&at| self.row(at))
    }

    /// The `k` nearest elements that pass the filter, by cosine, best first;
    /// equals by id. Fewer only when fewer pass. Empty for a query that is no
    /// direction of this space.
    pub fn search(
        &self,
        query: &[f32],
        k: usize,
        filter: impl Fn(&ElementId, &Access) -> bool,
    ) -> Vec<(ElementId, f32)> {
        self.nearest(query, k, &filter)
    }

    /// Compiled once, here, as this crate is: callers are built for other ends.
    fn nearest(&self, query: &[f32], k: usize, filter: &Filter<'_>) -> Vec<(ElementId, f32)> {
        let Some(unit) = scan::unit(query).filter(|u| u.len() == self.dim) else {
            return Vec::new();
        };
        let passing = (0..self.len()).filter(|&at| filter(&self.ids[at], &self.access[at]));
        let mut best = Best::new(k, &self.ids);
        if self.len() < TWO_STEP_FROM {
            for at in passing {
                best.offer(at, scan::dot(&unit, self.row(at)));
            }
        } else {
            self.two_step(&unit, passing, &mut best);
        }
        best.into_sorted()
            .into_iter()
            .map(|(at, score)| (self.ids[at].clone(), score))
            .collect()
    }

    /// Scores of all elements that pass the filter, in no order.
    pub fn score_all(
        &self,
        query: &[f32],
        filter: impl Fn(&ElementId, &Access) -> bool,
    ) -> Vec<(ElementId, f32)> {
        self.scores(query, &filter)
    }

    fn scores(&self, query: &[f32], filter: &Filter<'_>) -> Vec<(ElementId, f32)> {
        let Some(unit) = scan::unit(query).filter(|u| u.len() == self.dim) else {
            return Vec::new();
        };
        (0..self.len())
            .filter(|&at| filter(&self.ids[at], &self.access[at]))
            .map(|at| (self.ids[at].clone(), scan::dot(&unit, self.row(at))))
            .collect()
    }

    /// All elements in the index, in no order.
    pub fn ids(&self) -> impl Iterator<Item = &ElementId> {
        self.ids.iter()
    }

    fn row(&self, at: usize) -> &[f32] {
        &self.rows[at * self.dim..(at + 1) * self.dim]
    }

    /// Reads the small rows, and in full only those whose score can reach the
    /// best k: with q = q' + e and v = v' + f (rounded part plus remainder),
    /// |q·v - q'·v'| ≤ |e|·|v| + |q'|·|f|, so no true neighbour is missed.
    fn two_step(&self, unit: &[f32], passing: impl Iterator<Item = usize>, best: &mut Best) {
        let (query, step, query_lost) = scan::shrink(unit);
        let length = 1.0 + query_lost;
        for at in passing {
            let small = &self.small[at * self.dim..(at + 1) * self.dim];
            let near = scan::dot_small(&query, small) as f32 * step * self.steps[at];
            let error = query_lost + length * self.lost[at] + scan::FLOAT_SLACK;
            if near + error >= best.floor() {
                best.offer(at, scan::dot(unit, self.row(at)));
            }
        }
    }
}
