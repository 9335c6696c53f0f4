//! Reads a page token by token: no tree is built, so that what it takes is
//! bounded by the page's bytes.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};
use protocol::limits;
use url::Url;

use super::rank::Gathered;
use super::srcset::largest;
use super::text::{decoded, tidy};
use super::{Named, Page};

/// The page of these bytes; `kind` is the server's word on them.
pub fn read(bytes: &[u8], kind: Option<&str>, url: Url) -> Page {
    let text = decoded(bytes, kind);
    let reader = Reader(RefCell::new(Facts {
        base: url.clone(),
        gathered: Gathered::default(),
        titles: Titles::default(),
        embed: None,
        within_title: false,
    }));
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(&text));
    let tokenizer = Tokenizer::new(reader, TokenizerOpts::default());
    // scripts are not run, so nothing ever interrupts it
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    let facts = tokenizer.sink.0.into_inner();
    let titles = facts.titles;
    Page {
        url,
        title: titles
            .graph
            .or(titles.card)
            .or(tidy(&titles.head, limits::TITLE_MAX)),
        author: titles.author.or(titles.creator),
        site: titles.site,
        pictures: facts.gathered.ranked(),
        embed: facts.embed,
    }
}

struct Reader(RefCell<Facts>);

struct Facts {
    base: Url,
    gathered: Gathered,
    titles: Titles,
    embed: Option<Url>,
    within_title: bool,
}

/// What is said in words.
#[derive(Default)]
struct Titles {
    graph: Option<String>,
    card: Option<String>,
    head: String,
    author: Option<String>,
    creator: Option<String>,
    site: Option<String>,
}

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut facts = self.0.borrow_mut();
        match token {
            // of the first one, and not a book
            Token::CharacterTokens(text)
                if facts.within_title && facts.titles.head.len() < 4 * limits::TITLE_MAX =>
            {
                facts.titles.head.push_str(&text);
            }
            Token::TagToken(tag) => {
                let name: &str = &tag.name;
                let opens = tag.kind == TagKind::StartTag;
                facts.within_title =
                    opens && name == "title" && facts.titles.head.trim().is_empty();
                if opens {
                    facts.open(name, &tag);
                    return match name {
                        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                        "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                            TokenSinkResult::RawData(RawKind::Rawtext)
                        }
                        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                        _ => TokenSinkResult::Continue,
                    };
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl Facts {
    fn open(&mut self, name: &str, tag: &Tag) {
        match name {
            "base" => self.base(tag),
            "meta" => self.meta(tag),
            "link" => self.link(tag),
            "img" | "source" => self.image(name, tag),
            "video" => self.add(Named::Image, attribute(tag, "poster"), [None, None], None),
            _ => {}
        }
    }

    fn base(&mut self, tag: &Tag) {
        let base = attribute(tag, "href").and_then(|href| self.base.join(href).ok());
        if let Some(base) = base.filter(|base| matches!(base.scheme(), "http" | "https")) {
            self.base = base;
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let Some(content) = attribute(tag, "content") else {
            return;
        };
        let key = attribute(tag, "property").or(attribute(tag, "name"));
        let key = key.or(attribute(tag, "itemprop")).unwrap_or_default();
        let titles = &mut self.titles;
        let text = |most| tidy(content, most);
        let say = |place: &mut Option<String>, most| {
            if place.is_none() {
                *place = text(most);
            }
        };
        match key.trim().to_ascii_lowercase().as_str() {
            "og:image" | "og:image:url" => {
                self.add(Named::Graph, Some(content), [None, None], None);
            }
            "og:image:secure_url" => {
                let url = self.absolute(content);
                self.gathered.also_as(Named::Graph, url);
            }
            "og:image:width" => self.gathered.sized(Named::Graph, 0, pixels(content)),
            "og:image:height" => self.gathered.sized(Named::Graph, 1, pixels(content)),
            "og:image:alt" => self
                .gathered
                .described(Named::Graph, text(limits::TITLE_MAX)),
            "twitter:image" | "twitter:image:src" => {
                self.add(Named::Card, Some(content), [None, None], None);
            }
            "twitter:image:alt" => self
                .gathered
                .described(Named::Card, text(limits::TITLE_MAX)),
            "image" | "thumbnailurl" => {
                self.add(Named::Link, Some(content), [None, None], None);
            }
            "og:title" => say(&mut titles.graph, limits::TITLE_MAX),
            "twitter:title" => say(&mut titles.card, limits::TITLE_MAX),
            "og:site_name" | "application-name" => say(&mut titles.site, limits::AUTHOR_MAX),
            "author" | "dc.creator" | "dcterms.creator" => {
                say(&mut titles.author, limits::AUTHOR_MAX);
            }
            // often the address of a profile
            "article:author" if !content.contains("://") => {
                say(&mut titles.author, limits::AUTHOR_MAX);
            }
            "twitter:creator" => say(&mut titles.creator, limits::AUTHOR_MAX),
            _ => {}
        }
    }

    fn link(&mut self, tag: &Tag) {
        let rel = attribute(tag, "rel")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let has = |word: &str| rel.split_ascii_whitespace().any(|r| r == word);
        let href = attribute(tag, "href");
        let kind = attribute(tag, "type").unwrap_or_default();
        if has("image_src") {
            self.add(Named::Link, href, [None, None], None);
        } else if has("alternate") && kind.eq_ignore_ascii_case("application/json+oembed") {
            self.embed = self
                .embed
                .take()
                .or(href.and_then(|href| self.absolute(href)));
        } else if has("preload") && attribute(tag, "as") == Some("image") {
            let set = attribute(tag, "imagesrcset").and_then(largest);
            let (address, width) = set.map_or((href, None), |(a, w)| (Some(a), w));
            self.add(Named::Image, address, [width, None], None);
        }
    }

    fn image(&mut self, name: &str, tag: &Tag) {
        let size = ["width", "height"].map(|side| attribute(tag, side).and_then(pixels));
        let alt = attribute(tag, "alt").and_then(|alt| tidy(alt, limits::TITLE_MAX));
        let set = attribute(tag, "srcset").or(attribute(tag, "data-srcset"));
        match set.and_then(largest) {
            // the attributes say how large it is shown, not how large it is
            Some((address, Some(width))) => {
                let height = match size {
                    [Some(w), Some(h)] if w > 0 => {
                        u32::try_from(u64::from(width) * u64::from(h) / u64::from(w)).ok()
                    }
                    _ => None,
                };
                self.add(Named::Image, Some(address), [Some(width), height], alt);
            }
            Some((address, None)) => self.add(Named::Image, Some(address), size, alt),
            // a source's own `src` is a film or a sound
            None if name == "source" => {}
            None => {
                let lazy = ["data-src", "data-original", "data-lazy-src"];
                let lazy = lazy.iter().find_map(|name| attribute(tag, name));
                self.add(Named::Image, lazy.or(attribute(tag, "src")), size, alt);
            }
        }
    }

    fn add(
        &mut self,
        named: Named,
        address: Option<&str>,
        [width, height]: [Option<u32>; 2],
        alt: Option<String>,
    ) {
        if let Some(url) = address.and_then(|address| self.absolute(address)) {
            self.gathered.add(super::Candidate {
                url,
                width,
                height,
                alt,
                named,
            });
        }
    }

    fn absolute(&self, address: &str) -> Option<Url> {
        let address = address.trim();
        if address.is_empty() || address.len() > limits::URL_MAX {
            return None;
        }
        let url = self.base.join(address).ok()?;
        matches!(url.scheme(), "http" | "https").then_some(url)
    }
}

fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    let found = tag.attrs.iter().find(|a| &*a.name.local == name);
    found.map(|a| &*a.value)
}

/// `640`, `640px`.
fn pixels(text: &str) -> Option<u32> {
    let text = text.trim().trim_end_matches("px").trim();
    text.parse().ok().filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::super::Candidate;
    use super::*;
    use proptest::prelude::*;

    fn page(html: &str) -> Page {
        let url = Url::parse("https://example.org/posts/7?x=1").expect("an address");
        read(html.as_bytes(), Some("text/html; charset=utf-8"), url)
    }

    fn urls(page: &Page) -> Vec<&str> {
        page.pictures.iter().map(|p| p.url.as_str()).collect()
    }

    #[test]
    fn what_a_page_is_about_comes_before_what_it_shows() {
        let page = page(
            r##"<!doctype html><html><head><title>Wrong &amp; long</title>
            <meta property="og:title" content="A  blue
 door"><meta property="og:site_name" content="Doors">
            <meta name=author content="Ada L.">
            <meta name="twitter:image" content="/card.jpg">
            <meta property="og:image" content="//cdn.example.net/door.jpg?w=1200&amp;h=630">
            <meta property="og:image:width" content="1200"><meta property="og:image:height" content="630">
            <meta property="og:image:alt" content="a door">
            <link rel="image_src" href="link.jpg">
            <link rel="alternate" type="application/json+oembed" href="/oembed?url=7">
            </head><body><script>var a = "<img src='script.jpg'>";</script>
            <img src="logo.png" width="40" height="40">
            <img src="small.jpg" width=200 height=150 alt="a cat">
            <img src="a.jpg" srcset="a-320.jpg 320w, a-1600.jpg 1600w" width="320" height="200">
            <picture><source srcset="b.avif 800w"><img data-src="b.jpg" src="data:image/gif;base64,R0"></picture>
            <noscript><img src="c.jpg"></noscript>"##,
        );
        assert_eq!(page.title.as_deref(), Some("A blue door"));
        assert_eq!(page.site.as_deref(), Some("Doors"));
        assert_eq!(page.author.as_deref(), Some("Ada L."));
        let embed = page.embed.as_ref().map(Url::as_str);
        assert_eq!(embed, Some("https://example.org/oembed?url=7"));
        assert_eq!(
            urls(&page),
            [
                "https://cdn.example.net/door.jpg?w=1200&h=630",
                "https://example.org/card.jpg",
                "https://example.org/posts/link.jpg",
                "https://example.org/posts/a-1600.jpg",
                "https://example.org/posts/b.avif",
                "https://example.org/posts/b.jpg",
                "https://example.org/posts/c.jpg",
                "https://example.org/posts/small.jpg",
            ]
        );
        let first = &page.pictures[0];
        assert_eq!((first.width, first.height), (Some(1200), Some(630)));
        assert_eq!(first.alt.as_deref(), Some("a door"));
        let a = page
            .pictures
            .iter()
            .find(|p| p.url.path().ends_with("a-1600.jpg"));
        assert_eq!(
            a.map(|p| (p.width, p.height)),
            Some((Some(1600), Some(1000)))
        );
    }

    #[test]
    fn addresses_follow_the_base_and_nothing_else_is_followed() {
        let page = page(
            r#"<base href="https://files.example.org/p/"><title>Only this</title><title>not this</title>
            <img src="x.jpg"><img src="javascript:alert(1)"><img src="file:///etc/passwd">
            <img src="data:image/png;base64,AAAA"><img src=""><img><video poster="v.jpg"></video>"#,
        );
        assert_eq!(page.title.as_deref(), Some("Only this"));
        assert_eq!(
            urls(&page),
            [
                "https://files.example.org/p/x.jpg",
                "https://files.example.org/p/v.jpg"
            ]
        );
    }

    #[test]
    fn the_same_picture_counts_once_with_all_that_is_known() {
        let page = page(
            r#"<img src="/a.jpg" alt="a boat"><meta property="og:image" content="/a.jpg">
            <meta property="og:image:secure_url" content="https://example.org/a.jpg">
            <meta property="og:image:width" content="900">"#,
        );
        assert_eq!(
            page.pictures,
            [Candidate {
                url: Url::parse("https://example.org/a.jpg").expect("an address"),
                width: Some(900),
                height: None,
                alt: Some("a boat".into()),
                named: Named::Graph,
            }]
        );
    }

    #[test]
    fn a_page_of_a_million_pictures_keeps_the_best() {
        let html = "<img src=a0.jpg>".repeat(1000)
            + &(0..20_000)
                .map(|n| format!("<img src=p{n}.jpg width={n}>"))
                .collect::<String>();
        let page = page(&html);
        assert_eq!(page.pictures.len(), super::super::PICTURES);
        assert!(
            page.pictures[0].width > Some(19_000),
            "{:?}",
            page.pictures[0]
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let url = Url::parse("https://example.org/").expect("an address");
            let _ = read(&bytes, None, url);
        }

        #[test]
        fn any_tags_are_read(html in "(<(img|meta|title|/title|script|base|link|source) ?(src|srcset|content|property|href)?=?[\"'a-z:,0-9 ./<>-]{0,20}>?){0,12}") {
            for picture in page(&html).pictures {
                prop_assert!(matches!(picture.url.scheme(), "http" | "https"));
            }
        }
    }
}
