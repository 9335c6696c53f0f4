//! Deleting several pictures, and taking that back.

use protocol::ElementId;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::tally::{Failed, Tally, pictures};
use crate::api;
use crate::store::{Change, Loader, Selection, SelectionChange, Toasts};

#[derive(Clone)]
pub struct Removal {
    pub loader: Loader,
    pub selection: Selection,
    pub toasts: Toasts,
    pub failed: Callback<Vec<Failed>>,
    pub busy: UseStateSetter<bool>,
}

impl Removal {
    pub fn remove(&self, ids: Vec<ElementId>) {
        let this = self.clone();
        self.busy.set(true);
        spawn_local(async move {
            let mut tally = Tally::default();
            for id in ids {
                match api::elements::remove(&id).await {
                    Ok(removed) => {
                        this.loader.tell(Change::Removed(removed));
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
                let undo = Callback::from(move |()| undoing.restore(done.clone()));
                this.toasts.offer(tally.says("Deleted"), "Undo", undo);
            }
            if !tally.failed.is_empty() {
                this.failed.emit(tally.failed);
            }
        });
    }

    /// The last one first: each stood beside what was still there then.
    fn restore(&self, ids: Vec<ElementId>) {
        let this = self.clone();
        spawn_local(async move {
            let mut tally = Tally::default();
            for id in ids.into_iter().rev() {
                match api::elements::restore(&id).await {
                    Ok(element) => {
                        this.loader.tell(Change::Restored(Box::new(element)));
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
}
