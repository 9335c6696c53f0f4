//! What queries find, within what is allowed.

use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::Column;
use tantivy::query::Query;
use tantivy::{DocId, Score, Searcher, SegmentOrdinal, SegmentReader};

use super::asked::Wanted;
use super::index::{FIELDS, ORDINAL, TextHit};
use crate::Bits;
use crate::error::Result;
use crate::vectors::Best;

/// Scores of several queries, put together.
pub struct Scores {
    within: Arc<Bits>,
    /// By ordinal: in all, in the field where it is the most, and that field.
    sums: Vec<f32>,
    tops: Vec<f32>,
    fields: Vec<u8>,
    /// Those that have a whole word.
    whole: Bits,
    touched: Vec<u32>,
}

/// Elements that queries find.
pub struct Members {
    within: Arc<Bits>,
    found: Bits,
}

impl Scores {
    pub fn new(within: &Bits) -> Self {
        let length = within.end();
        Self {
            within: Arc::new(within.clone()),
            sums: vec![0.0; length],
            tops: vec![0.0; length],
            fields: vec![0; length],
            whole: Bits::default(),
            touched: Vec::new(),
        }
    }

    pub fn gather(
        &mut self,
        searcher: &Searcher,
        query: &dyn Query,
        field: usize,
        wanted: Wanted,
    ) -> Result<()> {
        let found = searcher.search(query, &Within::new(&self.within, true))?;
        let (_, weight) = FIELDS[field];
        for (at, score) in found {
            let score = score * weight;
            let place = at as usize;
            if self.sums[place] == 0.0 {
                self.touched.push(at);
            }
            self.sums[place] += score;
            if score > self.tops[place] {
                self.tops[place] = score;
                self.fields[place] = field as u8;
            }
            if wanted == Wanted::Whole {
                self.whole.insert(at);
            }
        }
        Ok(())
    }

    pub fn best(self, k: usize) -> Vec<TextHit> {
        let mut best = Best::new(k);
        for at in &self.touched {
            best.offer(*at, self.sums[*at as usize]);
        }
        let hit = |(at, score): (u32, f32)| TextHit {
            field: FIELDS[usize::from(self.fields[at as usize])].0,
            guessed: !self.whole.contains(at),
            at,
            score,
        };
        best.into_sorted().into_iter().map(hit).collect()
    }
}

impl Members {
    pub fn new(within: &Bits) -> Self {
        Self {
            within: Arc::new(within.clone()),
            found: Bits::default(),
        }
    }

    pub fn gather(&mut self, searcher: &Searcher, query: &dyn Query) -> Result<()> {
        let found = searcher.search(query, &Within::new(&self.within, false))?;
        self.found.extend(found.into_iter().map(|(at, _)| at));
        Ok(())
    }

    pub fn found(self) -> Bits {
        self.found
    }
}

/// Collects what is within, and nothing else.
struct Within {
    within: Arc<Bits>,
    scored: bool,
}

struct WithinSegment {
    within: Arc<Bits>,
    ordinals: Column<u64>,
    found: Vec<(u32, Score)>,
}

impl Within {
    fn new(within: &Arc<Bits>, scored: bool) -> Self {
        Self {
            within: within.clone(),
            scored,
        }
    }
}

impl Collector for Within {
    type Fruit = Vec<(u32, Score)>;
    type Child = WithinSegment;

    fn for_segment(
        &self,
        _: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<WithinSegment> {
        Ok(WithinSegment {
            within: self.within.clone(),
            ordinals: reader.fast_fields().u64(ORDINAL)?,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for WithinSegment {
    type Fruit = Vec<(u32, Score)>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let at = self
            .ordinals
            .first(doc)
            .and_then(|at| u32::try_from(at).ok());
        if let Some(at) = at.filter(|at| self.within.contains(*at)) {
            self.found.push((at, score));
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
