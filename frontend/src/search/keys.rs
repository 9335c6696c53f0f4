//! The keys of the field and of its chips: those of a combobox, and the ways
//! between the text and the chips before it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::acting::Acting;
use super::offers::Offer;
use super::state::Change;
use crate::controls::focusable;
use crate::store::kept;

/// What is offered at this moment.
#[derive(Clone)]
pub struct Offered {
    pub all: Vec<Offer>,
    pub active: Option<usize>,
    /// The end of what a choice takes the place of.
    pub to: usize,
}

impl Offered {
    fn at(&self) -> Option<&Offer> {
        self.active.and_then(|at| self.all.get(at))
    }
}

pub fn on_key(acting: &Acting, offered: &Offered, form: &NodeRef) -> Callback<KeyboardEvent> {
    let (acting, offered, form) = (acting.clone(), offered.clone(), form.clone());
    Callback::from(move |event: KeyboardEvent| {
        if !event.is_composing() && handled(&acting, &offered, &form, &event) {
            event.prevent_default();
        }
    })
}

fn handled(acting: &Acting, offered: &Offered, form: &NodeRef, event: &KeyboardEvent) -> bool {
    let state = &acting.state;
    let last = offered.all.len().checked_sub(1);
    let move_to = |at: Option<usize>| {
        acting.tell(Change::Chosen(at));
        true
    };
    match (event.key().as_str(), last) {
        ("ArrowDown" | "ArrowUp", _) if !state.open => {
            acting.tell(Change::Open);
            true
        }
        ("ArrowDown", Some(last)) => {
            move_to(Some(offered.active.map_or(0, |at| (at + 1).min(last))))
        }
        ("ArrowUp", Some(_)) => move_to(offered.active.and_then(|at| at.checked_sub(1))),
        ("Enter", _) => {
            match offered.at() {
                Some(offer) => acting.choose(&offer.act, offered.to, true),
                None if state.help => {}
                None => acting.submit(&state.pieces),
            }
            true
        }
        ("Tab", _) if !event.shift_key() => {
            let offer = offered.at();
            if let Some(offer) = offer {
                acting.choose(&offer.act, offered.to, false);
            }
            offer.is_some()
        }
        ("Delete", _) => {
            let offer = offered.at().filter(|offer| offer.kept);
            if let Some(offer) = offer {
                kept::forget_search(&offer.name);
                move_to(None);
            }
            offer.is_some()
        }
        ("Backspace" | "ArrowLeft", _) if at_start(event) && !state.pieces.chips.is_empty() => {
            focus_chip(form, state.pieces.chips.len() - 1);
            true
        }
        ("Escape", _) => {
            event.stop_propagation();
            if state.open {
                acting.tell(Change::Close);
            } else {
                let input: HtmlInputElement = event.target_unchecked_into();
                // what has no focus cannot lose it
                let _ = input.blur();
            }
            false
        }
        _ => false,
    }
}

fn at_start(event: &KeyboardEvent) -> bool {
    let input: HtmlInputElement = event.target_unchecked_into();
    let at = |place: Result<Option<u32>, _>| place.ok().flatten() == Some(0);
    at(input.selection_start()) && at(input.selection_end())
}

/// Keys on a chip.
pub fn on_chip_key(acting: &Acting, form: &NodeRef) -> Callback<(usize, KeyboardEvent)> {
    let (acting, form) = (acting.clone(), form.clone());
    Callback::from(move |(index, event): (usize, KeyboardEvent)| {
        let count = acting.state.pieces.chips.len();
        match event.key().as_str() {
            "ArrowLeft" if index > 0 => focus_chip(&form, index - 1),
            "ArrowRight" if index + 1 < count => focus_chip(&form, index + 1),
            "ArrowRight" | "Escape" => acting.focus(),
            "Backspace" | "Delete" => acting.remove(index),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    })
}

fn focus_chip(form: &NodeRef, index: usize) {
    if let Some(form) = form.cast::<web_sys::Element>() {
        focusable::focus(focusable::shown(&form, ".search-chip").get(index));
    }
}
