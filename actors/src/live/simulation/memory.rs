//! What a client knows, by docs/websocket.md and nothing else, and whether
//! what it is sent may be so: every event of its topics once and in order, or
//! a word that it has to fetch anew.

use std::collections::BTreeMap;

use protocol::account::User;
use protocol::ws::{
    ClientFrame, Command, Credentials, EventFrame, Position, Reply, Resume, ServerFrame, TopicArg,
};
use protocol::{SocketId, Topic};

use super::books::Books;

/// Where it stands in a topic.
#[derive(Debug)]
struct Place {
    epoch: String,
    /// None: it was told to fetch, and no event has come since.
    offset: Option<u64>,
    /// What it fetched last reached up to here.
    fetched: u64,
}

/// A command that is not answered yet.
#[derive(Debug, Clone, PartialEq)]
enum Wish {
    Join(Topic),
    Leave(Topic),
}

impl Wish {
    fn topic(&self) -> &Topic {
        match self {
            Wish::Join(topic) | Wish::Leave(topic) => topic,
        }
    }
}

pub(super) struct Memory {
    books: Books,
    user: User,
    session: Option<SocketId>,
    seq: u64,
    places: BTreeMap<Topic, Place>,
    wishes: BTreeMap<u64, Wish>,
    ids: u64,
    /// Whether the connection's session is open, and whether it was to go on
    /// with an earlier one.
    open: bool,
    resuming: bool,
    pub events: u64,
    pub reloads: u64,
}

impl Memory {
    pub fn new(books: Books, user: User) -> Self {
        Self {
            books,
            user,
            session: None,
            seq: 0,
            places: BTreeMap::new(),
            wishes: BTreeMap::new(),
            ids: 0,
            open: false,
            resuming: false,
            events: 0,
            reloads: 0,
        }
    }

    pub fn is_open(&self) -> bool {
        self.open
    }

    pub fn topics(&self) -> impl Iterator<Item = &Topic> {
        self.places.keys()
    }

    /// Forgets all, as a page that is opened anew.
    pub fn forget(&mut self) {
        self.session = None;
        self.places.clear();
        self.wishes.clear();
    }

    /// The first frame of a connection.
    pub fn greet(&mut self, token: &str) -> ClientFrame {
        self.open = false;
        let credentials = Credentials {
            token: Some(token.to_owned()),
        };
        self.resuming = self.session.is_some();
        let Some(session) = self.session.clone() else {
            return ClientFrame::Identify(credentials);
        };
        let stands = self.places.iter().filter(|(topic, _)| !self.leaves(topic));
        let topics = stands.filter_map(|(topic, place)| {
            Some(Position {
                topic: topic.clone(),
                epoch: place.epoch.clone(),
                offset: place.offset?,
            })
        });
        ClientFrame::Resume(Resume {
            credentials,
            session,
            seq: self.seq,
            topics: topics.collect(),
        })
    }

    fn leaves(&self, topic: &Topic) -> bool {
        let leave = Wish::Leave(topic.clone());
        self.wishes.values().any(|wish| *wish == leave)
    }

    fn waits_for(&self, topic: &Topic) -> bool {
        self.wishes.values().any(|wish| wish.topic() == topic)
    }

    /// Begins to listen, or ends it; none while an answer is awaited.
    pub fn turn(&mut self, topic: &Topic) -> Option<ClientFrame> {
        if !self.open || self.waits_for(topic) {
            return None;
        }
        let wish = match self.places.contains_key(topic) {
            true => Wish::Leave(topic.clone()),
            false => Wish::Join(topic.clone()),
        };
        Some(self.command(wish))
    }

    fn command(&mut self, wish: Wish) -> ClientFrame {
        self.ids += 1;
        let id = self.ids;
        let arg = TopicArg {
            topic: wish.topic().clone(),
        };
        let command = Command { id, arg };
        let frame = match wish {
            Wish::Join(_) => ClientFrame::Subscribe(command),
            Wish::Leave(_) => ClientFrame::Unsubscribe(command),
        };
        self.wishes.insert(id, wish);
        frame
    }

    /// Takes a frame in; answers what the client says to it.
    ///
    /// # Panics
    /// The server broke the protocol.
    pub fn hear(&mut self, frame: &ServerFrame) -> Vec<ClientFrame> {
        match frame {
            ServerFrame::Hello(_) | ServerFrame::Pong { .. } => Vec::new(),
            ServerFrame::Ready(ready) => {
                assert!(!self.open, "ready twice");
                assert_eq!(ready.seq, 1, "a new session begins at 1");
                self.open = true;
                self.session = Some(ready.session.clone());
                self.seq = 1;
                self.begin_anew()
            }
            ServerFrame::Resumed { seq, .. } => {
                assert!(!self.open && self.resuming, "resumed unasked");
                assert_eq!(*seq, self.seq, "it goes on where the client stood");
                self.open = true;
                self.ask_again()
            }
            ServerFrame::Reload(reload) if !self.open => {
                assert!(self.resuming, "an answer to nothing");
                for topic in self.places.keys().filter(|topic| !self.waits_for(topic)) {
                    assert!(reload.topics.contains(topic), "{topic} is not named");
                }
                self.open = true;
                self.seq = reload.seq;
                let mut says = self.ask_again();
                says.extend(self.fetch(&reload.topics));
                says
            }
            ServerFrame::Reload(reload) => {
                self.count(reload.seq);
                self.fetch(&reload.topics)
            }
            ServerFrame::Event(event) => {
                self.count(event.seq);
                self.learn(event);
                Vec::new()
            }
            ServerFrame::Signal(signal) => {
                self.count(signal.seq);
                Vec::new()
            }
            ServerFrame::Ok(reply) => {
                self.count(reply.seq);
                self.granted(reply);
                Vec::new()
            }
            ServerFrame::Error { seq, id, .. } => {
                self.count(*seq);
                if let Some(Wish::Join(topic)) = self.answered(*id) {
                    self.places.remove(&topic);
                }
                Vec::new()
            }
        }
    }

    fn count(&mut self, seq: u64) {
        assert!(self.open, "frame {seq} before the session is open");
        assert_eq!(seq, self.seq + 1, "frames are numbered one by one");
        self.seq = seq;
    }

    /// A new session: it has the topics that were named, others are asked for.
    fn begin_anew(&mut self) -> Vec<ClientFrame> {
        let wishes = std::mem::take(&mut self.wishes);
        if !self.resuming {
            self.places.clear();
        }
        let mut wanted = Vec::new();
        for wish in wishes.into_values() {
            match wish {
                Wish::Join(topic) => wanted.push(topic),
                Wish::Leave(topic) => drop(self.places.remove(&topic)),
            }
        }
        self.places.retain(|topic, place| {
            if place.offset.is_none() {
                wanted.push(topic.clone());
            }
            place.offset.is_some()
        });
        wanted.sort();
        wanted.dedup();
        wanted.retain(|topic| !self.places.contains_key(topic));
        let joins = wanted.into_iter().map(Wish::Join);
        joins.map(|wish| self.command(wish)).collect()
    }

    /// The session goes on: nobody knows whether commands arrived.
    fn ask_again(&mut self) -> Vec<ClientFrame> {
        let wishes: Vec<Wish> = self.wishes.values().cloned().collect();
        wishes.into_iter().map(|wish| self.command(wish)).collect()
    }

    /// Fetches what cannot be replayed, and sees whether it may.
    fn fetch(&mut self, topics: &[Topic]) -> Vec<ClientFrame> {
        self.reloads += 1;
        let mut says = Vec::new();
        for topic in topics {
            if !self.places.contains_key(topic) && !self.waits_for(topic) {
                panic!("{topic} is to be fetched, and was not asked for");
            }
            let place = Place {
                epoch: self.books.epoch(),
                offset: None,
                fetched: self.books.position(topic),
            };
            self.places.insert(topic.clone(), place);
            if self.waits_for(topic) {
                continue;
            }
            // not theirs any more; or perhaps it was not for a moment
            let wish = match self.books.may_hear(&self.user.id, topic) {
                true => Wish::Join(topic.clone()),
                false => Wish::Leave(topic.clone()),
            };
            says.push(self.command(wish));
        }
        says
    }

    fn learn(&mut self, event: &EventFrame) {
        self.events += 1;
        let EventFrame { topic, offset, .. } = event;
        let Some(place) = self.places.get_mut(topic) else {
            panic!("{topic} {offset} was not asked for");
        };
        assert_eq!(place.epoch, event.epoch, "another epoch of {topic}");
        match place.offset {
            Some(last) => assert_eq!(*offset, last + 1, "{topic} has no gaps"),
            None => assert!(
                *offset <= place.fetched + 1,
                "{topic} goes on at {offset}, what was fetched ends at {}",
                place.fetched
            ),
        }
        place.offset = Some(*offset);
        if event.epoch == self.books.epoch() {
            let told = self.books.event(topic, *offset);
            assert_eq!(told.as_ref(), Some(&event.event), "{topic} {offset}");
        }
    }

    fn granted(&mut self, reply: &Reply) {
        match self.answered(reply.id) {
            Some(Wish::Leave(topic)) => drop(self.places.remove(&topic)),
            Some(Wish::Join(topic)) => {
                let (epoch, offset) = (reply.epoch.clone(), reply.offset);
                let (epoch, offset) = (epoch.expect("an epoch"), offset.expect("an offset"));
                // fetched after it was joined: nothing falls in between
                let fetched = self.books.position(&topic);
                let last = self.places.get(&topic).and_then(|place| place.offset);
                if let Some(last) = last {
                    assert_eq!(last, offset, "{topic} stands where it stood");
                }
                let place = Place {
                    epoch,
                    offset: Some(offset),
                    fetched,
                };
                self.places.insert(topic, place);
            }
            // answered before, or no wish at all
            None => {}
        }
    }

    /// The wish that is answered, and earlier ones for the same topic, which
    /// never arrived.
    fn answered(&mut self, id: u64) -> Option<Wish> {
        let wish = self.wishes.remove(&id)?;
        self.wishes
            .retain(|other, w| *other > id || w.topic() != wish.topic());
        Some(wish)
    }

    /// All is quiet: it has to know everything.
    ///
    /// # Panics
    /// It does not.
    pub fn knows_all(&self) {
        assert!(self.open, "it is not connected");
        assert!(self.wishes.is_empty(), "unanswered: {:?}", self.wishes);
        for (topic, place) in &self.places {
            assert!(
                self.books.may_hear(&self.user.id, topic),
                "{topic} is none of its business"
            );
            assert_eq!(place.epoch, self.books.epoch(), "epoch of {topic}");
            assert_eq!(
                place.offset.unwrap_or(place.fetched),
                self.books.position(topic),
                "{topic} has more than it was told"
            );
        }
    }
}
