//! The client's side of the protocol as a state machine: inputs in, actions
//! out, no clock and no socket of its own.

use std::collections::{BTreeMap, BTreeSet};

use protocol::ws::{
    ClientFrame, CloseCode, Command, Credentials, EventFrame, NoArg, Position, PresenceArg, Ready,
    Resume, ServerFrame, TopicArg,
};
use protocol::{SocketId, Topic};

use super::looking::Looking;
use super::steps::{Action, Input, Status};
use crate::backoff;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Phase {
    #[default]
    Stopped,
    /// Between attempts.
    Waiting,
    Connecting,
    /// `identify` or `resume` is under way.
    Opening,
    Ready,
}

/// Heartbeats without a word from the server before the line counts as dead.
const SILENT_BEATS: u32 = 2;

/// The state. One per page.
#[derive(Debug, Default)]
pub struct Machine {
    phase: Phase,
    session: Option<SocketId>,
    seq: u64,
    attempt: u32,
    silent: u32,
    next_id: u64,
    /// How many parts of the page listen to each topic.
    wanted: BTreeMap<Topic, usize>,
    /// Subscriptions that the server has been asked for in this session.
    asked: BTreeSet<Topic>,
    /// Where each topic stands: epoch and offset of the last event.
    places: BTreeMap<Topic, (String, u64)>,
    /// Topics of subscriptions that are not answered yet.
    pending: BTreeMap<u64, Topic>,
    looking: Looking,
}

impl Machine {
    /// Takes one input. `chance` in 0…1 spreads the attempts of many clients.
    pub fn step(&mut self, input: Input, chance: f64) -> Vec<Action> {
        match input {
            Input::Start => self.start(),
            Input::Stop => self.stop(),
            Input::Opened => self.opened(),
            Input::Frame(frame) => self.frame(frame),
            Input::Closed(code) => self.closed(code, chance),
            Input::RetryNow if self.phase == Phase::Waiting => self.connect(),
            Input::RetryNow => Vec::new(),
            Input::Beat => self.beat(),
            Input::Watch(topic) => self.watch(topic),
            Input::Unwatch(topic) => self.unwatch(&topic),
            Input::Here(topic, here) => self.look(topic, here),
        }
    }

    fn start(&mut self) -> Vec<Action> {
        if self.phase == Phase::Stopped {
            self.connect()
        } else {
            Vec::new()
        }
    }

    fn stop(&mut self) -> Vec<Action> {
        let wanted = std::mem::take(&mut self.wanted);
        let looking = std::mem::take(&mut self.looking).anew();
        *self = Self {
            wanted,
            looking,
            ..Self::default()
        };
        vec![Action::Disconnect, Action::Show(Status::Starting)]
    }

    fn connect(&mut self) -> Vec<Action> {
        self.phase = Phase::Connecting;
        vec![Action::Connect]
    }

    fn opened(&mut self) -> Vec<Action> {
        self.phase = Phase::Opening;
        self.silent = 0;
        // the browser sends its cookie; there is no token to show
        let credentials = Credentials::default();
        match self.session.clone() {
            None => {
                self.places.clear();
                self.pending.clear();
                vec![Action::Send(ClientFrame::Identify(credentials))]
            }
            Some(session) => {
                let topics = self
                    .places
                    .iter()
                    .filter(|(t, _)| self.wanted.contains_key(t));
                let topics = topics.map(|(topic, (epoch, offset))| Position {
                    topic: topic.clone(),
                    epoch: epoch.clone(),
                    offset: *offset,
                });
                let resume = Resume {
                    credentials,
                    session,
                    seq: self.seq,
                    topics: topics.collect(),
                };
                vec![
                    Action::Show(Status::CatchingUp),
                    Action::Send(ClientFrame::Resume(resume)),
                ]
            }
        }
    }

    fn frame(&mut self, frame: ServerFrame) -> Vec<Action> {
        self.silent = 0;
        match frame {
            ServerFrame::Hello(hello) => {
                vec![Action::BeatEvery(
                    u32::try_from(hello.heartbeat_ms).unwrap_or(u32::MAX),
                )]
            }
            ServerFrame::Ready(ready) => self.ready(ready),
            ServerFrame::Resumed { .. } => {
                // its number repeats what the client said: the frames after it
                // follow, among them answers that were lost on the way
                self.open()
            }
            ServerFrame::Reload(reload) => {
                self.seq = self.seq.max(reload.seq);
                for topic in &reload.topics {
                    self.places.remove(topic);
                }
                let mut actions = vec![Action::Reload(reload.topics)];
                if self.phase == Phase::Opening {
                    actions.extend(self.open());
                }
                actions
            }
            ServerFrame::Event(event) => self.event(event),
            ServerFrame::Signal(signal) => {
                self.seq = self.seq.max(signal.seq);
                vec![Action::Signal(signal.topic, signal.signal)]
            }
            ServerFrame::Ok(reply) => {
                self.seq = self.seq.max(reply.seq);
                if let (Some(topic), Some(epoch), Some(offset)) =
                    (self.pending.remove(&reply.id), reply.epoch, reply.offset)
                {
                    self.places.insert(topic, (epoch, offset));
                }
                self.tell()
            }
            ServerFrame::Error { seq, id, .. } => {
                self.seq = self.seq.max(seq);
                // not visible, or gone: there is nothing to hear about it
                if let Some(topic) = self.pending.remove(&id) {
                    self.places.remove(&topic);
                }
                Vec::new()
            }
            // asked for by HTTP here
            ServerFrame::Found { .. } | ServerFrame::Pong { .. } => Vec::new(),
        }
    }

    fn ready(&mut self, ready: Ready) -> Vec<Action> {
        let lost = self.attempt > 0;
        self.session = Some(ready.session);
        self.seq = ready.seq;
        // what the last session told and was told counts no more
        self.looking = std::mem::take(&mut self.looking).anew();
        let quiet: Vec<Topic> = self.wanted.keys().cloned().collect();
        // the server takes up the topics whose places it was told, and tells
        // what was missed there; nothing is known of the others
        self.asked = self.places.keys().cloned().collect();
        let unknown: Vec<Topic> = self.wanted.keys().cloned().collect();
        let unknown = unknown
            .into_iter()
            .filter(|topic| !self.asked.contains(topic));
        let missed: Vec<Topic> = unknown.filter(|_| lost).collect();
        let mut actions = self.open();
        if lost {
            actions.extend(quiet.into_iter().map(Action::Quiet));
        }
        if !missed.is_empty() {
            actions.push(Action::Reload(missed));
        }
        actions
    }

    /// The session stands: ask for whatever it does not carry yet.
    fn open(&mut self) -> Vec<Action> {
        self.phase = Phase::Ready;
        self.attempt = 0;
        let missing: Vec<Topic> = self
            .wanted
            .keys()
            .filter(|topic| !self.asked.contains(*topic))
            .cloned()
            .collect();
        let mut actions = vec![Action::Show(Status::Online)];
        actions.extend(missing.into_iter().map(|topic| self.subscribe(topic)));
        actions.extend(self.tell());
        actions
    }

    fn look(&mut self, topic: Topic, here: bool) -> Vec<Action> {
        self.looking.look(topic, here);
        self.tell()
    }

    /// Tells the server what is looked at, as far as it does not know. It
    /// listens about topics whose subscription it has confirmed.
    fn tell(&mut self) -> Vec<Action> {
        if self.phase != Phase::Ready {
            return Vec::new();
        }
        let (asked, pending) = (&self.asked, &self.pending);
        let heard =
            |topic: &Topic| asked.contains(topic) && !pending.values().any(|open| open == topic);
        let changes = self.looking.changes(heard);
        let presence = |(topic, here)| {
            let id = self.id();
            let arg = PresenceArg { topic, here };
            Action::Send(ClientFrame::Presence(Command { id, arg }))
        };
        changes.into_iter().map(presence).collect()
    }

    fn event(&mut self, frame: EventFrame) -> Vec<Action> {
        self.seq = self.seq.max(frame.seq);
        let place = (frame.epoch, frame.offset);
        let known = self.places.insert(frame.topic.clone(), place.clone());
        match known {
            Some((epoch, offset)) if epoch == place.0 && place.1 <= offset => {
                // a replay of what was already shown
                self.places.insert(frame.topic, (epoch, offset));
                Vec::new()
            }
            Some((epoch, offset)) if epoch != place.0 || place.1 > offset + 1 => vec![
                Action::Deliver(frame.topic.clone(), frame.event),
                Action::Reload(vec![frame.topic]),
            ],
            _ => vec![Action::Deliver(frame.topic, frame.event)],
        }
    }

    fn closed(&mut self, code: u16, chance: f64) -> Vec<Action> {
        if self.phase == Phase::Stopped {
            return Vec::new();
        }
        let advice = CloseCode::ALL
            .into_iter()
            .find(|known| known.code() == code);
        if advice == Some(CloseCode::Unauthenticated) {
            let mut actions = self.stop();
            actions.push(Action::SignedOut);
            return actions;
        }
        if advice.is_some_and(|known| !known.resumable()) {
            self.session = None;
        }
        let first = self.phase == Phase::Ready
            && matches!(
                advice,
                Some(CloseCode::SlowConsumer | CloseCode::HeartbeatMissed)
            );
        let wait = if first {
            0
        } else {
            backoff::wait_ms(self.attempt, chance)
        };
        self.phase = Phase::Waiting;
        self.attempt += 1;
        vec![Action::Show(Status::Offline), Action::Wait(wait)]
    }

    fn beat(&mut self) -> Vec<Action> {
        if !matches!(self.phase, Phase::Ready | Phase::Opening) {
            return Vec::new();
        }
        self.silent += 1;
        if self.silent > SILENT_BEATS {
            return vec![Action::Disconnect];
        }
        if self.phase == Phase::Opening {
            return Vec::new();
        }
        let id = self.id();
        vec![Action::Send(ClientFrame::Ping(Command {
            id,
            arg: NoArg {},
        }))]
    }

    fn watch(&mut self, topic: Topic) -> Vec<Action> {
        *self.wanted.entry(topic.clone()).or_default() += 1;
        if self.phase == Phase::Ready && !self.asked.contains(&topic) {
            vec![self.subscribe(topic)]
        } else {
            Vec::new()
        }
    }

    fn unwatch(&mut self, topic: &Topic) -> Vec<Action> {
        match self.wanted.get_mut(topic) {
            Some(count) if *count > 1 => {
                *count -= 1;
                return Vec::new();
            }
            Some(_) => {
                self.wanted.remove(topic);
            }
            None => return Vec::new(),
        }
        self.places.remove(topic);
        // being there ends with the subscription
        self.looking.forget(topic);
        let asked = self.asked.remove(topic);
        let mut actions = vec![Action::Quiet(topic.clone())];
        if asked && self.phase == Phase::Ready {
            let id = self.id();
            let arg = TopicArg {
                topic: topic.clone(),
            };
            actions.push(Action::Send(ClientFrame::Unsubscribe(Command { id, arg })));
        }
        actions
    }

    fn subscribe(&mut self, topic: Topic) -> Action {
        let id = self.id();
        self.asked.insert(topic.clone());
        self.pending.insert(id, topic.clone());
        Action::Send(ClientFrame::Subscribe(Command {
            id,
            arg: TopicArg { topic },
        }))
    }

    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
