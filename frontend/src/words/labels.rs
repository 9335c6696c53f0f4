//! Judgements in words.

use protocol::label::{Label, LabelName, LabelSource, Verdict};

use super::percent;

/// What a label is about.
pub fn subject(label: LabelName) -> &'static str {
    match label {
        LabelName::Nsfw => "Sensitive content",
        LabelName::AiMade => "Made with AI",
        LabelName::Style => "Kind of picture",
        LabelName::TextHeavy => "Mostly text",
        LabelName::Monochrome => "Monochrome",
        LabelName::Blurry => "Blurry",
        LabelName::Dark => "Dark",
    }
}

/// What a verdict says of the picture, where a label stands without its subject.
pub fn verdict(label: LabelName, verdict: Verdict) -> &'static str {
    match (label, verdict) {
        (LabelName::Nsfw, Verdict::Sensitive) => "Sensitive",
        (LabelName::Nsfw, Verdict::Explicit) => "Explicit",
        (LabelName::Nsfw, Verdict::Unsure) => "Possibly sensitive",
        (LabelName::Nsfw, _) => "Not sensitive",
        (LabelName::AiMade, Verdict::Yes) => "AI-made",
        (LabelName::AiMade, Verdict::Unsure) => "Possibly AI-made",
        (LabelName::AiMade, _) => "Not AI-made",
        (LabelName::Style, Verdict::Photo) => "Photo",
        (LabelName::Style, Verdict::Illustration) => "Illustration",
        (LabelName::Style, Verdict::Screenshot) => "Screenshot",
        (LabelName::Style, _) => "Unclear kind",
        (LabelName::TextHeavy, Verdict::Yes) => "Mostly text",
        (LabelName::TextHeavy, Verdict::Unsure) => "Possibly mostly text",
        (LabelName::TextHeavy, _) => "Not mostly text",
        (LabelName::Monochrome, Verdict::Yes) => "Monochrome",
        (LabelName::Monochrome, Verdict::Unsure) => "Possibly monochrome",
        (LabelName::Monochrome, _) => "In colour",
        (LabelName::Blurry, Verdict::Yes) => "Blurry",
        (LabelName::Blurry, Verdict::Unsure) => "Possibly blurry",
        (LabelName::Blurry, _) => "Sharp",
        (LabelName::Dark, Verdict::Yes) => "Dark",
        (LabelName::Dark, Verdict::Unsure) => "Possibly dark",
        (LabelName::Dark, _) => "Bright enough",
    }
}

/// The few words that a card carries: only what viewers should know before
/// they look.
pub fn badge(label: &Label) -> Option<&'static str> {
    match (label.label, label.verdict) {
        (LabelName::Nsfw, Verdict::Sensitive) => Some("Sensitive"),
        (LabelName::Nsfw, Verdict::Explicit) => Some("Explicit"),
        (LabelName::AiMade, Verdict::Yes) => Some("AI"),
        _ => None,
    }
}

/// Stands above the evidence. What a person said is no guess.
pub fn evidence_title(label: &Label) -> String {
    let said = verdict(label.label, label.verdict);
    match (label.source, label.label, label.verdict) {
        (LabelSource::Person, ..) => format!("A moderator decided: {said}"),
        (LabelSource::Declared, ..) => format!("Its owner declares: {said}"),
        (_, LabelName::Nsfw, Verdict::Unsure) => "Why this might be sensitive".into(),
        (_, LabelName::Nsfw, Verdict::None) => "Why this doesn't look sensitive".into(),
        (_, LabelName::Nsfw, Verdict::Explicit) => "Why this looks explicit".into(),
        (_, LabelName::Nsfw, _) => "Why this looks sensitive".into(),
        (_, LabelName::AiMade, Verdict::Unsure) => "Why this might be AI-made".into(),
        (_, LabelName::AiMade, Verdict::Yes) => "Why this looks AI-made".into(),
        (_, LabelName::AiMade, _) => "Why this doesn't look AI-made".into(),
        _ => said.into(),
    }
}

/// How sure a judgement is, in words and as a number.
pub fn certainty(label: &Label) -> String {
    let words = match label.source {
        LabelSource::Person => return "decided by a person".into(),
        LabelSource::Declared => return "in its owner's word".into(),
        LabelSource::Model => match label.confidence {
            c if c >= 0.97 => "almost certain",
            c if c >= 0.85 => "very likely",
            c if c >= 0.7 => "likely",
            c if c >= 0.5 => "more likely than not",
            _ => "little to go by",
        },
    };
    format!("{words}, {}", percent(label.confidence))
}

/// Where a piece of evidence comes from.
pub fn evidence_kind(kind: &str) -> &str {
    match kind {
        "c2pa" => "Content credentials (C2PA)",
        "xmp" => "XMP metadata",
        "png_text" => "PNG metadata",
        "exif" => "EXIF metadata",
        "declared" => "The owner's word",
        "model" => "Model",
        "region" => "Part of the picture",
        "measure" => "Measurement",
        "ruling" => "Moderator",
        other => other,
    }
}

/// Why a picture carries the label, in one line.
pub fn reason(label: &Label) -> String {
    let first = label.evidence.first().map(|e| e.detail.trim());
    let detail = first.filter(|detail| !detail.is_empty());
    let who = match label.source {
        LabelSource::Person => "A moderator decided so".to_owned(),
        LabelSource::Declared => "Its owner says so".to_owned(),
        LabelSource::Model if label.verdict == Verdict::Unsure => "Models are unsure".to_owned(),
        LabelSource::Model => format!("Models are {} sure", percent(label.confidence)),
    };
    match (label.source, detail) {
        (LabelSource::Model, Some(detail)) => format!("{who}: {detail}"),
        _ => who,
    }
}

/// The pictures that a label covers, as in "Always show …".
pub fn when_covered(label: &Label) -> &'static str {
    match (label.label, label.verdict) {
        (LabelName::Nsfw, Verdict::Explicit) => "explicit pictures",
        (LabelName::Nsfw, _) => "sensitive pictures",
        _ => "AI-made pictures",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::label::Evidence;

    fn label(source: LabelSource, verdict: Verdict) -> Label {
        Label {
            label: LabelName::Nsfw,
            verdict,
            confidence: 0.974,
            evidence: vec![Evidence {
                kind: "region".into(),
                detail: "nudity in the lower left".into(),
                score: Some(0.97),
            }],
            source,
            model: None,
            appeal: None,
        }
    }

    #[test]
    fn a_model_gives_its_reason_and_people_are_named() {
        let by_model = label(LabelSource::Model, Verdict::Explicit);
        assert_eq!(
            reason(&by_model),
            "Models are 97 % sure: nudity in the lower left"
        );
        assert_eq!(certainty(&by_model), "almost certain, 97 %");
        let by_person = label(LabelSource::Person, Verdict::None);
        assert_eq!(
            evidence_title(&by_person),
            "A moderator decided: Not sensitive"
        );
        assert_eq!(certainty(&by_person), "decided by a person");
    }

    #[test]
    fn an_unsure_verdict_marks_no_card() {
        assert_eq!(badge(&label(LabelSource::Model, Verdict::Unsure)), None);
        let explicit = label(LabelSource::Model, Verdict::Explicit);
        assert_eq!(badge(&explicit), Some("Explicit"));
    }
}
