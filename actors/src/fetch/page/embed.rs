//! What an oEmbed description adds to a page.

use protocol::limits;
use serde::Deserialize;
use serde_json::Value;

use super::rank::ranked;
use super::text::tidy;
use super::{Candidate, Named, Page};

/// Numbers come as numbers or as texts, names as anything.
#[derive(Deserialize)]
struct Description {
    #[serde(rename = "type")]
    kind: Option<String>,
    url: Option<String>,
    width: Option<Value>,
    height: Option<Value>,
    title: Option<String>,
    author_name: Option<String>,
    provider_name: Option<String>,
    thumbnail_url: Option<String>,
    thumbnail_width: Option<Value>,
    thumbnail_height: Option<Value>,
}

impl Page {
    /// Adds what the description says; nonsense adds nothing.
    pub fn take_embed(&mut self, bytes: &[u8]) {
        let Ok(said) = serde_json::from_slice::<Description>(bytes) else {
            return;
        };
        let text = |text: Option<String>, most| text.and_then(|text| tidy(&text, most));
        self.title = self.title.take().or(text(said.title, limits::TITLE_MAX));
        // it names a person where a page's `author` may be its publisher
        self.author = text(said.author_name, limits::AUTHOR_MAX).or(self.author.take());
        self.site = self
            .site
            .take()
            .or(text(said.provider_name, limits::AUTHOR_MAX));
        let photo = said.url.filter(|_| said.kind.as_deref() == Some("photo"));
        self.add(Named::Photo, photo, said.width, said.height);
        let (width, height) = (said.thumbnail_width, said.thumbnail_height);
        self.add(Named::Thumbnail, said.thumbnail_url, width, height);
    }

    fn add(
        &mut self,
        named: Named,
        address: Option<String>,
        width: Option<Value>,
        height: Option<Value>,
    ) {
        let url = address.filter(|address| address.len() <= limits::URL_MAX);
        let Some(url) = url.and_then(|address| self.url.join(&address).ok()) else {
            return;
        };
        if !matches!(url.scheme(), "http" | "https") {
            return;
        }
        let (width, height) = (pixels(width), pixels(height));
        let mut pictures = std::mem::take(&mut self.pictures);
        match pictures.iter_mut().find(|known| known.url == url) {
            Some(known) => {
                known.named = known.named.min(named);
                known.width = known.width.or(width);
                known.height = known.height.or(height);
            }
            None => pictures.push(Candidate {
                url,
                width,
                height,
                alt: None,
                named,
            }),
        }
        self.pictures = ranked(pictures);
    }
}

fn pixels(value: Option<Value>) -> Option<u32> {
    let number = match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    number
        .and_then(|n| u32::try_from(n).ok())
        .filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use url::Url;

    fn page() -> Page {
        let html = br#"<title>Stream</title><meta name=author content="Photos Inc.">
            <meta property="og:image" content="/small.jpg">"#;
        read(
            html,
            None,
            Url::parse("https://example.org/").expect("an address"),
        )
    }

    #[test]
    fn a_photograph_is_what_the_page_is_about() {
        let mut page = page();
        page.take_embed(
            br#"{"type": "photo", "url": "https://cdn.example.org/large.jpg", "width": "2048",
                "height": 1365, "title": "Over the bay", "author_name": "Ada", "version": 1.0,
                "thumbnail_url": "/thumb.jpg", "thumbnail_width": null}"#,
        );
        assert_eq!(page.author.as_deref(), Some("Ada"));
        assert_eq!(page.title.as_deref(), Some("Stream"));
        let urls: Vec<&str> = page.pictures.iter().map(|p| p.url.path()).collect();
        assert_eq!(urls, ["/large.jpg", "/small.jpg", "/thumb.jpg"]);
        assert_eq!(page.pictures[0].width, Some(2048));
    }

    #[test]
    fn nonsense_adds_nothing() {
        for text in [
            "",
            "[]",
            "{\"title\": 7}",
            "{\"type\": \"photo\", \"url\": \"file:///a\"}",
        ] {
            let mut changed = page();
            changed.take_embed(text.as_bytes());
            assert_eq!(changed, page(), "{text}");
        }
    }
}
