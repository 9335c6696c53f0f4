//! What the account is told: the bell's count, the page's list, and notices
//! that pop up.

mod pause;
mod pops;
mod state;
mod target;

use std::cell::{Ref, RefCell};
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use protocol::notification::{Notification, NotificationNews};
use yew::platform::spawn_local;
use yew::prelude::*;

pub use pause::{is_paused, pause, resume};
pub use state::{InboxState, Shown};
pub use target::target;

use super::toasts::{Toasts, use_toasts};
use crate::api;
use crate::nav::{Go, use_go};
use crate::store::Phase;

/// What comes together is fetched, and pops up, together.
const GATHER_MS: u32 = 250;

/// Shared rather than copied, as what goes on between two requests needs it as
/// it is by then.
#[derive(Clone)]
pub struct Inbox {
    shared: Rc<RefCell<Inner>>,
    version: u64,
    changed: UseReducerDispatcher<Version>,
    toasts: Toasts,
}

#[derive(Default)]
struct Inner {
    state: InboxState,
    soon: Option<Timeout>,
    /// Asked for while a request was under way.
    again: bool,
    asking: bool,
    /// What waits to pop up.
    news: Vec<Notification>,
    /// The highest sequence that popped up or was there before.
    told: u64,
    go: Option<Go>,
}

#[derive(Default)]
struct Version(u64);

impl Reducible for Version {
    type Action = ();

    fn reduce(self: Rc<Self>, (): ()) -> Rc<Self> {
        Rc::new(Version(self.0 + 1))
    }
}

impl PartialEq for Inbox {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

impl Inbox {
    /// As it is now; not to be held while anything is told.
    pub fn now(&self) -> Ref<'_, InboxState> {
        Ref::map(self.shared.borrow(), |inner| &inner.state)
    }

    /// Changes what is known and shows it.
    pub fn edit<T>(&self, change: impl FnOnce(&mut InboxState) -> T) -> T {
        let result = change(&mut self.shared.borrow_mut().state);
        self.changed.dispatch(());
        result
    }

    /// How far down the page is; shows nothing anew.
    pub fn keep_top(&self, top: f64) {
        if let Some(shown) = &mut self.shared.borrow_mut().state.shown {
            shown.top = top;
        }
    }

    /// Something is told.
    pub fn heard(&self, news: NotificationNews) {
        {
            let mut inner = self.shared.borrow_mut();
            let fresh = news.notification.seq > inner.told;
            inner.told = inner.told.max(news.notification.seq);
            if fresh && !news.quiet {
                inner.news.push(news.notification);
            }
        }
        self.look_soon();
    }

    /// Something was taken back.
    pub fn lost(&self, id: &str) {
        self.shared.borrow_mut().news.retain(|news| news.id != id);
        self.edit(|state| state.gone(id));
        self.look_soon();
    }

    /// Some device read up to there.
    pub fn read_elsewhere(&self, up_to: u64) {
        self.shared.borrow_mut().news.retain(|n| n.seq > up_to);
        self.edit(|state| state.read_up_to(up_to));
        self.look_soon();
    }

    /// Fetches the first page in a moment.
    pub fn look_soon(&self) {
        let this = self.clone();
        let mut inner = self.shared.borrow_mut();
        inner.soon.get_or_insert_with(|| {
            Timeout::new(GATHER_MS, move || {
                this.shared.borrow_mut().soon = None;
                this.pop_up();
                this.look();
            })
        });
    }

    /// Fetches the first page; one request at a time.
    pub fn look(&self) {
        {
            let mut inner = self.shared.borrow_mut();
            if std::mem::replace(&mut inner.asking, true) {
                inner.again = true;
                return;
            }
            if inner.state.phase != Phase::Idle {
                inner.state.phase = Phase::Loading;
            }
        }
        let this = self.clone();
        spawn_local(async move {
            let answer = api::notifications::list(None).await;
            let again = {
                let mut inner = this.shared.borrow_mut();
                inner.asking = false;
                std::mem::take(&mut inner.again)
            };
            this.edit(|state| match answer {
                Ok(page) => state.received(page),
                // what is there stays; the next event or reconnect looks again
                Err(_) if state.phase == Phase::Idle => {}
                Err(why) => state.failed(why.message()),
            });
            {
                let mut inner = this.shared.borrow_mut();
                inner.told = inner.told.max(inner.state.read.latest);
            }
            if again {
                this.look();
            }
        });
    }

    /// Fetches what follows on the page.
    pub fn more(&self) {
        let next = self.edit(|state| {
            let shown = state.shown.as_mut()?;
            let next = shown.next.clone().filter(|_| shown.more != Phase::Loading);
            if next.is_some() {
                shown.more = Phase::Loading;
            }
            next
        });
        let Some(next) = next else {
            return;
        };
        let this = self.clone();
        spawn_local(async move {
            let answer = api::notifications::list(Some(&next)).await;
            this.edit(|state| match answer {
                Ok(page) => state.more(page),
                Err(why) => {
                    if let Some(shown) = &mut state.shown {
                        shown.more = Phase::Failed(why.message());
                    }
                }
            });
        });
    }

    /// Tells the server how far it was read; `said` where somebody asked for it.
    pub fn read(&self, up_to: u64, said: bool) {
        self.edit(|state| state.read_up_to(up_to));
        let this = self.clone();
        spawn_local(async move {
            match api::notifications::read(up_to).await {
                Ok(read) => this.edit(|state| state.read = read),
                Err(why) if said => {
                    this.toasts
                        .say(format!("Not marked as read: {}", why.message()));
                    this.look();
                }
                // counted as unread again until the page is opened once more
                Err(_) => this.look(),
            }
        });
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn InboxProvider(props: &ProviderProps) -> Html {
    let shared = use_memo((), |()| RefCell::<Inner>::default());
    let version = use_reducer(Version::default);
    let inbox = Inbox {
        shared,
        version: version.0,
        changed: version.dispatcher(),
        toasts: use_toasts(),
    };
    // where a notice leads is said when it is pressed
    inbox.shared.borrow_mut().go = Some(use_go());
    use_effect_with((), {
        let inbox = inbox.clone();
        move |()| inbox.look()
    });
    html! {
        <ContextProvider<Inbox> context={inbox}>{ props.children.clone() }</ContextProvider<Inbox>>
    }
}

#[hook]
pub fn use_inbox() -> Inbox {
    use_context::<Inbox>().expect("InboxProvider stands above every page")
}
