//! Asks the server what a beginning may become. The newest question counts;
//! until it is answered the old answer stays.

use std::cell::Cell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use protocol::tag::TagHint;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::token::Typed;
use crate::api;

/// Whoever types on is not answered in between; milliseconds.
const PAUSE_MS: u32 = 110;
/// Tags that are asked for.
const MOST: usize = 10;

/// What to ask: a beginning, and one of two words where there are two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beginning {
    pub one: String,
    pub two: Option<String>,
}

impl Beginning {
    /// What tags are worth asking about, if any are.
    pub fn of(typed: &Typed) -> Option<Self> {
        let tags =
            matches!(typed.key, Some("tag")) || (typed.key.is_none() && !typed.value.is_empty());
        let two = typed.before.as_ref();
        tags.then(|| Self {
            one: typed.value.clone(),
            two: two.map(|(_, before)| format!("{before} {}", typed.value)),
        })
    }
}

/// What is known of the answer.
#[derive(Clone, PartialEq, Default)]
pub struct Hinted {
    pub tags: Rc<Vec<TagHint>>,
    /// Something else was asked meanwhile.
    pub stale: bool,
}

#[hook]
pub fn use_hinted(asked: Option<Beginning>) -> Hinted {
    let answer = use_state_eq(|| (None::<Beginning>, Rc::<Vec<TagHint>>::default()));
    let newest = use_memo((), |()| Cell::new(0u32));
    use_effect_with(asked.clone(), {
        let answer = answer.setter();
        move |asked| {
            let number = newest.get() + 1;
            newest.set(number);
            let pause = match asked.clone() {
                None => {
                    answer.set((None, Rc::default()));
                    None
                }
                Some(asked) => Some(Timeout::new(PAUSE_MS, move || {
                    spawn_local(async move {
                        let tags = ask(&asked).await;
                        // no answer: the old one stays, and what is typed is
                        // searched all the same
                        if let (true, Some(tags)) = (newest.get() == number, tags) {
                            answer.set((Some(asked), Rc::new(tags)));
                        }
                    });
                })),
            };
            move || drop(pause)
        }
    });
    Hinted {
        tags: answer.1.clone(),
        stale: asked.is_some() && answer.0 != asked,
    }
}

async fn ask(asked: &Beginning) -> Option<Vec<TagHint>> {
    let one = api::tags::hints(&asked.one, MOST).await.ok()?.items;
    let two = match &asked.two {
        Some(two) => api::tags::hints(two, MOST).await.ok()?.items,
        None => Vec::new(),
    };
    Some(merged(two, one, asked.two.as_deref()))
}

/// Tags of two words first, but no guesses at them: those are meant for the
/// second word alone.
fn merged(two: Vec<TagHint>, one: Vec<TagHint>, both: Option<&str>) -> Vec<TagHint> {
    let both = both.unwrap_or_default().to_lowercase();
    let mut all: Vec<TagHint> = two
        .into_iter()
        .filter(|hint| {
            let found = hint.alias.as_ref().unwrap_or(&hint.name);
            found.starts_with(&both)
        })
        .collect();
    for hint in one {
        if !all.iter().any(|old| old.name == hint.name) {
            all.push(hint);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::token::typed;

    fn hint(name: &str) -> TagHint {
        TagHint {
            name: name.into(),
            category: String::new(),
            count: 1,
            alias: None,
        }
    }

    #[test]
    fn tags_are_asked_for_where_a_tag_may_stand() {
        let of = |text: &str| Beginning::of(&typed(text, text.len()));
        assert_eq!(of("ca").map(|b| b.one).as_deref(), Some("ca"));
        assert_eq!(of("tag:").map(|b| b.one).as_deref(), Some(""));
        assert_eq!(of("style:ph"), None);
        assert_eq!(of("ca "), None);
        assert_eq!(
            of("tiger c").and_then(|b| b.two).as_deref(),
            Some("tiger c")
        );
    }

    #[test]
    fn tags_of_two_words_come_first_and_guesses_do_not() {
        let two = vec![hint("tiger cat"), hint("timber cabin")];
        let all = merged(two, vec![hint("cat"), hint("tiger cat")], Some("Tiger c"));
        let names: Vec<_> = all.iter().map(|hint| hint.name.as_str()).collect();
        assert_eq!(names, ["tiger cat", "cat"]);
    }
}
