//! Tags: edges from elements to words. A model suggests, a person decides;
//! each says so on an edge of its own, and the person's counts.

use std::collections::BTreeMap;

use protocol::ElementId;
use protocol::element::{Element, Tag, TagBand, TagSource, TagState};
use protocol::value::TagName;
use surrealdb::types::{Array, Object, RecordId, SerdeWrapper, SurrealValue, object};

use super::change::Owned;
use super::viewer::Viewer;
use crate::error::Result;
use crate::id::now_millis;
use crate::jobs::ModelTag;
use crate::outbox::{self, ElementEvent, Notice};
use crate::row;
use crate::store::{Db, Tx};

/// Who says so, in the key of a person's edge. No model may have this name.
const PERSON: &str = "person";

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
        let (who, what, tag) = (viewer.clone(), id.clone(), tag.clone());
        let changed = self
            .write("a tag", move |tx| {
                let (who, what, tag) = (who.clone(), what.clone(), tag.clone());
                Box::pin(async move { set(tx, &who, &what, &tag, state).await })
            })
            .await?;
        if changed {
            self.element(viewer, id).await
        } else {
            Ok(None)
        }
    }
}

impl Db {
    /// Takes a tag off: what a model suggests is rejected for good, what only
    /// a person said is forgotten. None when there is no such element of this
    /// viewer's.
    pub async fn drop_tag(
        &self,
        viewer: &Viewer,
        id: &ElementId,
        tag: &TagName,
    ) -> Result<Option<Element>> {
        let (who, what, tag) = (viewer.clone(), id.clone(), tag.clone());
        let changed = self
            .write("a tag", move |tx| {
                let (who, what, tag) = (who.clone(), what.clone(), tag.clone());
                Box::pin(async move {
                    let suggested = edges(tx, &what)
                        .await?
                        .iter()
                        .any(|e| e.name == tag.as_str() && e.source == TagSource::Model);
                    let state = if suggested {
                        TagState::Rejected
                    } else {
                        TagState::Suggested
                    };
                    set(tx, &who, &what, &tag, state).await
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
    pub async fn tag_feedback(&self) -> Result<Vec<(TagName, u32, u32)>> {
        let rows: Vec<FeedbackRow> = self.read(FEEDBACK, Object::new()).await?.all(0)?;
        rows.into_iter()
            .map(|row| Ok((row::parse(&row.tag)?, row.accepted, row.rejected)))
            .collect()
    }
}

/// Notes what a person said to a model's suggestion; the latest word counts.
async fn learn(
    tx: &Tx,
    id: &ElementId,
    tag: &TagName,
    state: TagState,
    edges: &[Edge],
) -> Result<()> {
    let by_model = |e: &&Edge| e.name == tag.as_str() && e.source == TagSource::Model;
    let Some(suggestion) = edges.iter().find(by_model) else {
        return Ok(());
    };
    let row = feedback(id, tag, state, suggestion, now_millis());
    let (query, vars) = match state {
        TagState::Suggested => (
            "DELETE $id RETURN NONE",
            object! { id: feedback_key(id, tag) },
        ),
        _ => (
            "UPSERT $row.id CONTENT $row RETURN NONE",
            object! { row: row },
        ),
    };
    tx.run(query, vars).await.map(drop)
}

fn feedback_key(id: &ElementId, tag: &TagName) -> RecordId {
    let parts = vec![tag.to_string().into_value(), id.to_string().into_value()];
    RecordId::new("tag_feedback", Array::from(parts))
}

fn feedback(id: &ElementId, tag: &TagName, state: TagState, suggestion: &Edge, now: i64) -> Object {
    object! {
        id: feedback_key(id, tag),
        tag: tag.to_string(),
        accepted: state == TagState::Fact,
        model: suggestion.model.clone().unwrap_or_default(),
        score: suggestion.score,
        at: now,
    }
}

/// The rows of an element's tags, and how they are shown.
pub(crate) struct TagRows {
    pub words: Vec<Object>,
    pub edges: Vec<Object>,
    pub feedback: Vec<Object>,
    pub shown: Vec<Tag>,
}

/// As [`suggest`] and then [`set`] for each of `said` leave them, of an element
/// that had none.
pub(crate) fn bulk(
    id: &ElementId,
    model: &str,
    tags: &[ModelTag],
    said: &[(TagName, TagState)],
    now: i64,
) -> TagRows {
    let suggested: Vec<Edge> = tags
        .iter()
        .map(|tag| Edge::suggested(id, model, tag))
        .collect();
    let mut rows = TagRows {
        words: words(tags),
        edges: Vec::new(),
        feedback: Vec::new(),
        shown: Vec::new(),
    };
    let mut edges = Vec::new();
    for (tag, state) in said {
        rows.words.push(word(tag, ""));
        edges.push(Edge::said(id, tag, *state));
        if let Some(suggestion) = suggested.iter().find(|e| e.name == tag.as_str()) {
            rows.feedback
                .push(feedback(id, tag, *state, suggestion, now));
        }
    }
    edges.extend(suggested);
    rows.edges = edges.iter().map(|edge| edge.row(id)).collect();
    rows.shown = merged(&edges);
    rows
}

/// Replaces what this model had suggested. Edges of persons stay as they are,
/// and so does what they say about a name. Returns the tags to be shown.
pub(crate) async fn suggest(
    tx: &Tx,
    id: &ElementId,
    model: &str,
    tags: &[ModelTag],
) -> Result<Vec<Tag>> {
    let mut edges = edges(tx, id).await?;
    let old: Vec<RecordId> = edges
        .extract_if(.., |e| {
            e.model.as_deref() == Some(model) && e.state == TagState::Suggested
        })
        .map(|e| e.id)
        .collect();
    let new: Vec<Edge> = tags
        .iter()
        .filter(|tag| {
            let rejected = |e: &Edge| {
                e.name == tag.name.as_str()
                    && e.model.as_deref() == Some(model)
                    && e.state == TagState::Rejected
            };
            !edges.iter().any(rejected)
        })
        .map(|tag| Edge::suggested(id, model, tag))
        .collect();
    let words = words(tags);
    let rows: Vec<Object> = new.iter().map(|e| e.row(id)).collect();
    tx.run(REPLACE, object! { old: old, words: words, rows: rows })
        .await?;
    edges.extend(new);
    Ok(merged(&edges))
}

async fn set(
    tx: &Tx,
    viewer: &Viewer,
    id: &ElementId,
    tag: &TagName,
    state: TagState,
) -> Result<bool> {
    let Some(owned) = Owned::find(tx, viewer, id).await? else {
        return Ok(false);
    };
    let mut edges = edges(tx, id).await?;
    let mine = key(id, tag, PERSON);
    learn(tx, id, tag, state, &edges).await?;
    edges.retain(|e| e.id != mine);
    let mut rows = Vec::new();
    if state != TagState::Suggested {
        let edge = Edge::said(id, tag, state);
        rows.push(edge.row(id));
        edges.push(edge);
    }
    let words = vec![word(tag, "")];
    tx.run(
        REPLACE,
        object! { old: vec![mine], words: words, rows: rows },
    )
    .await?;
    let vars = object! { id: row::element(id), tags: SerdeWrapper(merged(&edges)) };
    tx.run("UPDATE $id SET tags = $tags RETURN NONE", vars)
        .await?;
    let mut topics = owned.topics(id)?;
    if owned.shown() {
        topics.push(protocol::Topic::Explore);
    }
    let changed = Notice::element(topics, ElementEvent::Changed, id.clone());
    outbox::write(tx, &[changed]).await?;
    Ok(true)
}

/// One saying per name: a person's before a model's, the surest model's
/// before others'. Facts first, then by score.
fn merged(edges: &[Edge]) -> Vec<Tag> {
    let mut by_name: BTreeMap<&str, &Edge> = BTreeMap::new();
    let weight = |e: &Edge| (e.source == TagSource::Person, e.score);
    for edge in edges {
        let kept = by_name.entry(&edge.name).or_insert(edge);
        if weight(edge) > weight(kept) {
            *kept = edge;
        }
    }
    let mut tags: Vec<Tag> = by_name
        .into_values()
        .filter_map(|edge| {
            Some(Tag {
                name: edge.name.parse().ok()?,
                source: edge.source,
                score: edge.score,
                state: edge.state,
                band: edge.band,
                implied_by: None,
            })
        })
        .collect();
    tags.sort_by(|a, b| {
        let facts = (b.state == TagState::Fact).cmp(&(a.state == TagState::Fact));
        facts.then(b.score.total_cmp(&a.score))
    });
    tags
}

async fn edges(tx: &Tx, id: &ElementId) -> Result<Vec<Edge>> {
    let vars = object! { id: row::element(id) };
    tx.run(
        "SELECT id, name, source, model, score, state, band FROM tagged WHERE in = $id",
        vars,
    )
    .await?
    .all(0)
}

fn key(id: &ElementId, tag: &TagName, who: &str) -> RecordId {
    let parts = vec![
        id.to_string().into_value(),
        tag.to_string().into_value(),
        who.to_owned().into_value(),
    ];
    RecordId::new("tagged", Array::from(parts))
}

fn word(tag: &TagName, category: &str) -> Object {
    object! {
        id: RecordId::new("tag", tag.as_str()),
        name: tag.to_string(),
        category: category.to_owned(),
    }
}

fn words(tags: &[ModelTag]) -> Vec<Object> {
    let one = |tag: &ModelTag| word(&tag.name, &tag.category);
    tags.iter().map(one).collect()
}

/// One saying about one element.
#[derive(SurrealValue)]
struct Edge {
    id: RecordId,
    name: String,
    #[surreal(wrap)]
    source: TagSource,
    model: Option<String>,
    score: f32,
    #[surreal(wrap)]
    state: TagState,
    #[surreal(wrap)]
    band: Option<TagBand>,
}

impl Edge {
    /// What a model says.
    fn suggested(element: &ElementId, model: &str, tag: &ModelTag) -> Self {
        Self {
            id: key(element, &tag.name, model),
            name: tag.name.to_string(),
            source: TagSource::Model,
            model: Some(model.to_owned()),
            score: tag.score,
            state: TagState::Suggested,
            band: Some(tag.band),
        }
    }

    /// What a person says.
    fn said(element: &ElementId, tag: &TagName, state: TagState) -> Self {
        Self {
            id: key(element, tag, PERSON),
            name: tag.to_string(),
            source: TagSource::Person,
            model: None,
            score: 1.0,
            state,
            band: None,
        }
    }

    fn row(&self, element: &ElementId) -> Object {
        object! {
            id: self.id.clone(),
            in: row::element(element),
            out: RecordId::new("tag", self.name.as_str()),
            name: self.name.clone(),
            source: SerdeWrapper(self.source),
            model: self.model.clone(),
            score: self.score,
            state: SerdeWrapper(self.state),
            band: self.band.map(SerdeWrapper),
        }
    }
}

/// Words are only written when they are new: common ones would make every
/// two writers meet.
const REPLACE: &str = "DELETE $old; INSERT IGNORE INTO tag $words RETURN NONE; \
    INSERT RELATION INTO tagged $rows RETURN NONE";

const FEEDBACK: &str = "SELECT tag, count(accepted = true) AS accepted, \
    count(accepted = false) AS rejected FROM tag_feedback GROUP BY tag";

#[derive(SurrealValue)]
struct FeedbackRow {
    tag: String,
    accepted: u32,
    rejected: u32,
}
