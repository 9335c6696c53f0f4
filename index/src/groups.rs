//! Which one of several groups each ordinal is in.

use roaring::RoaringBitmap;

use crate::Bits;

/// Stands for none of them.
const NONE: u32 = u32::MAX;

/// Ordinals in numbered groups, each in one at most. The numbers of groups are
/// dense.
#[derive(Debug, Default)]
pub struct Groups {
    of: Vec<u32>,
    members: Vec<RoaringBitmap>,
}

impl Groups {
    pub fn put(&mut self, at: u32, group: Option<u32>) {
        let place = at as usize;
        if place >= self.of.len() {
            self.of.resize(place + 1, NONE);
        }
        let before = std::mem::replace(&mut self.of[place], group.unwrap_or(NONE));
        if let Some(members) = self.members.get_mut(before as usize) {
            members.remove(at);
        }
        if let Some(group) = group {
            let group = group as usize;
            if group >= self.members.len() {
                self.members.resize_with(group + 1, RoaringBitmap::default);
            }
            self.members[group].insert(at);
        }
    }

    /// The group of an ordinal.
    pub fn of(&self, at: u32) -> Option<u32> {
        let group = self.of.get(at as usize).copied();
        group.filter(|group| *group != NONE)
    }

    /// Who is in a group.
    pub fn members(&self, group: u32) -> Bits {
        let members = self.members.get(group as usize);
        members.into_iter().flatten().collect()
    }

    /// How many of these are in each group.
    pub fn counts(&self, of: &Bits) -> Vec<u32> {
        let mut counts = vec![0; self.members.len()];
        for group in of.iter().filter_map(|at| self.of(at)) {
            counts[group as usize] += 1;
        }
        counts
    }
}
