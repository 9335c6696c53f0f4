//! What is in the search field and around it. Pure.

use std::rc::Rc;

use yew::Reducible;

use super::pieces::{Chip, Pieces};

#[derive(Debug, Clone, PartialEq, Default)]
pub struct FieldState {
    pub pieces: Pieces,
    /// In bytes of the text.
    pub caret: usize,
    /// Are suggestions shown?
    pub open: bool,
    /// Is help shown in their place?
    pub help: bool,
    /// The suggestion that the keyboard is at.
    pub chosen: Option<usize>,
    /// Grows whenever the caret is to be put where it is said to be.
    pub moved: u32,
}

pub enum Change {
    /// Letters came or went; `composing`: they are not finished.
    Typed {
        text: String,
        caret: usize,
        composing: bool,
    },
    /// Everything is another now.
    Put(Pieces, usize),
    Caret(usize),
    /// A chip goes.
    Without(usize),
    Open,
    Close,
    Help(bool),
    Chosen(Option<usize>),
    /// What is kept here changed.
    Kept,
}

impl FieldState {
    fn apply(&mut self, change: Change) {
        match change {
            Change::Typed {
                text,
                caret,
                composing,
            } => {
                self.open = true;
                self.chosen = None;
                self.help = text.trim() == "?";
                if composing {
                    self.pieces.text = text;
                    self.caret = caret;
                    return;
                }
                let (typed, caret) = Pieces::typed(&text, caret);
                if typed.text != text {
                    self.moved += 1;
                }
                self.pieces.text = typed.text;
                typed.chips.into_iter().for_each(|c| self.pieces.put(c));
                self.caret = caret;
            }
            Change::Put(pieces, caret) => {
                self.pieces = pieces;
                self.caret = caret;
                self.chosen = None;
                self.moved += 1;
            }
            Change::Caret(caret) => self.caret = caret.min(self.pieces.text.len()),
            Change::Without(index) if index < self.pieces.chips.len() => {
                self.pieces.chips.remove(index);
            }
            Change::Open => self.open = true,
            Change::Close => {
                self.open = false;
                self.chosen = None;
                self.leave_help();
            }
            Change::Help(true) => {
                self.open = true;
                self.help = true;
            }
            Change::Help(false) => {
                self.open = true;
                self.leave_help();
            }
            Change::Chosen(index) => self.chosen = index,
            Change::Without(_) | Change::Kept => {}
        }
    }
}

impl FieldState {
    /// The sign that asked for it is no search.
    fn leave_help(&mut self) {
        if self.help && self.pieces.text.trim() == "?" {
            self.pieces.text.clear();
            self.caret = 0;
        }
        self.help = false;
    }
}

impl Reducible for FieldState {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(change);
        Rc::new(next)
    }
}

/// The search with a choice in place of what was typed from there to there,
/// and where the caret is then. What is finished becomes a chip, unless it
/// stands among alternatives, where it belongs to its side.
pub fn with(
    pieces: &Pieces,
    from: usize,
    to: usize,
    text: &str,
    finished: bool,
) -> (Pieces, usize) {
    let (before, after) = (&pieces.text[..from], &pieces.text[to..]);
    let mut next = pieces.clone();
    let chip = Chip::read(text).filter(|_| finished);
    let apart = |chip: &Chip| Pieces::read(&format!("{before}{text}{after}")).has(chip);
    if let Some(chip) = chip.filter(apart) {
        next.text = format!("{before}{}", after.trim_start());
        next.put(chip);
        return (next, from);
    }
    let gap = if finished && !after.starts_with(' ') {
        " "
    } else {
        ""
    };
    next.text = format!("{before}{text}{gap}{after}");
    (next, from + text.len() + gap.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(state: &mut FieldState, text: &str) {
        state.apply(Change::Typed {
            text: text.into(),
            caret: text.len(),
            composing: false,
        });
    }

    #[test]
    fn a_filter_becomes_a_chip_when_the_space_behind_it_is_typed() {
        let mut state = FieldState::default();
        typed(&mut state, "style:photo");
        assert_eq!((state.pieces.chips.len(), state.moved), (0, 0));
        typed(&mut state, "style:photo ");
        assert_eq!((state.pieces.chips.len(), &*state.pieces.text), (1, ""));
        assert_eq!(state.moved, 1, "the caret is put where the text is now");
        typed(&mut state, "tag:cat blue");
        assert_eq!(state.pieces.write(), "style:photo tag:cat blue");
        state.apply(Change::Without(0));
        state.apply(Change::Without(9));
        assert_eq!(state.pieces.write(), "tag:cat blue");
    }

    #[test]
    fn letters_that_are_being_put_together_are_left_alone() {
        let mut state = FieldState::default();
        state.apply(Change::Typed {
            text: "tag:cat ".into(),
            caret: 8,
            composing: true,
        });
        assert_eq!(state.pieces.text, "tag:cat ");
    }

    #[test]
    fn a_question_mark_alone_asks_for_help() {
        let mut state = FieldState::default();
        typed(&mut state, "?");
        assert!(state.open && state.help);
        typed(&mut state, "what?");
        assert!(!state.help);
        typed(&mut state, "?");
        state.apply(Change::Close);
        assert!(!state.open && state.pieces.is_empty());
    }

    #[test]
    fn a_choice_takes_the_place_of_what_was_typed() {
        let pieces = Pieces::read("type:image");
        let state = Pieces {
            text: "blue ca door".into(),
            ..pieces
        };
        let (next, caret) = with(&state, 5, 7, "tag:cat", true);
        assert_eq!((&*next.text, caret), ("blue door", 5));
        assert_eq!(next.write(), "type:image tag:cat blue door");
        let (next, caret) = with(&state, 5, 7, "style:", false);
        assert_eq!((&*next.text, caret), ("blue style: door", 11));
        let either = Pieces {
            text: "dog OR ca".into(),
            ..Pieces::default()
        };
        let (next, caret) = with(&either, 7, 9, "tag:cat", true);
        assert_eq!((next.write().as_str(), caret), ("dog OR tag:cat", 15));
    }
}
