//! From what was measured and read to labels with their evidence.

use media::{Fact, FactKind, Says};
use ml::judgement::Reason;
use ml::nsfw::{Band, Judgement};
use protocol::label::{Evidence, Label, LabelName, LabelSource, Verdict};

/// How far metadata can be believed. Nobody adds a generator's mark to a
/// photo by accident; leaving it out is easy, so its absence says nothing.
const CONTENT_CREDENTIALS: f32 = 0.97;
const DECLARED_SOURCE: f32 = 0.95;
const GENERATOR_PARAMETERS: f32 = 0.95;
const GENERATOR_NAMED: f32 = 0.85;
/// Edited by a generator, wholly or in part: for people to judge.
const EDITED: f32 = 0.6;
/// A camera's marks can be forged or survive an edit: they only keep a model
/// from being believed.
const CAMERA: f32 = 0.3;

/// From where on the head of models is believed: see `docs/models/heads.md`.
#[derive(Debug, Clone, Copy)]
pub struct AiBands {
    pub unsure_from: f32,
    pub yes_from: f32,
}

/// The ladder: what the file says of itself goes before what it looks like.
/// `head` is the probability by looks, none without an embedding.
pub fn ai_made(facts: &[Fact], head: Option<f32>, bands: AiBands, model: &str) -> Label {
    let mut evidence: Vec<Evidence> = facts.iter().map(of_fact).collect();
    let told = facts.iter().filter(|f| f.says == Says::AiMade).map(weight);
    let told = told.fold(0.0, f32::max);
    let says = |what: Says| facts.iter().any(|f| f.says == what);
    if let Some(probability) = head {
        evidence.push(Evidence {
            kind: "model".into(),
            detail: "how it looks".into(),
            score: Some(probability),
        });
    }
    let looks = head.unwrap_or(0.0);
    let (verdict, confidence) = if told > 0.0 {
        (Verdict::Yes, told.max(looks))
    } else if says(Says::AiEdited) {
        (Verdict::Unsure, EDITED.max(looks))
    } else if looks >= bands.yes_from && says(Says::Camera) {
        (Verdict::Unsure, looks * (1.0 - CAMERA))
    } else if looks >= bands.yes_from {
        (Verdict::Yes, looks)
    } else if looks >= bands.unsure_from && !says(Says::Camera) {
        (Verdict::Unsure, looks)
    } else if head.is_none() && !says(Says::Camera) {
        // nothing speaks for it, and nobody has looked
        (Verdict::Unsure, 0.0)
    } else {
        (Verdict::No, 1.0 - looks)
    };
    label(LabelName::AiMade, verdict, confidence, evidence, model)
}

/// Nudity, as judged by two models over the whole and its parts.
pub fn nsfw(judgement: Judgement, model: &str) -> Label {
    let verdict = match judgement.verdict {
        Band::None => Verdict::None,
        Band::Unsure => Verdict::Unsure,
        Band::Sensitive => Verdict::Sensitive,
        Band::Explicit => Verdict::Explicit,
    };
    let evidence = judgement.evidence.into_iter().map(of_reason).collect();
    label(
        LabelName::Nsfw,
        verdict,
        judgement.confidence,
        evidence,
        model,
    )
}

/// Photo, illustration or screenshot by the surest, and whether it is mostly
/// text. `style` are the probabilities of photo, illustration, screenshot and
/// text-heavy.
pub fn style(style: [f32; 4], model: &str) -> [Label; 2] {
    /// Less than this is unsure.
    const SURE: f32 = 0.6;
    /// Text-heavy: between these, unsure.
    const TEXT: (f32, f32) = (0.35, 0.65);
    let kinds = [Verdict::Photo, Verdict::Illustration, Verdict::Screenshot];
    let best = (0..3)
        .max_by(|a, b| style[*a].total_cmp(&style[*b]))
        .expect("three kinds");
    let verdict = if style[best] >= SURE {
        kinds[best]
    } else {
        Verdict::Unsure
    };
    let by_looks = |score: f32| {
        vec![Evidence {
            kind: "model".into(),
            detail: "how it looks".into(),
            score: Some(score),
        }]
    };
    let text = match style[3] {
        p if p >= TEXT.1 => (Verdict::Yes, p),
        p if p >= TEXT.0 => (Verdict::Unsure, p.max(1.0 - p)),
        p => (Verdict::No, 1.0 - p),
    };
    [
        label(
            LabelName::Style,
            verdict,
            style[best],
            by_looks(style[best]),
            model,
        ),
        label(
            LabelName::TextHeavy,
            text.0,
            text.1,
            by_looks(style[3]),
            model,
        ),
    ]
}

/// What was measured in the pixels.
pub fn measured(name: LabelName, what: &media::Attribute, model: &str) -> Label {
    let (verdict, confidence) = match what.verdict {
        media::Tri::Yes => (Verdict::Yes, 0.9),
        media::Tri::Unsure => (Verdict::Unsure, 0.5),
        media::Tri::No => (Verdict::No, 0.9),
    };
    let evidence = vec![Evidence {
        kind: "measure".into(),
        detail: "measured in the pixels".into(),
        score: Some(what.value),
    }];
    label(name, verdict, confidence, evidence, model)
}

fn label(
    label: LabelName,
    verdict: Verdict,
    confidence: f32,
    evidence: Vec<Evidence>,
    model: &str,
) -> Label {
    Label {
        label,
        verdict,
        confidence: confidence.clamp(0.0, 1.0),
        evidence,
        source: LabelSource::Model,
        model: Some(model.to_owned()),
        appeal: None,
    }
}

fn weight(fact: &Fact) -> f32 {
    match fact.kind {
        FactKind::C2pa => CONTENT_CREDENTIALS,
        FactKind::Xmp => DECLARED_SOURCE,
        FactKind::PngText => GENERATOR_PARAMETERS,
        FactKind::Exif => GENERATOR_NAMED,
    }
}

fn of_fact(fact: &Fact) -> Evidence {
    let kind = match fact.kind {
        FactKind::C2pa => "c2pa",
        FactKind::Xmp => "xmp",
        FactKind::PngText => "png_text",
        FactKind::Exif => "exif",
    };
    Evidence {
        kind: kind.into(),
        detail: fact.detail.clone(),
        score: None,
    }
}

fn of_reason(reason: Reason) -> Evidence {
    Evidence {
        kind: reason.kind.into(),
        detail: reason.detail,
        score: reason.score,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANDS: AiBands = AiBands {
        unsure_from: 0.5,
        yes_from: 0.9,
    };

    fn fact(kind: FactKind, says: Says) -> Fact {
        Fact {
            kind,
            says,
            detail: "as read".into(),
        }
    }

    fn verdict(facts: &[Fact], head: Option<f32>) -> Verdict {
        ai_made(facts, head, BANDS, "test").verdict
    }

    #[test]
    fn what_a_file_says_of_itself_goes_before_its_looks() {
        let told = [fact(FactKind::C2pa, Says::AiMade)];
        assert_eq!(verdict(&told, Some(0.01)), Verdict::Yes);
        let both = [
            fact(FactKind::Exif, Says::Camera),
            fact(FactKind::PngText, Says::AiMade),
        ];
        assert_eq!(verdict(&both, Some(0.01)), Verdict::Yes);
        assert_eq!(
            verdict(&[fact(FactKind::Xmp, Says::AiEdited)], Some(0.1)),
            Verdict::Unsure
        );
    }

    #[test]
    fn looks_alone_are_believed_only_when_nothing_speaks_against_them() {
        assert_eq!(verdict(&[], Some(0.95)), Verdict::Yes);
        assert!(ai_made(&[], Some(0.95), BANDS, "test").flag().is_none());
        assert_eq!(verdict(&[], Some(0.7)), Verdict::Unsure);
        assert_eq!(verdict(&[], Some(0.1)), Verdict::No);
        let camera = [fact(FactKind::Exif, Says::Camera)];
        assert_eq!(verdict(&camera, Some(0.95)), Verdict::Unsure);
        assert_eq!(verdict(&camera, Some(0.7)), Verdict::No);
    }

    #[test]
    fn without_a_look_there_is_no_acquittal() {
        assert_eq!(verdict(&[], None), Verdict::Unsure);
        assert_eq!(ai_made(&[], None, BANDS, "test").confidence, 0.0);
    }

    #[test]
    fn a_style_that_is_not_clear_is_unsure() {
        let [kind, text] = style([0.4, 0.35, 0.25, 0.5], "test");
        assert_eq!(
            (kind.verdict, text.verdict),
            (Verdict::Unsure, Verdict::Unsure)
        );
        let [kind, text] = style([0.05, 0.05, 0.9, 0.9], "test");
        assert_eq!(
            (kind.verdict, text.verdict),
            (Verdict::Screenshot, Verdict::Yes)
        );
    }
}
