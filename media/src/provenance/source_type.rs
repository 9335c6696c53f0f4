//! IPTC's digital source types (NewsCodes, <https://cv.iptc.org/newscodes/digitalsourcetype/>)
//! and C2PA's additions, which C2PA actions and XMP both use.

use super::Says;

/// What a source type says, with words for people; `None` for one that is unknown.
///
/// Only its last part counts: it is written as http, https or a bare code.
pub(super) fn meaning(source_type: &str) -> Option<(Says, &'static str)> {
    let code = source_type.trim().trim_end_matches('/');
    let code = code.rsplit(['/', ':', '#']).next()?;
    TYPES
        .iter()
        .find(|(name, ..)| name.eq_ignore_ascii_case(code))
        .map(|(_, says, words)| (*says, *words))
}

/// `algorithmicMedia` is by definition *not* based on training data, so it is no AI.
const TYPES: &[(&str, Says, &str)] = &[
    (
        "trainedAlgorithmicMedia",
        Says::AiMade,
        "made by a trained model",
    ),
    (
        "trainedAlgorithmicData",
        Says::AiMade,
        "data made by a trained model",
    ),
    (
        "compositeWithTrainedAlgorithmicMedia",
        Says::AiEdited,
        "edited with a trained model",
    ),
    (
        "compositeSynthetic",
        Says::AiEdited,
        "a composite with parts made by a trained model",
    ),
    ("digitalCapture", Says::Camera, "taken by a digital camera"),
    (
        "computationalCapture",
        Says::Camera,
        "computed from several shots of a camera",
    ),
    (
        "compositeCapture",
        Says::Camera,
        "composed of several photos",
    ),
    ("negativeFilm", Says::Camera, "scanned from a negative"),
    ("positiveFilm", Says::Camera, "scanned from a slide"),
    ("print", Says::Camera, "scanned from paper"),
    ("humanEdits", Says::Software, "edited by people"),
    (
        "minorHumanEdits",
        Says::Software,
        "lightly edited by people",
    ),
    (
        "algorithmicallyEnhanced",
        Says::Software,
        "enhanced by an algorithm",
    ),
    (
        "algorithmicMedia",
        Says::Software,
        "made by an algorithm without training data",
    ),
    (
        "digitalCreation",
        Says::Software,
        "made by people with software",
    ),
    ("digitalArt", Says::Software, "made by people with software"),
    ("softwareImage", Says::Software, "made with software"),
    ("dataDrivenMedia", Says::Software, "drawn from data"),
    ("screenCapture", Says::Software, "a screenshot"),
    (
        "virtualRecording",
        Says::Software,
        "recorded in a virtual scene",
    ),
    ("composite", Says::Software, "a composite"),
];
