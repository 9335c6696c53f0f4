//! A dense number for each element.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use protocol::ElementId;

/// A number that was given back is not given again for so long: whoever still
/// works with it finds nothing behind it, and never another element.
const REST: Duration = Duration::from_secs(600);

/// Numbers of elements, small and dense, for as long as the process runs.
#[derive(Debug, Default)]
pub struct Ordinals {
    ids: Vec<Option<ElementId>>,
    places: HashMap<ElementId, u32>,
    resting: VecDeque<(Instant, u32)>,
}

impl Ordinals {
    /// The element's number; a new one for an element that has none.
    pub fn give(&mut self, id: &ElementId) -> u32 {
        if let Some(at) = self.places.get(id) {
            return *at;
        }
        let at = match self.resting.front() {
            Some((since, at)) if since.elapsed() >= REST => {
                let at = *at;
                self.resting.pop_front();
                self.ids[at as usize] = Some(id.clone());
                at
            }
            _ => {
                self.ids.push(Some(id.clone()));
                u32::try_from(self.ids.len() - 1).expect("fewer elements than 2³²")
            }
        };
        self.places.insert(id.clone(), at);
        at
    }

    /// Takes the element's number back.
    pub fn take(&mut self, id: &ElementId) -> Option<u32> {
        let at = self.places.remove(id)?;
        self.ids[at as usize] = None;
        self.resting.push_back((Instant::now(), at));
        Some(at)
    }

    pub fn get(&self, id: &ElementId) -> Option<u32> {
        self.places.get(id).copied()
    }

    /// The element; none behind a number that was taken back.
    pub fn id(&self, at: u32) -> Option<&ElementId> {
        self.ids.get(at as usize)?.as_ref()
    }

    /// Elements that have one.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Beyond all numbers that were given.
    pub fn end(&self) -> usize {
        self.ids.len()
    }
}
