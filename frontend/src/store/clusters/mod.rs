//! Clusters: what the page knows of them, and the ways to change it.

mod mark;
mod state;

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use protocol::cluster::{Cluster, Placement};
use protocol::{ClusterId, ElementId, ErrorCode};
use yew::platform::spawn_local;
use yew::prelude::*;

pub use mark::Mark;
pub use state::{Change as ClusterChange, ClustersState};

use crate::api::{self, Failure};
use crate::store::Phase;

/// The state is shared rather than copied: what goes on between two requests
/// needs it as it is by then, not as it was when they began.
#[derive(Clone)]
pub struct Clusters {
    shared: Rc<RefCell<ClustersState>>,
    version: u64,
    changed: UseReducerDispatcher<Version>,
}

impl PartialEq for Clusters {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// Counts the changes, so that whoever shows something hears of them.
#[derive(Default)]
struct Version(u64);

impl Reducible for Version {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Version(self.0 + 1))
    }
}

impl Clusters {
    /// As it is now; not to be held while anything is told.
    pub fn now(&self) -> Ref<'_, ClustersState> {
        self.shared.borrow()
    }

    pub fn tell(&self, change: ClusterChange) {
        self.shared.borrow_mut().apply(change);
        self.changed.dispatch(());
    }

    pub fn put(&self, cluster: Cluster) {
        self.tell(ClusterChange::Put(Box::new(cluster)));
    }

    /// Fetches the list of the viewer's clusters; with an element, also which
    /// of them hold it.
    pub fn load_mine(&self, element: Option<ElementId>) {
        if element.is_none() && *self.now().phase() == Phase::Loading {
            return;
        }
        self.tell(ClusterChange::MineLoading);
        let this = self.clone();
        spawn_local(async move {
            this.tell(match api::clusters::mine(element.as_ref()).await {
                Ok(clusters) => ClusterChange::Mine(clusters, element),
                Err(why) => ClusterChange::MineFailed(why.message()),
            });
        });
    }

    /// Fetches one; `failed` hears why not.
    pub fn load(&self, id: ClusterId, failed: Callback<Failure>) {
        let this = self.clone();
        spawn_local(async move {
            match api::clusters::get(&id).await {
                Ok(cluster) => this.put(cluster),
                Err(why) => {
                    if why.code() == Some(ErrorCode::NotFound) {
                        this.tell(ClusterChange::Gone(id));
                    }
                    failed.emit(why);
                }
            }
        });
    }

    /// Puts an element in or takes it out. Shows at once; what fails is undone
    /// and told where it is shown. `done` hears what went through.
    pub fn keep(
        &self,
        element: &ElementId,
        cluster: &ClusterId,
        held: bool,
        done: Callback<Result<bool, Failure>>,
    ) {
        let send = self
            .shared
            .borrow_mut()
            .mark_mut(element, cluster)
            .want(held);
        self.changed.dispatch(());
        if send {
            self.send(element.clone(), cluster.clone(), held, done);
        }
    }

    fn send(
        &self,
        element: ElementId,
        cluster: ClusterId,
        held: bool,
        done: Callback<Result<bool, Failure>>,
    ) {
        let this = self.clone();
        spawn_local(async move {
            let mut next = Some(held);
            while let Some(held) = next {
                let answer = if held {
                    api::clusters::place(&cluster, &element, &Placement::default()).await
                } else {
                    api::clusters::take_out(&cluster, &element).await
                };
                next = match answer {
                    Ok(placed) => {
                        this.put(placed.cluster);
                        this.mark(&element, &cluster, |mark| mark.done(held))
                    }
                    Err(why) => {
                        let text = why.message();
                        this.mark(&element, &cluster, |mark| mark.fail(text));
                        done.emit(Err(why));
                        return;
                    }
                };
                if next.is_none() {
                    done.emit(Ok(held));
                }
            }
        });
    }

    /// Learns what the server has done on its own account.
    pub fn learn(&self, element: &ElementId, cluster: &ClusterId, held: bool) {
        self.mark(element, cluster, |mark| mark.learn(held));
    }

    fn mark<T>(
        &self,
        element: &ElementId,
        cluster: &ClusterId,
        edit: impl FnOnce(&mut Mark) -> T,
    ) -> T {
        let result = edit(self.shared.borrow_mut().mark_mut(element, cluster));
        self.changed.dispatch(());
        result
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn ClustersProvider(props: &ProviderProps) -> Html {
    let shared = use_memo((), |()| RefCell::<ClustersState>::default());
    let version = use_reducer(Version::default);
    let clusters = Clusters {
        shared,
        version: version.0,
        changed: version.dispatcher(),
    };
    html! {
        <ContextProvider<Clusters> context={clusters}>{ props.children.clone() }</ContextProvider<Clusters>>
    }
}

#[hook]
pub fn use_clusters() -> Clusters {
    use_context::<Clusters>().expect("ClustersProvider stands above every page")
}
