//! The database of the simulation: the same promises as the real one, kept in
//! memory, by the simulated clock, with slowness and failures out of the dice.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use db::{History, Published};
use protocol::account::User;
use protocol::event::{ElementGone, Event};
use protocol::notification::NotificationGone;
use protocol::{ElementId, LoginId, SocketId, Topic, UserId};
use tokio::sync::watch;

use crate::live::ground::{Ground, Outbox, Sight};
use crate::seed::dice::Dice;
use crate::{PlatformError, Viewer, time};

/// How the database is just now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weather {
    /// Longest time that it takes, each way, in milliseconds.
    pub slow: usize,
    /// Share of calls that fail.
    pub trouble: f64,
}

impl Weather {
    pub const FINE: Weather = Weather {
        slow: 3,
        trouble: 0.0,
    };
}

/// What was told, and whether it was told in full (see [`Published::whole`]).
#[derive(Debug, Clone)]
struct Told {
    event: Event,
    whole: bool,
}

struct State {
    epoch: u64,
    waiting: VecDeque<(Vec<Topic>, Told)>,
    topics: BTreeMap<Topic, Vec<Told>>,
    /// Offsets up to which the history is gone.
    forgotten: BTreeMap<Topic, u64>,
    hidden: BTreeSet<(UserId, Topic)>,
    /// By token; those in force.
    logins: BTreeMap<String, (LoginId, User)>,
    commits: watch::Sender<u64>,
    made: u64,
    dice: Dice,
    weather: Weather,
}

/// What outlives every server.
#[derive(Clone)]
pub(super) struct Books(Arc<Mutex<State>>);

impl Books {
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            epoch: 1,
            waiting: VecDeque::new(),
            topics: BTreeMap::new(),
            forgotten: BTreeMap::new(),
            hidden: BTreeSet::new(),
            logins: BTreeMap::new(),
            commits: watch::Sender::new(0),
            made: 0,
            dice: Dice::new(seed),
            weather: Weather::FINE,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set_weather(&self, weather: Weather) {
        self.state().weather = weather;
    }

    /// Commits one event that is like no other; one of ten only holds its
    /// place until the history is read.
    pub fn happen(&self, topics: Vec<Topic>) {
        let mut state = self.state();
        state.made += 1;
        let id = ElementId::from_parts(state.made, 7);
        let whole = !state.dice.chance(0.1);
        let event = Event::ElementRemoved(ElementGone { id });
        state.commit(topics, Told { event, whole });
    }

    pub fn tell(&self, topics: Vec<Topic>, event: Event) {
        self.state().commit(topics, Told { event, whole: true });
    }

    /// Lets an account hear a topic or not, and tells that topic.
    pub fn turn_sight(&self, user: &UserId, topic: &Topic, event: Event) {
        let mut state = self.state();
        let key = (user.clone(), topic.clone());
        if !state.hidden.remove(&key) {
            state.hidden.insert(key);
        }
        state.commit(vec![topic.clone()], Told { event, whole: true });
    }

    pub fn may_hear(&self, user: &UserId, topic: &Topic) -> bool {
        let state = self.state();
        state.sight(Some(user), topic) != Sight::None
    }

    /// A login of the account: its token.
    pub fn log_in(&self, user: &User) -> String {
        let mut state = self.state();
        state.made += 1;
        let (token, id) = (state.made.to_string(), LoginId::from_parts(state.made, 0));
        state.logins.insert(token.clone(), (id, user.clone()));
        token
    }

    /// Those in force, of all accounts.
    pub fn tokens(&self) -> Vec<String> {
        self.state().logins.keys().cloned().collect()
    }

    /// Ends a login; whose, and which it was.
    pub fn log_out(&self, token: &str) -> Option<(LoginId, User)> {
        self.state().logins.remove(token)
    }

    pub fn is_in_force(&self, token: &str) -> bool {
        self.state().logins.contains_key(token)
    }

    /// Forgets the history of a topic up to now.
    pub fn forget(&self, topic: &Topic) {
        let mut state = self.state();
        let last = state.position(topic);
        state.forgotten.insert(topic.clone(), last);
    }

    /// The database is another one: nothing of what was told is in it.
    pub fn begin_anew(&self) {
        let mut state = self.state();
        state.epoch += 1;
        state.topics.clear();
        state.forgotten.clear();
    }

    pub fn epoch(&self) -> String {
        self.state().epoch.to_string()
    }

    pub fn position(&self, topic: &Topic) -> u64 {
        self.state().position(topic)
    }

    /// What the topic's history says of an offset.
    pub fn event(&self, topic: &Topic, offset: u64) -> Option<Event> {
        let state = self.state();
        let told = state.topics.get(topic)?.get(offset as usize - 1)?;
        Some(told.event.clone())
    }
}

impl State {
    fn commit(&mut self, topics: Vec<Topic>, told: Told) {
        self.waiting.push_back((topics, told));
        self.commits.send_modify(|n| *n += 1);
    }

    fn position(&self, topic: &Topic) -> u64 {
        self.topics.get(topic).map_or(0, |told| told.len() as u64)
    }

    fn sight(&self, user: Option<&UserId>, topic: &Topic) -> Sight {
        let own = |id: &UserId| match user == Some(id) {
            true => Sight::Listener,
            false => Sight::None,
        };
        match (topic, user) {
            (Topic::User(id) | Topic::Feed(id), _) => own(id),
            (Topic::Explore, _) => Sight::Listener,
            (_, Some(user)) if self.hidden.contains(&(user.clone(), topic.clone())) => Sight::None,
            (Topic::Cluster(_), Some(_)) => Sight::Member,
            (Topic::Element(_), Some(_)) => Sight::Listener,
            _ => Sight::None,
        }
    }

    fn publish(&self, topic: &Topic, offset: u64, told: &Told, live: bool) -> Published {
        let place = || Event::NotificationRemoved(NotificationGone { id: "place".into() });
        let whole = told.whole || !live;
        Published {
            topic: topic.clone(),
            epoch: self.epoch.to_string(),
            offset,
            event: if whole { told.event.clone() } else { place() },
            whole,
        }
    }
}

/// The database as one server process has it, until that is killed.
pub(super) struct Node {
    books: Books,
    epoch: String,
    alive: AtomicBool,
}

impl Node {
    pub fn new(books: &Books) -> Self {
        Self {
            books: books.clone(),
            epoch: books.epoch(),
            alive: AtomicBool::new(true),
        }
    }

    /// From here on nothing that this process asks is answered.
    pub fn kill(&self) {
        self.alive.store(false, Ordering::SeqCst);
    }

    /// Never, once the process is killed.
    async fn answers(&self) {
        if !self.alive.load(Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
    }

    /// One way, to the database or back.
    async fn way(&self) -> Result<(), PlatformError> {
        self.answers().await;
        let (pause, fails) = {
            let mut state = self.books.state();
            let Weather { slow, trouble } = state.weather;
            let slow = if state.dice.chance(0.5) { 0 } else { slow };
            (state.dice.below(slow + 1), state.dice.chance(trouble))
        };
        if pause > 0 {
            time::sleep(Duration::from_millis(pause as u64)).await;
        }
        self.answers().await;
        match fails {
            true => Err(PlatformError::Gone("the simulated database")),
            false => Ok(()),
        }
    }

    /// Asks, and waits for the answer.
    async fn ask<T>(&self, question: impl FnOnce(&mut State) -> T) -> Result<T, PlatformError> {
        self.way().await?;
        let answer = question(&mut self.books.state());
        self.way().await?;
        Ok(answer)
    }
}

#[async_trait]
impl Outbox for Node {
    fn commits(&self) -> watch::Receiver<u64> {
        self.books.state().commits.subscribe()
    }

    async fn number(&self, limit: usize) -> Result<Vec<Published>, PlatformError> {
        self.ask(|state| {
            let mut numbered = Vec::new();
            let count = limit.min(state.waiting.len());
            for (topics, told) in state.waiting.drain(..count).collect::<Vec<_>>() {
                for topic in topics {
                    state
                        .topics
                        .entry(topic.clone())
                        .or_default()
                        .push(told.clone());
                    let offset = state.position(&topic);
                    numbered.push(state.publish(&topic, offset, &told, true));
                }
            }
            if count > 0 {
                state.commits.send_modify(|n| *n += 1);
            }
            numbered
        })
        .await
    }

    async fn prune(&self, _: Duration) -> Result<(), PlatformError> {
        self.ask(|_| ()).await
    }

    async fn sweep_logins(&self) -> Result<(), PlatformError> {
        self.ask(|_| ()).await
    }
}

#[async_trait]
impl Ground for Node {
    fn epoch(&self) -> String {
        self.epoch.clone()
    }

    fn name(&self) -> SocketId {
        let mut state = self.books.state();
        state.made += 1;
        SocketId::from_parts(state.made, 0)
    }

    async fn authenticate(&self, token: &str) -> Result<Option<Viewer>, PlatformError> {
        let token = token.to_owned();
        self.ask(move |state| {
            let (id, user) = state.logins.get(&token)?.clone();
            let mut viewer = Viewer::acting(user);
            viewer.login = id;
            Some(viewer)
        })
        .await
    }

    async fn refreshed(&self, login: &LoginId) -> Result<Option<Viewer>, PlatformError> {
        let login = login.clone();
        self.ask(move |state| {
            let found = state.logins.values().find(|(id, _)| *id == login);
            found.cloned().map(|(id, user)| {
                let mut viewer = Viewer::acting(user);
                viewer.login = id;
                viewer
            })
        })
        .await
    }

    async fn sight(&self, viewer: &db::Viewer, topic: &Topic) -> Result<Sight, PlatformError> {
        let (user, topic) = (viewer.id().cloned(), topic.clone());
        self.ask(move |state| state.sight(user.as_ref(), &topic))
            .await
    }

    async fn position(&self, topic: &Topic) -> Result<u64, PlatformError> {
        let topic = topic.clone();
        self.ask(move |state| state.position(&topic)).await
    }

    async fn history(
        &self,
        topic: &Topic,
        after: u64,
        limit: usize,
    ) -> Result<History, PlatformError> {
        let topic = topic.clone();
        self.ask(move |state| {
            let last = state.position(&topic);
            let kept = state.forgotten.get(&topic).copied().unwrap_or(0);
            if after > last || (after < last && after < kept) {
                return History::TooOld;
            }
            let told = state.topics.get(&topic).into_iter().flatten();
            let rest = (after + 1..).zip(told.skip(after as usize)).take(limit);
            let events = rest.map(|(offset, told)| state.publish(&topic, offset, told, false));
            History::Events(events.collect())
        })
        .await
    }

    async fn mark_read(&self, _: &UserId, _: u64) -> Result<(), PlatformError> {
        self.ask(|_| ()).await
    }
}
