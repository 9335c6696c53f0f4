//! Which of an element's files to offer to the browser, and in which words.

use protocol::element::{Element, Media, TagState};

/// `srcset`s of one element.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// `srcset` of the AVIF files; empty where there are none.
    pub avif: String,
    /// `srcset` of the JPEG files.
    pub jpeg: String,
    /// The file for browsers that know no `srcset`.
    pub fallback: String,
}

impl Sources {
    /// `None` until there is something to show.
    pub fn of(element: &Element) -> Option<Self> {
        let jpeg = srcset(&element.media, "image/jpeg");
        let avif = srcset(&element.media, "image/avif");
        let fallback = middle(&element.media)?.url.clone();
        Some(Self {
            avif,
            jpeg,
            fallback,
        })
    }
}

/// The file as it was uploaded (without what is stripped from everything served).
pub fn original(element: &Element) -> Option<&Media> {
    element.media.iter().find(|m| m.variant == "original")
}

fn derived(media: &[Media]) -> impl Iterator<Item = &Media> {
    media.iter().filter(|m| m.variant != "original")
}

fn srcset(media: &[Media], mime: &str) -> String {
    derived(media)
        .filter(|m| m.mime == mime)
        .map(|m| format!("{} {}w", m.url, m.width))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A file for browsers that know no `srcset`, and the `srcset` of the others.
pub fn srcset_of(media: &[Media]) -> Option<(String, String)> {
    Some((middle(media)?.url.clone(), srcset(media, "image/jpeg")))
}

/// A JPEG of middle size, or whatever there is.
fn middle(media: &[Media]) -> Option<&Media> {
    let jpegs: Vec<_> = derived(media).filter(|m| m.mime == "image/jpeg").collect();
    jpegs
        .get(jpegs.len() / 2)
        .copied()
        .or_else(|| media.first())
}

/// What a screen reader says in place of the picture: its owner's words for
/// it, the title, or the surest tags, marked as automatic.
pub fn alt_text(element: &Element) -> String {
    let alt = element.alt.trim();
    if alt.is_empty() {
        named(element)
    } else {
        alt.to_owned()
    }
}

/// What it is called: the title, what stands in place of it, or its tags.
pub fn name_of(element: &Element) -> String {
    if element.title.trim().is_empty() {
        alt_text(element)
    } else {
        element.title.clone()
    }
}

fn named(element: &Element) -> String {
    if !element.title.trim().is_empty() {
        return element.title.clone();
    }
    match described(element) {
        Some(words) => format!("{words} (described automatically)"),
        None => format!("Untitled picture saved by {}", element.owner.display_name),
    }
}

/// What tags say that it shows; none before anything is known.
pub fn described(element: &Element) -> Option<String> {
    let mut tags: Vec<_> = element
        .tags
        .iter()
        .filter(|t| t.state != TagState::Rejected)
        .collect();
    tags.sort_by(|a, b| b.score.total_cmp(&a.score));
    let words: Vec<_> = tags.iter().take(3).map(|t| t.name.as_str()).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(variant: &str, mime: &str, width: u32) -> Media {
        Media {
            variant: variant.into(),
            url: format!("/media/x/{variant}"),
            mime: mime.into(),
            width,
            height: width,
        }
    }

    #[test]
    fn the_original_is_never_offered_beside_smaller_files() {
        let all = [
            media("jpeg-320", "image/jpeg", 320),
            media("jpeg-640", "image/jpeg", 640),
            media("original", "image/jpeg", 4000),
        ];
        assert_eq!(
            srcset(&all, "image/jpeg"),
            "/media/x/jpeg-320 320w, /media/x/jpeg-640 640w"
        );
        assert_eq!(middle(&all).map(|m| m.width), Some(640));
        assert_eq!(srcset(&all, "image/avif"), "");
    }

    #[test]
    fn its_owners_words_go_before_the_title_and_the_title_before_tags() {
        let mut element = crate::store::testing::element(1);
        assert_eq!(alt_text(&element), "Untitled picture saved by Ada");
        element.tags = vec![tag("door", 0.4), tag("blue", 0.9)];
        assert_eq!(alt_text(&element), "blue, door (described automatically)");
        element.title = "Home".into();
        assert_eq!(alt_text(&element), "Home");
        element.alt = "A blue door, ajar".into();
        assert_eq!(alt_text(&element), "A blue door, ajar");
        assert_eq!(name_of(&element), "Home");
        assert_eq!(described(&element).as_deref(), Some("blue, door"));
    }

    fn tag(name: &str, score: f32) -> protocol::element::Tag {
        protocol::element::Tag {
            name: name.parse().expect("a tag"),
            source: protocol::element::TagSource::Model,
            score,
            state: TagState::Suggested,
            band: None,
            implied_by: None,
        }
    }

    #[test]
    fn an_original_alone_is_better_than_nothing() {
        let all = [media("original", "image/gif", 10)];
        assert_eq!(middle(&all).map(|m| m.width), Some(10));
    }
}
