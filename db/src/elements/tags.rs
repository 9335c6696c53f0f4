//! Tags: edges from elements to words. A model suggests, a person decides;
//! each says so on an edge of its own, and the person's counts.

use protocol::ElementId;
use protocol::element::{Element, Tag, TagState};
use protocol::value::TagName;
use protocol::{TagId, Topic};
use surrealdb::types::{Array, Object, RecordId, SerdeWrapper, SurrealValue, object};

use super::change::Owned;
use super::sayings::{Saying, Sayings, add_suggestions};
use super::settled::settled;
use super::viewer::Viewer;
use crate::error::Result;
use crate::id::now_millis;
use crate::jobs::ModelTag;
use crate::outbox::{self, ElementEvent, Notice};
use crate::row;
use crate::store::{Db, Tx};
use crate::tags::rows::{self, Wanted};

/// What somebody does to a tag of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// A fact, a rejection that no later suggestion undoes, or (`Suggested`)
    /// neither any more.
    Say(TagState),
    /// Off with it: what a model suggests or what follows from another tag is
    /// rejected for good, what only a person said is forgotten.
    Drop,
}

impl Db {
    /// A person's word on a tag: a fact, or a rejection that no later
    /// suggestion undoes; `Suggested` takes the person's word back. None when
    /// there is no such element of this viewer's.
    pub async fn set_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
        state: TagState,
    ) -> Result<Option<Element>> {
        self.say_tag(viewer, id, tag, Word::Say(state)).await
    }

    /// Takes a tag off: what a model suggests, and what follows from another
    /// tag, is rejected for good; what only a person said is forgotten. None
    /// when there is no such element of this viewer's.
    pub async fn drop_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
    ) -> Result<Option<Element>> {
        self.say_tag(viewer, id, tag, Word::Drop).await
    }

    async fn say_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
        word: Word,
    ) -> Result<Option<Element>> {
        let (who, what, tag) = (viewer.clone(), id.clone(), tag.clone());
        let changed = self
            .write("a tag", move |tx| {
                let (who, what, tag) = (who.clone(), what.clone(), tag.clone());
                Box::pin(async move {
                    let Some(mut tagging) = Tagging::begin(tx, &who, &what).await? else {
                        return Ok(false);
                    };
                    tagging.say(tx, &tag, word).await?;
                    tagging.write(tx).await?;
                    Ok(true)
                })
            })
            .await?;
        if changed {
            self.element(viewer, id).await
        } else {
            Ok(None)
        }
    }

    /// What people said to models' suggestions: per tag, how many were
    /// accepted and how many rejected.
    pub async fn tag_feedback(&self) -> Result<Vec<(TagId, u32, u32)>> {
        let rows: Vec<FeedbackRow> = self.read(FEEDBACK, Object::new()).await?.all(0)?;
        rows.into_iter()
            .map(|row| Ok((row::parse(&row.tag)?, row.accepted, row.rejected)))
            .collect()
    }
}

/// One element of the viewer's whose tags are being changed.
pub(crate) struct Tagging {
    id: ElementId,
    owned: Owned,
    sayings: Sayings,
}

impl Tagging {
    /// None when there is no such element of this viewer's.
    pub async fn begin(tx: &Tx, viewer: &Viewer, id: &ElementId) -> Result<Option<Self>> {
        let Some(owned) = Owned::find(tx, viewer, id).await? else {
            return Ok(None);
        };
        Ok(Some(Self {
            id: id.clone(),
            owned,
            sayings: Sayings::read(tx, id).await?,
        }))
    }

    /// The key of the tag that a name stands for; a new tag where there is
    /// none and one is needed.
    async fn tag(&mut self, tx: &Tx, name: &TagName, needed: bool) -> Result<Option<String>> {
        let key = if needed {
            let wanted = Wanted {
                name: name.clone(),
                category: String::new(),
            };
            rows::ensure(tx, &[wanted], false).await?.pop()
        } else {
            rows::meant(tx, name).await?.map(|tag| tag.id.0)
        };
        if let Some(key) = &key {
            self.sayings.lexicon.learn(tx, vec![key.clone()]).await?;
        }
        Ok(key)
    }

    /// A person's word on a tag. Returns the tag's key and what the person
    /// said before and says now; None where nothing was to be done.
    pub async fn say(
        &mut self,
        tx: &Tx,
        name: &TagName,
        word: Word,
    ) -> Result<Option<(String, Option<TagState>, Option<TagState>)>> {
        let needed = matches!(word, Word::Say(TagState::Fact | TagState::Rejected));
        let Some(key) = self.tag(tx, name, needed).await? else {
            return Ok(None);
        };
        let state = match word {
            Word::Say(state) => state,
            Word::Drop if self.comes_by_itself(&key) => TagState::Rejected,
            Word::Drop => TagState::Suggested,
        };
        let now = (state != TagState::Suggested).then_some(state);
        let before = self.put(tx, &key, now).await?;
        Ok(Some((key, before, now)))
    }

    /// What the person says of a tag from now on; returns what it was before.
    pub async fn put(
        &mut self,
        tx: &Tx,
        key: &str,
        now: Option<TagState>,
    ) -> Result<Option<TagState>> {
        learn(tx, &self.id, key, now, &self.sayings).await?;
        self.sayings.lexicon.learn(tx, vec![key.to_owned()]).await?;
        let before = self.sayings.person(key);
        self.sayings.take_person(key);
        if let Some(state) = now {
            let saying = Saying::person(&self.id, key, state);
            self.sayings.all.push(saying);
        }
        Ok(before)
    }

    /// The key of what a tag is now: itself, or what it became part of.
    pub async fn now(&mut self, tx: &Tx, key: &str) -> Result<String> {
        self.sayings.lexicon.learn(tx, vec![key.to_owned()]).await?;
        let means = self.sayings.lexicon.means(key);
        Ok(means.unwrap_or(key).to_owned())
    }

    /// What the person says of a tag.
    pub fn person(&self, key: &str) -> Option<TagState> {
        self.sayings.person(key)
    }

    /// Would it be there without the person?
    fn comes_by_itself(&self, key: &str) -> bool {
        let follows = |saying: &Saying| {
            let stands = match saying.by_person() {
                true => saying.state == TagState::Fact,
                false => saying.state == TagState::Suggested,
            };
            stands
                && self
                    .sayings
                    .lexicon
                    .above(&saying.tag.0)
                    .any(|tag| tag == key)
        };
        self.sayings.suggestion(key).is_some() || self.sayings.all.iter().any(follows)
    }

    /// Writes the tags with what follows, and tells.
    pub async fn write(self, tx: &Tx) -> Result<()> {
        self.sayings.write(tx).await?;
        let tags = settled(&self.sayings.all, &self.sayings.lexicon);
        let vars = object! { id: row::element(&self.id), tags: SerdeWrapper(tags) };
        tx.run("UPDATE $id SET tags = $tags RETURN NONE", vars)
            .await?;
        let mut topics = self.owned.topics(&self.id)?;
        if self.owned.shown() {
            topics.push(Topic::Explore);
        }
        let changed = Notice::element(topics, ElementEvent::Changed, self.id);
        outbox::write(tx, &[changed]).await
    }
}

/// Notes what a person said to a model's suggestion; the latest word counts.
async fn learn(
    tx: &Tx,
    id: &ElementId,
    tag: &str,
    now: Option<TagState>,
    sayings: &Sayings,
) -> Result<()> {
    let Some(suggestion) = sayings.suggestion(tag) else {
        return Ok(());
    };
    let (query, vars) = match now {
        None => (
            "DELETE $id RETURN NONE",
            object! { id: feedback_key(id, tag) },
        ),
        Some(state) => (
            "UPSERT $row.id CONTENT $row RETURN NONE",
            object! { row: feedback(id, tag, state, suggestion, now_millis()) },
        ),
    };
    tx.run(query, vars).await.map(drop)
}

fn feedback_key(id: &ElementId, tag: &str) -> RecordId {
    let parts = vec![tag.to_owned().into_value(), id.to_string().into_value()];
    RecordId::new("tag_feedback", Array::from(parts))
}

/// The row that notes what a person said to a suggestion.
pub(super) fn feedback(
    id: &ElementId,
    tag: &str,
    state: TagState,
    suggestion: &Saying,
    now: i64,
) -> Object {
    object! {
        id: feedback_key(id, tag),
        tag: tag.to_owned(),
        accepted: state == TagState::Fact,
        model: suggestion.model.clone().unwrap_or_default(),
        score: suggestion.score,
        at: now,
    }
}

/// Replaces what this model had suggested. What persons say stays as it is.
/// Returns the tags to be shown.
pub(crate) async fn suggest(
    tx: &Tx,
    id: &ElementId,
    model: &str,
    tags: &[ModelTag],
) -> Result<Vec<Tag>> {
    let mut sayings = Sayings::read(tx, id).await?;
    sayings
        .all
        .retain(|s| s.model.as_deref() != Some(model) || s.state != TagState::Suggested);
    let wanted: Vec<Wanted> = tags
        .iter()
        .map(|tag| Wanted {
            name: tag.name.clone(),
            category: tag.category.clone(),
        })
        .collect();
    let keys = rows::ensure(tx, &wanted, true).await?;
    sayings.lexicon.learn(tx, keys.clone()).await?;
    add_suggestions(&mut sayings.all, id, model, tags, &keys);
    sayings.write(tx).await?;
    Ok(settled(&sayings.all, &sayings.lexicon))
}

/// Works the tags of an element out anew from what was said, as the vocabulary
/// is now. False when nothing is different, or the element is gone.
pub(crate) async fn restate(tx: &Tx, id: &ElementId) -> Result<bool> {
    let vars = object! { id: row::element(id) };
    let shown: Option<ShownRow> = tx.run("SELECT tags FROM $id", vars).await?.one(0)?;
    let Some(shown) = shown else {
        return Ok(false);
    };
    let sayings = Sayings::read(tx, id).await?;
    sayings.write(tx).await?;
    let tags = settled(&sayings.all, &sayings.lexicon);
    if tags == shown.tags {
        return Ok(false);
    }
    let vars = object! { id: row::element(id), tags: SerdeWrapper(tags) };
    tx.run("UPDATE $id SET tags = $tags RETURN NONE", vars)
        .await?;
    Ok(true)
}

const FEEDBACK: &str = "SELECT tag, count(accepted = true) AS accepted, \
    count(accepted = false) AS rejected FROM tag_feedback GROUP BY tag";

#[derive(SurrealValue)]
struct FeedbackRow {
    tag: String,
    accepted: u32,
    rejected: u32,
}

#[derive(SurrealValue)]
struct ShownRow {
    #[surreal(wrap)]
    tags: Vec<Tag>,
}
