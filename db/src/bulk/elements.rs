//! Elements with all that their stages made, many at once.

use std::sync::Arc;

use protocol::element::{StageState, State, TagState};
use protocol::value::TagName;
use protocol::{ElementId, Timestamp, UserId};
use surrealdb::types::{Object, SerdeWrapper, object};

use crate::NewElement;
use crate::elements::imported::{Said, Words};
use crate::elements::labels::{self, Judged};
use crate::elements::{newest_first, save};
use crate::embeddings;
use crate::error::Result;
use crate::jobs::{ModelTag, NewEmbedding, Outcome, together};
use crate::likes;
use crate::limits::BULK_ELEMENTS;
use crate::row::Key;
use crate::store::{Db, Tx};

/// An element that was saved at some time and is through with its stages.
#[derive(Debug, Clone)]
pub struct BulkElement {
    /// Its time is that of the save.
    pub id: ElementId,
    pub created_at: Timestamp,
    pub new: NewElement,
    /// What the stages made, in the order in which they ended.
    pub outcomes: Vec<Outcome>,
    /// What its owner said to tags.
    pub said: Vec<(TagName, TagState)>,
    /// Who likes it, each once.
    pub liked_by: Vec<(UserId, Timestamp)>,
}

impl Db {
    /// Saves elements as the ordinary way and their stages would have done.
    /// Owners are there; no moderator has ruled on anything yet.
    ///
    /// # Errors
    /// An owner has the same file twice, or an id is taken.
    pub async fn bulk_elements(&self, elements: Vec<BulkElement>) -> Result<()> {
        let mut elements = elements.into_iter();
        loop {
            let part = elements.by_ref().take(BULK_ELEMENTS);
            let part: Arc<[Prepared]> = part.map(Prepared::of).collect();
            if part.is_empty() {
                return Ok(());
            }
            self.write("a bulk import", move |tx| {
                let part = Arc::clone(&part);
                Box::pin(async move { write(tx, &part).await })
            })
            .await?;
        }
    }
}

async fn write(tx: &Tx, part: &[Prepared]) -> Result<()> {
    let said: Vec<Said<'_>> = part.iter().map(Prepared::said).collect();
    let words = Words::find(tx, &said).await?;
    let mut rows = Rows::default();
    for (prepared, said) in part.iter().zip(&said) {
        rows.add(prepared, &words, said);
    }
    tx.run(WRITE, rows.vars()).await.map(drop)
}

/// An element with what its stages made, put together once however often its
/// transaction is tried.
struct Prepared {
    element: BulkElement,
    made: Made,
}

impl Prepared {
    fn of(mut element: BulkElement) -> Self {
        let outcomes = std::mem::take(&mut element.outcomes);
        Self {
            made: Made::of(outcomes),
            element,
        }
    }

    fn said(&self) -> Said<'_> {
        Said {
            model: &self.made.model,
            tags: &self.made.tags,
            by_person: &self.element.said,
        }
    }
}

/// The rows of some elements, by table.
#[derive(Default)]
struct Rows {
    elements: Vec<Object>,
    saved: Vec<Object>,
    edges: Vec<Object>,
    feedback: Vec<Object>,
    vectors: Vec<Object>,
    reviews: Vec<Object>,
    likes: Vec<Object>,
}

/// What the stages of one element made, put together.
#[derive(Default)]
struct Made {
    columns: Object,
    phash: Option<i64>,
    files: Vec<protocol::element::Media>,
    judged: Vec<protocol::element::Label>,
    embeddings: Vec<NewEmbedding>,
    model: String,
    tags: Vec<ModelTag>,
}

impl Made {
    fn of(outcomes: Vec<Outcome>) -> Self {
        let mut made = Self::default();
        for outcome in outcomes {
            made.add(outcome);
        }
        made
    }

    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Preview {
                thumbhash,
                colors,
                phash,
                media,
            } => {
                self.columns.insert("thumbhash", thumbhash);
                self.columns.insert("colors", SerdeWrapper(colors));
                self.columns.insert("bands", labels::bands(phash));
                self.phash = Some(phash as i64);
                self.show(media);
            }
            Outcome::Embedded { embeddings } => self.embeddings.extend(embeddings),
            Outcome::Tagged {
                model,
                tags,
                embeddings,
            } => {
                self.model = model;
                self.tags = tags;
                self.embeddings.extend(embeddings);
            }
            Outcome::Compressed { media } => self.show(media),
            Outcome::Screened { labels } => self.judged = labels,
            Outcome::Scored { quality } => {
                self.columns.insert("quality", quality.percentile);
                self.columns.insert("quality_parts", SerdeWrapper(quality));
            }
            Outcome::Read { text } => {
                self.columns.insert("text", text);
            }
        }
    }

    fn show(&mut self, new: Vec<protocol::element::Media>) {
        self.files = together(std::mem::take(&mut self.files), new);
    }
}

impl Rows {
    fn add(&mut self, prepared: &Prepared, words: &Words, said: &Said<'_>) {
        let Prepared { element, made } = prepared;
        let BulkElement { id, new, .. } = element;
        let now = element.created_at.millis();
        let judged = Judged {
            owner: Key(new.owner.to_string()),
            media: new.media.to_string(),
            phash: made.phash,
            visibility: new.visibility,
            files: made.files.clone(),
            judged: made.judged.clone(),
            declares_ai: false,
            created_at: now,
            gone_at: None,
        };
        let settled = judged.unruled(id);
        let tagged = words.rows(id, said, now);
        let stages = save::stages(&new.stages, StageState::Done);

        let mut row = save::row(new, id, now);
        row.append(&mut made.columns.clone());
        row.insert("stages", SerdeWrapper(stages));
        row.insert("state", SerdeWrapper(State::Ready));
        row.insert("files", SerdeWrapper(made.files.clone()));
        row.insert("phash", made.phash);
        row.insert("tags", SerdeWrapper(tagged.shown));
        row.insert("judged", SerdeWrapper(made.judged.clone()));
        row.insert("labels", SerdeWrapper(settled.labels));
        row.insert("flags", settled.flags);
        row.insert("likes", crate::row::int(element.liked_by.len()));
        self.elements.push(row);
        self.saved.push(save::provenance(new, id, now));
        self.edges.extend(tagged.edges);
        self.feedback.extend(tagged.feedback);
        let vectors = made.embeddings.iter().map(|e| embeddings::row_of(id, e));
        self.vectors.extend(vectors);
        self.reviews.extend(settled.waiting);
        for (user, at) in &element.liked_by {
            self.likes
                .push(likes::row(user, id, at.millis(), place(*at)));
        }
    }

    fn vars(self) -> Object {
        object! {
            elements: self.elements,
            saved: self.saved,
            edges: self.edges,
            feedback: self.feedback,
            vectors: self.vectors,
            reviews: self.reviews,
            likes: self.likes,
        }
    }
}

/// Sorts the newest first.
pub(super) fn place(at: Timestamp) -> String {
    let millis = u64::try_from(at.millis()).unwrap_or(0);
    newest_first(&ElementId::from_parts(millis, rand::random()))
}

const WRITE: &str = "INSERT INTO element $elements RETURN NONE; \
    INSERT RELATION INTO saved $saved RETURN NONE; \
    INSERT RELATION INTO tagged $edges RETURN NONE; \
    INSERT INTO tag_feedback $feedback RETURN NONE; \
    INSERT INTO embedding $vectors RETURN NONE; \
    INSERT INTO review $reviews RETURN NONE; \
    INSERT RELATION INTO likes $likes RETURN NONE";
