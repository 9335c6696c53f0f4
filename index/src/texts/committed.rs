//! The index as of a commit.

use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

use super::index::ORDINAL;

/// What can be asked, with whose each document is. That stands in the index
/// too, where reading it takes a third of a search; here it takes four bytes of
/// a document.
pub struct Committed {
    pub searcher: Searcher,
    /// For each segment, in the searcher's order.
    segments: Vec<(SegmentId, Arc<[u32]>)>,
}

impl Committed {
    /// Takes over what is known of segments that are still the same.
    pub fn new(searcher: Searcher, before: Option<&Committed>) -> tantivy::Result<Self> {
        let known = before.map_or(&[][..], |before| &before.segments);
        let mut segments = Vec::with_capacity(searcher.segment_readers().len());
        for reader in searcher.segment_readers() {
            let id = reader.segment_id();
            let same = known.iter().find(|(other, _)| *other == id);
            segments.push(match same {
                Some(same) => same.clone(),
                None => (id, ordinals(reader)?),
            });
        }
        Ok(Self { searcher, segments })
    }

    /// By document of a segment: its ordinal.
    pub fn ordinals(&self, segment: usize) -> &Arc<[u32]> {
        &self.segments[segment].1
    }
}

/// No ordinal stands for one that cannot be.
fn ordinals(reader: &SegmentReader) -> tantivy::Result<Arc<[u32]>> {
    let column = reader.fast_fields().u64(ORDINAL)?;
    let ordinal = |document| {
        let at = column.first(document);
        at.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX)
    };
    Ok((0..reader.max_doc()).map(ordinal).collect())
}
