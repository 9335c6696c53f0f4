//! What is written to the outbox, and what becomes of it when it is read:
//! elements are looked up then, so that nobody is shown an old state.

use std::collections::HashMap;

use protocol::element::{Element, Visibility};
use protocol::event::{AccountTouched, ElementGone, Event, NodePresence, TagsTouched};
use protocol::notification::NotificationGone;
use protocol::{ElementId, TagId, Topic, UserId};
use surrealdb::types::{Object, RecordId, SerdeWrapper, SurrealValue, object};

use crate::error::{DbError, Result};
use crate::id::outbox_key;
use crate::notifications::Noted;
use crate::row;
use crate::store::Tx;

/// Events that carry a whole element, looked up when they are delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ElementEvent {
    Added,
    Ready,
    Changed,
}

/// One event for one or more topics.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    topics: Vec<Topic>,
    body: Body,
}

/// How an event is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    Element(ElementEvent, ElementId),
    /// Something is told to the topic's account.
    Noted(Noted),
    Plain(Event),
}

/// The kind of rows with [`Body::Noted`].
const NOTED: &str = "notification";

impl Notice {
    pub(crate) fn element(topics: Vec<Topic>, event: ElementEvent, id: ElementId) -> Self {
        let body = Body::Element(event, id);
        Self { topics, body }
    }

    pub(crate) fn noted(topic: Topic, noted: Noted) -> Self {
        let body = Body::Noted(noted);
        let topics = vec![topic];
        Self { topics, body }
    }

    /// An event that is complete as it is.
    pub(crate) fn plain(topics: Vec<Topic>, event: Event) -> Self {
        let body = Body::Plain(event);
        Self { topics, body }
    }

    /// For servers: words are different, and elements were rewritten for it.
    pub(crate) fn tags(tags: Vec<TagId>, elements: Vec<ElementId>) -> Self {
        let event = Event::TagsChanged(TagsTouched { tags, elements });
        Self::plain(vec![Topic::Tags], event)
    }

    /// What an account shows, or how it stands to others, is different.
    pub(crate) fn account(topics: Vec<Topic>, id: UserId) -> Self {
        Self::plain(topics, Event::AccountChanged(AccountTouched { id }))
    }

    /// For servers: who is present by one of them.
    pub(crate) fn presence(told: NodePresence) -> Self {
        Self::plain(vec![Topic::Nodes], Event::NodePresence(told))
    }

    pub(crate) fn removed(topics: Vec<Topic>, id: ElementId) -> Self {
        Self::plain(topics, Event::ElementRemoved(ElementGone { id }))
    }
}

/// Writes events, in this order, with the transaction.
pub(crate) async fn write(tx: &Tx, notices: &[Notice]) -> Result<()> {
    let rows: Vec<Object> = notices
        .iter()
        .map(|notice| {
            let topics: Vec<String> = notice.topics.iter().map(Topic::to_string).collect();
            let mut row = notice.body.columns();
            row.insert("id", RecordId::new("outbox", outbox_key()));
            row.insert("topics", topics);
            row
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.run(
        "INSERT INTO outbox $rows RETURN NONE",
        object! { rows: rows },
    )
    .await
    .map(drop)
}

impl Body {
    /// As it stands in `outbox` and `event`.
    pub(crate) fn columns(&self) -> Object {
        match self {
            Body::Element(event, id) => object! {
                kind: event.kind().to_owned(),
                element: id.to_string(),
            },
            Body::Noted(noted) => object! {
                kind: NOTED.to_owned(),
                data: object! {
                    cause: noted.cause.clone(),
                    base: noted.base.clone(),
                    day: noted.day,
                },
            },
            Body::Plain(event) => object! {
                kind: event.kind().to_owned(),
                data: SerdeWrapper(event.clone()),
            },
        }
    }

    /// From the columns.
    pub(crate) fn read(kind: &str, element: Option<String>, data: Option<Object>) -> Result<Self> {
        match (element, data) {
            (Some(id), _) => {
                let event = ElementEvent::ALL.into_iter().find(|e| e.kind() == kind);
                let event = event.ok_or_else(|| unknown(kind))?;
                Ok(Body::Element(event, row::parse(&id)?))
            }
            (None, Some(data)) if kind == NOTED => {
                let row = NotedRow::from_value(data.into_value()).map_err(|_| unknown(kind))?;
                Ok(Body::Noted(Noted {
                    cause: row.cause,
                    base: row.base,
                    day: row.day,
                }))
            }
            (None, Some(data)) => {
                let event = SerdeWrapper::<Event>::from_value(data.into_value())
                    .map_err(|_| unknown(kind))?;
                Ok(Body::Plain(event.0))
            }
            (None, None) => Err(unknown(kind)),
        }
    }

    /// The element that has to be looked up.
    pub(crate) fn element_id(&self) -> Option<&ElementId> {
        match self {
            Body::Element(_, id) => Some(id),
            Body::Noted(_) | Body::Plain(_) => None,
        }
    }

    /// What is told to the topic's account.
    pub(crate) fn told(&self) -> Option<&Noted> {
        match self {
            Body::Noted(noted) => Some(noted),
            Body::Element(..) | Body::Plain(_) => None,
        }
    }

    /// The event as `topic` gets it. An element that is gone, or that is no
    /// longer everybody's when everybody listens, is removed for them.
    pub(crate) fn event(self, topic: &Topic, now: &HashMap<ElementId, Element>) -> Event {
        let (event, id) = match self {
            Body::Plain(event) => return event,
            // holds its place
            Body::Noted(noted) => {
                return Event::NotificationRemoved(NotificationGone { id: noted.cause });
            }
            Body::Element(event, id) => (event, id),
        };
        let open = |e: &&Element| *topic != Topic::Explore || e.visibility == Visibility::Public;
        match now.get(&id).filter(open) {
            Some(element) => event.with(element.clone()),
            None => Event::ElementRemoved(ElementGone { id }),
        }
    }
}

#[derive(SurrealValue)]
struct NotedRow {
    cause: String,
    base: String,
    day: i64,
}

impl ElementEvent {
    const ALL: [ElementEvent; 3] = [
        ElementEvent::Added,
        ElementEvent::Ready,
        ElementEvent::Changed,
    ];

    fn kind(self) -> &'static str {
        match self {
            ElementEvent::Added => "element_added",
            ElementEvent::Ready => "element_ready",
            ElementEvent::Changed => "element_changed",
        }
    }

    fn with(self, element: Element) -> Event {
        let element = Box::new(element);
        match self {
            ElementEvent::Added => Event::ElementAdded(element),
            ElementEvent::Ready => Event::ElementReady(element),
            ElementEvent::Changed => Event::ElementChanged(element),
        }
    }
}

fn unknown(kind: &str) -> DbError {
    DbError::Damaged(format!("an event of kind {kind:?} cannot be read"))
}
