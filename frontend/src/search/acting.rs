//! What the field does: searches, follows, takes choices in.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::offers::{Act, address};
use super::pieces::Pieces;
use super::state::{Change, FieldState, with};
use crate::controls::focusable;
use crate::nav::{Go, Route};
use crate::store::kept;

/// On the results' page they follow the words after this pause, in milliseconds.
const PAUSE_MS: u32 = 350;
/// Fewer letters find everything.
const SHORTEST: usize = 2;

#[derive(Clone)]
pub struct Acting {
    pub go: Go,
    pub state: UseReducerHandle<FieldState>,
    pub node: NodeRef,
    /// The words that the address was last told from here.
    pub sent: Rc<RefCell<String>>,
    pub pause: Rc<RefCell<Option<Timeout>>>,
}

impl Acting {
    pub fn tell(&self, change: Change) {
        self.state.dispatch(change);
    }

    fn searching(&self) -> bool {
        self.go.here.route == Route::Search
    }

    /// Shows the results for what is there.
    pub fn submit(&self, pieces: &Pieces) {
        self.pause.replace(None);
        self.tell(Change::Close);
        let whole = Pieces::read(&pieces.write());
        let words = whole.write();
        if words.is_empty() {
            return;
        }
        kept::remember_search(&words);
        let end = whole.text.len();
        self.tell(Change::Put(whole, end));
        self.sent.replace(words.clone());
        self.go.search(&words, self.searching());
        if touched() {
            self.blur();
        }
    }

    /// While somebody types on the results' page. What is not finished is not
    /// looked for yet.
    pub fn follow(&self, pieces: &Pieces) {
        let words = pieces.write();
        let enough = !pieces.chips.is_empty() || words.chars().count() >= SHORTEST;
        let whole = protocol::query::parse(&words).1.is_empty();
        let plain = address(&words).is_none() && words != "?";
        if !(self.searching() && enough && whole && plain) {
            self.pause.replace(None);
            return;
        }
        let (go, sent) = (self.go.clone(), self.sent.clone());
        let later = Timeout::new(PAUSE_MS, move || {
            sent.replace(words.clone());
            go.search(&words, true);
        });
        self.pause.replace(Some(later));
    }

    /// Takes an offer for what is typed up to there; a finished one is
    /// searched for at once where that is wanted.
    pub fn choose(&self, act: &Act, to: usize, search: bool) {
        let pieces = &self.state.pieces;
        match act {
            Act::Filter { from, text } => {
                let (next, caret) = with(pieces, *from, to, text, true);
                if search {
                    self.submit(&next);
                } else {
                    self.tell(Change::Put(next, caret));
                }
            }
            Act::Key { from, text } => {
                let (next, caret) = with(pieces, *from, to, text, false);
                self.tell(Change::Put(next, caret));
            }
            Act::Search(words) => self.submit(&Pieces::read(words)),
            Act::Picture(address) => {
                self.tell(Change::Put(Pieces::default(), 0));
                self.tell(Change::Close);
                self.go.look_at_address(address);
            }
        }
    }

    /// Takes a chip away; results follow.
    pub fn remove(&self, index: usize) {
        let mut next = self.state.pieces.clone();
        if index < next.chips.len() {
            next.chips.remove(index);
        }
        self.tell(Change::Without(index));
        self.focus();
        // what is found now is more than what may be meant
        self.tell(Change::Close);
        let words = next.write();
        if self.searching() && !words.is_empty() {
            self.pause.replace(None);
            self.sent.replace(words.clone());
            self.go.search(&words, false);
        }
    }

    pub fn clear(&self) {
        self.pause.replace(None);
        self.tell(Change::Put(Pieces::default(), 0));
        self.tell(Change::Open);
        self.focus();
    }

    /// Puts an example into the field, to be looked at and searched.
    pub fn try_out(&self, text: &str) {
        let next = if text.ends_with(':') {
            Pieces {
                text: text.to_owned(),
                ..Pieces::default()
            }
        } else {
            Pieces::read(text)
        };
        let end = next.text.len();
        self.tell(Change::Put(next, end));
        self.help(false);
    }

    pub fn help(&self, shown: bool) {
        self.tell(Change::Help(shown));
        self.focus();
    }

    fn blur(&self) {
        if let Some(field) = self.node.cast::<HtmlElement>() {
            // what has no focus cannot lose it
            let _ = field.blur();
        }
    }

    pub fn focus(&self) {
        focusable::focus(self.node.cast::<HtmlElement>().as_ref());
    }
}

/// Is there a keyboard on the screen that would cover what is found?
fn touched() -> bool {
    let query = gloo::utils::window().match_media("(hover: none)");
    query.ok().flatten().is_some_and(|query| query.matches())
}
