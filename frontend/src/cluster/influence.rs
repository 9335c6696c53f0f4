//! How much a cluster counts in the viewer's home feed.

use protocol::ClusterId;
use protocol::cluster::{ClusterPatch, Influence};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::store::{Clusters, Toasts, use_clusters, use_toasts};

/// As it is now, and the way to choose: shown at once, taken back where the
/// server refuses.
#[hook]
pub fn use_influence(id: &ClusterId, name: &str) -> (Influence, Callback<Influence>) {
    let (clusters, toasts) = (use_clusters(), use_toasts());
    let wanted = use_state_eq(|| None::<Influence>);
    let known = clusters.now().cluster(id).map(|cluster| cluster.influence);
    let now = wanted.or(known).unwrap_or(Influence::Normal);
    let choose = {
        let (id, name, wanted) = (id.clone(), name.to_owned(), wanted.clone());
        Callback::from(move |influence: Influence| {
            if influence == now {
                return;
            }
            wanted.set(Some(influence));
            let wanted = wanted.clone();
            let done = Callback::from(move |()| wanted.set(None));
            let change = Change {
                clusters: clusters.clone(),
                toasts: toasts.clone(),
                id: id.clone(),
                name: name.clone(),
            };
            change.send(influence, Some(now), done);
        })
    };
    (now, choose)
}

#[derive(Clone)]
struct Change {
    clusters: Clusters,
    toasts: Toasts,
    id: ClusterId,
    name: String,
}

impl Change {
    /// `before` is offered as the way back.
    fn send(self, influence: Influence, before: Option<Influence>, done: Callback<()>) {
        spawn_local(async move {
            let patch = ClusterPatch {
                influence: Some(influence),
                ..ClusterPatch::default()
            };
            match api::clusters::patch(&self.id, &patch).await {
                Ok(cluster) => {
                    self.clusters.put(cluster);
                    let text = told(&self.name, influence);
                    match before {
                        Some(before) => {
                            let this = self.clone();
                            let undo = Callback::from(move |()| {
                                this.clone().send(before, None, Callback::noop());
                            });
                            self.toasts.offer(text, "Undo", undo);
                        }
                        None => self.toasts.say(text),
                    }
                }
                Err(why) => self.toasts.say(format!("Not changed: {}", why.message())),
            }
            done.emit(());
        });
    }
}

fn told(name: &str, influence: Influence) -> String {
    match influence {
        Influence::Muted => format!("“{name}” no longer shapes your home"),
        Influence::Normal => format!("“{name}” shapes your home as usual"),
        Influence::Boosted => format!("“{name}” shapes your home more"),
    }
}
