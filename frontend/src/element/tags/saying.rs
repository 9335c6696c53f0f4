//! Sends what a person says of a tag: shown at once, undone on request, taken
//! back where the server refuses.

use std::cell::Cell;
use std::rc::Rc;

use protocol::ElementId;
use protocol::element::{Element, Tag, TagState};
use protocol::value::TagName;
use web_sys::HtmlElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::focus_edit;
use super::standing::{Pending, Word};
use crate::api::{self, Failure};
use crate::controls::focusable;
use crate::store::{Toasts, use_toasts};

/// What was said of one element's tags and is on its way.
#[derive(Clone, PartialEq)]
pub struct Saying {
    id: ElementId,
    pending: UseReducerHandle<PendingState>,
    /// Tells one word from the next: several may be said before the page is
    /// shown anew.
    count: Rc<Cell<u32>>,
    changed: Callback<Element>,
    toasts: Toasts,
}

#[derive(Clone, PartialEq, Default)]
struct PendingState {
    words: Vec<(u32, ElementId, TagName, Word)>,
}

enum Change {
    Said(u32, ElementId, TagName, Word),
    Answered(u32),
}

impl Reducible for PendingState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Said(key, id, name, word) => next.words.push((key, id, name, word)),
            Change::Answered(key) => next.words.retain(|(k, ..)| *k != key),
        }
        Rc::new(next)
    }
}

#[hook]
pub fn use_saying(id: &ElementId, changed: Callback<Element>) -> Saying {
    Saying {
        id: id.clone(),
        pending: use_reducer(PendingState::default),
        count: use_memo((), |()| Cell::new(0)),
        changed,
        toasts: use_toasts(),
    }
}

impl Saying {
    /// Words about this element without an answer.
    pub fn pending(&self) -> Pending {
        let mine = self
            .pending
            .words
            .iter()
            .filter(|(_, id, ..)| *id == self.id);
        Pending(
            mine.map(|(_, _, name, word)| (name.clone(), *word))
                .collect(),
        )
    }

    /// Sends it; `before` is the tag as the server knows it.
    pub fn say(&self, name: TagName, word: Word, before: Option<Tag>) {
        let this = self.clone();
        let key = self.count.get();
        self.count.set(key + 1);
        let said = Change::Said(key, self.id.clone(), name.clone(), word);
        self.pending.dispatch(said);
        spawn_local(async move {
            let answer = send(&this.id, &name, word).await;
            match answer {
                Ok(element) => {
                    this.changed.emit(element);
                    let undo = this.undo(name.clone(), before.as_ref());
                    this.toasts.offer(done(&name, word), "Undo", undo);
                }
                Err(why) => {
                    let text = format!("“{name}” was not changed: {}", why.message());
                    this.toasts.say(text);
                }
            }
            this.pending.dispatch(Change::Answered(key));
        });
    }

    fn undo(&self, name: TagName, before: Option<&Tag>) -> Callback<()> {
        let (this, word) = (self.clone(), Word::undoing(before));
        Callback::from(move |()| {
            let (this, name) = (this.clone(), name.clone());
            spawn_local(async move {
                match send(&this.id, &name, word).await {
                    Ok(element) => this.changed.emit(element),
                    Err(why) => this.toasts.say(format!("Not undone: {}", why.message())),
                }
            });
        })
    }
}

async fn send(id: &ElementId, name: &TagName, word: Word) -> Result<Element, Failure> {
    match word {
        Word::Put(state) => api::elements::put_tag(id, name, state).await,
        Word::Delete => api::elements::delete_tag(id, name).await,
    }
}

fn done(name: &TagName, word: Word) -> String {
    match word {
        Word::Put(TagState::Fact) => format!("Tagged “{name}”"),
        Word::Put(TagState::Rejected) => format!("“{name}” rejected"),
        Word::Put(TagState::Suggested) => format!("“{name}” is left to the models"),
        Word::Delete => format!("“{name}” removed"),
    }
}

/// To be called before a chip's button goes: the next one like it, or the last,
/// gets the focus, so that a row of suggestions is answered key by key.
#[hook]
pub fn use_return_of_focus(section: NodeRef) -> Callback<()> {
    let wanted = use_mut_ref(|| None::<(&'static str, usize)>);
    use_effect({
        let (section, wanted) = (section.clone(), wanted.clone());
        move || {
            let Some((class, index)) = wanted.take() else {
                return;
            };
            let all = buttons(&section, class);
            match all.get(index).or(all.last()) {
                Some(next) => focusable::focus(Some(next)),
                None => focus_edit(&section),
            }
        }
    });
    Callback::from(move |()| {
        let active = gloo::utils::document().active_element();
        for class in [".is-accept", ".is-reject"] {
            let at = buttons(&section, class)
                .iter()
                .position(|button| active.as_ref() == Some(&**button));
            if let Some(at) = at {
                wanted.replace(Some((class, at)));
            }
        }
    })
}

fn buttons(section: &NodeRef, class: &str) -> Vec<HtmlElement> {
    let root = section.cast::<web_sys::Element>();
    let all = root.map(|root| focusable::shown(&root, &format!("button.tag-button{class}")));
    all.unwrap_or_default()
}
