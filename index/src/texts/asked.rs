//! From what was typed to queries.

use std::collections::BTreeMap;

use tantivy::query::{BooleanQuery, BoostQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{Searcher, TantivyError, Term};

use super::words;
use crate::error::Result;

/// Letters from which a word may be one that is not finished.
const BEGUN_FROM: usize = 3;
/// Words that an unfinished one is taken for, the most frequent.
const BEGUN_MOST: usize = 24;
/// What these count.
const BEGUN: f32 = 0.5;

/// Which of the words a query is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Those that were typed.
    Whole,
    /// Those that begin like the last one, which nothing has.
    Begun,
}

/// What was asked for.
pub struct Asked {
    /// For each word that was typed, its parts: `sci-fi` has two.
    words: Vec<Vec<String>>,
    begun: Vec<String>,
}

impl Asked {
    pub fn read(text: &str, searcher: &Searcher, fields: &[Field]) -> Result<Self> {
        let mut analyzer = words::analyzer();
        let typed: Vec<&str> = text.split_whitespace().collect();
        let mut words: Vec<Vec<String>> = Vec::new();
        for word in &typed {
            let parts = words::words(&mut analyzer, word);
            // the same word twice is not asked for twice as much
            if !parts.is_empty() && !words.contains(&parts) {
                words.push(parts);
            }
        }
        let last = typed.last().copied().unwrap_or_default();
        Ok(Self {
            begun: begun(last, searcher, fields)?,
            words,
        })
    }

    pub fn query(&self, field: Field, wanted: Wanted) -> Option<Box<dyn Query>> {
        let any: Vec<(Occur, Box<dyn Query>)> = match wanted {
            Wanted::Whole => {
                let words = self.words.iter();
                let queries = words.filter_map(|parts| beside(parts, field));
                queries.map(|query| (Occur::Should, query)).collect()
            }
            Wanted::Begun => {
                let queries = self.begun.iter().map(|word| one(word, field));
                let less = queries.map(|query| BoostQuery::new(query, BEGUN));
                less.map(|query| (Occur::Should, Box::new(query) as Box<dyn Query>))
                    .collect()
            }
        };
        (!any.is_empty()).then(|| Box::new(BooleanQuery::new(any)) as Box<dyn Query>)
    }
}

/// These words beside each other; none for no words.
pub fn beside(words: &[String], field: Field) -> Option<Box<dyn Query>> {
    match words {
        [] => None,
        [word] => Some(one(word, field)),
        words => {
            let terms = words.iter().map(|word| Term::from_field_text(field, word));
            Some(Box::new(PhraseQuery::new(terms.collect())))
        }
    }
}

fn one(word: &str, field: Field) -> Box<dyn Query> {
    let term = Term::from_field_text(field, word);
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// The words that begin like one that nothing has.
fn begun(last: &str, searcher: &Searcher, fields: &[Field]) -> Result<Vec<String>> {
    let typed = words::words(&mut words::typed(), last);
    let stems = words::words(&mut words::analyzer(), last);
    let ([typed], [stem]) = (&typed[..], &stems[..]) else {
        return Ok(Vec::new());
    };
    if typed.chars().count() < BEGUN_FROM {
        return Ok(Vec::new());
    }
    for field in fields {
        if searcher.doc_freq(&Term::from_field_text(*field, stem))? > 0 {
            return Ok(Vec::new());
        }
    }
    let mut frequent: BTreeMap<String, u32> = BTreeMap::new();
    for reader in searcher.segment_readers() {
        for field in fields {
            let inverted = reader.inverted_index(*field)?;
            let from = inverted.terms().range().ge(typed.as_bytes());
            let mut stream = from.into_stream().map_err(TantivyError::from)?;
            while stream.advance() {
                let Ok(word) = std::str::from_utf8(stream.key()) else {
                    continue;
                };
                if !word.starts_with(typed.as_str()) {
                    break;
                }
                *frequent.entry(word.to_owned()).or_default() += stream.value().doc_freq;
            }
        }
    }
    let mut words: Vec<(String, u32)> = frequent.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(BEGUN_MOST);
    Ok(words.into_iter().map(|(word, _)| word).collect())
}
