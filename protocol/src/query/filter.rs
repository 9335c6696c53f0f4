//! Filters: what stands behind `key:`.

use crate::element::Kind;
use crate::label::Verdict;
use crate::value::{Handle, TagName};
use crate::{ClusterId, ElementId, Timestamp};

/// Every key, with what may stand behind it, for help and hints.
pub const KEYS: [(&str, &str); 14] = [
    ("tag", "a tag: tag:cat, tag:tiger_cat"),
    ("user", "whose it is: user:ada"),
    ("type", "image or video"),
    ("color", "a colour that it has: color:#c04020"),
    ("ai", "made with AI: yes, no or unsure"),
    ("sensitive", "yes, no or unsure"),
    ("style", "photo, illustration or screenshot"),
    ("before", "saved before a day: before:2026-01-31"),
    ("after", "saved on that day or later: after:2026"),
    ("similar", "like an element: similar:ID"),
    ("cluster", "in a cluster: cluster:ID"),
    ("quality", "percentile: quality:>70, quality:20..80"),
    ("has", "has:text, has:title or has:tags"),
    ("order", "newest, oldest, quality or relevance"),
];

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    Tag(TagName),
    User(Handle),
    Type(Kind),
    /// sRGB.
    Color([u8; 3]),
    Ai(Said),
    Sensitive(Said),
    Style(Style),
    /// Midnight, UTC.
    Before(Timestamp),
    After(Timestamp),
    Similar(ElementId),
    Cluster(ClusterId),
    /// From and to, both included.
    Quality(u8, u8),
    Has(Has),
    Order(Order),
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($choice:ident = $text:literal),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($choice),+ }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$choice),+];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$choice => $text),+ }
            }

            fn parse(text: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|c| c.as_str() == text)
            }
        }
    )+};
}

choices! {
    /// What a judgement says.
    Said { Yes = "yes", No = "no", Unsure = "unsure" }
    /// Kind of picture.
    Style { Photo = "photo", Illustration = "illustration", Screenshot = "screenshot" }
    /// What there is of an element.
    Has { Text = "text", Title = "title", Tags = "tags" }
    /// What comes first.
    Order { Newest = "newest", Oldest = "oldest", Quality = "quality", Relevance = "relevance" }
}

impl Said {
    /// What a verdict comes to.
    pub fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Unsure => Said::Unsure,
            Verdict::None | Verdict::No => Said::No,
            _ => Said::Yes,
        }
    }
}

impl Filter {
    /// # Errors
    /// For people: what may stand behind the key.
    pub(super) fn read(key: &str, value: &str) -> Result<Self, String> {
        let low = value.to_ascii_lowercase();
        let usage = || match KEYS.iter().find(|(known, _)| *known == key) {
            Some((_, usage)) => format!("{key}: takes {usage}"),
            None => {
                let meant = Filter::meant(key).unwrap_or("tag");
                format!("there is no {key}: did you mean {meant}:{value}?")
            }
        };
        let read = match key {
            "tag" => value.parse().ok().map(Filter::Tag),
            "user" => low.trim_start_matches('@').parse().ok().map(Filter::User),
            "type" => match low.as_str() {
                "image" => Some(Filter::Type(Kind::Image)),
                "video" => Some(Filter::Type(Kind::Video)),
                _ => None,
            },
            "color" => color(&low).map(Filter::Color),
            "ai" => Said::parse(&low).map(Filter::Ai),
            "sensitive" => Said::parse(&low).map(Filter::Sensitive),
            "style" => Style::parse(&low).map(Filter::Style),
            "before" => day(&low).map(Filter::Before),
            "after" => day(&low).map(Filter::After),
            "similar" => low.parse().ok().map(Filter::Similar),
            "cluster" => low.parse().ok().map(Filter::Cluster),
            "quality" => quality(&low),
            "has" => Has::parse(&low).map(Filter::Has),
            "order" => Order::parse(&low).map(Filter::Order),
            _ => None,
        };
        read.ok_or_else(usage)
    }

    /// Key and value as they are typed.
    pub fn write(&self) -> (&'static str, String) {
        let day = |t: &Timestamp| t.to_string().chars().take(10).collect::<String>();
        match self {
            Filter::Tag(tag) => ("tag", tag.as_str().replace(' ', "_")),
            Filter::User(handle) => ("user", handle.to_string()),
            Filter::Type(Kind::Image) => ("type", "image".into()),
            Filter::Type(Kind::Video) => ("type", "video".into()),
            Filter::Color([r, g, b]) => ("color", format!("#{r:02x}{g:02x}{b:02x}")),
            Filter::Ai(said) => ("ai", said.as_str().into()),
            Filter::Sensitive(said) => ("sensitive", said.as_str().into()),
            Filter::Style(style) => ("style", style.as_str().into()),
            Filter::Before(time) => ("before", day(time)),
            Filter::After(time) => ("after", day(time)),
            Filter::Similar(id) => ("similar", id.to_string()),
            Filter::Cluster(id) => ("cluster", id.to_string()),
            Filter::Quality(from, to) => ("quality", format!("{from}..{to}")),
            Filter::Has(has) => ("has", has.as_str().into()),
            Filter::Order(order) => ("order", order.as_str().into()),
        }
    }
}

fn color(text: &str) -> Option<[u8; 3]> {
    let hex = text.strip_prefix('#').unwrap_or(text);
    if !hex.is_ascii() {
        return None;
    }
    let part = |from: usize, to: usize| u8::from_str_radix(hex.get(from..to)?, 16).ok();
    match hex.len() {
        6 => Some([part(0, 2)?, part(2, 4)?, part(4, 6)?]),
        3 => Some([part(0, 1)? * 17, part(1, 2)? * 17, part(2, 3)? * 17]),
        _ => None,
    }
}

/// A year, a month or a day: its first moment, UTC.
fn day(text: &str) -> Option<Timestamp> {
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<&str> = text.split('-').collect();
    let fits = match parts[..] {
        [y] => y.len() == 4 && digits(y),
        [y, m] => y.len() == 4 && m.len() == 2 && digits(y) && digits(m),
        [y, m, d] => {
            y.len() == 4 && m.len() == 2 && d.len() == 2 && [y, m, d].into_iter().all(digits)
        }
        _ => false,
    };
    if !fits {
        return None;
    }
    let month = parts.get(1).unwrap_or(&"01");
    let day = parts.get(2).unwrap_or(&"01");
    format!("{}-{month}-{day}T00:00:00Z", parts[0]).parse().ok()
}

fn quality(text: &str) -> Option<Filter> {
    let number = |text: &str| text.parse::<u8>().ok().filter(|n| *n <= 100);
    let (from, to) = if let Some((from, to)) = text.split_once("..") {
        let to = if to.is_empty() { Some(100) } else { number(to) };
        let from = if from.is_empty() {
            Some(0)
        } else {
            number(from)
        };
        (from?, to?)
    } else if let Some(least) = text.strip_prefix(">=") {
        (number(least)?, 100)
    } else if let Some(most) = text.strip_prefix("<=") {
        (0, number(most)?)
    } else if let Some(above) = text.strip_prefix('>') {
        (number(above)?.saturating_add(1), 100)
    } else if let Some(below) = text.strip_prefix('<') {
        (0, number(below)?.checked_sub(1)?)
    } else {
        let exact = number(text)?;
        (exact, exact)
    };
    (from <= to).then_some(Filter::Quality(from, to))
}
