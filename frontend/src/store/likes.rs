//! What the viewer likes: asked for where it is shown, and changed at once.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use protocol::ElementId;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::clusters::Mark;
use super::toasts::{Toasts, use_toasts};
use crate::api;

/// Several that come into sight together cost one request.
const GATHER_MS: u32 = 60;

/// Shared rather than copied, as what goes on between two requests needs it as
/// it is by then.
#[derive(Clone)]
pub struct Likes {
    shared: Rc<RefCell<State>>,
    version: u64,
    changed: UseReducerDispatcher<Version>,
    toasts: Toasts,
}

#[derive(Default)]
struct State {
    marks: HashMap<ElementId, Mark>,
    /// Those that were asked about, whatever came of it.
    asked: HashSet<ElementId>,
    waiting: Vec<ElementId>,
    soon: Option<Timeout>,
}

#[derive(Default)]
pub struct Version(u64);

impl Reducible for Version {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Version(self.0 + 1))
    }
}

impl PartialEq for Likes {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Likes {
    pub fn has(&self, id: &ElementId) -> bool {
        self.shared.borrow().marks.get(id).is_some_and(Mark::held)
    }

    /// Finds out about one in a moment, unless that was done already.
    fn look_up(&self, id: &ElementId) {
        let mut state = self.shared.borrow_mut();
        if !state.asked.insert(id.clone()) {
            return;
        }
        state.waiting.push(id.clone());
        let this = self.clone();
        state
            .soon
            .get_or_insert_with(|| Timeout::new(GATHER_MS, move || this.fetch()));
    }

    fn fetch(&self) {
        let ids = {
            let mut state = self.shared.borrow_mut();
            state.soon = None;
            std::mem::take(&mut state.waiting)
        };
        let this = self.clone();
        spawn_local(async move {
            match api::elements::likes(&ids).await {
                Ok(liked) => {
                    let mut state = this.shared.borrow_mut();
                    for id in &ids {
                        let mark = state.marks.entry(id.clone()).or_default();
                        mark.learn(liked.contains(id));
                    }
                }
                // not known yet: the next time it is shown
                Err(_) => {
                    let mut state = this.shared.borrow_mut();
                    state.asked.retain(|id| !ids.contains(id));
                }
            }
            this.changed.dispatch(());
        });
    }

    /// Likes it or takes that back: shown at once, undone where the server
    /// refuses.
    pub fn set(&self, id: &ElementId, liked: bool) {
        let send = self.mark(id, |mark| mark.want(liked));
        if !send {
            return;
        }
        let (this, id) = (self.clone(), id.clone());
        spawn_local(async move {
            let mut next = Some(liked);
            while let Some(liked) = next {
                next = match api::elements::like(&id, liked).await {
                    Ok(()) => this.mark(&id, |mark| mark.done(liked)),
                    Err(why) => {
                        let text = why.message();
                        this.mark(&id, |mark| mark.fail(text.clone()));
                        let what = if liked { "Not liked" } else { "Still liked" };
                        this.toasts.say(format!("{what}: {text}"));
                        return;
                    }
                };
            }
        });
    }

    fn mark<T>(&self, id: &ElementId, edit: impl FnOnce(&mut Mark) -> T) -> T {
        let result = {
            let mut state = self.shared.borrow_mut();
            // what somebody says is no longer to be asked
            state.asked.insert(id.clone());
            edit(state.marks.entry(id.clone()).or_default())
        };
        self.changed.dispatch(());
        result
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn LikesProvider(props: &ProviderProps) -> Html {
    let shared = use_memo((), |()| RefCell::<State>::default());
    let version = use_reducer(Version::default);
    let likes = Likes {
        shared,
        version: version.0,
        changed: version.dispatcher(),
        toasts: use_toasts(),
    };
    html! {
        <ContextProvider<Likes> context={likes}>{ props.children.clone() }</ContextProvider<Likes>>
    }
}

/// Is it liked, and the way to change that. Asks the server once somebody
/// looks at it (`near`).
#[hook]
pub fn use_like(id: &ElementId, near: bool) -> (bool, Callback<()>) {
    let likes = use_context::<Likes>().expect("LikesProvider stands above every page");
    use_effect_with((id.clone(), near), {
        let likes = likes.clone();
        move |(id, near)| {
            if *near {
                likes.look_up(id);
            }
        }
    });
    let liked = likes.has(id);
    let toggle = {
        let id = id.clone();
        Callback::from(move |()| likes.set(&id, !liked))
    };
    (liked, toggle)
}
