//! A storm over a server and its clients, then calm: the plan of one run.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use protocol::account::User;
use protocol::cluster::ClusterTouched;
use protocol::event::{AccountTouched, Event, LoginGone};
use protocol::{ClusterId, ElementId, Timestamp, Topic, UserId};
use tokio::sync::Notify;

use super::books::{Books, Node, Weather};
use super::device::{Device, Rest};
use super::panics::{Break, Part};
use crate::live::hub::HubStatus;
use crate::live::{CloseAll, Hub, Live, Relay, Status};
use crate::seed::dice::Dice;
use crate::supervise::{Home, Supervised};
use crate::time;

/// After so long everything that was cut is forgotten, and everybody who is
/// slow has caught up.
const CALM: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Storm,
    Calm,
    Over,
}

/// Something that is waited for, on one thread. It wakes in the order of
/// waiting, which the channels of the runtime do not.
#[derive(Clone)]
pub(super) struct Flag<T>(Rc<(Cell<T>, Notify)>);

impl<T: Copy + PartialEq> Flag<T> {
    fn new(value: T) -> Self {
        Self(Rc::new((Cell::new(value), Notify::new())))
    }

    fn set(&self, value: T) {
        self.0.0.set(value);
        self.0.1.notify_waiters();
    }

    pub fn get(&self) -> T {
        self.0.0.get()
    }

    /// Waits until it is so.
    pub async fn until(&self, wanted: T) {
        while self.get() != wanted {
            self.0.1.notified().await;
        }
    }
}

/// One server process.
pub(super) struct Server {
    pub live: Live,
    hub: Supervised<Hub>,
    relay: Supervised<Relay>,
    node: Arc<Node>,
    pub gone: Flag<bool>,
}

impl Server {
    fn start(books: &Books) -> Self {
        let node = Arc::new(Node::new(books));
        let home = Home::here();
        let hub = Supervised::start(&home, |_| Hub::default());
        let relay = Supervised::start(&home, {
            let (node, hub) = (node.clone(), hub.clone());
            move |_| Relay::new(node.clone(), vec![hub.port()], hub.port(), Arc::default())
        });
        Self {
            live: Live::new(node.clone(), hub.clone(), home),
            hub,
            relay,
            node,
            gone: Flag::new(false),
        }
    }
}

pub(super) struct World {
    pub books: Books,
    pub topics: Vec<Topic>,
    pub phase: Flag<Phase>,
    users: Vec<User>,
    server: RefCell<Option<Rc<Server>>>,
}

/// What came of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Report {
    /// Of all that every client saw, and when.
    pub digest: u64,
    pub events: u64,
    pub reloads: u64,
}

impl World {
    fn new(dice: &mut Dice) -> Self {
        let users: Vec<User> = (1..=2).map(user).collect();
        let mut topics = vec![Topic::Explore, Topic::Element(ElementId::from_parts(1, 1))];
        topics.extend(users.iter().map(|user| Topic::User(user.id.clone())));
        topics.extend((1..=2).map(|n| Topic::Cluster(ClusterId::from_parts(n, 1))));
        let books = Books::new(dice.bits());
        Self {
            server: RefCell::new(Some(Rc::new(Server::start(&books)))),
            books,
            topics,
            users,
            phase: Flag::new(Phase::Storm),
        }
    }

    pub fn server(&self) -> Option<Rc<Server>> {
        self.server.borrow().clone()
    }

    /// Keeps a half-open connection for a while.
    pub fn leave_behind(&self, rest: Option<Rest>) {
        if let Some(rest) = rest {
            actix::spawn(async move {
                time::sleep(rest.pause).await;
                drop(rest);
            });
        }
    }

    /// Something happens.
    async fn act(&self, dice: &mut Dice) {
        match dice.below(100) {
            0..=54 => self.happen(dice),
            55..=58 => {
                let topic = dice.pick(&self.topics);
                self.books.forget(topic);
            }
            59..=65 => {
                let (user, topic) = (dice.pick(&self.users), dice.pick(&self.topics));
                if let Topic::Cluster(id) = topic {
                    let event = Event::ClusterChanged(ClusterTouched { id: id.clone() });
                    self.books.turn_sight(&user.id, topic, event);
                }
            }
            66..=68 => {
                let user = dice.pick(&self.users).id.clone();
                let event = Event::AccountChanged(AccountTouched { id: user.clone() });
                self.books.tell(vec![Topic::User(user)], event);
            }
            69..=70 => self.log_out(dice),
            71..=78 => self.books.set_weather(Weather {
                slow: *dice.pick(&[3, 30, 300, 3_000]),
                trouble: *dice.pick(&[0.0, 0.01, 0.1, 0.5]),
            }),
            79..=84 => self.books.set_weather(Weather::FINE),
            85..=87 => self.restart(dice).await,
            88..=90 => self.break_something(dice),
            _ => {}
        }
    }

    /// Some events at once: a few mostly, now and then more than a queue or
    /// than a history holds.
    fn happen(&self, dice: &mut Dice) {
        let count = match dice.below(100) {
            0..=1 => 1_050 + dice.below(200),
            2..=5 => 200 + dice.below(400),
            _ => 1 + dice.below(5),
        };
        for _ in 0..count {
            let mut topics = vec![dice.pick(&self.topics).clone()];
            let also = dice.pick(&self.topics);
            if dice.chance(0.3) && topics[0] != *also {
                topics.push(also.clone());
            }
            self.books.happen(topics);
        }
    }

    fn log_out(&self, dice: &mut Dice) {
        let tokens = self.books.tokens();
        let token = tokens.get(dice.below(tokens.len()));
        if let Some((id, user)) = token.and_then(|token| self.books.log_out(token)) {
            let event = Event::LoginRevoked(LoginGone { id });
            self.books.tell(vec![Topic::User(user.id)], event);
        }
    }

    /// An actor panics.
    fn break_something(&self, dice: &mut Dice) {
        if let Some(server) = self.server() {
            let part = *dice.pick(&[Part::Hub, Part::Topics, Part::Sessions]);
            server.hub.do_send(Break(part));
        }
    }

    /// Stops the server, kindly or not, and starts it again in a while.
    async fn restart(&self, dice: &mut Dice) {
        if let Some(server) = self.server.take() {
            if dice.chance(0.3) {
                server.hub.do_send(CloseAll);
                pause(dice, 200).await;
            }
            server.node.kill();
            server.gone.set(true);
        }
        if dice.chance(0.1) {
            self.books.begin_anew();
        }
        pause(dice, 5_000).await;
        let server = Server::start(&self.books);
        self.server.replace(Some(Rc::new(server)));
    }
}

fn user(n: u64) -> User {
    User {
        id: UserId::from_parts(n, 0),
        handle: format!("user{n}").parse().expect("a handle"),
        display_name: String::new(),
        created_at: Timestamp::from_millis(0),
        avatar: Vec::new(),
    }
}

async fn pause(dice: &mut Dice, most: usize) {
    let pause = dice.below(most) as u64 + 1;
    time::sleep(Duration::from_millis(pause)).await;
}

/// One run.
///
/// # Panics
/// Something is not as it was promised.
pub(super) async fn run(seed: u64) -> Report {
    let mut dice = Dice::new(seed);
    let world = Rc::new(World::new(&mut dice));
    let devices: Vec<_> = (0..2 + dice.below(4))
        .map(|_| {
            let user = dice.pick(&world.users).clone();
            let device = Device::new(world.clone(), user, dice.bits());
            actix::spawn(device.live())
        })
        .collect();
    for _ in 0..40 + dice.below(80) {
        pause(&mut dice, 800).await;
        world.act(&mut dice).await;
    }
    world.books.set_weather(Weather::FINE);
    world.phase.set(Phase::Calm);
    time::sleep(CALM).await;
    world.phase.set(Phase::Over);

    let mut report = Report {
        digest: 0,
        events: 0,
        reloads: 0,
    };
    let mut rested = Vec::new();
    for device in devices {
        match device.await {
            Ok(device) => rested.push(device),
            Err(broken) => std::panic::resume_unwind(broken.into_panic()),
        }
    }
    let mut heard: Vec<Topic> = Vec::new();
    for device in &rested {
        device.knows_all();
        heard.extend(device.memory.topics().cloned());
        report.digest = report.digest.rotate_left(7) ^ device.digest;
        report.events += device.memory.events;
        report.reloads += device.memory.reloads;
    }
    heard.sort();
    heard.dedup();
    let server = world.server().expect("it was started again");
    assert!(server.relay.connected(), "the relay has stopped");
    let status = server.hub.send(Status).await.expect("the hub answers");
    let expected = HubStatus {
        sessions: rested.len(),
        topics: heard.len(),
        parked: 0,
    };
    assert_eq!(status, expected, "what the hub keeps");
    report
}
