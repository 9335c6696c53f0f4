//! What is asked of which picture, and how an address says it.

use protocol::ElementId;
use protocol::value::TagName;
use protocol::visual::{Region, VisualMode, VisualQuery};

use super::frame;

/// What of the picture counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scope {
    /// What the box shows.
    #[default]
    Part,
    /// All that it shows.
    Whole,
    /// The colours in the box.
    Colors,
}

/// All that can be set.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Stays while it does not count, so that it is there again later.
    pub region: Region,
    pub scope: Scope,
    pub text: String,
    pub tags: Vec<TagName>,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            region: frame::START,
            scope: Scope::Part,
            text: String::new(),
            tags: Vec::new(),
        }
    }
}

impl Asked {
    /// From an address; what makes no sense is as if it were not there.
    pub fn read(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in pairs(query) {
            match name {
                "box" => asked.region = Region::from_box(&value).unwrap_or(asked.region),
                "text" => asked.text = value,
                "mode" if value == "colors" => asked.scope = Scope::Colors,
                "mode" if value == "whole" => asked.scope = Scope::Whole,
                "tag" => {
                    if let Ok(tag) = value.parse::<TagName>()
                        && !asked.tags.contains(&tag)
                    {
                        asked.tags.push(tag);
                    }
                }
                _ => {}
            }
        }
        asked
    }

    /// The address's query, without `?`.
    pub fn write(&self, of: &Of) -> String {
        let mut parts = Vec::new();
        match of {
            Of::Element(id) => parts.push(format!("element={id}")),
            Of::Address(url) => parts.push(format!("url={}", escape(url))),
            Of::File => {}
        }
        parts.push(format!("box={}", self.region.to_box()));
        match self.scope {
            Scope::Part => {}
            Scope::Whole => parts.push("mode=whole".into()),
            Scope::Colors => parts.push("mode=colors".into()),
        }
        if !self.text.trim().is_empty() {
            parts.push(format!("text={}", escape(self.text.trim())));
        }
        for tag in &self.tags {
            parts.push(format!("tag={}", escape(tag.as_str())));
        }
        parts.join("&")
    }

    /// As the server is asked.
    pub fn query(&self, of: &Of) -> VisualQuery {
        let text = self.text.trim();
        let (element, url) = match of {
            Of::Element(id) => (Some(id.clone()), None),
            Of::Address(url) => (None, Some(url.clone())),
            Of::File => (None, None),
        };
        VisualQuery {
            element,
            url,
            region: (self.scope != Scope::Whole).then_some(self.region),
            text: (!text.is_empty()).then(|| text.to_owned()),
            mode: match self.scope {
                Scope::Colors => VisualMode::Colors,
                _ => VisualMode::Content,
            },
            tags: self.tags.clone(),
            limit: None,
        }
    }

    /// Is more asked for than likeness?
    pub fn narrowed(&self) -> bool {
        !self.tags.is_empty() || !self.text.trim().is_empty()
    }

    /// With the tag, or without it if it was there.
    pub fn toggled(&self, tag: &TagName) -> Self {
        let mut next = self.clone();
        match next.tags.iter().position(|old| old == tag) {
            Some(at) => {
                next.tags.remove(at);
            }
            None => next.tags.push(tag.clone()),
        }
        next
    }
}

/// Whose picture it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Of {
    Element(ElementId),
    /// One elsewhere, which the server fetches.
    Address(String),
    /// A file that comes along.
    File,
}

impl Of {
    /// What an address of the app names.
    pub fn read(query: &str) -> Option<Self> {
        let find = |wanted| pairs(query).find(|(name, _)| *name == wanted);
        if let Some((_, value)) = find("element") {
            return value.parse().ok().map(Of::Element);
        }
        let url = find("url")?.1.trim().to_owned();
        (!url.is_empty()).then_some(Of::Address(url))
    }
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, String)> {
    let pairs = query.trim_start_matches('?').split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name, unescape(value)))
}

pub fn escape(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 3)
            .filter(|_| *byte == b'%')
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(match (code, byte) {
            (Some(code), _) => code,
            (None, b'+') => b' ',
            (None, byte) => *byte,
        });
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_restores_what_was_asked() {
        let id = ElementId::from_parts(1, 2);
        let asked = Asked {
            region: Region::from_box("100,200,300,400").expect("a box"),
            scope: Scope::Colors,
            text: "blue & “wet” 100%".into(),
            tags: vec!["tiger cat".parse().expect("a tag")],
        };
        let of = Of::Element(id);
        let query = asked.write(&of);
        assert_eq!(Asked::read(&query), asked);
        assert_eq!(Of::read(&format!("?{query}")), Some(of));
        let of = Of::Address("https://example.org/a?b=1&box=0,0,1,1#c".into());
        let query = asked.write(&of);
        assert_eq!(Asked::read(&query), asked, "its own query is not ours");
        assert_eq!(Of::read(&query), Some(of));
    }

    #[test]
    fn nonsense_in_an_address_asks_for_the_usual() {
        let asked = Asked::read("?box=9,9&mode=x&tag=&tag=%FF&text");
        assert_eq!(asked.region, frame::START);
        assert_eq!(asked.scope, Scope::Part);
        assert_eq!(Of::read("?element=x"), None);
        assert_eq!(Of::read("?url=+"), None);
    }

    #[test]
    fn the_whole_picture_is_asked_about_without_a_box() {
        let mut asked = Asked::default();
        assert!(asked.query(&Of::File).region.is_some());
        asked.scope = Scope::Whole;
        assert_eq!(asked.query(&Of::File).region, None);
        asked.scope = Scope::Colors;
        assert_eq!(asked.query(&Of::File).mode, VisualMode::Colors);
        assert_eq!(asked.query(&Of::File).region, Some(frame::START));
        let url = Of::Address("https://example.org/a.jpg".into());
        let query = asked.query(&url);
        assert_eq!((query.element, query.url.is_some()), (None, true));
    }

    #[test]
    fn a_tag_that_is_chosen_again_is_let_go() {
        let tag: TagName = "cat".parse().expect("a tag");
        let with = Asked::default().toggled(&tag);
        assert!(with.narrowed());
        assert!(!with.toggled(&tag).narrowed());
    }

    proptest! {
        #[test]
        fn any_words_survive_an_address(text in "\\PC{0,40}") {
            prop_assert_eq!(unescape(&escape(&text)), text);
        }
    }
}
