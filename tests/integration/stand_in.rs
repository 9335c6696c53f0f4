//! An inference that does as it is told.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ml::nsfw::{NsfwScores, RegionScore};
use ml::pool::{
    Answer, BoxFuture, Classification, ImageEmbedding, Inference, Lane, PoolStatus, Task,
};
use ml::{MlError, Rgb8};

/// How the models are just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Mood {
    Well,
    Missing,
    Busy,
    Refusing,
}

/// Answers from the picture's mean colour, in whatever mood it is put.
pub struct StandIn {
    mood: AtomicU8,
}

impl StandIn {
    pub fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            mood: AtomicU8::new(mood as u8),
        })
    }

    pub fn set(&self, mood: Mood) {
        self.mood.store(mood as u8, Ordering::SeqCst);
    }

    fn check(&self) -> Result<(), MlError> {
        match self.mood.load(Ordering::SeqCst) {
            m if m == Mood::Missing as u8 => Err(MlError::ModelMissing {
                id: "stand-in".into(),
                why: "it is away".into(),
            }),
            m if m == Mood::Busy as u8 => Err(MlError::Busy {
                lane: "interactive",
            }),
            m if m == Mood::Refusing as u8 => Err(MlError::BadInput("it is too blue".into())),
            _ => Ok(()),
        }
    }
}

fn mean(picture: &Rgb8) -> f32 {
    let sum: u64 = picture.data().iter().map(|b| u64::from(*b)).sum();
    sum as f32 / picture.data().len() as f32
}

impl StandIn {
    fn answer(&self, task: &Task) -> Result<Answer, MlError> {
        self.check()?;
        let vector = |t: &String| (0..384).map(|n| ((n + t.len()) as f32).cos()).collect();
        Ok(match task {
            Task::EmbedImage { picture, .. } => {
                let mean = mean(picture);
                let vector = (0..512).map(|n| (n as f32 * mean).sin()).collect();
                Answer::Embedding(ImageEmbedding::clip(vector))
            }
            Task::Classify(picture) => {
                let mut logits = vec![0.0; 1000];
                logits[mean(picture) as usize % 1000] = 20.0;
                Answer::Classes(Classification::from_logits(&logits, vec![0.5; 1280]))
            }
            Task::EmbedTexts(texts) => Answer::Texts(texts.iter().map(vector).collect()),
            Task::EmbedQuery(_) => Answer::Queries(None),
            Task::ReadText(_) => Answer::Lines(Vec::new()),
            Task::FindSubjects(_) => Answer::Spots(Vec::new()),
            Task::Screen(_) => Answer::Screening(NsfwScores {
                regions: vec![RegionScore {
                    region: [0.0, 0.0, 1.0, 1.0],
                    open_nsfw: 0.01,
                    second: Some([0.98, 0.01, 0.01]),
                }],
            }),
        })
    }
}

impl Inference for StandIn {
    fn ask(&self, _: Lane, task: Task) -> BoxFuture<Result<Answer, MlError>> {
        let answer = self.answer(&task);
        Box::pin(async move { answer })
    }

    fn status(&self) -> PoolStatus {
        PoolStatus::default()
    }

    fn unload(&self, _: String) -> BoxFuture<Result<bool, MlError>> {
        Box::pin(async { Ok(false) })
    }

    fn ready(&self) -> BoxFuture<Result<(), MlError>> {
        let answer = self.check();
        Box::pin(async move { answer })
    }
}
