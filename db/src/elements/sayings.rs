//! What was said about one element: edges to tags, by a person or a model. Each
//! hangs on the tag as it stands now, whatever became of the one that was said.

use protocol::ElementId;
use protocol::element::{TagBand, TagSource, TagState};
use surrealdb::types::{Array, Object, RecordId, SerdeWrapper, SurrealValue, object};

use crate::error::Result;
use crate::jobs::ModelTag;
use crate::row::{self, Key};
use crate::store::Tx;
use crate::tags::Lexicon;
use crate::tags::rows::record;

/// Who says so, in the key of a person's edge. No model may have this name.
pub(super) const PERSON: &str = "person";

/// One saying about one element.
#[derive(Debug, Clone, PartialEq, SurrealValue)]
pub(super) struct Saying {
    id: RecordId,
    /// Key of the tag.
    pub tag: Key,
    #[surreal(wrap)]
    pub source: TagSource,
    pub model: Option<String>,
    pub score: f32,
    #[surreal(wrap)]
    pub state: TagState,
    #[surreal(wrap)]
    pub band: Option<TagBand>,
    /// The tags that it was said of before they became part of others, the
    /// first first: a merge can be taken back.
    pub was: Vec<Key>,
}

impl Saying {
    pub fn person(element: &ElementId, tag: &str, state: TagState) -> Self {
        Self {
            id: key(element, tag, PERSON, &[]),
            tag: Key(tag.to_owned()),
            source: TagSource::Person,
            model: None,
            score: 1.0,
            state,
            band: None,
            was: Vec::new(),
        }
    }

    pub fn model(element: &ElementId, tag: &str, model: &str, said: &ModelTag) -> Self {
        Self {
            id: key(element, tag, model, &[]),
            tag: Key(tag.to_owned()),
            source: TagSource::Model,
            model: Some(model.to_owned()),
            score: said.score,
            state: TagState::Suggested,
            band: Some(said.band),
            was: Vec::new(),
        }
    }

    pub fn by_person(&self) -> bool {
        self.source == TagSource::Person
    }

    /// Hangs it on the tag as it stands now: back where a merge was taken
    /// back, on where one was made.
    fn settle(&mut self, element: &ElementId, lexicon: &Lexicon) {
        while let Some(last) = self.was.last()
            && lexicon.means(&last.0) != Some(&self.tag.0)
        {
            self.tag = self.was.pop().unwrap_or_else(|| self.tag.clone());
        }
        while let Some(means) = lexicon.means(&self.tag.0) {
            let before = std::mem::replace(&mut self.tag, Key(means.to_owned()));
            if !lexicon.get(&before.0).is_some_and(|tag| tag.is_legacy()) {
                self.was.push(before);
            }
        }
        let who = self.model.as_deref().unwrap_or(PERSON);
        self.id = key(element, &self.tag.0, who, &self.was);
    }

    pub fn row(&self, element: &ElementId) -> Object {
        let was: Vec<RecordId> = self.was.iter().map(|tag| record(&tag.0)).collect();
        object! {
            id: self.id.clone(),
            in: row::element(element),
            out: record(&self.tag.0),
            source: SerdeWrapper(self.source),
            model: self.model.clone(),
            score: self.score,
            state: SerdeWrapper(self.state),
            band: self.band.map(SerdeWrapper),
            was: was,
        }
    }
}

/// All that was said about an element, read, changed and written once.
pub(super) struct Sayings {
    element: ElementId,
    before: Vec<Saying>,
    pub all: Vec<Saying>,
    pub lexicon: Lexicon,
}

impl Sayings {
    pub async fn read(tx: &Tx, element: &ElementId) -> Result<Self> {
        let vars = object! { id: row::element(element) };
        let before: Vec<Saying> = tx.run(SAID, vars).await?.all(0)?;
        let named = before.iter().flat_map(|s| s.was.iter().chain([&s.tag]));
        let keys: Vec<String> = named.map(|key| key.0.clone()).collect();
        let lexicon = Lexicon::read(tx, keys).await?;
        let mut all: Vec<Saying> = Vec::with_capacity(before.len());
        for saying in &before {
            let mut now = saying.clone();
            now.settle(element, &lexicon);
            match all.iter_mut().find(|other| other.id == now.id) {
                // what hung there already was said later
                Some(other) if saying.id == now.id => *other = now,
                Some(_) => {}
                None => all.push(now),
            }
        }
        Ok(Self {
            element: element.clone(),
            before,
            all,
            lexicon,
        })
    }

    /// Takes back what a person said of a tag, and gives it back.
    pub fn take_person(&mut self, tag: &str) -> Vec<Saying> {
        self.all
            .extract_if(.., |s| s.by_person() && s.tag.0 == tag)
            .collect()
    }

    /// What a person says of a tag: no beats yes.
    pub fn person(&self, tag: &str) -> Option<TagState> {
        let states = self.all.iter().filter(|s| s.by_person() && s.tag.0 == tag);
        states
            .map(|s| s.state)
            .reduce(|a, b| if a == TagState::Rejected { a } else { b })
    }

    /// A model's suggestion of it, the surest.
    pub fn suggestion(&self, tag: &str) -> Option<&Saying> {
        suggestion(&self.all, tag)
    }

    /// Writes what is different from before.
    pub async fn write(&self, tx: &Tx) -> Result<()> {
        let same = |a: &Saying, b: &Saying| a == b;
        let old: Vec<RecordId> = self
            .before
            .iter()
            .filter(|s| !self.all.iter().any(|now| same(now, s)))
            .map(|s| s.id.clone())
            .collect();
        let new: Vec<Object> = self
            .all
            .iter()
            .filter(|s| !self.before.iter().any(|before| same(before, s)))
            .map(|s| s.row(&self.element))
            .collect();
        if old.is_empty() && new.is_empty() {
            return Ok(());
        }
        tx.run(REPLACE, object! { old: old, rows: new })
            .await
            .map(drop)
    }
}

/// A model's suggestion of a tag, the surest.
pub(super) fn suggestion<'a>(all: &'a [Saying], tag: &str) -> Option<&'a Saying> {
    let of_models = all
        .iter()
        .filter(|s| !s.by_person() && s.tag.0 == tag && s.state == TagState::Suggested);
    of_models.max_by(|a, b| a.score.total_cmp(&b.score))
}

/// Adds what a model says of an element, with the keys of the tags it is said
/// of, unless it stands there as refused.
pub(super) fn add_suggestions(
    all: &mut Vec<Saying>,
    element: &ElementId,
    model: &str,
    tags: &[ModelTag],
    keys: &[String],
) {
    for (tag, key) in tags.iter().zip(keys) {
        let own = |s: &Saying| s.model.as_deref() == Some(model) && s.tag.0 == *key;
        // two words that became one: the surer suggestion of it counts
        let stays = |s: &Saying| s.state == TagState::Rejected || s.score >= tag.score;
        if !all.iter().any(|s| own(s) && stays(s)) {
            all.retain(|s| !own(s));
            all.push(Saying::model(element, key, model, tag));
        }
    }
}

fn key(element: &ElementId, tag: &str, who: &str, was: &[Key]) -> RecordId {
    let mut parts = vec![
        element.to_string().into_value(),
        tag.to_owned().into_value(),
        who.to_owned().into_value(),
    ];
    if !was.is_empty() {
        let was: Vec<&str> = was.iter().map(|key| key.0.as_str()).collect();
        parts.push(was.join("/").into_value());
    }
    RecordId::new("tagged", Array::from(parts))
}

const SAID: &str = "SELECT id, out AS tag, source, model, score, state, band, was ?? [] AS was \
    FROM tagged WHERE in = $id";

const REPLACE: &str = "DELETE $old; INSERT RELATION INTO tagged $rows RETURN NONE";
