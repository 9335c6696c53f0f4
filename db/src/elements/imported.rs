//! Tags of elements that are imported in bulk: the rows that saying all of it
//! one after the other would have left behind.

use std::collections::HashMap;

use protocol::ElementId;
use protocol::element::{Tag, TagState};
use protocol::value::TagName;
use surrealdb::types::Object;

use super::sayings::{Saying, add_suggestions, suggestion};
use super::settled::settled;
use super::tags::feedback;
use crate::error::Result;
use crate::jobs::ModelTag;
use crate::store::Tx;
use crate::tags::Lexicon;
use crate::tags::rows::{self, Wanted};

/// What was said of the tags of one element.
pub(crate) struct Said<'a> {
    pub model: &'a str,
    pub tags: &'a [ModelTag],
    /// By its owner, in this order.
    pub by_person: &'a [(TagName, TagState)],
}

/// The tags that the words of some elements stand for, looked up together.
pub(crate) struct Words {
    of_models: HashMap<TagName, String>,
    of_people: HashMap<TagName, String>,
    lexicon: Lexicon,
}

impl Words {
    /// Makes the tags that are missing.
    pub async fn find(tx: &Tx, said: &[Said<'_>]) -> Result<Self> {
        let mut of_models: Vec<Wanted> = Vec::new();
        let mut of_people: Vec<Wanted> = Vec::new();
        for said in said {
            of_models.extend(said.tags.iter().map(|tag| Wanted {
                name: tag.name.clone(),
                category: tag.category.clone(),
            }));
            of_people.extend(said.by_person.iter().map(|(name, _)| Wanted {
                name: name.clone(),
                category: String::new(),
            }));
        }
        let of_models = keys(tx, of_models, true).await?;
        let of_people = keys(tx, of_people, false).await?;
        let all = of_models.values().chain(of_people.values());
        let lexicon = Lexicon::read(tx, all.cloned()).await?;
        Ok(Self {
            of_models,
            of_people,
            lexicon,
        })
    }

    /// The rows of an element that had no tags.
    pub fn rows(&self, id: &ElementId, said: &Said<'_>, now: i64) -> TagRows {
        let keys: Vec<String> = said
            .tags
            .iter()
            .map(|tag| self.of_models[&tag.name].clone())
            .collect();
        let mut all: Vec<Saying> = Vec::new();
        add_suggestions(&mut all, id, said.model, said.tags, &keys);
        let mut answers: HashMap<&str, Object> = HashMap::new();
        for (name, state) in said.by_person {
            let key = &self.of_people[name];
            if let Some(suggestion) = suggestion(&all, key) {
                // the latest word counts
                answers.insert(key, feedback(id, key, *state, suggestion, now));
            }
            all.retain(|s| !s.by_person() || s.tag.0 != *key);
            all.push(Saying::person(id, key, *state));
        }
        TagRows {
            edges: all.iter().map(|saying| saying.row(id)).collect(),
            feedback: answers.into_values().collect(),
            shown: settled(&all, &self.lexicon),
        }
    }
}

/// The rows of an element's tags, and how they are shown.
pub(crate) struct TagRows {
    pub edges: Vec<Object>,
    pub feedback: Vec<Object>,
    pub shown: Vec<Tag>,
}

async fn keys(tx: &Tx, mut words: Vec<Wanted>, shipped: bool) -> Result<HashMap<TagName, String>> {
    words.sort_by(|a, b| a.name.cmp(&b.name));
    words.dedup_by(|a, b| a.name == b.name);
    let keys = rows::ensure(tx, &words, shipped).await?;
    Ok(words.into_iter().map(|word| word.name).zip(keys).collect())
}
