//! What models are asked. A new model is one more variant here, one in
//! [`Answer`](super::Answer), and one arm in the backend.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Rgb8;

/// One question to one model. Cheap to clone but for the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// A picture's embedding.
    EmbedImage {
        /// The picture.
        picture: Arc<Rgb8>,
        /// The id of the image tower; none: the bundled one.
        model: Option<String>,
    },
    /// A picture's classes and features.
    Classify(Arc<Rgb8>),
    /// How a picture scores with the models that look for nudity and gore.
    Screen(Arc<Rgb8>),
    /// The lines of text in a picture.
    ReadText(Arc<Rgb8>),
    /// What stands out in a picture.
    FindSubjects(Arc<Rgb8>),
    /// Sentence vectors.
    EmbedTexts(Vec<String>),
    /// Text vectors in the space of the image tower.
    EmbedQuery(Vec<String>),
}

/// The kinds of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// See [`Task::EmbedImage`].
    EmbedImage,
    /// See [`Task::Classify`].
    Classify,
    /// See [`Task::Screen`].
    Screen,
    /// See [`Task::ReadText`].
    ReadText,
    /// See [`Task::FindSubjects`].
    FindSubjects,
    /// See [`Task::EmbedTexts`].
    EmbedTexts,
    /// See [`Task::EmbedQuery`].
    EmbedQuery,
}

/// Deadlines count from the moment a worker takes a job, and include loading
/// the model. They are far above what a slow machine needs: a worker that
/// overruns is taken for hung, not for slow.
const TEXTS_DEADLINE: Duration = Duration::from_secs(60);
const PICTURE_DEADLINE: Duration = Duration::from_secs(60);
/// Several crops, or several looks at one.
const SCREEN_DEADLINE: Duration = Duration::from_secs(120);
/// A page full of text is many lines, each through the recogniser.
const READ_DEADLINE: Duration = Duration::from_secs(240);

impl Task {
    /// An image embedding by the bundled tower.
    pub fn embed_image(picture: Arc<Rgb8>) -> Self {
        Task::EmbedImage {
            picture,
            model: None,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Task::EmbedImage { .. } => Kind::EmbedImage,
            Task::Classify(_) => Kind::Classify,
            Task::Screen(_) => Kind::Screen,
            Task::ReadText(_) => Kind::ReadText,
            Task::FindSubjects(_) => Kind::FindSubjects,
            Task::EmbedTexts(_) => Kind::EmbedTexts,
            Task::EmbedQuery(_) => Kind::EmbedQuery,
        }
    }

    /// The texts that it is about; none for pictures.
    pub fn texts(&self) -> Option<&[String]> {
        match self {
            Task::EmbedTexts(texts) | Task::EmbedQuery(texts) => Some(texts),
            _ => None,
        }
    }

    /// One task with the texts of all; none where they are not texts of one
    /// kind.
    pub(super) fn merge(tasks: &[Task]) -> Option<Task> {
        let kind = tasks.first()?.kind();
        let mut all = Vec::new();
        for task in tasks {
            if task.kind() != kind {
                return None;
            }
            all.extend_from_slice(task.texts()?);
        }
        match kind {
            Kind::EmbedTexts => Some(Task::EmbedTexts(all)),
            Kind::EmbedQuery => Some(Task::EmbedQuery(all)),
            _ => None,
        }
    }

    /// The smallest task of a kind, to see whether its model answers.
    pub(super) fn probe(kind: Kind) -> Task {
        let picture = || Arc::new(Rgb8::flat(224, 224, [127, 127, 127]));
        let texts = || vec!["ready".to_owned()];
        match kind {
            Kind::EmbedImage => Task::embed_image(picture()),
            Kind::Classify => Task::Classify(picture()),
            Kind::Screen => Task::Screen(picture()),
            Kind::ReadText => Task::ReadText(picture()),
            Kind::FindSubjects => Task::FindSubjects(picture()),
            Kind::EmbedTexts => Task::EmbedTexts(texts()),
            Kind::EmbedQuery => Task::EmbedQuery(texts()),
        }
    }
}

impl Kind {
    /// All, in the order of [`Kind`] itself.
    pub const ALL: [Kind; 7] = [
        Kind::EmbedImage,
        Kind::Classify,
        Kind::Screen,
        Kind::ReadText,
        Kind::FindSubjects,
        Kind::EmbedTexts,
        Kind::EmbedQuery,
    ];

    /// As paths, logs and metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::EmbedImage => "embed-image",
            Kind::Classify => "classify",
            Kind::Screen => "screen",
            Kind::ReadText => "read-text",
            Kind::FindSubjects => "find-subjects",
            Kind::EmbedTexts => "embed-texts",
            Kind::EmbedQuery => "embed-query",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// How long a worker may take over one before it counts as hung.
    pub fn deadline(self) -> Duration {
        match self {
            Kind::EmbedTexts | Kind::EmbedQuery => TEXTS_DEADLINE,
            Kind::EmbedImage | Kind::Classify => PICTURE_DEADLINE,
            Kind::Screen | Kind::FindSubjects => SCREEN_DEADLINE,
            Kind::ReadText => READ_DEADLINE,
        }
    }
}
