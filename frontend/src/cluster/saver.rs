//! Saves to clusters and says so.

use std::rc::Rc;

use protocol::ElementId;
use protocol::cluster::{Cluster, NewCluster};
use yew::prelude::*;

use super::picker::{Picking, is_picker_open, use_picking};
use crate::api::{self, Failure};
use crate::store::{Clusters, Toasts, use_clusters, use_toasts};

#[derive(Clone, PartialEq)]
pub struct Saver {
    clusters: Clusters,
    toasts: Toasts,
    picking: Picking,
}

#[hook]
pub fn use_saver() -> Saver {
    Saver {
        clusters: use_clusters(),
        toasts: use_toasts(),
        picking: use_picking(),
    }
}

impl Saver {
    /// Shows at once; what came of it is told when it is known.
    pub fn keep(&self, element: &ElementId, cluster: &Rc<Cluster>, held: bool) {
        let done = {
            let (this, element, cluster) = (self.clone(), element.clone(), cluster.clone());
            Callback::from(move |result: Result<bool, Failure>| match result {
                Ok(held) => this.told(&element, &cluster, held),
                // an open pop-over says it on the row
                Err(_) if is_picker_open() => {}
                Err(why) => this.toasts.say(refusal(&cluster, held, &why)),
            })
        };
        self.clusters.keep(element, &cluster.id, held, done);
    }

    /// A new cluster with this element in it.
    pub async fn create(&self, element: &ElementId, new: &NewCluster) -> Result<(), Failure> {
        let cluster = api::clusters::create(new).await?;
        self.clusters.put(cluster.clone());
        self.clusters.learn(element, &cluster.id, true);
        self.told(element, &Rc::new(cluster), true);
        Ok(())
    }

    fn told(&self, element: &ElementId, cluster: &Rc<Cluster>, held: bool) {
        let undo = {
            let (this, element, cluster) = (self.clone(), element.clone(), cluster.clone());
            Callback::from(move |()| this.keep(&element, &cluster, !held))
        };
        let change = {
            let (picking, element, id) =
                (self.picking.clone(), element.clone(), cluster.id.clone());
            Callback::from(move |()| picking.change(&element, id.clone()))
        };
        let what = if held { "Saved to" } else { "Removed from" };
        let text = format!("{what} {}", cluster.name);
        self.toasts
            .offer_all(text, [("Undo", undo), ("Change", change)]);
    }
}

fn refusal(cluster: &Cluster, held: bool, why: &Failure) -> String {
    let what = if held {
        "Not saved to"
    } else {
        "Not removed from"
    };
    format!("{what} {}: {}", cluster.name, why.message())
}
