//! Moves and removes what a cluster holds: at once here, then at the server;
//! what is refused is undone.

use std::cell::Cell;
use std::rc::Rc;

use protocol::cluster::Placement;
use protocol::{ClusterId, ElementId};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::store::{
    Change, Clusters, Library, ListKey, Loader, Toasts, use_clusters, use_library, use_loader,
    use_toasts,
};

#[derive(Clone)]
pub struct Mover {
    id: ClusterId,
    library: Library,
    loader: Loader,
    clusters: Clusters,
    toasts: Toasts,
    /// Changes on their way, and whether something was reported meanwhile.
    pending: Rc<(Cell<u32>, Cell<bool>)>,
}

impl PartialEq for Mover {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.library == other.library
    }
}

/// Also fetches the list anew whenever the cluster is reported to have changed.
#[hook]
pub fn use_mover(id: &ClusterId) -> Mover {
    let mover = Mover {
        id: id.clone(),
        library: use_library(),
        loader: use_loader(),
        clusters: use_clusters(),
        toasts: use_toasts(),
        pending: use_memo((), |()| (Cell::new(0), Cell::new(false))),
    };
    let news = mover.clusters.now().news(id);
    let seen = use_mut_ref(|| news);
    use_effect_with(news, {
        let mover = mover.clone();
        move |news| {
            if seen.replace(*news) != *news {
                mover.refresh();
            }
        }
    });
    mover
}

impl Mover {
    fn key(&self) -> ListKey {
        ListKey::Cluster(self.id.clone())
    }

    /// Not while a change is on its way: the answer would show it undone.
    fn refresh(&self) {
        if self.pending.0.get() > 0 {
            self.pending.1.set(true);
            return;
        }
        let shown = self.library.list(&self.key()).entries.len();
        self.loader.refresh_items(self.id.clone(), shown);
    }

    fn begin(&self) {
        self.pending.0.set(self.pending.0.get() + 1);
    }

    fn end(&self) {
        self.pending.0.set(self.pending.0.get().saturating_sub(1));
        if self.pending.0.get() == 0 && self.pending.1.take() {
            self.refresh();
        }
    }

    /// Puts an element elsewhere.
    pub fn place(&self, element: &ElementId, placement: Placement) {
        let back = self.library.list(&self.key()).placement(element);
        if back.is_some() && back.as_ref() != Some(&placement) {
            self.put(element, placement, back);
        }
    }

    /// `back` is where it stands so far, if it is in it at all.
    fn put(&self, element: &ElementId, placement: Placement, back: Option<Placement>) {
        self.tell(Change::Moved(
            self.key(),
            element.clone(),
            placement.clone(),
        ));
        self.begin();
        let (this, element) = (self.clone(), element.clone());
        spawn_local(async move {
            match api::clusters::place(&this.id, &element, &placement).await {
                Ok(placed) => this.clusters.put(placed.cluster),
                Err(why) => {
                    let key = this.key();
                    this.tell(match back {
                        Some(back) => Change::Moved(key, element.clone(), back),
                        None => Change::Left(key, element.clone()),
                    });
                    this.toasts.say(format!("Not moved: {}", why.message()));
                }
            }
            this.end();
        });
    }

    /// Takes an element out; Undo puts it where it was.
    pub fn remove(&self, element: &ElementId, name: &str) {
        let Some(back) = self.library.list(&self.key()).placement(element) else {
            return;
        };
        self.tell(Change::Left(self.key(), element.clone()));
        self.begin();
        let (this, element, name) = (self.clone(), element.clone(), name.to_owned());
        spawn_local(async move {
            match api::clusters::take_out(&this.id, &element).await {
                Ok(placed) => {
                    this.clusters.put(placed.cluster);
                    this.clusters.learn(&element, &this.id, false);
                    let undo = {
                        let (this, element, back) = (this.clone(), element.clone(), back.clone());
                        Callback::from(move |()| this.put(&element, back.clone(), None))
                    };
                    let text = format!("Removed from {name}");
                    this.toasts.offer(text, "Undo", undo);
                }
                Err(why) => {
                    this.tell(Change::Moved(this.key(), element.clone(), back));
                    this.toasts.say(format!("Not removed: {}", why.message()));
                }
            }
            this.end();
        });
    }

    fn tell(&self, change: Change) {
        self.loader.tell(change);
    }
}
