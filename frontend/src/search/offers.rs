//! What the search field offers for what is being typed. Pure: the tags come
//! from the server, everything else is known here.

use std::rc::Rc;

use protocol::cluster::Cluster;
use protocol::query::{Filter, KEYS};
use protocol::tag::TagHint;

use super::token::Typed;
use super::values::values;
use crate::cluster::fold;
use crate::controls::IconName;
use crate::words;

/// Of each kind at most so many are offered.
const TAGS: usize = 8;
const KEYS_OFFERED: usize = 4;
const SEARCHES: usize = 4;

/// What choosing an offer does.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// Takes the place of the text from there on: a finished filter.
    Filter { from: usize, text: String },
    /// The same for a key whose value is typed next.
    Key { from: usize, text: String },
    /// Searches for this instead.
    Search(String),
    /// Searches by the picture at this address.
    Picture(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub act: Act,
    pub icon: Option<IconName>,
    /// Shown in place of an icon.
    pub swatch: Option<String>,
    pub name: String,
    /// Another word for it, which was typed.
    pub alias: Option<String>,
    /// What it is, in few words.
    pub about: String,
    /// It is kept here, and can be forgotten.
    pub kept: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub title: &'static str,
    pub offers: Vec<Offer>,
}

/// What is known apart from what is typed.
pub struct Known<'a> {
    pub tags: &'a [TagHint],
    /// The viewer's, last used first.
    pub clusters: &'a [Rc<Cluster>],
    pub recent: &'a [String],
    pub saved: &'a [String],
    pub handle: &'a str,
    /// `2026-11-27`
    pub today: &'a str,
}

/// All groups that have something to offer. `text` is all that is typed.
pub fn groups(text: &str, typed: &Typed, known: &Known) -> Vec<Group> {
    if let Some(address) = address(text) {
        return vec![Group {
            title: "Web address",
            offers: vec![Offer {
                name: "Search by this picture".into(),
                about: shorter(address),
                ..offer(Act::Picture(address.into()), Some(IconName::Look))
            }],
        }];
    }
    if text.trim() == "?" {
        return Vec::new();
    }
    let groups = match typed.key {
        Some(key) => vec![values(key, typed, known)],
        None if typed.value.is_empty() => vec![
            searches(
                "Saved searches",
                known.saved,
                "",
                SEARCHES * 2,
                IconName::Star,
            ),
            searches(
                "Recent searches",
                known.recent,
                "",
                SEARCHES * 2,
                IconName::Clock,
            ),
        ],
        None => vec![
            past(text, known),
            Group {
                title: "Tags",
                offers: tags(typed, known.tags),
            },
            Group {
                title: "Filters",
                offers: keys(typed),
            },
        ],
    };
    let filled = |group: &Group| !group.offers.is_empty();
    groups.into_iter().filter(filled).collect()
}

/// The address of something on the web, if that is all there is.
pub fn address(text: &str) -> Option<&str> {
    let text = text.trim();
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    let fine = rest.len() > 3 && !rest.contains(char::is_whitespace);
    fine.then_some(text)
}

fn shorter(address: &str) -> String {
    const LONGEST: usize = 60;
    if address.chars().count() <= LONGEST {
        return address.into();
    }
    address.chars().take(LONGEST).chain(['…']).collect()
}

pub fn offer(act: Act, icon: Option<IconName>) -> Offer {
    Offer {
        act,
        icon,
        swatch: None,
        name: String::new(),
        alias: None,
        about: String::new(),
        kept: false,
    }
}

fn past(text: &str, known: &Known) -> Group {
    let mut group = searches("Searches", known.saved, text, SEARCHES, IconName::Star);
    let recent = searches("", known.recent, text, SEARCHES, IconName::Clock);
    for one in recent.offers {
        if !group.offers.iter().any(|old| old.act == one.act) {
            group.offers.push(one);
        }
    }
    group.offers.truncate(SEARCHES);
    group
}

fn searches(
    title: &'static str,
    all: &[String],
    typed: &str,
    most: usize,
    icon: IconName,
) -> Group {
    let typed = fold(typed.trim());
    let fits = |words: &&String| {
        let folded = fold(words);
        folded.starts_with(&typed) && folded != typed
    };
    let one = |words: &String| Offer {
        name: words.clone(),
        kept: true,
        ..offer(Act::Search(words.clone()), Some(icon))
    };
    Group {
        title,
        offers: all.iter().filter(fits).take(most).map(one).collect(),
    }
}

fn keys(typed: &Typed) -> Vec<Offer> {
    let low = typed.value.to_ascii_lowercase();
    let fits = |(key, _): &&(&str, &str)| key.starts_with(&*low);
    let one = |(key, usage): &(&str, &str)| Offer {
        name: format!("{key}:"),
        about: (*usage).into(),
        ..offer(
            Act::Key {
                from: typed.from,
                text: format!("{}{key}:", dash(typed)),
            },
            Some(IconName::Sliders),
        )
    };
    KEYS.iter()
        .filter(fits)
        .take(KEYS_OFFERED)
        .map(one)
        .collect()
}

pub fn dash(typed: &Typed) -> &'static str {
    if typed.not { "-" } else { "" }
}

pub fn tags(typed: &Typed, hints: &[TagHint]) -> Vec<Offer> {
    let one = |hint: &TagHint| {
        let found = hint.alias.as_deref().unwrap_or(&hint.name);
        // a tag of two words takes the place of both
        let both = typed.before.as_ref().filter(|(_, before)| {
            let both = format!("{} {}", fold(before), fold(&typed.value));
            fold(found).starts_with(&both)
        });
        Offer {
            name: hint.name.clone(),
            alias: hint.alias.clone(),
            about: about_tag(hint),
            ..offer(
                Act::Filter {
                    from: both.map_or(typed.from, |(from, _)| *from),
                    text: format!("{}{}", dash(typed), written(&hint.name)),
                },
                Some(IconName::Tag),
            )
        }
    };
    hints.iter().take(TAGS).map(one).collect()
}

/// As a filter; a name that is no tag's is searched as it stands.
fn written(name: &str) -> String {
    match name.parse() {
        Ok(tag) => Filter::Tag(tag).to_string(),
        Err(_) => name.to_owned(),
    }
}

fn about_tag(hint: &TagHint) -> String {
    let count = words::count(hint.count.into(), "picture");
    match hint.category.as_str() {
        "" => count,
        category => format!("{category} · {count}"),
    }
}

#[cfg(test)]
#[path = "offers_tests.rs"]
mod tests;
