//! Saves choices one after the other: the last one wins, however fast they
//! follow each other, and a refused one goes back to what the server knows.

use std::cell::RefCell;
use std::rc::Rc;

use protocol::label::{LabelPreferences, Treatment};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::treatments::Field;
use crate::api::Failure;
use crate::store::{Session, use_me, use_session};

/// What is chosen, what the server knows, and what went wrong.
#[derive(Debug, Clone, PartialEq)]
struct State {
    wanted: LabelPreferences,
    known: LabelPreferences,
    /// Being sent.
    sending: Option<LabelPreferences>,
    errors: Vec<(Field, String)>,
    saved: bool,
}

impl State {
    fn new(known: LabelPreferences) -> Self {
        Self {
            wanted: known,
            known,
            sending: None,
            errors: Vec::new(),
            saved: false,
        }
    }

    fn choose(&mut self, field: Field, to: Treatment) {
        field.set(&mut self.wanted, to);
        self.errors.retain(|(f, _)| *f != field);
        self.saved = false;
    }

    /// What is to be sent next, one at a time.
    fn next(&mut self) -> Option<LabelPreferences> {
        if self.sending.is_some() || self.wanted == self.known {
            return None;
        }
        self.sending = Some(self.wanted);
        self.sending
    }

    fn answered(&mut self, answer: Result<(), String>) {
        let Some(sent) = self.sending.take() else {
            return;
        };
        match answer {
            Ok(()) => {
                self.known = sent;
                self.saved = self.wanted == sent;
            }
            Err(why) => {
                let known = self.known;
                for field in Field::ALL {
                    if field.of(&sent) != field.of(&known) {
                        // chosen again meanwhile: that choice has its own turn
                        if field.of(&self.wanted) == field.of(&sent) {
                            field.set(&mut self.wanted, field.of(&known));
                            self.errors.push((field, why.clone()));
                        }
                    }
                }
            }
        }
    }
}

#[derive(Clone)]
pub struct Saver {
    state: Rc<RefCell<State>>,
    session: Session,
    show: Callback<()>,
}

#[hook]
pub fn use_saver() -> Saver {
    let known = use_me().map(|me| me.preferences.labels).unwrap_or_default();
    let state = use_mut_ref(|| State::new(known));
    let update = use_force_update();
    // changed elsewhere on this page ("Always show …", undone)
    use_effect_with(known, {
        let (state, update) = (state.clone(), update.clone());
        move |known| {
            let mut state = state.borrow_mut();
            if state.sending.is_none() && state.known != *known {
                *state = State::new(*known);
                update.force_update();
            }
        }
    });
    Saver {
        state,
        session: use_session(),
        show: Callback::from(move |()| update.force_update()),
    }
}

impl Saver {
    pub fn wanted(&self) -> LabelPreferences {
        self.state.borrow().wanted
    }

    pub fn saved(&self) -> bool {
        self.state.borrow().saved
    }

    pub fn error(&self, field: Field) -> Option<String> {
        let state = self.state.borrow();
        let found = state.errors.iter().find(|(f, _)| *f == field);
        found.map(|(_, why)| why.clone())
    }

    pub fn choose(&self, field: Field, to: Treatment) {
        self.state.borrow_mut().choose(field, to);
        self.show.emit(());
        self.send();
    }

    fn send(&self) {
        let Some(labels) = self.state.borrow_mut().next() else {
            return;
        };
        let this = self.clone();
        spawn_local(async move {
            let answer = this.session.prefer(labels).await;
            let answer = answer.map_err(|why: Failure| why.message());
            this.state.borrow_mut().answered(answer);
            this.show.emit(());
            this.send();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quick_choices_are_sent_one_after_the_other() {
        let mut state = State::new(LabelPreferences::default());
        state.choose(Field::Explicit, Treatment::Hide);
        let first = state.next().expect("something to send");
        state.choose(Field::Sensitive, Treatment::Show);
        assert_eq!(state.next(), None, "one at a time");
        state.answered(Ok(()));
        assert_eq!(state.known, first);
        let second = state.next().expect("the second choice");
        assert_eq!(second.explicit, Treatment::Hide);
        assert_eq!(second.sensitive, Treatment::Show);
        state.answered(Ok(()));
        assert!(state.saved && state.next().is_none());
    }

    #[test]
    fn a_refused_choice_goes_back_with_its_reason() {
        let mut state = State::new(LabelPreferences::default());
        state.choose(Field::AiMade, Treatment::Hide);
        assert!(state.next().is_some());
        state.answered(Err("offline".into()));
        assert_eq!(state.wanted, LabelPreferences::default());
        assert_eq!(state.errors, [(Field::AiMade, "offline".to_owned())]);
        assert_eq!(state.next(), None, "not tried for ever");
        state.choose(Field::AiMade, Treatment::Blur);
        assert!(state.errors.is_empty());
    }
}
