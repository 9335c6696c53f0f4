//! Is a picture covered, and why?

use protocol::element::Element;
use protocol::label::{Label, LabelName, LabelPreferences, Treatment, Verdict};
use yew::prelude::*;

use crate::store::{Viewer, use_me, use_revealed};

/// Why a picture is covered.
#[derive(Debug, Clone, PartialEq)]
pub struct Covered {
    pub label: Label,
    /// What the viewer set for such pictures; none where the page covers them
    /// whatever is set.
    pub wish: Option<Treatment>,
}

/// Whether a picture can be seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Exposure {
    /// Asks for a cover.
    pub why: Option<Covered>,
    pub revealed: bool,
}

impl Exposure {
    pub fn is_covered(&self) -> bool {
        self.why.is_some() && !self.revealed
    }
}

/// As the viewer wants it.
#[hook]
pub fn use_exposure(element: &Element) -> Exposure {
    let viewer = use_me().map(|me| Viewer::of(&me));
    let revealed = use_revealed().has(&element.id);
    let (wish, label) = match &viewer {
        Some(viewer) => viewer.treatment(element),
        None => LabelPreferences::default().treatment(&element.labels),
    };
    let why = label
        .filter(|_| wish != Treatment::Show)
        .map(|label| Covered {
            label: label.clone(),
            wish: Some(wish),
        });
    Exposure { why, revealed }
}

/// The same preferences, but pictures with such a label are shown.
pub fn showing(wishes: LabelPreferences, label: &Label) -> LabelPreferences {
    let mut wishes = wishes;
    match (label.label, label.verdict) {
        (LabelName::Nsfw, Verdict::Explicit) => wishes.explicit = Treatment::Show,
        (LabelName::Nsfw, _) => wishes.sensitive = Treatment::Show,
        (LabelName::AiMade, _) => wishes.ai_made = Treatment::Show,
        _ => {}
    }
    wishes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::labelled;

    #[test]
    fn always_showing_one_label_leaves_the_others_covered() {
        let wishes = LabelPreferences::default();
        let explicit = labelled(1, (LabelName::Nsfw, Verdict::Explicit));
        let after = showing(wishes, &explicit.labels[0]);
        assert_eq!(after.treatment(&explicit.labels).0, Treatment::Show);
        let sensitive = labelled(2, (LabelName::Nsfw, Verdict::Sensitive));
        assert_eq!(after.treatment(&sensitive.labels).0, Treatment::Blur);
    }
}
