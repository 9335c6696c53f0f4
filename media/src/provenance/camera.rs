//! EXIF: what generators leave in it, and what a real exposure looks like.

use super::{Fact, FactKind, Says, generators, texts};
use crate::exif::{self, Ifd, Tiff, tag};

/// How many of a shot's settings make a camera believable.
const ENOUGH_SETTINGS: usize = 3;
/// Bytes of one field.
const MAX_FIELD: usize = super::embedded::MAX_TEXT;

/// What a TIFF structure says.
pub(super) fn facts(data: &[u8]) -> Vec<Fact> {
    let Some((tiff, first)) =
        Tiff::parse(data).and_then(|tiff| Some((tiff, tiff.ifd(tiff.first)?)))
    else {
        return Vec::new();
    };
    let shot = first
        .get(tag::EXIF_IFD)
        .and_then(|entry| tiff.uint(entry, 0))
        .and_then(|offset| tiff.ifd(offset));
    let mut facts = fields(&tiff, &first);
    if let Some(shot) = &shot {
        let comment = shot.get(tag::USER_COMMENT);
        if let Some(text) = comment.and_then(|entry| comment_text(&tiff, tiff.bytes(entry)?))
            && let Some((says, detail)) = texts::reading("UserComment", &text)
        {
            facts.push(Fact::new(FactKind::Exif, says, detail));
        }
        facts.extend(camera(data, shot));
    }
    if facts.iter().any(|fact| fact.says.is_ai()) {
        facts.retain(|fact| fact.says.is_ai());
    }
    facts
}

/// The fields of the first directory that name programs or carry their texts.
fn fields(tiff: &Tiff<'_>, first: &Ifd) -> Vec<Fact> {
    let text = |tag| {
        let bytes = first.get(tag).and_then(|entry| tiff.bytes(entry))?;
        let bytes = &bytes[..bytes.len().min(MAX_FIELD)];
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_matches(['\0', ' ']).to_owned();
        (!text.is_empty()).then_some(text)
    };
    let fact = |says, detail: String| Fact::new(FactKind::Exif, says, detail);
    let mut facts = Vec::new();
    for (tag, name) in [
        (tag::SOFTWARE, "software"),
        (tag::MAKE, "maker"),
        (tag::MODEL, "model"),
    ] {
        let Some(text) = text(tag) else {
            continue;
        };
        // ComfyUI keeps its graphs where WebP has room: behind "prompt:" and "workflow:"
        if let Some((key, graph)) = text.split_once(':')
            && matches!(key, "prompt" | "workflow" | "Prompt" | "Workflow")
            && let Some((says, detail)) = texts::reading(&key.to_lowercase(), graph)
        {
            facts.push(fact(says, detail));
        } else if let Some(program) = generators::named_in(&text) {
            let detail = format!("EXIF {name}: {}", program.name);
            facts.push(fact(program.says, detail));
        }
    }
    if let Some(text) = text(tag::DESCRIPTION)
        && let Some((says, detail)) = texts::reading("Description", &text)
    {
        facts.push(fact(says, detail));
    }
    facts
}

/// A maker and the settings of a shot. Weak: it is copied along by every editor, and by
/// generators that are given a photo.
fn camera(data: &[u8], shot: &Ifd) -> Option<Fact> {
    let settings = [
        tag::EXPOSURE_TIME,
        tag::F_NUMBER,
        tag::ISO,
        tag::FOCAL_LENGTH,
        tag::LENS_MODEL,
    ];
    let told = settings.iter().filter(|tag| shot.get(**tag).is_some());
    let camera = exif::camera_fields(data).camera?;
    if told.count() < ENOUGH_SETTINGS || generators::named_in(&camera).is_some() {
        return None;
    }
    let detail = format!("settings of a shot with a {camera}");
    Some(Fact::new(FactKind::Exif, Says::Camera, detail))
}

/// Eight bytes name the character set, the text follows.
fn comment_text(tiff: &Tiff<'_>, bytes: &[u8]) -> Option<String> {
    let (charset, text) = bytes.split_first_chunk::<8>()?;
    let text = &text[..text.len().min(MAX_FIELD)];
    if charset != b"UNICODE\0" {
        return Some(String::from_utf8_lossy(text).into_owned());
    }
    // UTF-16 in the file's order, so the standard says; libraries write what they like,
    // and so the zeros of ASCII decide
    let zeros = |odd: usize| {
        text.iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let big = match zeros(0).cmp(&zeros(1)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => tiff.big_endian,
    };
    let (pairs, _) = text.as_chunks::<2>();
    let units = pairs.iter().map(|pair| {
        if big {
            u16::from_be_bytes(*pair)
        } else {
            u16::from_le_bytes(*pair)
        }
    });
    let text = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(text.collect())
}
