//! Sends the files, and sends them again where the line broke.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::{BeforeUnloadEvent, File, Url};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::state::{Change, Chosen, Item, Step, UploadState};
use crate::api::Failure;
use crate::api::upload::{self, Upload};
use crate::backoff;
use crate::store::{Loader, kept, use_loader};

/// The files that are on their way.
#[derive(Clone, PartialEq)]
pub struct Uploads {
    state: UseReducerHandle<UploadState<File>>,
}

impl Uploads {
    pub fn items(&self) -> Vec<Item<File>> {
        self.state.items.clone()
    }

    /// Takes files in; whatever kind they are, the server judges them.
    pub fn add(&self, files: Vec<File>) {
        let chosen = files.into_iter().map(|file| Chosen {
            name: file.name().into(),
            bytes: file.size(),
            // without a preview the tray shows a plain square
            preview: Url::create_object_url_with_blob(&file)
                .unwrap_or_default()
                .into(),
            file,
        });
        self.state.dispatch(Change::Add(chosen.collect()));
    }

    pub fn again(&self, key: u32) {
        self.state.dispatch(Change::Again(key));
    }

    pub fn drop(&self, key: u32) {
        if let Some(item) = self.state.get(key) {
            forget(item);
        }
        self.state.dispatch(Change::Drop(key));
    }

    pub fn clear(&self) {
        for item in &self.state.items {
            if matches!(item.step, Step::Saved { .. } | Step::Refused { .. }) {
                forget(item);
            }
        }
        self.state.dispatch(Change::Clear);
    }
}

fn forget(item: &Item<File>) {
    // an address that is unknown by now is forgotten already
    let _ = Url::revoke_object_url(&item.preview);
}

/// What runs for each file; dropping it stops it.
#[derive(Default)]
struct Running {
    uploads: HashMap<u32, Upload>,
    waits: HashMap<u32, Timeout>,
    /// Attempts of files that are being sent again, and what the server asks
    /// to wait, in seconds.
    attempts: HashMap<u32, (u32, u64)>,
}

impl Running {
    fn failed(&mut self, key: u32, why: &Failure) {
        let (count, pause) = self.attempts.entry(key).or_default();
        *count += 1;
        *pause = why.retry_after().unwrap_or(0);
    }
}

type Shared = Rc<RefCell<Running>>;
type Dispatcher = UseReducerDispatcher<UploadState<File>>;

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn UploadProvider(props: &ProviderProps) -> Html {
    let state = use_reducer(UploadState::<File>::default);
    let loader = use_loader();
    let running: Shared = use_mut_ref(Running::default);

    use_effect_with((*state).clone(), {
        let (running, dispatcher) = (running.clone(), state.dispatcher());
        move |state| {
            running
                .borrow_mut()
                .uploads
                .retain(|key, _| state.get(*key).is_some());
            if let Some(item) = state.due() {
                send(item, &running, &dispatcher, &loader);
            }
            for item in &state.items {
                if let Step::Waiting { .. } = item.step {
                    wait(item.key, &running, &dispatcher);
                }
            }
        }
    });
    use_effect_with((), {
        let dispatcher = state.dispatcher();
        move |()| {
            let listener = EventListener::new(&gloo::utils::window(), "online", move |_| {
                dispatcher.dispatch(Change::AllAgain);
            });
            move || drop(listener)
        }
    });
    use_effect_with(state.unsaved(), |unsaved| {
        let listener = unsaved.then(ask_before_leaving);
        move || drop(listener)
    });

    html! {
        <ContextProvider<Uploads> context={Uploads { state }}>{ props.children.clone() }</ContextProvider<Uploads>>
    }
}

fn send(item: &Item<File>, running: &Shared, dispatcher: &Dispatcher, loader: &Loader) {
    let key = item.key;
    let progress = {
        let dispatcher = dispatcher.clone();
        Callback::from(move |part| dispatcher.dispatch(Change::Progress(key, part)))
    };
    let done = {
        let (running, dispatcher, loader) = (running.clone(), dispatcher.clone(), loader.clone());
        Callback::from(move |outcome: Result<upload::Saved, Failure>| {
            let (running, dispatcher, loader) =
                (running.clone(), dispatcher.clone(), loader.clone());
            // not from inside the listener: the upload is dropped here
            spawn_local(async move {
                running.borrow_mut().uploads.remove(&key);
                match outcome {
                    Ok(saved) => {
                        running.borrow_mut().attempts.remove(&key);
                        loader.elements(vec![saved.id.clone()]);
                        dispatcher.dispatch(Change::Saved(key, saved.id, saved.duplicate));
                    }
                    Err(why) if why.passing() => {
                        running.borrow_mut().failed(key, &why);
                        dispatcher.dispatch(Change::Later(key, why.message()));
                    }
                    Err(why) => dispatcher.dispatch(Change::Refused(key, why.message())),
                }
            });
        })
    };
    dispatcher.dispatch(Change::Progress(key, 0.0));
    match upload::start(&item.file, kept::upload_visibility(), progress, done) {
        Ok(upload) => drop(running.borrow_mut().uploads.insert(key, upload)),
        Err(why) => dispatcher.dispatch(Change::Refused(key, why.message())),
    }
}

/// Sets the clock for the next attempt, once.
fn wait(key: u32, running: &Shared, dispatcher: &Dispatcher) {
    let known = running.borrow().attempts.get(&key).copied();
    let (attempts, pause) = known.unwrap_or((1, 0));
    let asked = u32::try_from(pause.saturating_mul(1000)).unwrap_or(u32::MAX);
    let millis = backoff::wait_ms(attempts, js_sys::Math::random()).max(asked);
    let (shared, dispatcher) = (running.clone(), dispatcher.clone());
    running.borrow_mut().waits.entry(key).or_insert_with(|| {
        Timeout::new(millis, move || {
            shared.borrow_mut().waits.remove(&key);
            dispatcher.dispatch(Change::AllAgain);
        })
    });
}

fn ask_before_leaving() -> EventListener {
    let options = gloo::events::EventListenerOptions::enable_prevent_default();
    let window = gloo::utils::window();
    EventListener::new_with_options(&window, "beforeunload", options, |event| {
        event.prevent_default();
        if let Some(event) = event.dyn_ref::<BeforeUnloadEvent>() {
            event.set_return_value("Pictures are still being sent.");
        }
    })
}

#[hook]
pub fn use_uploads() -> Uploads {
    use_context::<Uploads>().expect("UploadProvider stands above every page")
}
