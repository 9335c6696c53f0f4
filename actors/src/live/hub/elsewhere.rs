//! Who is present at topics by other servers that share the database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use actix::{Context, Handler, Message, Recipient};
use protocol::Topic;
use protocol::element::Owner;
use protocol::event::NodePresence;

use super::{Hub, MAX_SIGNALS};
use crate::live::topic::{Beside, Here};

/// There are other servers; they are told of who is present here.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Share {
    /// This server's name among them.
    pub node: String,
    pub neighbours: Recipient<Here>,
}

/// The servers that are there. What others told who are not is over.
#[derive(Message)]
#[rtype(result = "()")]
pub struct Alive(pub BTreeSet<String>);

/// What other servers told.
#[derive(Default)]
pub(super) struct Elsewhere {
    pub share: Option<Share>,
    /// By topic and server.
    present: HashMap<Topic, BTreeMap<String, Vec<Owner>>>,
}

impl Elsewhere {
    pub fn at(&self, topic: &Topic) -> Vec<Owner> {
        let nodes = self.present.get(topic).into_iter().flatten();
        nodes.flat_map(|(_, people)| people.clone()).collect()
    }

    /// False when it is this server's own word, or one too many.
    fn take(&mut self, told: &NodePresence) -> bool {
        let own = |share: &Share| share.node == told.node;
        let full = self.present.len() >= MAX_SIGNALS && !self.present.contains_key(&told.topic);
        if self.share.as_ref().is_none_or(own) || full {
            return false;
        }
        let nodes = self.present.entry(told.topic.clone()).or_default();
        if told.people.is_empty() {
            nodes.remove(&told.node);
        } else {
            nodes.insert(told.node.clone(), told.people.clone());
        }
        if nodes.is_empty() {
            self.present.remove(&told.topic);
        }
        true
    }

    /// Forgets those who are gone; gives back where they were present.
    fn without(&mut self, alive: &BTreeSet<String>) -> Vec<Topic> {
        let mut changed = Vec::new();
        for (topic, nodes) in &mut self.present {
            let before = nodes.len();
            nodes.retain(|node, _| alive.contains(node));
            if nodes.len() != before {
                changed.push(topic.clone());
            }
        }
        self.present.retain(|_, nodes| !nodes.is_empty());
        changed
    }
}

impl Hub {
    pub(super) fn present_elsewhere(&mut self, told: &NodePresence) {
        if self.elsewhere.take(told) {
            self.beside(&told.topic);
        }
    }

    fn beside(&self, topic: &Topic) {
        if let Some(listened) = self.topics.get(topic) {
            // as few as changes of presence, which others gather
            listened.actor.do_send(Beside(self.elsewhere.at(topic)));
        }
    }
}

impl Handler<Share> for Hub {
    type Result = ();

    fn handle(&mut self, share: Share, _: &mut Context<Self>) {
        self.elsewhere.share = Some(share);
    }
}

impl Handler<Alive> for Hub {
    type Result = ();

    fn handle(&mut self, alive: Alive, _: &mut Context<Self>) {
        for topic in self.elsewhere.without(&alive.0) {
            self.beside(&topic);
        }
    }
}

#[cfg(test)]
mod tests {
    use actix::{Actor, Handler};
    use protocol::{ClusterId, UserId};

    use super::*;

    struct Deaf;

    impl Actor for Deaf {
        type Context = Context<Self>;
    }

    impl Handler<Here> for Deaf {
        type Result = ();
        fn handle(&mut self, _: Here, _: &mut Context<Self>) {}
    }

    fn told(node: &str, people: &[u64]) -> NodePresence {
        let who = |n: &u64| Owner {
            id: UserId::from_parts(*n, 0),
            handle: format!("user{n}").parse().unwrap(),
            display_name: String::new(),
        };
        NodePresence {
            node: node.to_owned(),
            topic: topic(),
            people: people.iter().map(who).collect(),
        }
    }

    fn topic() -> Topic {
        Topic::Cluster(ClusterId::from_parts(1, 1))
    }

    #[actix::test]
    async fn what_others_told_stands_until_they_say_otherwise_or_are_gone() {
        let mut elsewhere = Elsewhere::default();
        assert!(!elsewhere.take(&told("one", &[1])), "there are no others");
        elsewhere.share = Some(Share {
            node: "own".to_owned(),
            neighbours: Deaf.start().recipient(),
        });
        assert!(!elsewhere.take(&told("own", &[1])));
        assert!(elsewhere.take(&told("one", &[1, 2])));
        assert!(elsewhere.take(&told("two", &[3])));
        assert_eq!(elsewhere.at(&topic()).len(), 3);
        assert!(elsewhere.take(&told("one", &[2])));
        assert_eq!(elsewhere.at(&topic()).len(), 2);
        let alive = |nodes: &[&str]| nodes.iter().map(|n| (*n).to_owned()).collect();
        assert!(elsewhere.without(&alive(&["own", "one", "two"])).is_empty());
        assert_eq!(elsewhere.without(&alive(&["own", "two"])), [topic()]);
        assert!(elsewhere.take(&told("two", &[])));
        assert!(elsewhere.at(&topic()).is_empty());
        assert!(elsewhere.present.is_empty());
    }
}
