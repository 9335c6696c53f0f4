//! How things stand just now: the latest signal of each topic.

use std::collections::HashMap;
use std::rc::Rc;

use protocol::Topic;
use protocol::element::Owner;
use protocol::ws::Signal;
use yew::prelude::*;

/// The latest of each topic; topics have one kind each.
#[derive(Clone, Default, PartialEq)]
pub struct Signals(HashMap<Topic, Rc<Signal>>);

/// A signal came; none: the last one is out of date.
pub struct Told(pub Topic, pub Option<Signal>);

impl Reducible for Signals {
    type Action = Told;

    fn reduce(self: Rc<Self>, Told(topic, signal): Told) -> Rc<Self> {
        if self.0.get(&topic).map(Rc::as_ref) == signal.as_ref() {
            return self;
        }
        let mut next = (*self).clone();
        match signal {
            Some(signal) => next.0.insert(topic, Rc::new(signal)),
            None => next.0.remove(&topic),
        };
        Rc::new(next)
    }
}

/// The store and the way to change it.
pub type Heard = UseReducerHandle<Signals>;

impl Signals {
    pub fn of(&self, topic: &Topic) -> Option<Rc<Signal>> {
        self.0.get(topic).cloned()
    }
}

/// Who else looks at it, those who came first in front.
pub fn others(signal: Option<&Signal>, me: Option<&protocol::UserId>) -> Vec<Owner> {
    match signal {
        Some(Signal::Presence { people }) => {
            let other = |one: &&Owner| Some(&one.id) != me;
            people.iter().filter(other).cloned().collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::element;
    use protocol::UserId;

    fn new(count: u32) -> Signal {
        Signal::FeedNew {
            count,
            because: Vec::new(),
        }
    }

    #[test]
    fn only_the_latest_counts_and_it_can_end() {
        let topic = Topic::Feed(UserId::from_parts(1, 1));
        let tell = |signals: Rc<Signals>, signal| signals.reduce(Told(topic.clone(), signal));
        let signals = tell(Rc::default(), Some(new(1)));
        let signals = tell(signals, Some(new(3)));
        assert_eq!(signals.of(&topic).as_deref(), Some(&new(3)));
        assert_eq!(signals.of(&Topic::Explore), None);
        // saying the same again is no reason to show anything anew
        assert!(Rc::ptr_eq(&tell(signals.clone(), Some(new(3))), &signals));
        assert_eq!(tell(signals, None).of(&topic), None);
    }

    #[test]
    fn nobody_is_told_of_themselves() {
        let ada = element(1).owner;
        let bob = Owner {
            id: UserId::from_parts(2, 2),
            ..ada.clone()
        };
        let signal = Signal::Presence {
            people: vec![ada.clone(), bob.clone()],
        };
        assert_eq!(others(Some(&signal), Some(&ada.id)), [bob]);
        assert!(others(None, Some(&ada.id)).is_empty());
    }
}
