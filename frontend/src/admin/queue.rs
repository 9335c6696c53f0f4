//! The labels that wait, as a moderator works through them. What is decided
//! leaves at once and comes back with the reason where the server refuses.

use std::rc::Rc;

use protocol::label::{LabelName, Review, Verdict};
use protocol::{Cursor, ElementId, Page};
use yew::Reducible;

/// Which label of which element.
pub type Key = (ElementId, LabelName);

pub fn key(review: &Review) -> Key {
    (review.element.id.clone(), review.label)
}

/// One that waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub review: Rc<Review>,
    /// What was decided and is on its way.
    pub deciding: Option<Verdict>,
    /// Why the last decision was refused.
    pub error: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Queue {
    pub items: Vec<Item>,
    pub next: Option<Cursor>,
    pub loaded: bool,
    pub loading: bool,
    pub failure: Option<String>,
    /// Whose turn it is.
    pub selected: Option<Key>,
}

pub enum Change {
    Loading,
    /// From the start, or what follows.
    Received(bool, Page<Review>),
    Failed(String),
    Select(Key),
    /// By so many, among those that still wait.
    Step(isize),
    Decide(Key, Verdict),
    Decided(Key),
    Refused(Key, String),
}

impl Queue {
    /// Those that wait for a decision.
    pub fn open(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.deciding.is_none())
    }

    fn item(&mut self, wanted: &Key) -> Option<&mut Item> {
        self.items.iter_mut().find(|i| key(&i.review) == *wanted)
    }

    fn step(&mut self, by: isize) {
        let open: Vec<Key> = self.open().map(|item| key(&item.review)).collect();
        let now = open.iter().position(|k| Some(k) == self.selected.as_ref());
        let to = now.map_or(0, |at| at.saturating_add_signed(by));
        self.selected = open.get(to.min(open.len().saturating_sub(1))).cloned();
    }

    /// The next one that waits, or the one before where it was the last.
    fn pass(&mut self, from: &Key) {
        let at = self.items.iter().position(|i| key(&i.review) == *from);
        let at = at.unwrap_or_default();
        let waits = |item: &&Item| item.deciding.is_none() && key(&item.review) != *from;
        let after = self.items[at..].iter().find(waits);
        let before = || self.items[..at].iter().rev().find(waits);
        self.selected = after.or_else(before).map(|item| key(&item.review));
    }
}

impl Reducible for Queue {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut next = (*self).clone();
        match change {
            Change::Loading => {
                next.loading = true;
                next.failure = None;
            }
            Change::Received(anew, page) => {
                next.loading = false;
                next.loaded = true;
                if anew {
                    next.items.retain(|item| item.deciding.is_some());
                }
                for review in page.items {
                    if next.item(&key(&review)).is_none() {
                        next.items.push(Item {
                            review: Rc::new(review),
                            deciding: None,
                            error: None,
                        });
                    }
                }
                next.next = page.next_cursor;
                if next.selected.is_none() {
                    next.step(0);
                }
            }
            Change::Failed(why) => {
                next.loading = false;
                next.failure = Some(why);
            }
            Change::Select(key) => next.selected = Some(key),
            Change::Step(by) => next.step(by),
            Change::Decide(key, verdict) => {
                next.pass(&key);
                if let Some(item) = next.item(&key) {
                    item.deciding = Some(verdict);
                    item.error = None;
                }
            }
            Change::Decided(wanted) => next.items.retain(|i| key(&i.review) != wanted),
            Change::Refused(key, why) => {
                if let Some(item) = next.item(&key) {
                    item.deciding = None;
                    item.error = Some(why);
                }
                next.selected.get_or_insert(key);
            }
        }
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{id, labelled};
    use protocol::Timestamp;
    use protocol::label::ReviewReason;

    fn queue(ids: &[u64]) -> Rc<Queue> {
        let review = |n: &u64| Review {
            element: labelled(*n, (LabelName::Nsfw, Verdict::Unsure)),
            label: LabelName::Nsfw,
            why: ReviewReason::Unsure,
            by: None,
            since: Timestamp::from_millis(0),
        };
        let page = Page {
            items: ids.iter().map(review).collect(),
            next_cursor: None,
        };
        Rc::new(Queue::default()).reduce(Change::Received(true, page))
    }

    fn at(n: u64) -> Key {
        (id(n), LabelName::Nsfw)
    }

    #[test]
    fn what_is_decided_leaves_and_the_next_has_its_turn() {
        let queue = queue(&[1, 2, 3]).reduce(Change::Step(1));
        assert_eq!(queue.selected, Some(at(2)));
        let queue = queue.reduce(Change::Decide(at(2), Verdict::None));
        assert_eq!(queue.selected, Some(at(3)));
        assert_eq!(queue.open().count(), 2);
        let queue = queue.reduce(Change::Decided(at(2)));
        assert_eq!(queue.items.len(), 2);
        let queue = queue.reduce(Change::Decide(at(3), Verdict::None));
        assert_eq!(queue.selected, Some(at(1)), "back to what was skipped");
    }

    #[test]
    fn a_refused_decision_comes_back_to_its_place_with_the_reason() {
        let queue = queue(&[1, 2])
            .reduce(Change::Decide(at(1), Verdict::Explicit))
            .reduce(Change::Refused(at(1), "offline".into()));
        let first = &queue.items[0];
        assert_eq!(first.review.element.id, id(1));
        assert_eq!(
            (first.deciding, first.error.as_deref()),
            (None, Some("offline"))
        );
        assert_eq!(queue.selected, Some(at(2)), "nobody is pulled back");
    }
}
