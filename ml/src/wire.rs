//! What goes over HTTP between `asterism-ml serve` and its clients.
//!
//! `POST /v1/{task}`, the task by the name of its [`Kind`]. A picture is sent
//! as its RGB bytes, row by row, with `?width=W&height=H` (and `&model=ID` for
//! another image tower); texts as a JSON array of strings. The answer is
//! MessagePack, or JSON where `accept` asks for it; a failure is a [`Fault`] in
//! JSON.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::pool::{Answer, Kind, Lane, Task};
use crate::{MlError, Rgb8};

/// Names the lane: `interactive` (without it) or `backfill`.
pub const LANE: &str = "x-asterism-lane";
/// The type of an answer.
pub const MESSAGE_PACK: &str = "application/msgpack";
/// Largest body: a picture of 2,300 by 2,300.
pub const MOST_BYTES: usize = 16 << 20;
/// Most texts in one request.
pub const MOST_TEXTS: usize = 256;

/// The query part of a task's address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Shape {
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub model: Option<String>,
}

/// A failure, as it is told to clients.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fault {
    pub code: String,
    pub detail: String,
    /// The model or kind of task that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// A deadline in seconds, or bytes that were needed and allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<u64>,
}

/// Where a task is posted, below the server's address.
pub fn path(task: &Task) -> String {
    let name = task.kind().as_str();
    let picture = match task {
        Task::EmbedImage { picture, .. }
        | Task::Classify(picture)
        | Task::Screen(picture)
        | Task::FindSubjects(picture)
        | Task::ReadText(picture) => picture,
        Task::EmbedTexts(_) | Task::EmbedQuery(_) => return format!("/v1/{name}"),
    };
    let (width, height) = (picture.width(), picture.height());
    let mut path = format!("/v1/{name}?width={width}&height={height}");
    // ids are letters, digits and dashes: nothing to escape
    if let Task::EmbedImage {
        model: Some(id), ..
    } = task
    {
        path.push_str(&format!("&model={id}"));
    }
    path
}

/// What is posted there.
pub fn body(task: &Task) -> Result<Vec<u8>, MlError> {
    Ok(match task {
        Task::EmbedImage { picture, .. }
        | Task::Classify(picture)
        | Task::Screen(picture)
        | Task::FindSubjects(picture)
        | Task::ReadText(picture) => picture.data().to_vec(),
        Task::EmbedTexts(texts) | Task::EmbedQuery(texts) => {
            serde_json::to_vec(texts).map_err(|e| MlError::BadInput(e.to_string()))?
        }
    })
}

/// The task that was posted.
pub fn task(kind: Kind, shape: Shape, body: Vec<u8>) -> Result<Task, MlError> {
    if matches!(kind, Kind::EmbedTexts | Kind::EmbedQuery) {
        let texts: Vec<String> = serde_json::from_slice(&body)
            .map_err(|e| MlError::BadInput(format!("no JSON array of strings: {e}")))?;
        if texts.len() > MOST_TEXTS {
            let many = format!("{} texts, at most {MOST_TEXTS} go together", texts.len());
            return Err(MlError::BadInput(many));
        }
        return Ok(match kind {
            Kind::EmbedTexts => Task::EmbedTexts(texts),
            _ => Task::EmbedQuery(texts),
        });
    }
    let (width, height) = (shape.width.unwrap_or(0), shape.height.unwrap_or(0));
    let picture = Arc::new(Rgb8::new(width, height, body)?);
    Ok(match kind {
        Kind::EmbedImage => Task::EmbedImage {
            picture,
            model: shape.model,
        },
        Kind::Classify => Task::Classify(picture),
        Kind::Screen => Task::Screen(picture),
        Kind::FindSubjects => Task::FindSubjects(picture),
        Kind::ReadText | Kind::EmbedTexts | Kind::EmbedQuery => Task::ReadText(picture),
    })
}

/// An answer without its kind, which the asker knows.
pub fn encode(answer: &Answer, json: bool) -> Result<Vec<u8>, MlError> {
    match answer {
        Answer::Embedding(held) => bytes(held, json),
        Answer::Classes(held) => bytes(held, json),
        Answer::Screening(held) => bytes(held, json),
        Answer::Lines(held) => bytes(held, json),
        Answer::Spots(held) => bytes(held, json),
        Answer::Texts(held) => bytes(held, json),
        Answer::Queries(held) => bytes(held, json),
    }
}

/// The answer to a task of that kind, from MessagePack.
pub fn decode(kind: Kind, bytes: &[u8]) -> Result<Answer, MlError> {
    Ok(match kind {
        Kind::EmbedImage => Answer::Embedding(held(bytes)?),
        Kind::Classify => Answer::Classes(held(bytes)?),
        Kind::Screen => Answer::Screening(held(bytes)?),
        Kind::ReadText => Answer::Lines(held(bytes)?),
        Kind::FindSubjects => Answer::Spots(held(bytes)?),
        Kind::EmbedTexts => Answer::Texts(held(bytes)?),
        Kind::EmbedQuery => Answer::Queries(held(bytes)?),
    })
}

fn bytes<T: Serialize>(held: &T, json: bool) -> Result<Vec<u8>, MlError> {
    let unfit = |error: String| MlError::Remote(format!("an answer cannot be sent: {error}"));
    if json {
        serde_json::to_vec(held).map_err(|e| unfit(e.to_string()))
    } else {
        rmp_serde::to_vec_named(held).map_err(|e| unfit(e.to_string()))
    }
}

fn held<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MlError> {
    rmp_serde::from_slice(bytes).map_err(|e| MlError::Remote(format!("unreadable answer: {e}")))
}

impl Fault {
    /// What a client is told, and the HTTP status that goes with it.
    pub fn of(error: &MlError) -> (u16, Self) {
        let (status, code, subject, numbers) = match error {
            MlError::Busy { lane } => (429, "busy", Some((*lane).to_owned()), vec![]),
            MlError::ModelMissing { id, .. } => (503, "model_missing", Some(id.clone()), vec![]),
            MlError::UnknownModel(id) => (404, "unknown_model", Some(id.clone()), vec![]),
            MlError::BadInput(_) | MlError::BadPicture { .. } => (422, "bad_input", None, vec![]),
            MlError::OverBudget {
                model,
                needed,
                budget,
            } => {
                let numbers = vec![*needed, *budget];
                (507, "over_budget", Some(model.clone()), numbers)
            }
            MlError::Hung { task, seconds } => {
                (504, "hung", Some((*task).to_owned()), vec![*seconds])
            }
            MlError::WorkerLost(_) => (500, "worker_lost", None, vec![]),
            MlError::Unavailable(_) | MlError::Away { .. } => (503, "unavailable", None, vec![]),
            _ => (500, "failed", None, vec![]),
        };
        // only what the typed error does not say by itself
        let detail = match error {
            MlError::BadInput(why) | MlError::WorkerLost(why) | MlError::Unavailable(why) => {
                why.clone()
            }
            MlError::ModelMissing { why, .. } => why.clone(),
            other => other.to_string(),
        };
        let fault = Self {
            code: code.to_owned(),
            detail,
            subject,
            numbers,
        };
        (status, fault)
    }

    /// The error that the server had.
    pub fn into_error(self) -> MlError {
        let subject = self.subject.unwrap_or_default();
        let number = |at: usize| self.numbers.get(at).copied().unwrap_or(0);
        match self.code.as_str() {
            "busy" => MlError::Busy {
                lane: lane(&subject).as_str(),
            },
            "model_missing" => MlError::ModelMissing {
                id: subject,
                why: self.detail,
            },
            "unknown_model" => MlError::UnknownModel(subject),
            "bad_input" => MlError::BadInput(self.detail),
            "over_budget" => MlError::OverBudget {
                model: subject,
                needed: number(0),
                budget: number(1),
            },
            "hung" => MlError::Hung {
                task: Kind::named(&subject).map_or("a task", Kind::as_str),
                seconds: number(0),
            },
            "worker_lost" => MlError::WorkerLost(self.detail),
            "unavailable" => MlError::Unavailable(self.detail),
            _ => MlError::Remote(self.detail),
        }
    }
}

/// The lane of that name; whoever names none waits.
pub fn lane(name: &str) -> Lane {
    let named = Lane::ALL.into_iter().find(|lane| lane.as_str() == name);
    named.unwrap_or(Lane::Interactive)
}
