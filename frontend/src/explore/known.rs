//! What there is to explore, as the server said last. It is kept while somebody
//! goes elsewhere, so that Back finds the page as it was.

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use protocol::explore::{ExploreTopic, ExploreTopics, RisingClusters};
use protocol::tag::TagHint;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};
use crate::store::scroll;

/// Tags that are offered to begin with.
const TAGS: usize = 24;

/// An answer, or that there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Answer<T> {
    #[default]
    Waiting,
    Known(Rc<T>),
    /// In words for people.
    Failed(String),
}

impl<T> Answer<T> {
    pub fn known(&self) -> Option<&Rc<T>> {
        match self {
            Answer::Known(answer) => Some(answer),
            _ => None,
        }
    }

    pub fn is_waiting(&self) -> bool {
        matches!(self, Answer::Waiting)
    }

    /// A failure does not take away what is known.
    fn take(&mut self, answer: Result<T, Failure>) {
        match (answer, &*self) {
            (Ok(answer), _) => *self = Answer::Known(Rc::new(answer)),
            (Err(_), Answer::Known(_)) => {}
            (Err(why), _) => *self = Answer::Failed(why.message()),
        }
    }
}

#[derive(Default)]
pub struct ExploreState {
    pub topics: Answer<ExploreTopics>,
    pub rising: Answer<RisingClusters>,
    pub tags: Answer<Vec<TagHint>>,
}

impl ExploreState {
    /// Everything has been asked and answered once.
    pub fn is_settled(&self) -> bool {
        !(self.topics.is_waiting() || self.rising.is_waiting() || self.tags.is_waiting())
    }

    pub fn topic(&self, id: &str) -> Option<ExploreTopic> {
        let all = self.topics.known()?;
        all.items.iter().find(|topic| topic.id == id).cloned()
    }
}

/// Counts the answers, so that whoever shows something hears of them.
#[derive(Default)]
struct Version(u64);

impl Reducible for Version {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Version(self.0 + 1))
    }
}

/// The state and the way to have it made new.
#[derive(Clone)]
pub struct Explore {
    shared: Rc<RefCell<ExploreState>>,
    version: u64,
    changed: UseReducerDispatcher<Version>,
}

impl PartialEq for Explore {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Explore {
    pub fn now(&self) -> Ref<'_, ExploreState> {
        self.shared.borrow()
    }

    pub fn load_topics(&self) {
        let this = self.clone();
        spawn_local(async move {
            let answer = api::explore::topics().await;
            this.tell(|state| state.topics.take(answer));
        });
    }

    pub fn load_rising(&self) {
        let this = self.clone();
        spawn_local(async move {
            let answer = api::explore::clusters().await;
            this.tell(|state| state.rising.take(answer));
        });
    }

    pub fn load_tags(&self) {
        let this = self.clone();
        spawn_local(async move {
            let answer = api::tags::hints("", TAGS).await;
            let used = |hints: Vec<TagHint>| hints.into_iter().filter(|hint| hint.count > 0);
            let answer = answer.map(|hints| used(hints.items).collect());
            this.tell(|state| state.tags.take(answer));
        });
    }

    fn tell(&self, change: impl FnOnce(&mut ExploreState)) {
        change(&mut self.shared.borrow_mut());
        self.changed.dispatch(());
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn ExploreProvider(props: &ProviderProps) -> Html {
    let shared = use_memo((), |()| RefCell::<ExploreState>::default());
    let version = use_reducer(Version::default);
    let explore = Explore {
        shared,
        version: version.0,
        changed: version.dispatcher(),
    };
    html! {
        <ContextProvider<Explore> context={explore}>{ props.children.clone() }</ContextProvider<Explore>>
    }
}

#[hook]
pub fn use_explore() -> Explore {
    use_context::<Explore>().expect("ExploreProvider stands above every page")
}

/// Has this asked for when a page is opened; whoever comes back to it finds
/// what was there.
#[hook]
pub fn use_asked(load: impl Fn(&Explore) + 'static, known: impl Fn(&ExploreState) -> bool) {
    let explore = use_explore();
    let known = known(&explore.now());
    use_effect_with((), move |()| {
        if !(known && scroll::came_back()) {
            load(&explore);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_outlives_a_failure() {
        let mut answer = Answer::default();
        answer.take(Err::<u8, _>(Failure::Offline));
        assert!(matches!(answer, Answer::Failed(_)));
        answer.take(Ok(1));
        answer.take(Err(Failure::Offline));
        assert_eq!(answer.known().map(|n| **n), Some(1));
    }
}
