//! Arranging with a finger: it rests on a picture, lifts it, and puts it down
//! elsewhere. Near the window's edges the page scrolls along.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use gloo::timers::callback::{Interval, Timeout};
use protocol::ElementId;
use wasm_bindgen::JsCast;
use web_sys::{Element as Node, HtmlElement, PointerEvent as Pointer};
use yew::prelude::*;

use super::edge;

/// A finger that rests so long, in milliseconds, lifts what is below it.
const LIFT_MS: u32 = 350;
/// One that moves so far before, in CSS pixels, scrolls.
const STILL: f64 = 8.0;
/// How often the page scrolls along.
const SCROLL_MS: u32 = 16;

/// Where something is put down.
#[derive(Debug, Clone, PartialEq)]
pub enum Spot {
    /// Before another one, or after it.
    Beside(ElementId, bool),
    /// At the end of a section, or of what has none.
    End(Option<String>),
}

/// A finger on a picture.
struct Finger {
    pointer: i32,
    id: ElementId,
    tile: HtmlElement,
    from: (f64, f64),
    at: (f64, f64),
    /// Where within the picture it came down.
    grip: (f64, f64),
    /// How far the picture is shown from where it stands.
    shift: (f64, f64),
    lifted: bool,
    over: Option<(Node, Spot)>,
    _lift: Timeout,
    scroll: Option<Interval>,
}

#[derive(Clone)]
struct Touch {
    finger: Rc<RefCell<Option<Finger>>>,
    lifted: Callback<Option<ElementId>>,
    put: Callback<(ElementId, Spot)>,
}

/// Follows fingers below `root`. `lifted` hears what is held, `put` where it
/// is put down.
#[hook]
pub fn use_touch(
    root: NodeRef,
    lifted: Callback<Option<ElementId>>,
    put: Callback<(ElementId, Spot)>,
) {
    let finger = use_memo((), |()| RefCell::new(None::<Finger>));
    // the list may change while a finger is down: what it is put into is as it
    // is by then
    let latest = use_mut_ref(|| put.clone());
    latest.replace(put);
    use_effect_with((), move |()| {
        let put = Callback::from(move |what| {
            let put = latest.borrow().clone();
            put.emit(what);
        });
        let touch = Touch {
            finger,
            lifted,
            put,
        };
        let listeners = root.cast::<Node>().map(|root| touch.listen(&root));
        move || {
            drop(listeners);
            touch.end(false);
        }
    });
}

impl Touch {
    fn listen(&self, root: &Node) -> Vec<EventListener> {
        let on = |name: &'static str, tell: fn(&Touch, &web_sys::Event)| {
            let touch = self.clone();
            // not passive: a lifted picture moves, not the page
            let options = EventListenerOptions {
                phase: EventListenerPhase::Capture,
                passive: false,
            };
            EventListener::new_with_options(root, name, options, move |event| tell(&touch, event))
        };
        vec![
            on("pointerdown", Touch::down),
            on("pointermove", Touch::moved),
            on("pointerup", |touch, event| touch.up(event, true)),
            on("pointercancel", |touch, event| touch.up(event, false)),
            on("touchmove", |touch, event| {
                if touch.holds() {
                    event.prevent_default();
                }
            }),
            // what the browser would do with a long press
            on("dragstart", Touch::keep_for_us),
            on("contextmenu", Touch::keep_for_us),
        ]
    }

    fn keep_for_us(&self, event: &web_sys::Event) {
        if self.finger.borrow().is_some() {
            event.prevent_default();
        }
    }

    fn holds(&self) -> bool {
        self.finger.borrow().as_ref().is_some_and(|f| f.lifted)
    }

    fn down(&self, event: &web_sys::Event) {
        let Some(event) = event.dyn_ref::<Pointer>() else {
            return;
        };
        if event.pointer_type() != "touch" {
            return;
        }
        // a second finger wants something else
        if self.finger.borrow().is_some() {
            return self.end(false);
        }
        let picture = closest(event.target(), ".arrange-picture");
        let tile = picture.and_then(|picture| picture.closest(".arrange-tile").ok().flatten());
        let Some((tile, id)) = tile.and_then(|tile| {
            let id = id_of(&tile)?;
            Some((tile.dyn_into::<HtmlElement>().ok()?, id))
        }) else {
            return;
        };
        let (at, area) = (point(event), tile.get_bounding_client_rect());
        let this = self.clone();
        self.finger.replace(Some(Finger {
            pointer: event.pointer_id(),
            id,
            tile,
            from: at,
            at,
            grip: (at.0 - area.left(), at.1 - area.top()),
            shift: (0.0, 0.0),
            lifted: false,
            over: None,
            _lift: Timeout::new(LIFT_MS, move || this.lift()),
            scroll: None,
        }));
    }

    fn lift(&self) {
        let id = {
            let mut finger = self.finger.borrow_mut();
            let Some(finger) = finger.as_mut() else {
                return;
            };
            finger.lifted = true;
            finger.show();
            let this = self.clone();
            finger.scroll = Some(Interval::new(SCROLL_MS, move || this.scroll()));
            finger.id.clone()
        };
        self.lifted.emit(Some(id));
    }

    fn moved(&self, event: &web_sys::Event) {
        let Some(event) = event.dyn_ref::<Pointer>() else {
            return;
        };
        let scrolls = {
            let mut finger = self.finger.borrow_mut();
            let Some(finger) = finger.as_mut().filter(|f| f.pointer == event.pointer_id()) else {
                return;
            };
            finger.at = point(event);
            if finger.lifted {
                finger.show();
                finger.look();
            }
            let far = (finger.at.0 - finger.from.0)
                .abs()
                .max((finger.at.1 - finger.from.1).abs());
            !finger.lifted && far > STILL
        };
        if scrolls {
            self.end(false);
        }
    }

    fn up(&self, event: &web_sys::Event, put: bool) {
        let ours = event.dyn_ref::<Pointer>().is_some_and(|event| {
            let finger = self.finger.borrow();
            finger
                .as_ref()
                .is_some_and(|f| f.pointer == event.pointer_id())
        });
        if ours {
            self.end(put);
        }
    }

    fn scroll(&self) {
        let window = gloo::utils::window();
        let height = window.inner_height().ok().and_then(|h| h.as_f64());
        let mut finger = self.finger.borrow_mut();
        if let (Some(finger), Some(height)) = (finger.as_mut(), height) {
            let by = edge::speed(finger.at.1, height);
            if by != 0.0 {
                window.scroll_by_with_x_and_y(0.0, by);
                finger.show();
                finger.look();
            }
        }
    }

    /// Puts it down where it is, or lets it go where it was.
    fn end(&self, put: bool) {
        let Some(mut finger) = self.finger.take() else {
            return;
        };
        finger.mark(None);
        let _ = finger.tile.remove_attribute("data-held");
        let _ = finger.tile.remove_attribute("style");
        if !finger.lifted {
            return;
        }
        self.lifted.emit(None);
        if let (true, Some((_, spot))) = (put, finger.over.take()) {
            self.put.emit((finger.id.clone(), spot));
        }
    }
}

impl Finger {
    /// The picture follows the finger, whatever the page does meanwhile.
    fn show(&mut self) {
        let area = self.tile.get_bounding_client_rect();
        let stands = (area.left() - self.shift.0, area.top() - self.shift.1);
        self.shift = (
            self.at.0 - self.grip.0 - stands.0,
            self.at.1 - self.grip.1 - stands.1,
        );
        let style = format!("translate:{:.0}px {:.0}px", self.shift.0, self.shift.1);
        self.shift = (self.shift.0.round(), self.shift.1.round());
        // both are refused by no browser
        let _ = self.tile.set_attribute("data-held", "");
        let _ = self.tile.set_attribute("style", &style);
    }

    /// Finds what is below it and marks it.
    fn look(&mut self) {
        let document = gloo::utils::document();
        let below = document.element_from_point(self.at.0 as f32, self.at.1 as f32);
        let below = below.and_then(|node| node.closest(".arrange-tile, .drop-here").ok().flatten());
        let spot = below.and_then(|node| {
            let spot = match id_of(&node) {
                Some(id) if id == self.id => return None,
                Some(id) => {
                    let area = node.get_bounding_client_rect();
                    let after = self.at.0 > area.left() + area.width() / 2.0;
                    Spot::Beside(id, after)
                }
                None => Spot::End(node.get_attribute("data-section").filter(|s| !s.is_empty())),
            };
            Some((node, spot))
        });
        self.mark(spot.as_ref());
        self.over = spot;
    }

    /// Shows on which side it would be put down.
    fn mark(&self, spot: Option<&(Node, Spot)>) {
        if let Some((node, _)) = &self.over {
            let _ = node.remove_attribute("data-over");
        }
        if let Some((node, spot)) = spot {
            let side = match spot {
                Spot::Beside(_, true) => "after",
                Spot::Beside(_, false) => "before",
                Spot::End(_) => "in",
            };
            let _ = node.set_attribute("data-over", side);
        }
    }
}

fn id_of(tile: &Node) -> Option<ElementId> {
    tile.get_attribute("data-element")?.parse().ok()
}

fn closest(target: Option<web_sys::EventTarget>, css: &str) -> Option<Node> {
    let node = target?.dyn_into::<Node>().ok()?;
    node.closest(css).ok().flatten()
}

fn point(event: &Pointer) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}
