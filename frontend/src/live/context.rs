//! Brings events into the library, and the connection's status to the page.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::timers::callback::Timeout;
use protocol::element::{StageState, Visibility};
use protocol::event::Event;
use protocol::limits::BULK_IDS;
use protocol::ws::Signal;
use protocol::{ClusterId, ElementId, ErrorCode, Topic, UserId};
use yew::prelude::*;

use super::signals::{Heard, Signals, Told};
use super::socket::{Ears, Socket};
use super::steps::{Input, Status};
use crate::api::Failure;
use crate::profile::announce;
use crate::store::inbox::Inbox;
use crate::store::{
    Change, ClusterChange, Clusters, DeviceNews, Devices, Library, ListKey, Loader, Session, Whose,
    use_clusters, use_devices, use_inbox, use_library, use_session, use_user,
};

/// The connection, for the page.
#[derive(Clone)]
pub struct Live {
    pub status: Status,
    socket: Socket,
}

impl PartialEq for Live {
    fn eq(&self, other: &Self) -> bool {
        // there is one socket per page
        self.status == other.status
    }
}

/// Steps of several pictures that end together cost one request.
const GATHER_MS: u32 = 120;

/// What is to be fetched anew in a moment.
struct Refresher<Id>(Rc<RefCell<(BTreeSet<Id>, Option<Timeout>)>>);

impl<Id> Clone for Refresher<Id> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<Id> Default for Refresher<Id> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<Id: Ord + 'static> Refresher<Id> {
    fn add(&self, id: Id, fetch: impl FnOnce(BTreeSet<Id>) + 'static) {
        let mut inner = self.0.borrow_mut();
        inner.0.insert(id);
        let this = self.clone();
        inner.1.get_or_insert_with(|| {
            Timeout::new(GATHER_MS, move || {
                let mut inner = this.0.borrow_mut();
                inner.1 = None;
                let ids = std::mem::take(&mut inner.0);
                drop(inner);
                fetch(ids);
            })
        });
    }
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

/// Connects while somebody is signed in.
#[component]
pub fn LiveProvider(props: &ProviderProps) -> Html {
    let status = use_state(Status::default);
    let heard = use_reducer(Signals::default);
    let library = use_library();
    let clusters = use_clusters();
    let devices = use_devices().dispatcher();
    let inbox = use_inbox();
    let session = use_session();
    let user = use_user().map(|user| user.id);
    let socket = use_state({
        let status = status.setter();
        let library = library.clone();
        let me = user.clone();
        let told = heard.dispatcher();
        let account = session.clone();
        move || {
            let refresher = Refreshers::default();
            let events = (library.clone(), clusters.clone(), inbox.clone());
            let missed = devices.clone();
            Socket::new(Ears {
                status: Callback::from(move |now| status.set(now)),
                event: Callback::from(move |(topic, event)| {
                    let Some(event) = of_devices(&devices, event) else {
                        return;
                    };
                    let Some(event) = of_accounts(&account, &events.0, me.as_ref(), event) else {
                        return;
                    };
                    let Some(event) = notified(&events.2, event) else {
                        return;
                    };
                    receive(&events.0, &events.1, &refresher, me.as_ref(), topic, event);
                }),
                signal: Callback::from(move |(topic, signal)| told.dispatch(Told(topic, signal))),
                reload: Callback::from(move |topics: Vec<Topic>| {
                    missed.dispatch(DeviceNews::Missed);
                    if topics.iter().any(|topic| matches!(topic, Topic::User(_))) {
                        inbox.look_soon();
                    }
                    reload(&library, &clusters, topics);
                }),
                signed_out: Callback::from(move |()| session.left()),
            })
        }
    });
    use_effect_with(user, {
        let socket = (*socket).clone();
        move |user| {
            let topics = user.clone().map(topics_of).unwrap_or_default();
            for topic in &topics {
                socket.feed(Input::Watch(topic.clone()));
            }
            if !topics.is_empty() {
                socket.feed(Input::Start);
            }
            move || {
                for topic in topics {
                    socket.feed(Input::Unwatch(topic));
                }
                socket.feed(Input::Stop);
            }
        }
    });
    use_effect_with((), {
        let socket = (*socket).clone();
        move |()| {
            let listeners = waking(&socket);
            move || drop(listeners)
        }
    });
    let live = Live {
        status: *status,
        socket: (*socket).clone(),
    };
    html! {
        <ContextProvider<Live> context={live}>
            <ContextProvider<Heard> context={heard}>{ props.children.clone() }</ContextProvider<Heard>>
        </ContextProvider<Live>>
    }
}

fn topics_of(user: UserId) -> Vec<Topic> {
    vec![Topic::User(user), Topic::Explore]
}

/// A network that is back, or a page that is looked at again, is a good moment.
fn waking(socket: &Socket) -> Vec<EventListener> {
    let retry = |target: &web_sys::EventTarget, name: &'static str| {
        let socket = socket.clone();
        EventListener::new(target, name, move |_| socket.feed(Input::RetryNow))
    };
    vec![
        retry(&gloo::utils::window(), "online"),
        retry(&gloo::utils::document(), "visibilitychange"),
    ]
}

/// Takes what is about cameras; gives back what is not.
fn of_devices(devices: &UseReducerDispatcher<Devices>, event: Event) -> Option<Event> {
    match event {
        Event::DeviceChanged(device) => devices.dispatch(DeviceNews::Put(device)),
        Event::DeviceRemoved(gone) => devices.dispatch(DeviceNews::Gone(gone.id)),
        other => return Some(other),
    }
    None
}

/// Takes word that an account is different; gives back what is no such word.
fn of_accounts(
    session: &Session,
    library: &Library,
    me: Option<&UserId>,
    event: Event,
) -> Option<Event> {
    let Event::AccountChanged(touched) = event else {
        return Some(event);
    };
    if me == Some(&touched.id) {
        session.refresh();
    }
    // its name stands on its pictures
    let mut ids = library.of(&touched.id);
    ids.truncate(BULK_IDS);
    Loader::new(library.dispatcher()).elements(ids);
    announce(&touched.id);
    None
}

/// Takes what the account is told; gives back what is not about that.
fn notified(inbox: &Inbox, event: Event) -> Option<Event> {
    match event {
        Event::Notification(news) => inbox.heard(*news),
        Event::NotificationRemoved(gone) => inbox.lost(&gone.id),
        Event::NotificationsRead(read) => inbox.read_elsewhere(read.up_to),
        other => return Some(other),
    }
    None
}

fn receive(
    library: &Library,
    clusters: &Clusters,
    refresher: &Refreshers,
    me: Option<&UserId>,
    topic: Topic,
    event: Event,
) {
    match event {
        Event::ElementAdded(element) => {
            let lists = match topic {
                Topic::Explore => vec![ListKey::Explore, ListKey::Home],
                Topic::User(_) if element.visibility == Visibility::Public => {
                    vec![ListKey::Home, ListKey::Explore]
                }
                Topic::User(_) => vec![ListKey::Home],
                _ => Vec::new(),
            };
            let owner = ListKey::Owner(element.owner.handle.clone());
            for key in lists.into_iter().chain([owner]) {
                library.dispatch(Change::Arrived(key, element.clone()));
            }
        }
        Event::ElementStage(change) => {
            let (id, done) = (change.id.clone(), change.stage.state == StageState::Done);
            library.dispatch(Change::Stage(change));
            if done && library.knows(&id) {
                // the step's fruits (files, tags, colours) are not in the event
                let loader = Loader::new(library.dispatcher());
                refresher
                    .0
                    .add(id, move |ids| loader.elements(ids.into_iter().collect()));
            }
        }
        Event::ElementReady(element) | Event::ElementChanged(element) => {
            library.dispatch(Change::Put(vec![*element]));
        }
        Event::ElementRemoved(gone) if topic == Topic::Explore => {
            // deleted, or public no more; its other topics say which
            let owner = library.element(&gone.id).map(|e| e.owner.id.clone());
            let mine = owner.as_ref() == me;
            let whose = if mine { Whose::Mine } else { Whose::Others };
            library.dispatch(Change::Hidden(gone.id, whose));
        }
        Event::ElementRemoved(gone) => library.dispatch(Change::Gone(gone.id)),
        // which of these it is matters little: the server says what is left of it
        Event::ClusterChanged(touched) => touched_cluster(clusters, refresher, touched.id),
        Event::ClusterItem(item) => touched_cluster(clusters, refresher, item.id),
        Event::ClusterRemoved(gone) => touched_cluster(clusters, refresher, gone.id),
        // the socket closes with its own word for it
        Event::LoginRevoked(_) | Event::FetchChanged(_) => {}
        // taken before
        Event::DeviceChanged(_) | Event::DeviceRemoved(_) => {}
        Event::Notification(_) | Event::NotificationRemoved(_) | Event::NotificationsRead(_) => {}
        Event::AccountChanged(_) => {}
        // servers tell each other
        Event::TagsChanged(_) | Event::NodePresence(_) => {}
    }
}

/// Elements and clusters, each with their own moment.
type Refreshers = (Refresher<ElementId>, Refresher<ClusterId>);

fn touched_cluster(clusters: &Clusters, refreshers: &Refreshers, id: ClusterId) {
    let clusters = clusters.clone();
    refreshers.1.add(id, move |ids| {
        for id in ids {
            clusters.tell(ClusterChange::News(id.clone()));
            clusters.load(id, Callback::noop());
        }
    });
}

/// Some events were missed: look at what they would have changed.
fn reload(library: &Library, clusters: &Clusters, topics: Vec<Topic>) {
    let loader = Loader::new(library.dispatcher());
    let ids = library.processing();
    for topic in topics {
        match topic {
            Topic::Element(id) => {
                let (library, gone) = (library.dispatcher(), id.clone());
                loader.element(
                    id,
                    Callback::from(move |why: Failure| {
                        if why.code() == Some(ErrorCode::NotFound) {
                            library.dispatch(Change::Gone(gone.clone()));
                        }
                    }),
                );
            }
            Topic::Explore | Topic::User(_) | Topic::Feed(_) => {
                if matches!(topic, Topic::User(_)) && clusters.now().loaded() {
                    clusters.load_mine(None);
                }
                for key in library.loaded() {
                    if matches!(key, ListKey::Home | ListKey::Explore | ListKey::Owner(_)) {
                        loader.look_for_new(key);
                    }
                }
            }
            Topic::Cluster(id) => {
                clusters.tell(ClusterChange::News(id.clone()));
                clusters.load(id, Callback::noop());
            }
            Topic::Tags | Topic::Accounts | Topic::Nodes => {}
        }
    }
    loader.elements(ids);
}

#[hook]
pub fn use_live() -> Live {
    use_context::<Live>().expect("LiveProvider stands above every page")
}

/// Listens to one topic while the component is shown.
#[hook]
pub fn use_topic(topic: Option<Topic>) {
    let socket = use_live().socket;
    use_effect_with(topic, move |topic| {
        let topic = topic.clone();
        if let Some(topic) = &topic {
            socket.feed(Input::Watch(topic.clone()));
        }
        move || {
            if let Some(topic) = topic {
                socket.feed(Input::Unwatch(topic));
            }
        }
    });
}

/// Listens to one topic while the component is shown, and tells how it stands.
#[hook]
pub fn use_signal(topic: Option<Topic>) -> Option<Rc<Signal>> {
    use_topic(topic.clone());
    let heard = use_context::<Heard>().expect("LiveProvider stands above every page");
    topic.and_then(|topic| heard.of(&topic))
}

/// Says that somebody looks at a topic that is listened to, as long as the page
/// is in sight.
#[hook]
pub fn use_presence(topic: Option<Topic>) {
    let socket = use_live().socket;
    use_effect_with(topic, move |topic| {
        let look = topic.clone().map(|topic| {
            let socket = socket.clone();
            move |here: bool| socket.feed(Input::Here(topic.clone(), here))
        });
        let listener = look.clone().map(|look| {
            let document = gloo::utils::document();
            EventListener::new(&document, "visibilitychange", move |_| look(in_sight()))
        });
        if let Some(look) = &look {
            look(in_sight());
        }
        move || {
            drop(listener);
            if let Some(look) = look {
                look(false);
            }
        }
    });
}

fn in_sight() -> bool {
    !gloo::utils::document().hidden()
}
