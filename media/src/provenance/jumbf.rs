//! JUMBF (ISO/IEC 19566-5): labelled boxes within boxes, the wrapping of C2PA manifests.

/// A manifest store is three deep; assertions of assertions would be four.
const MAX_DEPTH: usize = 6;
/// Boxes in one store.
const MAX_BOXES: usize = 10_000;

/// A `jumb` box: its label and what is inside.
#[derive(Debug, Default)]
pub(super) struct Super<'a> {
    pub label: &'a str,
    /// Boxes with labels of their own.
    pub children: Vec<Super<'a>>,
    /// The data boxes, as (kind, data).
    pub content: Vec<([u8; 4], &'a [u8])>,
}

impl<'a> Super<'a> {
    /// The child with this label.
    pub fn child(&self, label: &str) -> Option<&Super<'a>> {
        self.children.iter().find(|child| child.label == label)
    }

    /// Data of the first `cbor` box.
    pub fn cbor(&self) -> Option<&'a [u8]> {
        let content = self.content.iter().find(|(kind, _)| kind == b"cbor");
        content.map(|(_, data)| *data)
    }
}

/// The superboxes at the top of the bytes.
pub(super) fn parse(bytes: &[u8]) -> Vec<Super<'_>> {
    let mut left = MAX_BOXES;
    let mut found = Super::default();
    fill(&mut found, bytes, 0, &mut left);
    found.children
}

fn fill<'a>(into: &mut Super<'a>, mut bytes: &'a [u8], depth: usize, left: &mut usize) {
    while let Some((kind, body, rest)) = next_box(bytes) {
        let Some(fewer) = left.checked_sub(1) else {
            return;
        };
        *left = fewer;
        match &kind {
            b"jumb" if depth < MAX_DEPTH => {
                let mut child = Super::default();
                fill(&mut child, body, depth + 1, left);
                into.children.push(child);
            }
            b"jumd" => into.label = label(body).unwrap_or_default(),
            _ => into.content.push((kind, body)),
        }
        bytes = rest;
    }
}

/// Kind, body, and what follows.
fn next_box(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let size = u32::from_be_bytes(*bytes.first_chunk()?);
    let kind = *bytes.get(4..)?.first_chunk()?;
    let (head, size) = match size {
        0 => (8, bytes.len()),
        1 => {
            let long = u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?);
            (16, usize::try_from(long).ok()?)
        }
        size => (8, size as usize),
    };
    let body = bytes.get(head..size)?;
    Some((kind, body, &bytes[size..]))
}

/// The description box: a type of 16 bytes, toggles, then the label when the toggles say so.
fn label(description: &[u8]) -> Option<&str> {
    const HAS_LABEL: u8 = 2;
    let toggles = *description.get(16)?;
    let text = description.get(17..)?;
    let end = text.iter().position(|byte| *byte == 0)?;
    (toggles & HAS_LABEL != 0).then(|| std::str::from_utf8(&text[..end]).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_lie_end_the_reading() {
        for bytes in [
            &b""[..],
            b"\0\0\0\x08jumb",
            b"\0\0\0\x07jumb",
            b"\xff\xff\xff\xffjumb",
            b"\0\0\0\x01jumb\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\x01jumb\0\0\0\0\0\0\0\0",
        ] {
            assert!(parse(bytes).iter().all(|found| found.children.is_empty()));
        }
        let nested = b"\0\0\0\0jumb".repeat(100_000);
        assert_eq!(parse(&nested).len(), 1);
    }
}
