//! What can be said of a picture: its tags, and the words of its title and
//! description that name something.

use std::collections::HashMap;

use protocol::element::{Element, TagBand, TagState};

/// Words that name nothing in a picture.
const SILENT: &str = " a about above after all an and are art as at background be before behind \
    below beside between big black blue bright brown but by can close color colour colours copy \
    dark day down during each edit edited far few file final first for free from full gray green \
    grey have her here high his image images img in inside into is it its jpeg jpg large last left \
    light little long looking made many more most my near new next night no not of off old on one \
    only or orange our out outside over painting part people person photo photograph photos \
    picture pictures pink png purple raw red right scan screenshot seen series set several shot \
    side sitting small some standing still style than that the their them then there these they \
    this three through time to together top two under untitled up us version very view wallpaper \
    was we were white wide with without work yellow you your ";
/// Letters of a word that may name something.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=24;

/// Something that is said, and what it counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub score: f32,
    /// It is a tag, not just a word.
    pub is_tag: bool,
}

/// All that is said of an element, each once. A word that is one of its tags
/// counts as that.
pub fn terms(element: &Element) -> HashMap<String, Term> {
    let mut terms: HashMap<String, Term> = HashMap::new();
    let rejected = |name: &str| {
        let mut of_it = element.tags.iter().filter(|tag| tag.name.as_str() == name);
        of_it.any(|tag| tag.state == TagState::Rejected)
    };
    for tag in &element.tags {
        let name = tag.name.as_str();
        if tag.band == Some(TagBand::Unsure) || rejected(name) {
            continue;
        }
        let term = Term {
            score: tag.score.clamp(0.0, 1.0),
            is_tag: true,
        };
        let before = terms.entry(name.to_owned()).or_insert(term.clone());
        before.score = before.score.max(term.score);
    }
    for text in [&element.title, &element.description] {
        for word in text.split(|c: char| !c.is_alphabetic()) {
            let word = word.to_lowercase();
            if !LETTERS.contains(&word.chars().count()) || SILENT.contains(&format!(" {word} ")) {
                continue;
            }
            let term = Term {
                score: 1.0,
                is_tag: false,
            };
            terms.entry(singular(word)).or_insert(term);
        }
    }
    terms
}

/// One of many, as far as that is told by the last letters.
fn singular(word: String) -> String {
    let ends = |end: &str| word.strip_suffix(end).filter(|stem| stem.len() >= 3);
    if ["ss", "us", "is", "ous"]
        .iter()
        .any(|end| word.ends_with(end))
    {
        return word;
    }
    if let Some(stem) = ends("ies") {
        return format!("{stem}y");
    }
    let hisses = ["ches", "shes", "xes", "sses"]
        .iter()
        .any(|end| word.ends_with(end));
    let stem = if hisses { ends("es") } else { ends("s") };
    stem.map_or_else(|| word.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_many_are_the_same_word() {
        let cases = [
            ("lighthouses", "lighthouse"),
            ("berries", "berry"),
            ("beaches", "beach"),
            ("glass", "glass"),
            ("cactus", "cactus"),
            ("boxes", "box"),
            ("stars", "star"),
        ];
        for (many, one) in cases {
            assert_eq!(singular(many.to_owned()), one);
        }
    }
}
