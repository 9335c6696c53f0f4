//! Where a notification leads.

use protocol::notification::{Notification, What};
use protocol::{ClusterId, ElementId};

use crate::nav::{Go, Route};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Over the page that is shown.
    Element(ElementId),
    Cluster(ClusterId),
    Cameras,
    /// Of whoever follows.
    Profile(String),
    /// To the list: there is nothing else to see of it.
    List,
}

/// One picture where it is about one, else the cluster, else who did it.
pub fn target(one: &Notification) -> Target {
    if matches!(one.what, What::DeviceOffline { .. }) {
        return Target::Cameras;
    }
    let element = one.elements.first().map(|element| element.id.clone());
    let cluster = one.cluster.as_ref().map(|cluster| cluster.id.clone());
    let about_one = one.elements.len() == 1 || !matches!(one.what, What::ClusterAdded);
    match (element, cluster) {
        (Some(element), _) if about_one => Target::Element(element),
        (_, Some(cluster)) => Target::Cluster(cluster),
        (Some(element), None) => Target::Element(element),
        (None, None) => match one.actors.first() {
            Some(actor) => Target::Profile(actor.handle.to_string()),
            None => Target::List,
        },
    }
}

impl Target {
    pub fn route(&self) -> Route {
        match self {
            Target::Element(id) => Route::element(id),
            Target::Cluster(id) => Route::cluster(id),
            Target::Cameras => Route::Cameras,
            Target::Profile(handle) => Route::Profile {
                handle: handle.clone(),
            },
            Target::List => Route::Notifications,
        }
    }

    pub fn open(&self, go: &Go) {
        match self {
            Target::Element(id) => go.element(id, None),
            other => go.to(&other.route()),
        }
    }
}
