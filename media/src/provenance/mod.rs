//! What a file says about how it was made: by a camera, by a program, by an AI generator.
//!
//! Read from the original bytes, before metadata is stripped. Nothing here is proof: all of
//! it can be removed, most of it can be forged, and signatures are not checked. It is
//! evidence, ordered by how hard it is to come by honestly, for whoever decides.
//!
//! Details are for people and never carry prompts, places or personal names.

mod binding;
mod c2pa;
mod camera;
mod cbor;
mod embedded;
mod generators;
mod jumbf;
mod signer;
mod source_type;
mod texts;
mod xmp;

use crate::Format;

/// Everything a file says about its making, strongest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Provenance {
    /// By kind in the order of [`FactKind`], then by statement in the order of [`Says`].
    pub facts: Vec<Fact>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Fact {
    /// Where it was found.
    pub kind: FactKind,
    /// What it says.
    pub says: Says,
    /// For people, at most 120 characters.
    pub detail: String,
}

/// Where a statement was found; harder to come by first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// A C2PA manifest (Content Credentials). Its signature is not checked.
    C2pa,
    /// XMP: IPTC's digital source type, the tool, the credit line.
    Xmp,
    /// Text that generators write into files: PNG text, JPEG comments.
    PngText,
    /// EXIF fields.
    Exif,
}

/// What a statement says about the picture.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// A generative model made it.
    AiMade,
    /// A generative model made parts of it or changed it.
    AiEdited,
    /// A camera or scanner took it.
    Camera,
    /// A program that is no generator wrote it.
    Software,
}

impl Says {
    /// Whether a generative model had a hand in it.
    pub fn is_ai(self) -> bool {
        matches!(self, Says::AiMade | Says::AiEdited)
    }
}

impl Provenance {
    /// The strongest statement that a generative model made or changed the picture.
    pub fn ai(&self) -> Option<&Fact> {
        self.facts.iter().find(|fact| fact.says.is_ai())
    }
}

impl Fact {
    fn new(kind: FactKind, says: Says, detail: impl AsRef<str>) -> Self {
        Self {
            kind,
            says,
            detail: short(detail.as_ref()),
        }
    }
}

/// Characters of a detail at most.
const MAX_DETAIL: usize = 120;
/// Statements kept at most.
const MAX_FACTS: usize = 16;

/// Reads every statement from the bytes as they were uploaded.
///
/// Damaged metadata says nothing; the work is bounded by the size of the file.
pub fn provenance(bytes: &[u8], format: Format) -> Provenance {
    let embedded = embedded::collect(bytes, format);
    let mut facts = c2pa::facts(bytes, &embedded.manifests);
    facts.extend(xmp::facts(&embedded.xmp));
    facts.extend(texts::facts(&embedded.texts));
    facts.extend(embedded.exif.iter().flat_map(|exif| camera::facts(exif)));
    // the same thing said twice is said once
    facts.sort_by(|one, other| {
        (one.kind, one.says, &one.detail).cmp(&(other.kind, other.says, &other.detail))
    });
    facts.dedup();
    facts.truncate(MAX_FACTS);
    Provenance { facts }
}

/// Text from a file as it may be shown: one line, printable, cut.
fn short(text: &str) -> String {
    let mut out = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.extend(word.chars().take(MAX_DETAIL));
        }
        if out.len() > 4 * MAX_DETAIL {
            break;
        }
    }
    if out.chars().count() > MAX_DETAIL {
        out = out.chars().take(MAX_DETAIL - 1).collect();
        out.push('…');
    }
    out
}
