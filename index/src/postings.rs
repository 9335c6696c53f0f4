//! What each ordinal carries, and which ordinals carry it.

use roaring::RoaringBitmap;

use crate::Bits;

/// Numbered marks (tags, say) of ordinals, with a value for each; both ways
/// round. The numbers of marks are dense.
#[derive(Debug, Default)]
pub struct Postings {
    /// By ordinal: its marks, by number.
    marks: Vec<Box<[(u32, f32)]>>,
    /// By mark: who has it.
    holders: Vec<RoaringBitmap>,
}

impl Postings {
    /// Replaces the marks of an ordinal; `marks` are in order, each once.
    pub fn put(&mut self, at: u32, marks: Box<[(u32, f32)]>) {
        let place = at as usize;
        if place >= self.marks.len() {
            self.marks.resize_with(place + 1, Box::default);
        }
        let before = std::mem::replace(&mut self.marks[place], marks);
        let marks = &self.marks[place];
        let has = |marks: &[(u32, f32)], mark: u32| {
            marks.binary_search_by_key(&mark, |(mark, _)| *mark).is_ok()
        };
        for (mark, _) in before.iter().filter(|(mark, _)| !has(marks, *mark)) {
            self.holders[*mark as usize].remove(at);
        }
        for (mark, _) in marks.iter().filter(|(mark, _)| !has(&before, *mark)) {
            let mark = *mark as usize;
            if mark >= self.holders.len() {
                self.holders.resize_with(mark + 1, RoaringBitmap::default);
            }
            self.holders[mark].insert(at);
        }
    }

    /// The marks of an ordinal, by number.
    pub fn of(&self, at: u32) -> &[(u32, f32)] {
        self.marks.get(at as usize).map_or(&[], |marks| marks)
    }

    /// The value of a mark of an ordinal, if it has it.
    pub fn value(&self, at: u32, mark: u32) -> Option<f32> {
        let marks = self.of(at);
        let place = marks.binary_search_by_key(&mark, |(mark, _)| *mark);
        place.ok().map(|place| marks[place].1)
    }

    /// Who has a mark.
    pub fn holders(&self, mark: u32) -> Bits {
        let holders = self.holders.get(mark as usize);
        holders.into_iter().flatten().collect()
    }

    /// Those within that have a mark, in order, each with its value.
    pub fn carrying(&self, mark: u32, within: &Bits) -> Vec<(u32, f32)> {
        let holders = self.holders.get(mark as usize).into_iter().flatten();
        let holders = holders.filter(|at| within.contains(*at));
        let valued = holders.map(|at| (at, self.value(at, mark).unwrap_or(0.0)));
        valued.collect()
    }

    /// How many have a mark.
    pub fn count(&self, mark: u32) -> usize {
        let holders = self.holders.get(mark as usize);
        holders.map_or(0, |holders| holders.len() as usize)
    }

    /// How many of these have each mark, for marks that any has, by number.
    pub fn counts(&self, of: &Bits) -> Vec<(u32, u32)> {
        let mut counts: Vec<u32> = vec![0; self.holders.len()];
        for at in of.iter() {
            for (mark, _) in self.of(at) {
                counts[*mark as usize] += 1;
            }
        }
        let counted = counts.into_iter().enumerate();
        let counted = counted.filter(|(_, count)| *count > 0);
        counted.map(|(mark, count)| (mark as u32, count)).collect()
    }
}
