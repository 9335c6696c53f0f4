//! The clusters that this page has seen.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use protocol::cluster::{Cluster, ClusterRole};
use protocol::{ClusterId, ElementId};

use super::Mark;
use crate::store::Phase;

#[derive(Default)]
pub struct ClustersState {
    known: HashMap<ClusterId, Rc<Cluster>>,
    /// Those that the viewer is a member of, last used first.
    mine: Vec<ClusterId>,
    phase: Phase,
    /// Was the list of them ever received?
    loaded: bool,
    gone: HashSet<ClusterId>,
    marks: HashMap<ElementId, HashMap<ClusterId, Mark>>,
    /// How often each was reported to have changed.
    news: HashMap<ClusterId, u64>,
}

/// What can happen to it.
pub enum Change {
    /// As the server knows it now.
    Put(Box<Cluster>),
    MineLoading,
    /// The whole list; where it was asked about an element, with what each
    /// says of it.
    Mine(Vec<Cluster>, Option<ElementId>),
    MineFailed(String),
    Gone(ClusterId),
    /// It holds these.
    Holds(ClusterId, Vec<ElementId>),
    /// What it holds has changed in some way.
    News(ClusterId),
}

impl ClustersState {
    pub fn cluster(&self, id: &ClusterId) -> Option<Rc<Cluster>> {
        self.known.get(id).cloned()
    }

    pub fn mine(&self) -> Vec<Rc<Cluster>> {
        self.mine.iter().filter_map(|id| self.cluster(id)).collect()
    }

    /// Those that the viewer may put something into, last used first.
    pub fn editable(&self) -> Vec<Rc<Cluster>> {
        let mut all = self.mine();
        all.retain(|cluster| cluster.role >= Some(ClusterRole::Editor));
        all
    }

    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    pub fn loaded(&self) -> bool {
        self.loaded
    }

    pub fn is_gone(&self, id: &ClusterId) -> bool {
        self.gone.contains(id)
    }

    pub fn news(&self, id: &ClusterId) -> u64 {
        self.news.get(id).copied().unwrap_or_default()
    }

    pub fn mark(&self, element: &ElementId, cluster: &ClusterId) -> Mark {
        let marks = self.marks.get(element);
        let mark = marks.and_then(|marks| marks.get(cluster));
        mark.cloned().unwrap_or_default()
    }

    pub fn mark_mut(&mut self, element: &ElementId, cluster: &ClusterId) -> &mut Mark {
        let marks = self.marks.entry(element.clone()).or_default();
        marks.entry(cluster.clone()).or_default()
    }

    /// The clusters that the server said hold it.
    pub fn settled(&self, element: &ElementId) -> BTreeSet<ClusterId> {
        let marks = self.marks.get(element).into_iter().flatten();
        let held = marks.filter(|(_, mark)| mark.known());
        held.map(|(id, _)| id.clone()).collect()
    }

    /// Is it known to be in any of the viewer's clusters?
    pub fn is_saved(&self, element: &ElementId) -> bool {
        let marks = self.marks.get(element);
        marks.is_some_and(|marks| marks.values().any(Mark::held))
    }

    pub fn apply(&mut self, change: Change) {
        match change {
            Change::Put(cluster) => self.put(*cluster),
            Change::MineLoading => self.phase = Phase::Loading,
            Change::Mine(clusters, element) => {
                self.mine = clusters.iter().map(|c| c.id.clone()).collect();
                for mut cluster in clusters {
                    if let (Some(element), Some(holds)) = (&element, cluster.holds.take()) {
                        self.mark_mut(element, &cluster.id).learn(holds);
                    }
                    self.know(cluster);
                }
                self.phase = Phase::Idle;
                self.loaded = true;
            }
            Change::MineFailed(why) => self.phase = Phase::Failed(why),
            Change::Gone(id) => {
                self.mine.retain(|old| *old != id);
                self.known.remove(&id);
                for marks in self.marks.values_mut() {
                    marks.remove(&id);
                }
                self.gone.insert(id);
            }
            Change::Holds(id, elements) => {
                for element in elements {
                    self.mark_mut(&element, &id).learn(true);
                }
            }
            Change::News(id) => *self.news.entry(id).or_default() += 1,
        }
    }

    fn put(&mut self, cluster: Cluster) {
        let (id, member) = (cluster.id.clone(), cluster.role.is_some());
        let used = self
            .known
            .get(&id)
            .is_some_and(|old| cluster.changed_at > old.changed_at);
        self.know(cluster);
        let at = self.mine.iter().position(|old| *old == id);
        match at {
            Some(at) if !member => {
                self.mine.remove(at);
            }
            Some(at) if used => {
                self.mine.remove(at);
                self.mine.insert(0, id);
            }
            None if member => self.mine.insert(0, id),
            _ => {}
        }
    }

    fn know(&mut self, cluster: Cluster) {
        self.gone.remove(&cluster.id);
        let cluster = Cluster {
            holds: None,
            ..cluster
        };
        if self
            .known
            .get(&cluster.id)
            .is_none_or(|old| **old != cluster)
        {
            self.known.insert(cluster.id.clone(), Rc::new(cluster));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::{cluster, id};
    use protocol::Timestamp;

    fn names(state: &ClustersState) -> Vec<String> {
        state.mine().iter().map(|c| c.name.clone()).collect()
    }

    fn with(names: &[&str]) -> ClustersState {
        let mut state = ClustersState::default();
        let all = names.iter().enumerate();
        let all = all.map(|(n, name)| cluster(n as u64, name)).collect();
        state.apply(Change::Mine(all, None));
        state
    }

    #[test]
    fn what_was_just_used_comes_first_and_what_is_left_goes() {
        let mut state = with(&["Doors", "Cats"]);
        let mut cats = cluster(1, "Cats");
        cats.changed_at = Timestamp::from_millis(5);
        state.apply(Change::Put(Box::new(cats.clone())));
        assert_eq!(names(&state), ["Cats", "Doors"]);
        cats.role = None;
        state.apply(Change::Put(Box::new(cats)));
        assert_eq!(names(&state), ["Doors"]);
    }

    #[test]
    fn viewers_of_a_cluster_cannot_save_to_it() {
        let mut state = with(&["Doors"]);
        let mut theirs = cluster(2, "Theirs");
        theirs.role = Some(ClusterRole::Viewer);
        state.apply(Change::Put(Box::new(theirs)));
        assert_eq!(names(&state), ["Theirs", "Doors"]);
        assert_eq!(state.editable().len(), 1);
    }

    #[test]
    fn what_each_says_of_an_element_is_kept_apart() {
        let mut state = ClustersState::default();
        let mut doors = cluster(1, "Doors");
        doors.holds = Some(true);
        state.apply(Change::Mine(vec![doors.clone()], Some(id(7))));
        assert!(state.mark(&id(7), &doors.id).held() && state.is_saved(&id(7)));
        assert!(!state.is_saved(&id(8)));
        assert_eq!(state.cluster(&doors.id).and_then(|c| c.holds), None);
    }

    #[test]
    fn a_deleted_one_is_gone_until_it_is_restored() {
        let mut state = with(&["Doors"]);
        let doors = cluster(0, "Doors");
        state.apply(Change::Gone(doors.id.clone()));
        assert!(state.is_gone(&doors.id) && names(&state).is_empty());
        state.apply(Change::Put(Box::new(doors.clone())));
        assert!(!state.is_gone(&doors.id));
        assert_eq!(names(&state), ["Doors"]);
    }
}
