//! The index and its writer.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::TextOptions;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing};
use tantivy::{
    Index, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, TantivyDocument, Term,
};

use super::asked::{Asked, Wanted};
use super::hits::{Members, Scores};
use super::words;
use crate::Bits;
use crate::error::Result;

/// Bytes of unwritten postings that are held; the least that there can be.
const WRITER_BYTES: usize = 16 << 20;
/// The column of ordinals.
pub(super) const ORDINAL: &str = "ordinal";
/// The name under which the analyzer is registered.
const ANALYZER: &str = "words";

/// The texts of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Texts<'a> {
    pub title: &'a str,
    pub description: &'a str,
    pub file_name: &'a str,
    /// What is read in the picture.
    pub text: &'a str,
}

/// An element whose words match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TextHit {
    pub at: u32,
    /// Higher is better; comparable within one answer.
    pub score: f32,
    /// Where it matched best: `title`, `description`, `file name`, or `text`
    /// in the picture.
    pub field: &'static str,
    /// Only a word that begins like the last one stands in it.
    pub guessed: bool,
}

/// What is searched: name for people, weight.
pub(super) const FIELDS: [(&str, f32); 4] = [
    ("title", 2.0),
    ("description", 1.0),
    ("file name", 0.8),
    ("text", 0.8),
];

/// Texts by ordinal. What was put in or taken out is found, or no longer, from
/// the next [`TextIndex::commit`] on.
pub struct TextIndex {
    reader: IndexReader,
    ordinal: Field,
    fields: [Field; FIELDS.len()],
    writing: Mutex<Writing>,
}

struct Writing {
    writer: IndexWriter,
    /// What was written of each ordinal, as a number; 0 for nothing.
    written: Vec<u64>,
    /// Something waits for a commit.
    waiting: bool,
}

impl TextIndex {
    /// An empty index.
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
        let fields = FIELDS.map(|(name, _)| schema.add_text_field(name, options.clone()));
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
        let reader = reader.reload_policy(ReloadPolicy::Manual).try_into()?;
        let writing = Writing {
            writer,
            written: Vec::new(),
            waiting: false,
        };
        Ok(Self {
            reader,
            ordinal,
            fields,
            writing: Mutex::new(writing),
        })
    }

    /// Adds the texts of an element or replaces the former ones. Costs nothing
    /// when they are the same.
    ///
    /// # Errors
    /// The writer is gone.
    pub fn put(&self, at: u32, texts: Texts<'_>) -> Result<()> {
        let mut writing = self.writing();
        let mark = mark(&texts);
        if writing.written(at) == mark {
            return Ok(());
        }
        writing.forget(at, self.ordinal);
        if mark != 0 {
            let mut document = TantivyDocument::new();
            document.add_u64(self.ordinal, u64::from(at));
            let values = [texts.title, texts.description, texts.file_name, texts.text];
            for (field, value) in self.fields.iter().zip(values) {
                if !value.is_empty() {
                    document.add_text(*field, value);
                }
            }
            writing.writer.add_document(document)?;
            writing.wrote(at, mark);
        }
        Ok(())
    }

    /// Forgets an element.
    pub fn remove(&self, at: u32) {
        self.writing().forget(at, self.ordinal);
    }

    /// Makes what was put in and taken out since the last time count. Waits for
    /// the writer: some milliseconds for a few texts.
    ///
    /// # Errors
    /// The writer is gone.
    pub fn commit(&self) -> Result<()> {
        let mut writing = self.writing();
        if writing.waiting {
            writing.writer.commit()?;
            writing.waiting = false;
            self.reader.reload()?;
        }
        Ok(())
    }

    /// The k elements within that have any of the words, best first; equals by
    /// ordinal. Where nothing has the last word, words that begin so count half.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn search(&self, text: &str, k: usize, within: &Bits) -> Result<Vec<TextHit>> {
        let searcher = self.reader.searcher();
        let asked = Asked::read(text, &searcher, &self.fields)?;
        let mut scores = Scores::new(within);
        for (at, field) in self.fields.iter().enumerate() {
            for wanted in [Wanted::Whole, Wanted::Begun] {
                if let Some(query) = asked.query(*field, wanted) {
                    scores.gather(&searcher, &query, at, wanted)?;
                }
            }
        }
        Ok(scores.best(k))
    }

    /// Elements within in one of whose texts these words stand beside each
    /// other. None for a text without words.
    ///
    /// # Errors
    /// The index is damaged.
    pub fn containing(&self, text: &str, within: &Bits) -> Result<Bits> {
        let words = words::words(&mut words::analyzer(), text);
        let mut members = Members::new(within);
        let searcher = self.reader.searcher();
        for field in self.fields {
            if let Some(query) = super::asked::beside(&words, field) {
                members.gather(&searcher, &query)?;
            }
        }
        Ok(members.found())
    }

    /// Elements with texts.
    pub fn len(&self) -> usize {
        self.reader.searcher().num_docs() as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
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

    fn forget(&mut self, at: u32, ordinal: Field) {
        if self.written(at) != 0 {
            let term = Term::from_field_u64(ordinal, u64::from(at));
            self.writer.delete_term(term);
            self.wrote(at, 0);
        }
    }
}

/// Tells texts from others; 0 for none.
fn mark(texts: &Texts<'_>) -> u64 {
    if *texts == Texts::default() {
        return 0;
    }
    let mut hasher = DefaultHasher::new();
    texts.hash(&mut hasher);
    hasher.finish().max(1)
}
