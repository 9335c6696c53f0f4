//! The browser's socket under the machine: carries out its actions.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::{Interval, Timeout};
use protocol::Topic;
use protocol::event::Event;
use protocol::ws::{SUBPROTOCOL_JSON, Signal};
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, MessageEvent, WebSocket};
use yew::Callback;

use super::machine::Machine;
use super::steps::{Action, Input, Status};

/// Where the client reports to.
#[derive(Clone)]
pub struct Ears {
    pub status: Callback<Status>,
    pub event: Callback<(Topic, Event)>,
    /// A signal, or none where the last one is out of date.
    pub signal: Callback<(Topic, Option<Signal>)>,
    pub reload: Callback<Vec<Topic>>,
    pub signed_out: Callback<()>,
}

/// The one connection of this page. Cheap to clone.
#[derive(Clone)]
pub struct Socket(Rc<Inner>);

struct Inner {
    machine: RefCell<Machine>,
    line: RefCell<Option<Line>>,
    wait: RefCell<Option<Timeout>>,
    beat: RefCell<Option<Interval>>,
    ears: Ears,
}

/// An open or opening WebSocket; listens as long as it lives.
struct Line {
    socket: WebSocket,
    _listeners: [EventListener; 3],
}

impl Drop for Line {
    fn drop(&mut self) {
        // fails only for a bad code, and none is given
        let _ = self.socket.close();
    }
}

impl Socket {
    pub fn new(ears: Ears) -> Self {
        Self(Rc::new(Inner {
            machine: RefCell::default(),
            line: RefCell::default(),
            wait: RefCell::default(),
            beat: RefCell::default(),
            ears,
        }))
    }

    /// Takes one input and does what the machine says.
    pub fn feed(&self, input: Input) {
        let actions = self
            .0
            .machine
            .borrow_mut()
            .step(input, js_sys::Math::random());
        for action in actions {
            self.act(action);
        }
    }

    fn act(&self, action: Action) {
        let inner = &self.0;
        match action {
            Action::Connect => self.connect(),
            Action::Disconnect => {
                inner.beat.replace(None);
                inner.wait.replace(None);
                if inner.line.replace(None).is_some() {
                    self.later(Input::Closed(1006), 0);
                }
            }
            Action::Send(frame) => {
                if let (Some(line), Ok(text)) =
                    (&*inner.line.borrow(), serde_json::to_string(&frame))
                {
                    // a line that breaks right now says so by its close event
                    let _ = line.socket.send_with_str(&text);
                }
            }
            Action::Wait(millis) => {
                inner.line.replace(None);
                inner.beat.replace(None);
                self.later(Input::RetryNow, millis);
            }
            Action::BeatEvery(millis) => {
                let socket = self.clone();
                let beat = Interval::new(millis, move || socket.feed(Input::Beat));
                inner.beat.replace(Some(beat));
            }
            Action::Show(status) => inner.ears.status.emit(status),
            Action::Deliver(topic, event) => inner.ears.event.emit((topic, event)),
            Action::Signal(topic, signal) => inner.ears.signal.emit((topic, Some(signal))),
            Action::Quiet(topic) => inner.ears.signal.emit((topic, None)),
            Action::Reload(topics) => inner.ears.reload.emit(topics),
            Action::SignedOut => inner.ears.signed_out.emit(()),
        }
    }

    fn later(&self, input: Input, millis: u32) {
        let socket = self.clone();
        let wait = Timeout::new(millis, move || socket.feed(input));
        self.0.wait.replace(Some(wait));
    }

    fn connect(&self) {
        let Some(address) = address() else { return };
        let Ok(socket) = WebSocket::new_with_str(&address, SUBPROTOCOL_JSON) else {
            self.later(Input::Closed(1006), 0);
            return;
        };
        let opened = self.on(&socket, "open", |_| Some(Input::Opened));
        let closed = self.on(&socket, "close", |event| {
            let code = event.dyn_ref::<CloseEvent>().map_or(1006, CloseEvent::code);
            Some(Input::Closed(code))
        });
        let message = self.on(&socket, "message", |event| {
            let text = event.dyn_ref::<MessageEvent>()?.data().as_string()?;
            match serde_json::from_str(&text) {
                Ok(frame) => Some(Input::Frame(frame)),
                Err(why) => {
                    // a newer server may say more than this page understands
                    gloo::console::warn!("unknown frame", why.to_string());
                    None
                }
            }
        });
        self.0.line.replace(Some(Line {
            socket,
            _listeners: [opened, closed, message],
        }));
    }

    fn on(
        &self,
        socket: &WebSocket,
        name: &'static str,
        read: impl Fn(&web_sys::Event) -> Option<Input> + 'static,
    ) -> EventListener {
        let this = self.clone();
        EventListener::new(socket, name, move |event| {
            if let Some(input) = read(event) {
                // not from inside the listener: the input may drop it
                let this = this.clone();
                wasm_bindgen_futures::spawn_local(async move { this.feed(input) });
            }
        })
    }
}

fn address() -> Option<String> {
    let location = web_sys::window()?.location();
    let scheme = match location.protocol().ok()?.as_str() {
        "https:" => "wss:",
        _ => "ws:",
    };
    Some(format!("{scheme}//{}/api/v1/ws", location.host().ok()?))
}
