//! A finger that stays where it is.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// As long as the systems' own, in milliseconds.
const LONG_MS: u32 = 450;
/// A finger is never quite still, in CSS pixels.
const STILL: f64 = 10.0;

/// Handlers for what is to be pressed long. A mouse has other ways.
#[derive(Clone, PartialEq)]
pub struct LongPress {
    pub down: Callback<PointerEvent>,
    pub r#move: Callback<PointerEvent>,
    pub up: Callback<PointerEvent>,
    /// The system's own menu stays away while a finger presses.
    pub menu: Callback<MouseEvent>,
    fired: Rc<Cell<bool>>,
}

impl LongPress {
    /// Was the click that comes now the end of a long press?
    pub fn was_long(&self) -> bool {
        self.fired.replace(false)
    }
}

#[hook]
pub fn use_long_press(tell: Callback<()>) -> LongPress {
    let timer = use_memo((), |()| RefCell::new(None::<Timeout>));
    let start = use_memo((), |()| Cell::new((0.0, 0.0)));
    let fired = use_memo((), |()| Cell::new(false));
    let touching = use_memo((), |()| Cell::new(false));
    let end = {
        let (timer, touching) = (timer.clone(), touching.clone());
        Callback::from(move |_: PointerEvent| {
            timer.replace(None);
            touching.set(false);
        })
    };
    LongPress {
        down: {
            let (timer, start, fired, touching) = (
                timer.clone(),
                start.clone(),
                fired.clone(),
                touching.clone(),
            );
            Callback::from(move |event: PointerEvent| {
                fired.set(false);
                touching.set(event.pointer_type() == "touch");
                if !touching.get() {
                    return;
                }
                start.set((event.client_x().into(), event.client_y().into()));
                let (tell, fired) = (tell.clone(), fired.clone());
                let later = Timeout::new(LONG_MS, move || {
                    fired.set(true);
                    tell.emit(());
                });
                timer.replace(Some(later));
            })
        },
        r#move: {
            let timer = timer.clone();
            Callback::from(move |event: PointerEvent| {
                let (x, y) = start.get();
                let far = (f64::from(event.client_x()) - x).hypot(f64::from(event.client_y()) - y);
                if far > STILL {
                    timer.replace(None);
                }
            })
        },
        up: end,
        menu: Callback::from(move |event: MouseEvent| {
            if touching.get() {
                event.prevent_default();
            }
        }),
        fired: fired.clone(),
    }
}
