//! Long presses and the secondary button of a mouse.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::controls::Area;

/// A finger that rests so long, in milliseconds, wants the menu.
const LONG_MS: u32 = 480;
/// One that moves so far, in CSS pixels, scrolls.
const STILL: i32 = 10;

/// A finger that is down.
struct Finger {
    from: (i32, i32),
    _timer: Timeout,
}

/// Handlers for whatever is to be pressed.
#[derive(Clone)]
pub struct Press {
    pub onpointerdown: Callback<PointerEvent>,
    pub onpointermove: Callback<PointerEvent>,
    pub onpointerend: Callback<PointerEvent>,
    pub oncontextmenu: Callback<MouseEvent>,
    /// The click that ends a long press: to be asked by who handles clicks.
    pub was_long: Callback<(), bool>,
}

/// `open` is told where, and what has the focus to give back to.
#[hook]
pub fn use_press(open: Callback<(Area, HtmlElement)>) -> Press {
    let finger = use_mut_ref(|| None::<Finger>);
    let long = use_mut_ref(|| false);
    let onpointerdown = {
        let (finger, long, open) = (finger.clone(), long.clone(), open.clone());
        Callback::from(move |event: PointerEvent| {
            *long.borrow_mut() = false;
            let Some(card) = target(&event).filter(|_| event.pointer_type() == "touch") else {
                return;
            };
            let from = (event.client_x(), event.client_y());
            let (long, open) = (long.clone(), open.clone());
            let timer = Timeout::new(LONG_MS, move || {
                *long.borrow_mut() = true;
                open.emit((at(from), card));
            });
            finger.replace(Some(Finger {
                from,
                _timer: timer,
            }));
        })
    };
    let onpointermove = {
        let finger = finger.clone();
        Callback::from(move |event: PointerEvent| {
            let moved = finger.borrow().as_ref().is_some_and(|finger| {
                let (x, y) = finger.from;
                (event.client_x() - x)
                    .abs()
                    .max((event.client_y() - y).abs())
                    > STILL
            });
            if moved {
                lift(&finger);
            }
        })
    };
    let onpointerend = {
        let finger = finger.clone();
        Callback::from(move |_: PointerEvent| lift(&finger))
    };
    let oncontextmenu = {
        let long = long.clone();
        Callback::from(move |event: MouseEvent| {
            // with Shift the browser's own menu is wanted
            let Some(card) = target(&event).filter(|_| !event.shift_key()) else {
                return;
            };
            event.prevent_default();
            lift(&finger);
            // some browsers tell of a long press themselves
            if !*long.borrow() {
                *long.borrow_mut() = touched(&event);
                open.emit((at((event.client_x(), event.client_y())), card));
            }
        })
    };
    let was_long = Callback::from(move |()| std::mem::take(&mut *long.borrow_mut()));
    Press {
        onpointerdown,
        onpointermove,
        onpointerend,
        oncontextmenu,
        was_long,
    }
}

fn lift(finger: &Rc<RefCell<Option<Finger>>>) {
    finger.take();
}

/// Only over the picture: the buttons of a card have something else to do.
fn target(event: &MouseEvent) -> Option<HtmlElement> {
    let target = event.target_dyn_into::<web_sys::Element>()?;
    let link = target.closest(".card-link").ok().flatten()?;
    wasm_bindgen::JsCast::dyn_into(link).ok()
}

/// Did a finger cause it?
fn touched(event: &MouseEvent) -> bool {
    let event: Option<&PointerEvent> = wasm_bindgen::JsCast::dyn_ref(event);
    event.is_some_and(|event| event.pointer_type() == "touch")
}

fn at((x, y): (i32, i32)) -> Area {
    let (x, y) = (f64::from(x), f64::from(y));
    Area {
        left: x,
        top: y,
        right: x,
        bottom: y,
    }
}
