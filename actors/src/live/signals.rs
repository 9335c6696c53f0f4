//! How things stand: the latest signal of each kind of a topic, and what of
//! it a client was told. Not a history: what is replaced is forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use protocol::ws::{Signal, SignalKind};

/// The latest of each kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Now(BTreeMap<SignalKind, Signal>);

impl Now {
    /// Takes a signal over; false when it changes nothing.
    pub fn set(&mut self, signal: Signal) -> bool {
        let kind = signal.kind();
        if self.get(kind) == signal {
            return false;
        }
        if signal.is_nothing() {
            self.0.remove(&kind);
        } else {
            self.0.insert(kind, signal);
        }
        true
    }

    pub fn get(&self, kind: SignalKind) -> Signal {
        let kept = self.0.get(&kind).cloned();
        kept.unwrap_or_else(|| kind.nothing())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One topic's signals as one client knows them.
#[derive(Debug, Clone, Default)]
pub struct Told {
    now: Arc<Now>,
    /// The last signal that was sent; none where it may not have arrived.
    sent: BTreeMap<SignalKind, Option<Signal>>,
}

impl Told {
    /// The topic stands so now.
    pub fn hear(&mut self, now: Arc<Now>) {
        self.now = now;
    }

    /// The connection was cut: whatever was sent is sent again, as it is then.
    pub fn cut(&mut self) {
        self.now = Arc::default();
        self.sent.values_mut().for_each(|sent| *sent = None);
    }

    /// What the client does not know yet, which counts as sent from here on.
    /// Kinds that it may not hear of are nothing to it.
    pub fn due(&mut self, may_hear: impl Fn(SignalKind) -> bool) -> Vec<Signal> {
        let mut due = Vec::new();
        for kind in SignalKind::ALL {
            let now = match may_hear(kind) {
                true => self.now.get(kind),
                false => kind.nothing(),
            };
            let known = match self.sent.get(&kind) {
                None => now.is_nothing(),
                Some(sent) => sent.as_ref() == Some(&now),
            };
            if !known {
                self.sent.insert(kind, Some(now.clone()));
                due.push(now);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(count: u32) -> Signal {
        Signal::FeedNew {
            count,
            because: Vec::new(),
        }
    }

    fn now(signals: impl IntoIterator<Item = Signal>) -> Arc<Now> {
        let mut now = Now::default();
        signals.into_iter().for_each(|signal| {
            now.set(signal);
        });
        Arc::new(now)
    }

    #[test]
    fn only_what_is_new_to_the_client_is_told() {
        let mut told = Told::default();
        assert!(told.due(|_| true).is_empty(), "nothing is no news");
        told.hear(now([new(1)]));
        told.hear(now([new(2)]));
        assert_eq!(told.due(|_| true), [new(2)], "the newest wins");
        assert!(told.due(|_| true).is_empty());
        told.hear(now([]));
        assert_eq!(told.due(|_| true), [new(0)]);
        assert!(told.due(|_| true).is_empty());
    }

    #[test]
    fn after_a_cut_it_is_told_again_even_that_there_is_nothing() {
        let mut told = Told::default();
        told.hear(now([new(3)]));
        told.due(|_| true);
        told.cut();
        told.hear(now([new(3)]));
        assert_eq!(told.due(|_| true), [new(3)]);
        told.cut();
        told.hear(now([]));
        assert_eq!(told.due(|_| true), [new(0)]);
    }

    #[test]
    fn what_may_no_longer_be_heard_is_taken_back() {
        let mut told = Told::default();
        told.hear(now([new(3)]));
        assert!(told.due(|_| false).is_empty());
        assert_eq!(told.due(|_| true), [new(3)]);
        assert_eq!(told.due(|_| false), [new(0)]);
        assert!(told.due(|_| false).is_empty());
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        let mut now = Now::default();
        assert!(!now.set(new(0)));
        assert!(now.set(new(1)));
        assert!(!now.set(new(1)));
        assert!(now.set(new(0)));
        assert!(now.is_empty());
    }
}
