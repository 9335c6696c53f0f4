//! What a page says about itself and which pictures it shows.

mod embed;
mod rank;
mod read;
mod srcset;
mod text;

use url::Url;

pub use read::read;
pub use text::is_page;

/// Pictures of a page that are kept, the best ones.
const PICTURES: usize = 60;

/// A page, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where it really came from.
    pub url: Url,
    pub title: Option<String>,
    pub author: Option<String>,
    /// What the site calls itself.
    pub site: Option<String>,
    /// The best first.
    pub pictures: Vec<Candidate>,
    /// Where its oEmbed description is.
    pub embed: Option<Url>,
}

/// A picture that a page names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub url: Url,
    /// As far as the page says it, in pixels.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// What it shows, in the page's words.
    pub alt: Option<String>,
    pub named: Named,
}

/// How a page names a picture, what it is about first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// oEmbed says that the page *is* this photograph.
    Photo,
    /// `og:image`
    Graph,
    /// `twitter:image`
    Card,
    /// `link rel=image_src`
    Link,
    /// oEmbed's small picture of something else.
    Thumbnail,
    /// `img`, `source`, or a video's poster.
    Image,
}
