//! Automated judgements with their evidence, and what people say to them.

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::element::Element;
use crate::value::Handle;

/// An automated judgement, or a person's word in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Label {
    pub label: LabelName,
    pub verdict: Verdict,
    /// How sure, in 0…1; 1 where a person decided.
    pub confidence: f32,
    /// What it rests on, strongest first.
    pub evidence: Vec<Evidence>,
    #[serde(default)]
    pub source: LabelSource,
    /// Which models and formulas judged, with their versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The latest appeal against it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub appeal: Option<Appeal>,
}

impl Label {
    /// The flag by which lists leave an element out for those who asked for
    /// that: label and verdict. None where nobody can ask for it, and where a
    /// model alone says that a generator was at work: too weak to hide by.
    pub fn flag(&self) -> Option<&'static str> {
        match (self.label, self.verdict) {
            (LabelName::Nsfw, Verdict::Sensitive) => Some(FLAGS[0]),
            (LabelName::Nsfw, Verdict::Explicit) => Some(FLAGS[1]),
            (LabelName::AiMade, Verdict::Yes) if !self.rests_on_a_model_alone() => Some(FLAGS[2]),
            _ => None,
        }
    }

    /// No metadata, declaration or person says so.
    pub fn rests_on_a_model_alone(&self) -> bool {
        self.source == LabelSource::Model && self.evidence.iter().all(|e| e.kind == "model")
    }
}

/// Every flag that [`Label::flag`] knows.
pub const FLAGS: [&str; 3] = ["nsfw:sensitive", "nsfw:explicit", "ai_made:yes"];

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// As on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }

            /// The one of that name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    };
}

words! {
    /// What is judged.
    LabelName {
        /// Nudity: `none`, `unsure`, `sensitive` or `explicit`.
        Nsfw = "nsfw",
        /// Made by a generator: `yes`, `unsure` or `no`.
        AiMade = "ai_made",
        /// `photo`, `illustration`, `screenshot` or `unsure`.
        Style = "style",
        /// Mostly text: `yes`, `unsure` or `no`, as all that follow.
        TextHeavy = "text_heavy",
        Monochrome = "monochrome",
        Blurry = "blurry",
        Dark = "dark",
    }
}

words! {
    /// What the judgement says; which of them a label can say stands there.
    Verdict {
        None = "none",
        No = "no",
        Unsure = "unsure",
        Sensitive = "sensitive",
        Explicit = "explicit",
        Yes = "yes",
        Photo = "photo",
        Illustration = "illustration",
        Screenshot = "screenshot",
    }
}

impl LabelName {
    /// What a person may decide it to be.
    pub fn verdicts(self) -> &'static [Verdict] {
        match self {
            LabelName::Nsfw => &[Verdict::None, Verdict::Sensitive, Verdict::Explicit],
            LabelName::Style => &[Verdict::Photo, Verdict::Illustration, Verdict::Screenshot],
            _ => &[Verdict::No, Verdict::Yes],
        }
    }

    /// Does an unsure verdict wait for a person? Others are harmless.
    pub fn is_reviewed(self) -> bool {
        matches!(self, LabelName::Nsfw | LabelName::AiMade)
    }
}

/// Who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LabelSource {
    #[default]
    Model,
    /// The owner said so of their own picture.
    Declared,
    /// A moderator decided, here or for the same picture elsewhere.
    Person,
}

/// One thing that a judgement rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Evidence {
    /// `c2pa`, `xmp`, `png_text`, `exif`, `declared`, `model`, `region`, `measure`, `ruling`.
    pub kind: String,
    /// For people.
    pub detail: String,
    /// What it says by itself, in 0…1, where it is a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
}

/// Somebody disagrees with a label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Appeal {
    pub state: AppealState,
    /// Why, in the words of who appealed.
    pub note: String,
    pub at: Timestamp,
    /// The moderator's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AppealState {
    Open,
    /// The label was changed.
    Granted,
    /// The label stays.
    Declined,
}

/// `POST elements/{id}/labels/{label}/appeal`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    /// Why the label is wrong.
    pub note: String,
}

/// One label that waits for a moderator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Review {
    pub element: Element,
    pub label: LabelName,
    pub why: ReviewReason,
    /// Who appealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Handle>,
    pub since: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReviewReason {
    Appealed,
    Unsure,
}

/// `POST admin/reviews/{element}/{label}`: a moderator's word. It sticks to
/// the file and to what looks nearly the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    pub verdict: Verdict,
    #[serde(default)]
    pub note: String,
}

/// What a viewer wants done with labelled pictures of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LabelPreferences {
    pub sensitive: Treatment,
    pub explicit: Treatment,
    pub ai_made: Treatment,
}

impl Default for LabelPreferences {
    fn default() -> Self {
        Self {
            sensitive: Treatment::Blur,
            explicit: Treatment::Blur,
            ai_made: Treatment::Show,
        }
    }
}

impl LabelPreferences {
    /// What is to be done with a picture that carries these labels: the
    /// strictest of what each asks for, and the label that asks for it.
    pub fn treatment<'a>(&self, labels: &'a [Label]) -> (Treatment, Option<&'a Label>) {
        let asks = |label: &Label| match (label.label, label.verdict) {
            (LabelName::Nsfw, Verdict::Sensitive) => self.sensitive,
            (LabelName::Nsfw, Verdict::Explicit) => self.explicit,
            (LabelName::AiMade, Verdict::Yes) if label.flag().is_none() => {
                self.ai_made.min(Treatment::Blur)
            }
            (LabelName::AiMade, Verdict::Yes) => self.ai_made,
            _ => Treatment::Show,
        };
        labels
            .iter()
            .map(|label| (asks(label), Some(label)))
            .filter(|(treatment, _)| *treatment != Treatment::Show)
            .max_by_key(|(treatment, _)| *treatment)
            .unwrap_or((Treatment::Show, None))
    }

    /// The flags that are to be left out of lists.
    pub fn hidden(&self) -> Vec<&'static str> {
        let wishes = [self.sensitive, self.explicit, self.ai_made];
        let hidden = FLAGS.into_iter().zip(wishes);
        hidden
            .filter(|(_, wish)| *wish == Treatment::Hide)
            .map(|(flag, _)| flag)
            .collect()
    }
}

#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    #[default]
    Show,
    /// Behind a blur with the reason and a button.
    Blur,
    /// In no list and no search.
    Hide,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(label: LabelName, verdict: Verdict) -> Label {
        Label {
            label,
            verdict,
            confidence: 0.9,
            evidence: Vec::new(),
            source: LabelSource::Model,
            model: None,
            appeal: None,
        }
    }

    #[test]
    fn the_strictest_wish_counts_and_names_its_label() {
        let preferences = LabelPreferences {
            ai_made: Treatment::Hide,
            ..LabelPreferences::default()
        };
        let mut labels = [
            label(LabelName::Nsfw, Verdict::Explicit),
            label(LabelName::AiMade, Verdict::Yes),
        ];
        // a model alone hides nothing
        assert_eq!(preferences.treatment(&labels).0, Treatment::Blur);
        labels[1].source = LabelSource::Declared;
        let (treatment, why) = preferences.treatment(&labels);
        assert_eq!(treatment, Treatment::Hide);
        assert_eq!(why.map(|l| l.label), Some(LabelName::AiMade));
        assert_eq!(preferences.hidden(), ["ai_made:yes"]);
        assert_eq!(labels[1].flag(), Some("ai_made:yes"));
        // nor does one that is not sure
        let unsure = [label(LabelName::Nsfw, Verdict::Unsure)];
        assert_eq!(preferences.treatment(&unsure).0, Treatment::Show);
    }

    #[test]
    fn every_name_is_read_as_it_is_written() {
        for name in LabelName::ALL {
            assert_eq!(LabelName::parse(name.as_str()), Some(*name));
            let json = serde_json::to_string(name).unwrap();
            assert_eq!(json, format!("\"{}\"", name.as_str()));
        }
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::parse(verdict.as_str()), Some(*verdict));
        }
    }
}
