//! The index and its writer.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term,
};

use super::committed::Committed;
use super::fields::{FIELDS, Texts};
use super::words;
use crate::Bits;
use crate::error::Result;

/// Bytes of unwritten postings that are held; about the least that there can be.
const WRITER_BYTES: usize = 16 << 20;
/// The column of ordinals.
pub const ORDINAL: &str = "ordinal";
/// The name under which the analyzer is registered.
const ANALYZER: &str = "words";

/// Texts by ordinal. What was put in is found from the next
/// [`TextIndex::commit`] on; what was there before is not found any more at
/// once. Words are not kept but for looking them up.
pub struct TextIndex {
    reader: IndexReader,
    committed: RwLock<Arc<Committed>>,
    ordinal: Field,
    pub(super) fields: [Field; FIELDS.len()],
    writing: Mutex<Writing>,
    /// What was put in or taken out since the last commit: what the index says
    /// of these is not true any more.
    stale: RwLock<Bits>,
}

struct Writing {
    writer: IndexWriter,
    /// What was written of each ordinal, as a number; 0 for nothing.
    written: Vec<u64>,
    /// Something waits for a commit.
    waiting: bool,
}

impl TextIndex {
    /// An empty index, with a thread to write and one to merge.
    ///
    /// # Errors
    /// No thread can be had to write with.
    pub fn new() -> Result<Self> {
        let mut schema = Schema::builder();
        let ordinal = schema.add_u64_field(ORDINAL, FAST | INDEXED);
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(ANALYZER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let fields = FIELDS.map(|field| schema.add_text_field(field.name, options.clone()));
        let index = Index::builder()
            .schema(schema.build())
            .settings(IndexSettings::default())
            .create_in_ram()?;
        index.tokenizers().register(ANALYZER, words::analyzer());
        let one_thread = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(WRITER_BYTES)
            .build();
        let writer: IndexWriter = index.writer_with_options(one_thread)?;
        writer.set_merge_policy(Box::new(LogMergePolicy::default()));
        let reader = index.reader_builder();
        let reader: IndexReader = reader.reload_policy(ReloadPolicy::Manual).try_into()?;
        let nothing = Committed::new(reader.searcher(), None)?;
        let writing = Writing {
            writer,
            written: Vec::new(),
            waiting: false,
        };
        Ok(Self {
            reader,
            committed: RwLock::new(Arc::new(nothing)),
            ordinal,
            fields,
            writing: Mutex::new(writing),
            stale: RwLock::default(),
        })
    }

    /// Adds the texts of an element or replaces the former ones. Costs nothing
    /// when they are the same.
    ///
    /// # Errors
    /// The writer is gone.
    pub fn put(&self, at: u32, texts: Texts<'_>) -> Result<()> {
        let mut writing = self.writing();
        let mark = texts.mark();
        if writing.written(at) == mark {
            return Ok(());
        }
        self.forget(&mut writing, at);
        if mark != 0 {
            let mut document = TantivyDocument::new();
            document.add_u64(self.ordinal, u64::from(at));
            for (field, value) in self.fields.iter().zip(texts.values()) {
                if !value.is_empty() {
                    document.add_text(*field, value);
                }
            }
            self.set_stale(at);
            writing.writer.add_document(document)?;
            writing.wrote(at, mark);
        }
        Ok(())
    }

    /// Forgets an element.
    pub fn remove(&self, at: u32) {
        self.forget(&mut self.writing(), at);
    }

    /// Lets what was put in be found. Waits for the writer: some milliseconds
    /// for a few texts. Costs nothing when nothing was put in.
    ///
    /// # Errors
    /// The writer is gone.
    pub fn commit(&self) -> Result<()> {
        let mut writing = self.writing();
        if writing.waiting {
            writing.writer.commit()?;
            writing.waiting = false;
            self.reader.reload()?;
            let now = Committed::new(self.reader.searcher(), Some(&self.committed()))?;
            let mut committed = self
                .committed
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            *committed = Arc::new(now);
            drop(committed);
            // nobody puts anything in meanwhile
            *self.stale.write().unwrap_or_else(PoisonError::into_inner) = Bits::default();
        }
        Ok(())
    }

    /// Elements with texts, as of the last commit.
    pub fn len(&self) -> usize {
        usize::try_from(self.committed().searcher.num_docs()).unwrap_or(usize::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What can be asked now, and within what. Whoever made `within` after a
    /// text was put in does not find the one before it.
    pub(super) fn asked(&self, within: &Bits) -> (Arc<Committed>, Bits) {
        let mut within = within.clone();
        // first: what is not stale any more is in what is committed
        within.without(&self.stale.read().unwrap_or_else(PoisonError::into_inner));
        (self.committed(), within)
    }

    fn committed(&self) -> Arc<Committed> {
        let committed = self
            .committed
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        committed.clone()
    }

    fn forget(&self, writing: &mut Writing, at: u32) {
        if writing.written(at) != 0 {
            self.set_stale(at);
            let term = Term::from_field_u64(self.ordinal, u64::from(at));
            writing.writer.delete_term(term);
            writing.wrote(at, 0);
        }
    }

    fn set_stale(&self, at: u32) {
        let mut stale = self.stale.write().unwrap_or_else(PoisonError::into_inner);
        stale.insert(at);
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writing {
    fn written(&self, at: u32) -> u64 {
        self.written.get(at as usize).copied().unwrap_or(0)
    }

    fn wrote(&mut self, at: u32, mark: u64) {
        let at = at as usize;
        if at >= self.written.len() {
            self.written.resize(at + 1, 0);
        }
        self.written[at] = mark;
        self.waiting = true;
    }
}
