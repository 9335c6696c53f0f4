//! Fetches lists and elements into the library.

use protocol::search::Found;
use protocol::{ClusterId, ElementId, Page};
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
            let change = match &key {
                ListKey::Cluster(id) => {
                    let page = api::clusters::items(id, mode.cursor()).await;
                    page.map(|page| Change::Items(key.clone(), mode, page))
                }
                _ => {
                    let page = fetch(&key, &mode).await;
                    page.map(|page| Change::Received(key.clone(), mode, page))
                }
            };
            library.dispatch(change.unwrap_or_else(|why| {
                if why.is_expired() {
                    Change::Expired(key)
                } else {
                    Change::Failed(key, why.message())
                }
            }));
        });
    }

    /// Fetches what a cluster holds anew, as far as it is shown, without
    /// anything being dimmed or cut off meanwhile.
    pub fn refresh_items(&self, id: ClusterId, shown: usize) {
        let library = self.0.clone();
        spawn_local(async move {
            let mut all = Vec::new();
            let mut next = None;
            loop {
                // what can't be had now is had with the next change
                let Ok(page) = api::clusters::items(&id, next.as_ref()).await else {
                    return;
                };
                let empty = page.items.is_empty();
                all.extend(page.items);
                next = page.next_cursor;
                if next.is_none() || empty || all.len() >= shown {
                    break;
                }
            }
            let page = Page {
                items: all,
                next_cursor: next,
            };
            library.dispatch(Change::Items(ListKey::Cluster(id), Mode::Anew, page));
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
    let cursor = mode.cursor();
    match key {
        ListKey::Home => api::feeds::home(cursor).await,
        ListKey::Explore => api::feeds::explore(cursor).await,
        ListKey::Search(words) => api::feeds::search(words, cursor).await,
        ListKey::Topic(id) => api::explore::topic(id, cursor).await,
        ListKey::Owner(owner) => api::feeds::owned(owner, cursor).await,
        ListKey::Likes(owner) => api::profiles::likes(owner, cursor).await,
        ListKey::Similar(id) => api::elements::similar(id).await,
        ListKey::Ideas(id) => api::clusters::recommendations(id, cursor).await,
        // what it holds comes with more than a feed's hits
        ListKey::Cluster(_) => Err(Failure::Garbled),
        // the view fetches it: it may need a file, and an older search is ended
        ListKey::Visual(_) => Err(Failure::Garbled),
    }
}
