//! What models say.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::nsfw::NsfwScores;
use crate::ocr::TextLine;
use crate::subjects::Spot;
use crate::{MlError, space};

/// The answer to a [`Task`](super::Task) of the same kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Kind::EmbedImage`].
    Embedding(ImageEmbedding),
    /// To [`Kind::Classify`].
    Classes(Classification),
    /// To [`Kind::Screen`].
    Screening(NsfwScores),
    /// To [`Kind::ReadText`].
    Lines(Vec<TextLine>),
    /// To [`Kind::FindSubjects`].
    Spots(Vec<Spot>),
    /// To [`Kind::EmbedTexts`]: one unit vector `[384]` per text.
    Texts(Vec<Vec<f32>>),
    /// To [`Kind::EmbedQuery`]: one vector in the image space per text; none
    /// where no text tower of that space is installed.
    Queries(Option<Vec<Vec<f32>>>),
}

/// What the image tower says of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImageEmbedding {
    /// The space that it lies in.
    pub space: Cow<'static, str>,
    /// As the tower gives it: `[512]` for the bundled one, not of unit length.
    pub vector: Vec<f32>,
}

/// What the classifier says of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// The space of `features`; the classes belong to the same model.
    pub space: Cow<'static, str>,
    /// `[1000]`, summing to 1, by ImageNet class index.
    pub probabilities: Vec<f32>,
    /// `[1280]`, pooled, raw.
    pub features: Vec<f32>,
}

/// Makes an answer of vectors.
type Wrap = fn(Vec<Vec<f32>>) -> Answer;

impl Answer {
    /// The kind of task that it answers.
    pub fn kind(&self) -> Kind {
        match self {
            Answer::Embedding(_) => Kind::EmbedImage,
            Answer::Classes(_) => Kind::Classify,
            Answer::Screening(_) => Kind::Screen,
            Answer::Lines(_) => Kind::ReadText,
            Answer::Spots(_) => Kind::FindSubjects,
            Answer::Texts(_) => Kind::EmbedTexts,
            Answer::Queries(_) => Kind::EmbedQuery,
        }
    }

    /// Takes the answer to a batch of texts apart: one answer for each of
    /// `counts`, which say how many texts each asker had. None when the
    /// numbers do not fit.
    pub(super) fn split(self, counts: &[usize]) -> Option<Vec<Answer>> {
        let (vectors, wrap): (_, Wrap) = match self {
            Answer::Texts(vectors) => (vectors, Answer::Texts),
            Answer::Queries(Some(vectors)) => (vectors, |own| Answer::Queries(Some(own))),
            Answer::Queries(None) => return Some(vec![Answer::Queries(None); counts.len()]),
            _ => return None,
        };
        if vectors.len() != counts.iter().sum::<usize>() {
            return None;
        }
        let mut vectors = vectors.into_iter();
        let own = |&count: &usize| wrap(vectors.by_ref().take(count).collect());
        Some(counts.iter().map(own).collect())
    }
}

/// `TryFrom<Answer>` for what one variant holds.
macro_rules! holds {
    ($($variant:ident => $type:ty),+ $(,)?) => {$(
        impl TryFrom<Answer> for $type {
            type Error = MlError;

            fn try_from(answer: Answer) -> Result<Self, MlError> {
                match answer {
                    Answer::$variant(held) => Ok(held),
                    other => Err(MlError::WrongAnswer(other.kind().as_str())),
                }
            }
        }
    )+};
}

holds! {
    Embedding => ImageEmbedding,
    Classes => Classification,
    Screening => NsfwScores,
    Lines => Vec<TextLine>,
    Spots => Vec<Spot>,
    Texts => Vec<Vec<f32>>,
    Queries => Option<Vec<Vec<f32>>>,
}

impl ImageEmbedding {
    /// Names the space of the bundled image tower.
    pub fn clip(vector: Vec<f32>) -> Self {
        Self {
            space: Cow::Borrowed(space::CLIP),
            vector,
        }
    }
}

impl Classification {
    /// Softmax over the network's logits.
    pub fn from_logits(logits: &[f32], features: Vec<f32>) -> Self {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let mut probabilities: Vec<f32> = logits.iter().map(|x| (x - top).exp()).collect();
        let sum: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|p| *p /= sum);
        Self {
            space: Cow::Borrowed(space::FEATURES),
            probabilities,
            features,
        }
    }

    /// The `count` most probable classes, most probable first.
    pub fn top(&self, count: usize) -> Vec<(usize, f32)> {
        let mut all: Vec<_> = self.probabilities.iter().copied().enumerate().collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1));
        all.truncate(count);
        all
    }
}
