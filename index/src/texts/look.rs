//! Looking words up within what is allowed: whatever stands elsewhere is
//! skipped where postings are read, so that nothing here depends on it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::PhraseQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{
    DocId, DocSet, Score, SegmentOrdinal, SegmentReader, TERMINATED, TantivyError, Term,
};

use super::committed::Committed;
use crate::Bits;
use crate::error::Result;

/// A word in a text of an element.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub at: u32,
    /// How often it stands there.
    pub times: u32,
    /// Words of that text; rounded down, the long ones roughly.
    pub length: u32,
}

/// What is looked in, and within what.
pub struct Look<'a> {
    pub committed: &'a Committed,
    pub within: &'a Bits,
}

impl Look<'_> {
    /// Where these words stand beside each other in a field; nowhere for no
    /// words. Several together count as one that stands there once.
    pub fn beside(&self, field: Field, words: &[String]) -> Result<Vec<Found>> {
        match words {
            [] => Ok(Vec::new()),
            [word] => self.word(field, word),
            words => {
                let terms = words.iter().map(|word| Term::from_field_text(field, word));
                let together = PhraseQuery::new(terms.collect());
                let within = Within {
                    within: Arc::new(self.within.clone()),
                    ordinals: self.all_ordinals(),
                    field,
                };
                Ok(self.committed.searcher.search(&together, &within)?)
            }
        }
    }

    fn word(&self, field: Field, word: &str) -> Result<Vec<Found>> {
        let term = Term::from_field_text(field, word);
        let mut found = Vec::new();
        for (at, reader) in self.committed.searcher.segment_readers().iter().enumerate() {
            let inverted = reader.inverted_index(field)?;
            let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqs);
            if let Some(postings) = postings.map_err(TantivyError::from)? {
                let segment = self.segment(at, reader, field)?;
                segment.read(postings, self.within, &mut found);
            }
        }
        Ok(found)
    }

    /// The words of a field that begin so, and where they stand: only those
    /// that stand anywhere within.
    pub fn beginning(&self, field: Field, typed: &str) -> Result<BTreeMap<String, Vec<Found>>> {
        let mut all: BTreeMap<String, Vec<Found>> = BTreeMap::new();
        for (at, reader) in self.committed.searcher.segment_readers().iter().enumerate() {
            let inverted = reader.inverted_index(field)?;
            let segment = self.segment(at, reader, field)?;
            let from = inverted.terms().range().ge(typed.as_bytes());
            let mut words = from.into_stream().map_err(TantivyError::from)?;
            while words.advance() {
                let Ok(word) = std::str::from_utf8(words.key()) else {
                    continue;
                };
                if !word.starts_with(typed) {
                    break;
                }
                let postings = inverted
                    .read_postings_from_terminfo(words.value(), IndexRecordOption::WithFreqs)
                    .map_err(TantivyError::from)?;
                let mut found = Vec::new();
                segment.read(postings, self.within, &mut found);
                if !found.is_empty() {
                    all.entry(word.to_owned()).or_default().extend(found);
                }
            }
        }
        Ok(all)
    }

    fn segment<'b>(
        &'b self,
        at: usize,
        reader: &'b SegmentReader,
        field: Field,
    ) -> tantivy::Result<Segment<'b>> {
        Ok(Segment {
            ordinals: self.committed.ordinals(at),
            lengths: reader.get_fieldnorms_reader(field)?,
            reader,
        })
    }

    fn all_ordinals(&self) -> Vec<Arc<[u32]>> {
        let segments = 0..self.committed.searcher.segment_readers().len();
        segments
            .map(|at| self.committed.ordinals(at).clone())
            .collect()
    }
}

/// A part of the index with what is needed to read postings of a field.
struct Segment<'a> {
    reader: &'a SegmentReader,
    ordinals: &'a [u32],
    lengths: FieldNormReader,
}

impl Segment<'_> {
    /// Adds what stands within.
    fn read(&self, mut postings: SegmentPostings, within: &Bits, found: &mut Vec<Found>) {
        let mut document = postings.doc();
        while document != TERMINATED {
            let at = self.ordinals[document as usize];
            if within.contains(at) && !self.reader.is_deleted(document) {
                found.push(Found {
                    at,
                    times: postings.term_freq(),
                    length: self.lengths.fieldnorm(document),
                });
            }
            document = postings.advance();
        }
    }
}

/// Collects what is within, and nothing else.
struct Within {
    within: Arc<Bits>,
    /// By segment and document.
    ordinals: Vec<Arc<[u32]>>,
    field: Field,
}

struct WithinSegment {
    within: Arc<Bits>,
    ordinals: Arc<[u32]>,
    lengths: FieldNormReader,
    found: Vec<Found>,
}

impl Collector for Within {
    type Fruit = Vec<Found>;
    type Child = WithinSegment;

    fn for_segment(
        &self,
        segment: SegmentOrdinal,
        reader: &SegmentReader,
    ) -> tantivy::Result<WithinSegment> {
        Ok(WithinSegment {
            within: self.within.clone(),
            ordinals: self.ordinals[segment as usize].clone(),
            lengths: reader.get_fieldnorms_reader(self.field)?,
            found: Vec::new(),
        })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        Ok(fruits.into_iter().flatten().collect())
    }
}

impl SegmentCollector for WithinSegment {
    type Fruit = Vec<Found>;

    fn collect(&mut self, document: DocId, _: Score) {
        let at = self.ordinals[document as usize];
        if self.within.contains(at) {
            self.found.push(Found {
                at,
                times: 1,
                length: self.lengths.fieldnorm(document),
            });
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.found
    }
}
