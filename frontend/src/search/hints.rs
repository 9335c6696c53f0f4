//! What could be better said in a search, and where.

use protocol::query::parse;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::SearchLink;

#[derive(Properties, PartialEq)]
pub struct HintsProps {
    pub hints: Vec<String>,
    /// What was searched for; empty for other lists.
    pub words: AttrValue,
}

#[component]
pub fn Hints(props: &HintsProps) -> Html {
    let one = |hint: &String| {
        let place = Place::find(hint, &props.words);
        html! {
            <p class="hint" key={hint.clone()}>
                <Icon name={IconName::Spark} size={16} />
                if let Some(place) = &place { <code class="hint-what">{ place.what.clone() }</code> }
                <span>{ hint.clone() }</span>
                if let Some((meant, instead)) = place.and_then(|place| place.instead) {
                    <SearchLink words={instead}>{ format!("Search {meant}") }</SearchLink>
                }
            </p>
        }
    };
    props.hints.iter().map(one).collect()
}

/// What of a search a hint is about.
#[derive(Debug, PartialEq)]
struct Place {
    what: String,
    /// What was probably meant, and the whole search with it.
    instead: Option<(String, String)>,
}

impl Place {
    /// The server reads searches by the same rules as this page.
    fn find(hint: &str, words: &str) -> Option<Self> {
        let (_, hints) = parse(words);
        let known = hints.into_iter().find(|known| known.text == hint)?;
        let meant = hint
            .split_once("did you mean ")
            .and_then(|(_, meant)| meant.strip_suffix('?'));
        let instead = meant.map(|meant| {
            let (before, after) = (&words[..known.from], &words[known.to..]);
            (meant.to_owned(), format!("{before}{meant}{after}"))
        });
        Some(Self {
            what: words[known.from..known.to].to_owned(),
            instead,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_says_what_it_is_about_and_what_was_meant() {
        let words = "blue colour:red door";
        let hint = parse(words).1.remove(0).text;
        let place = Place::find(&hint, words).expect("it is in the search");
        assert_eq!(place.what, "colour:red");
        let (meant, instead) = place.instead.expect("a key was meant");
        assert_eq!((&*meant, &*instead), ("color:red", "blue color:red door"));
        assert_eq!(Place::find("Only so many were searched.", words), None);
        let words = "style:blue";
        let hint = parse(words).1.remove(0).text;
        assert_eq!(
            Place::find(&hint, words).and_then(|place| place.instead),
            None
        );
    }
}
