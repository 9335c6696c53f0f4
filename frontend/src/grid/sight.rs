//! Which part of the page is looked at.

use std::cell::Cell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::render::{AnimationFrame, request_animation_frame};
use web_sys::HtmlElement;
use yew::prelude::*;

/// The lines of an element that are in sight or near it, and its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    pub top: f64,
    pub bottom: f64,
    pub width: f64,
}

/// Sight moves in steps of this many pixels, so that scrolling re-renders rarely.
const STEP: f64 = 240.0;
/// Screens above and below that are kept ready.
const AHEAD: f64 = 1.25;

thread_local! {
    /// Width of the last masonry: a good guess for the next one before it is measured.
    static LAST_WIDTH: Cell<f64> = const { Cell::new(0.0) };
}

/// Follows the window over the element behind `node`.
#[hook]
pub fn use_sight(node: NodeRef) -> Sight {
    let sight = use_state_eq(|| {
        let (width, height) = window_size();
        let last = LAST_WIDTH.get();
        Sight {
            top: -height,
            bottom: height * (1.0 + AHEAD),
            width: if last > 0.0 && last <= width {
                last
            } else {
                width
            },
        }
    });
    let setter = sight.setter();
    use_effect_with((), move |()| {
        let measure = Rc::new(move || {
            if let Some(element) = node.cast::<HtmlElement>() {
                let now = look(&element);
                LAST_WIDTH.set(now.width);
                setter.set(now);
            }
        });
        measure();
        let listeners = ["scroll", "resize"].map(|name| once_per_frame(name, measure.clone()));
        move || drop(listeners)
    });
    *sight
}

/// Calls at most once per frame however often the event fires.
fn once_per_frame(name: &'static str, call: Rc<impl Fn() + 'static>) -> EventListener {
    let frame: Rc<Cell<Option<AnimationFrame>>> = Rc::default();
    EventListener::new(&gloo::utils::window(), name, move |_| {
        let call = call.clone();
        // replacing a frame that has not come cancels it
        frame.set(Some(request_animation_frame(move |_| call())));
    })
}

fn look(element: &HtmlElement) -> Sight {
    let rect = element.get_bounding_client_rect();
    let (_, height) = window_size();
    let top = -rect.top() - height * AHEAD;
    let bottom = -rect.top() + height * (1.0 + AHEAD);
    Sight {
        top: (top / STEP).floor() * STEP,
        bottom: (bottom / STEP).ceil() * STEP,
        width: rect.width(),
    }
}

fn window_size() -> (f64, f64) {
    let window = gloo::utils::window();
    let number = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|v| v.as_f64()).unwrap_or(800.0)
    };
    (number(window.inner_width()), number(window.inner_height()))
}
