//! Deleting several pictures, and taking that back.

use protocol::ElementId;
use protocol::cluster::Placement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::tally::{Failed, Tally, pictures};
use crate::api;
use crate::store::{Change, Library, ListKey, Loader, Selection, SelectionChange, Toasts};

/// Where a picture stood in each list.
type Places = Vec<(ElementId, Vec<(ListKey, Placement)>)>;

#[derive(Clone)]
pub struct Removal {
    pub library: Library,
    pub loader: Loader,
    pub selection: Selection,
    pub toasts: Toasts,
    pub failed: Callback<Vec<Failed>>,
    pub busy: UseStateSetter<bool>,
}

impl Removal {
    pub fn remove(&self, ids: Vec<ElementId>) {
        let this = self.clone();
        let places = self.places(&ids);
        self.busy.set(true);
        spawn_local(async move {
            let mut tally = Tally::default();
            for id in ids {
                match api::elements::remove(&id).await {
                    Ok(()) => {
                        this.loader.tell(Change::Gone(id.clone()));
                        tally.done.push(id);
                    }
                    Err(why) => tally.fail(id, why.message()),
                }
            }
            this.busy.set(false);
            let gone = SelectionChange::Without(tally.done.clone());
            this.selection.tell(gone);
            if !tally.done.is_empty() {
                let (undoing, done) = (this.clone(), tally.done.clone());
                let undo = Callback::from(move |()| undoing.restore(done.clone(), &places));
                this.toasts.offer(tally.says("Deleted"), "Undo", undo);
            }
            if !tally.failed.is_empty() {
                this.failed.emit(tally.failed);
            }
        });
    }

    /// In the order of the lists: each finds the one before it there.
    fn restore(&self, ids: Vec<ElementId>, places: &Places) {
        let (this, places) = (self.clone(), places.clone());
        spawn_local(async move {
            let mut tally = Tally::default();
            for (id, places) in places.into_iter().filter(|(id, _)| ids.contains(id)) {
                match api::elements::restore(&id).await {
                    Ok(element) => {
                        this.loader.tell(Change::Put(vec![element]));
                        for (key, place) in places {
                            this.loader.tell(Change::Moved(key, id.clone(), place));
                        }
                        tally.done.push(id);
                    }
                    Err(why) => tally.fail(id, why.message()),
                }
            }
            if tally.failed.is_empty() {
                this.toasts
                    .say(format!("{} restored", pictures(tally.done.len())));
            } else {
                this.failed.emit(tally.failed);
            }
        });
    }

    fn places(&self, ids: &[ElementId]) -> Places {
        let lists = self.library.loaded();
        let lists: Vec<_> = lists
            .into_iter()
            .map(|key| (self.library.list(&key), key))
            .collect();
        let mut ids = ids.to_vec();
        if let Some((first, _)) = lists.last() {
            ids.sort_by_key(|id| first.position(id));
        }
        let of = |id: ElementId| {
            let all = lists
                .iter()
                .filter_map(|(list, key)| Some((key.clone(), list.placement(&id)?)));
            let all = all.collect();
            (id, all)
        };
        ids.into_iter().map(of).collect()
    }
}
