//! What a collection is about: some of its own members, kept while others come
//! and go.

use std::collections::HashSet;

use ml::groups::Grouping;
use ml::vector::{dot, normalise};
use protocol::ElementId;

use crate::search::Spaces;

/// Medoids of one collection.
const MEDOIDS: usize = 4;
/// When more than this part of it is other than before, it is made anew.
const OTHER: f32 = 0.5;

/// Cosine of centred vectors from which something new belongs to what a medoid
/// stands for: that of the mean member, but within these bounds.
const FITS: (f32, f32) = (0.28, 0.5);
/// For a medoid that stands for itself alone.
const FITS_ALONE: f32 = 0.36;

/// A member that stands for part of a collection.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// Part of the collection that it stands for, 0…1.
    pub share: f32,
    /// Centred, of length one.
    pub vector: Vec<f32>,
    /// The mean of the members it stands for, of length one: what one picture
    /// shows by chance is not in it, so neighbours are looked for around it.
    pub middle: Vec<f32>,
    /// Cosine from which something new belongs to it.
    pub fits: f32,
}

/// A collection as its medoids.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// The space of vectors that it is of.
    space: String,
    /// All of the collection, last added first.
    pub elements: Vec<ElementId>,
    /// Those that have a vector, in the grouping's order.
    members: Vec<ElementId>,
    grouping: Grouping,
    /// The one with the largest share first.
    pub heads: Vec<Head>,
}

impl Theme {
    /// By a full look at all of it.
    pub fn new(spaces: &Spaces, elements: Vec<ElementId>) -> Self {
        let space = spaces.image_space();
        let vectors = spaces.vectors(&elements);
        let rows: Vec<&[f32]> = vectors.iter().map(|(_, v)| v.as_slice()).collect();
        let grouping = Grouping::new(&rows, MEDOIDS);
        Self {
            heads: heads(&grouping, &rows),
            members: vectors
                .iter()
                .map(|(at, _)| elements[*at].clone())
                .collect(),
            grouping,
            space,
            elements,
        }
    }

    /// The collection as it is now: what came and went is taken in, at the cost
    /// of that alone.
    pub fn updated(&self, spaces: &Spaces, elements: Vec<ElementId>) -> Self {
        if self.space != spaces.image_space() {
            return Self::new(spaces, elements);
        }
        let now: HashSet<&ElementId> = elements.iter().collect();
        let before: HashSet<&ElementId> = self.members.iter().collect();
        // those who were there in their order, then who came, first come first
        let stayed = self.members.iter().filter(|id| now.contains(id));
        let came = elements.iter().rev().filter(|id| !before.contains(id));
        let wanted: Vec<ElementId> = stayed.chain(came).cloned().collect();
        let found = spaces.vectors(&wanted);
        let members: Vec<ElementId> = found.iter().map(|(at, _)| wanted[*at].clone()).collect();
        let rows: Vec<&[f32]> = found.iter().map(|(_, v)| v.as_slice()).collect();
        let still: HashSet<&ElementId> = members.iter().collect();
        let gone: Vec<usize> = (0..self.members.len())
            .filter(|&at| !still.contains(&self.members[at]))
            .collect();
        let came = members.len() + gone.len() - self.members.len();
        if (gone.len() + came) as f32 > OTHER * self.members.len() as f32 {
            return Self::new(spaces, elements);
        }
        let mut grouping = self.grouping.clone();
        if !gone.is_empty() || came > 0 {
            grouping.update(&gone, &rows);
        }
        Self {
            heads: heads(&grouping, &rows),
            space: self.space.clone(),
            members,
            grouping,
            elements,
        }
    }

    /// Is it as it would be if it were looked at now? Not when a vector that
    /// was missing has come.
    pub fn holds_good(&self, spaces: &Spaces) -> bool {
        let mut known = self.elements.clone();
        if self.members.len() < known.len() {
            spaces.retain_known(&mut known);
        }
        self.space == spaces.image_space() && known.len() == self.members.len()
    }

    /// Does a centred vector belong to what one of its medoids stands for?
    pub fn fits(&self, vector: &[f32]) -> bool {
        let mut heads = self.heads.iter();
        heads.any(|head| dot(&head.vector, vector) >= head.fits)
    }

    /// The cosine of a centred vector with the nearest of its medoids.
    pub fn near(&self, vector: &[f32]) -> Option<f32> {
        let cosines = self.heads.iter().map(|head| dot(&head.vector, vector));
        cosines.reduce(f32::max)
    }
}

fn heads(grouping: &Grouping, rows: &[&[f32]]) -> Vec<Head> {
    let medoids = grouping.medoids();
    let middles = middles(&medoids, rows);
    let head = |(medoid, middle): (&ml::groups::Medoid, Vec<f32>)| Head {
        share: medoid.share,
        vector: rows[medoid.at].to_vec(),
        middle,
        fits: match medoid.spread > 0.0 {
            true => (1.0 - medoid.spread).clamp(FITS.0, FITS.1),
            false => FITS_ALONE,
        },
    };
    medoids.iter().zip(middles).map(head).collect()
}

/// Of each medoid the mean of the rows that are nearest to it.
fn middles(medoids: &[ml::groups::Medoid], rows: &[&[f32]]) -> Vec<Vec<f32>> {
    let mut middles: Vec<Vec<f32>> = medoids
        .iter()
        .map(|m| vec![0.0; rows[m.at].len()])
        .collect();
    for row in rows {
        let likeness = |at: &usize| dot(rows[medoids[*at].at], row);
        let nearest = (0..medoids.len()).max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        if let Some(at) = nearest {
            middles[at].iter_mut().zip(*row).for_each(|(m, x)| *m += x);
        }
    }
    middles.iter_mut().for_each(|middle| normalise(middle));
    middles
}
