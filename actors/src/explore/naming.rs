//! Names of topics: what is said of their elements and not of the others'
//! (class-based tf-idf, as in BERTopic, Grootendorst 2022).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use protocol::element::Element;
use protocol::value::TagName;

use super::words::{Term, terms};
use crate::visual::shade;

/// Elements of a group of which something must be said, and part of them.
const MEMBERS: usize = 2;
const SHARE: f32 = 0.2;
/// A word of titles and descriptions counts so much of a tag.
const WORD: f32 = 0.75;
/// What is less telling than this tells nothing.
const TELLING: f32 = 0.2;
/// The second part of a name must be this telling against the first, and be
/// said of other elements than the first is.
const SECOND: f32 = 0.45;
const SAME_ELEMENTS: f32 = 0.6;
/// Tags of a topic.
const TAGS: usize = 6;

/// What a group is called.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    pub name: String,
    pub tags: Vec<TagName>,
    /// The name says what the group is about.
    pub telling: bool,
}

/// Something that is said of a group.
struct Said<'a> {
    text: &'a str,
    is_tag: bool,
    weight: f32,
    /// The elements that it is said of, by their place.
    of: BTreeSet<usize>,
}

/// Names for groups, each given by some of its elements. No two are the same.
pub fn names(groups: &[Vec<Element>]) -> Vec<Named> {
    let said: Vec<Vec<HashMap<String, Term>>> = groups
        .iter()
        .map(|group| group.iter().map(terms).collect())
        .collect();
    let all = groups.iter().map(Vec::len).sum::<usize>() as f32;
    let mut everywhere: HashMap<&str, f32> = HashMap::new();
    for term in said.iter().flatten().flat_map(HashMap::keys) {
        *everywhere.entry(term).or_default() += 1.0;
    }
    let telling = |group: &Vec<HashMap<String, Term>>| {
        let mut found: BTreeMap<&str, (f32, bool, BTreeSet<usize>)> = BTreeMap::new();
        for (at, element) in group.iter().enumerate() {
            for (text, term) in element {
                let entry = found.entry(text).or_default();
                entry.0 += term.score;
                entry.1 |= term.is_tag;
                entry.2.insert(at);
            }
        }
        let size = group.len() as f32;
        let weigh = |(text, (sum, is_tag, of)): (&'_ str, (f32, bool, BTreeSet<usize>))| {
            let here = of.len() as f32 / size;
            let lift = here / ((everywhere[text] + 0.5) / (all + 1.0));
            let often = of.len() >= MEMBERS && here >= SHARE;
            let kind = if is_tag { 1.0 } else { WORD };
            let weight = sum / size * lift.ln() * kind;
            (often && weight > 0.0).then(|| (text.to_owned(), is_tag, weight, of))
        };
        let mut weighed: Vec<_> = found.into_iter().filter_map(weigh).collect();
        weighed.sort_by(|a, b| b.2.total_cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        weighed
    };
    let weighed: Vec<_> = said.iter().map(telling).collect();
    let mut named = vec![Named::default(); groups.len()];
    let mut taken: HashSet<String> = HashSet::new();
    // those with most to say choose first
    let mut order: Vec<usize> = (0..groups.len()).collect();
    let strength = |at: usize| weighed[at].first().map_or(0.0, |(_, _, weight, _)| *weight);
    order.sort_by(|&a, &b| strength(b).total_cmp(&strength(a)).then(a.cmp(&b)));
    for at in order {
        let said: Vec<Said<'_>> = weighed[at]
            .iter()
            .map(|(text, is_tag, weight, of)| Said {
                text,
                is_tag: *is_tag,
                weight: *weight,
                of: of.clone(),
            })
            .collect();
        let telling = strength(at) >= TELLING;
        let mut name = match telling {
            true => name(&said, &taken),
            false => None,
        };
        let plain = || by_looks(&groups[at]);
        let mut number = 1;
        let found = loop {
            let found = name.take().unwrap_or_else(|| match number {
                1 => plain(),
                n => format!("{} {n}", plain()),
            });
            if taken.insert(found.to_lowercase()) {
                break found;
            }
            number += 1;
        };
        let tags = said.iter().filter(|said| said.is_tag);
        named[at] = Named {
            name: found,
            tags: tags
                .filter_map(|said| said.text.parse().ok())
                .take(TAGS)
                .collect(),
            telling,
        };
    }
    named
}

/// One thing, or two that complete each other, such that nothing else is
/// called so.
fn name(said: &[Said<'_>], taken: &HashSet<String>) -> Option<String> {
    let first = said.first()?;
    let completes = |other: &&Said<'_>| {
        let both = first.of.intersection(&other.of).count();
        let either = first.of.union(&other.of).count();
        let within = first.text.contains(other.text) || other.text.contains(first.text);
        other.weight >= SECOND * first.weight
            && (both as f32) < SAME_ELEMENTS * either as f32
            && !within
    };
    let two = |other: &Said<'_>| capital(&format!("{} & {}", first.text, other.text));
    let second = said.iter().skip(1).find(completes);
    let one = || std::iter::once(capital(first.text));
    let pairs = said.iter().skip(1).map(two);
    let mut choices = second.map(two).into_iter().chain(one()).chain(pairs);
    choices.find(|choice| !taken.contains(&choice.to_lowercase()))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// Where nothing is said: the colours.
fn by_looks(group: &[Element]) -> String {
    const COLOURS: [(&str, [u8; 3]); 14] = [
        ("black", [16, 16, 16]),
        ("dark grey", [70, 70, 70]),
        ("grey", [135, 135, 135]),
        ("white", [240, 240, 240]),
        ("red", [200, 40, 40]),
        ("orange", [225, 130, 40]),
        ("brown", [110, 75, 45]),
        ("beige", [205, 185, 150]),
        ("yellow", [230, 205, 60]),
        ("green", [70, 130, 60]),
        ("teal", [40, 135, 135]),
        ("blue", [50, 95, 180]),
        ("purple", [120, 65, 150]),
        ("pink", [225, 130, 165]),
    ];
    let mut sums: BTreeMap<&str, f32> = BTreeMap::new();
    for swatch in group.iter().flat_map(|element| &element.colors) {
        let Some(shade) = shade(swatch) else {
            continue;
        };
        let far = |rgb: [u8; 3]| {
            let other = media::perceived(rgb);
            let parts = shade.lab.iter().zip(&other);
            parts.map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
        };
        let near = COLOURS.iter().min_by(|a, b| far(a.1).total_cmp(&far(b.1)));
        if let Some((name, _)) = near {
            *sums.entry(name).or_default() += shade.share;
        }
    }
    let mut colours: Vec<(&str, f32)> = sums.into_iter().collect();
    colours.sort_by(|a, b| b.1.total_cmp(&a.1));
    match colours.as_slice() {
        [] => "Pictures".to_owned(),
        [(one, _)] => format!("{} pictures", capital(one)),
        [(one, most), (other, next), ..] if next * 2.0 > *most => {
            format!("{} & {other} pictures", capital(one))
        }
        [(one, _), ..] => format!("{} pictures", capital(one)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::testing::element;

    fn group(n: u64, tags: &[&[&str]], title: &str) -> Vec<Element> {
        let made = tags.iter().zip(n * 100..);
        made.map(|(tags, n)| element(n, title, tags)).collect()
    }

    #[test]
    fn a_topic_is_called_what_tells_it_from_the_others() {
        let coffee: &[&[&str]] = &[
            &["coffee", "drink"],
            &["coffee", "drink"],
            &["coffee"],
            &["mug", "drink"],
            &["mug"],
        ];
        let tea: &[&[&str]] = &[&["tea", "drink"], &["tea", "drink"], &["tea"]];
        let silent: &[&[&str]] = &[&[], &[], &[]];
        let groups = [
            group(1, coffee, ""),
            group(2, tea, "photo of the"),
            group(3, silent, "Lighthouses by night"),
            group(4, silent, ""),
            group(5, silent, ""),
        ];
        let named = names(&groups);
        let texts: Vec<&str> = named.iter().map(|n| n.name.as_str()).collect();
        assert_eq!(texts[..3], ["Coffee & mug", "Tea", "Lighthouse"]);
        assert_eq!(texts[3..], ["Blue pictures", "Blue pictures 2"]);
        let telling: Vec<bool> = named.iter().map(|n| n.telling).collect();
        assert_eq!(telling, [true, true, true, false, false]);
        assert_eq!(named[0].tags[0].as_str(), "coffee");
        assert!(named[2].tags.is_empty());
    }

    #[test]
    fn what_is_said_of_the_same_pictures_is_not_said_twice() {
        let tags: &[&[&str]] = &[
            &["nature", "landscape", "lake"],
            &["nature", "landscape"],
            &["lake", "boat"],
        ];
        let rest: &[&[&str]] = &[&["cat"], &["cat"], &["cat"], &["dog"], &["dog"]];
        let named = names(&[group(1, tags, ""), group(2, rest, "")]);
        assert!(
            !named[0].name.contains("ature & landscape"),
            "{}",
            named[0].name
        );
        assert_eq!(named[1].name, "Cat & dog");
    }
}
