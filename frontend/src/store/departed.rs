//! Where elements stood in the lists that they left: what is restored comes
//! back to the same places.

use std::collections::VecDeque;

use protocol::{ElementId, Timestamp};

use super::list::{ListKey, Stood};

/// Elements that are remembered: more than anybody deletes at once.
const KEPT: usize = 400;

#[derive(Debug, Clone, Default)]
pub struct Departed(VecDeque<One>);

#[derive(Debug, Clone)]
struct One {
    id: ElementId,
    places: Vec<(ListKey, Stood)>,
    /// Its deletion can be taken back until then.
    until: Option<Timestamp>,
}

impl Departed {
    /// It left a list.
    pub fn left(&mut self, id: &ElementId, key: ListKey, stood: Stood) {
        let one = self.one(id);
        one.places.retain(|(other, _)| *other != key);
        one.places.push((key, stood));
    }

    /// Somebody deleted it here.
    pub fn deleted(&mut self, id: &ElementId, until: Timestamp) {
        self.one(id).until = Some(until);
    }

    /// Until when its deletion can be taken back.
    pub fn restorable(&self, id: &ElementId) -> Option<Timestamp> {
        self.0.iter().find(|one| one.id == *id)?.until
    }

    /// It is back: its places.
    pub fn back(&mut self, id: &ElementId) -> Vec<(ListKey, Stood)> {
        let at = self.0.iter().position(|one| one.id == *id);
        let one = at.and_then(|at| self.0.remove(at));
        one.map(|one| one.places).unwrap_or_default()
    }

    fn one(&mut self, id: &ElementId) -> &mut One {
        let at = match self.0.iter().position(|one| one.id == *id) {
            Some(at) => at,
            None => {
                if self.0.len() == KEPT {
                    self.0.pop_front();
                }
                self.0.push_back(One {
                    id: id.clone(),
                    places: Vec::new(),
                    until: None,
                });
                self.0.len() - 1
            }
        };
        &mut self.0[at]
    }
}
