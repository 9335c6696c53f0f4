//! Fetches lists and elements into the library.

use protocol::ElementId;
use protocol::search::Found;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::library::{Change, LibraryState, use_library};
use super::list::{ListKey, Mode, Phase};
use crate::api::{self, Failure};

/// Fetches; cheap to clone.
#[derive(Clone, PartialEq)]
pub struct Loader(UseReducerDispatcher<LibraryState>);

#[hook]
pub fn use_loader() -> Loader {
    Loader(use_library().dispatcher())
}

/// Fetches a list that is shown again where it was forgotten meanwhile.
#[hook]
pub fn use_reload_of_forgotten(key: &ListKey) {
    let library = use_library();
    let loader = use_loader();
    let unasked = library.list(key).phase == Phase::Unasked;
    let before = use_mut_ref(|| None::<(ListKey, bool)>);
    use_effect_with((key.clone(), unasked), move |(key, unasked)| {
        let before = before.replace(Some((key.clone(), *unasked)));
        // a list that is shown for the first time is asked for by who shows it
        if *unasked && before == Some((key.clone(), false)) {
            loader.list(key.clone(), Mode::Anew);
        }
    });
}

impl Loader {
    pub fn new(library: UseReducerDispatcher<LibraryState>) -> Self {
        Self(library)
    }

    /// Fetches a page of a list; whoever asks has seen to it that it is not
    /// being fetched already.
    pub fn list(&self, key: ListKey, mode: Mode) {
        let library = self.0.clone();
        library.dispatch(Change::Loading(key.clone(), mode.clone()));
        spawn_local(async move {
            library.dispatch(match fetch(&key, &mode).await {
                Ok(page) => Change::Received(key, mode, page),
                Err(why) => Change::Failed(key, why.message()),
            });
        });
    }

    /// Looks whether a list has new entries on top, without touching what is shown.
    pub fn look_for_new(&self, key: ListKey) {
        let library = self.0.clone();
        spawn_local(async move {
            // what cannot be looked up now is looked up at the next occasion
            let Ok(page) = fetch(&key, &Mode::Anew).await else {
                return;
            };
            for hit in page.items.into_iter().rev() {
                library.dispatch(Change::Arrived(key.clone(), Box::new(hit.element)));
            }
        });
    }

    /// Fetches elements anew.
    pub fn elements(&self, ids: Vec<ElementId>) {
        if ids.is_empty() {
            return;
        }
        let library = self.0.clone();
        spawn_local(async move {
            if let Ok(elements) = api::elements::bulk(&ids).await {
                library.dispatch(Change::Put(elements));
            }
        });
    }

    /// Fetches one element; `failed` hears why not.
    pub fn element(&self, id: ElementId, failed: Callback<Failure>) {
        let library = self.0.clone();
        spawn_local(async move {
            match api::elements::get(&id).await {
                Ok(element) => library.dispatch(Change::Put(vec![element])),
                Err(why) => failed.emit(why),
            }
        });
    }

    pub fn tell(&self, change: Change) {
        self.0.dispatch(change);
    }
}

async fn fetch(key: &ListKey, mode: &Mode) -> Result<Found, Failure> {
    let cursor = match mode {
        Mode::Anew => None,
        Mode::More(cursor) => Some(cursor),
    };
    match key {
        ListKey::Home => api::feeds::home(cursor).await,
        ListKey::Explore => api::feeds::explore(cursor).await,
        ListKey::Search(words) => api::feeds::search(words, cursor).await,
        ListKey::Owner(owner) => api::feeds::owned(owner, cursor).await,
        ListKey::Similar(id) => api::elements::similar(id).await,
        // the view fetches it: it may need a file, and an older search is ended
        ListKey::Visual(_) => Err(Failure::Garbled),
    }
}
