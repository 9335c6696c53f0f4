//! Implications as a graph: what follows from what, and by which way.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use surrealdb::types::{Object, RecordId, SurrealValue, object};

use super::rows::record;
use crate::error::Result;
use crate::row::Key;
use crate::store::Tx;

/// All that was said, by keys of tags. What follows anyway may be said too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Graph {
    up: BTreeMap<String, BTreeSet<String>>,
    down: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// As this transaction sees it.
    pub async fn read(tx: &Tx) -> Result<Self> {
        let rows: Vec<EdgeRow> = tx
            .run("SELECT in AS from, out AS to FROM implies", Object::new())
            .await?
            .all(0)?;
        let mut graph = Self::default();
        for row in rows {
            graph.add(&row.from.0, &row.to.0);
        }
        Ok(graph)
    }

    pub fn says(&self, from: &str, to: &str) -> bool {
        self.up.get(from).is_some_and(|all| all.contains(to))
    }

    pub fn add(&mut self, from: &str, to: &str) {
        let put = |map: &mut BTreeMap<String, BTreeSet<String>>, a: &str, b: &str| {
            map.entry(a.to_owned()).or_default().insert(b.to_owned());
        };
        put(&mut self.up, from, to);
        put(&mut self.down, to, from);
    }

    pub fn remove(&mut self, from: &str, to: &str) {
        let take = |map: &mut BTreeMap<String, BTreeSet<String>>, a: &str, b: &str| {
            if let Some(all) = map.get_mut(a) {
                all.remove(b);
            }
        };
        take(&mut self.up, from, to);
        take(&mut self.down, to, from);
    }

    /// Everything that was said.
    pub fn all(&self) -> BTreeSet<(&str, &str)> {
        let mut all = BTreeSet::new();
        for (from, implied) in &self.up {
            all.extend(implied.iter().map(|to| (from.as_str(), to.as_str())));
        }
        all
    }

    /// What was said that a tag implies.
    pub fn implied(&self, tag: &str) -> impl Iterator<Item = &String> {
        self.up.get(tag).into_iter().flatten()
    }

    /// What was said to imply it.
    pub fn implying(&self, tag: &str) -> impl Iterator<Item = &String> {
        self.down.get(tag).into_iter().flatten()
    }

    /// Everything that follows from a tag.
    pub fn above(&self, tag: &str) -> BTreeSet<String> {
        reach(&self.up, tag)
    }

    /// Everything from which it follows.
    pub fn below(&self, tag: &str) -> BTreeSet<String> {
        reach(&self.down, tag)
    }

    /// The shortest way up from one tag to another, with both ends.
    pub fn path(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut before: HashMap<&str, &str> = HashMap::new();
        let mut waiting = VecDeque::from([from]);
        while let Some(one) = waiting.pop_front() {
            if one == to {
                let mut way = vec![one.to_owned()];
                let mut at = one;
                while at != from {
                    at = before[at];
                    way.push(at.to_owned());
                }
                way.reverse();
                return Some(way);
            }
            for next in self.implied(one) {
                if next != from && !before.contains_key(next.as_str()) {
                    before.insert(next, one);
                    waiting.push_back(next);
                }
            }
        }
        None
    }

    /// The circle that an implication would close, from its first tag round to
    /// that tag again.
    pub fn circle(&self, from: &str, to: &str) -> Option<Vec<String>> {
        let mut way = self.path(to, from)?;
        way.insert(0, from.to_owned());
        Some(way)
    }

    /// Writes the closures that are different from those of an older graph.
    pub async fn write_closures(&self, tx: &Tx, before: &Graph) -> Result<()> {
        let tags: BTreeSet<&String> = self.up.keys().chain(before.up.keys()).collect();
        let mut rows: Vec<Object> = Vec::new();
        for tag in tags {
            let above = self.above(tag);
            if above != before.above(tag) {
                let above: Vec<RecordId> = above.iter().map(|key| record(key)).collect();
                rows.push(object! { id: record(tag), above: above });
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        tx.run(CLOSURES, object! { rows: rows }).await.map(drop)
    }
}

fn reach(map: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), vec![from]);
    while let Some(one) = waiting.pop() {
        for next in map.get(one).into_iter().flatten() {
            if found.insert(next.clone()) {
                waiting.push(next);
            }
        }
    }
    found
}

const CLOSURES: &str = "FOR $row IN $rows { UPDATE $row.id SET above = $row.above RETURN NONE }";

#[derive(SurrealValue)]
struct EdgeRow {
    from: Key,
    to: Key,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph::default();
        for (from, to) in edges {
            graph.add(from, to);
        }
        graph
    }

    #[test]
    fn a_circle_is_told_with_its_way() {
        let graph = graph(&[
            ("tabby", "cat"),
            ("cat", "pet"),
            ("cat", "mammal"),
            ("mammal", "animal"),
        ]);
        assert_eq!(
            graph.circle("animal", "tabby").unwrap(),
            ["animal", "tabby", "cat", "mammal", "animal"]
        );
        assert_eq!(graph.circle("cat", "cat").unwrap(), ["cat", "cat"]);
        assert_eq!(graph.circle("pet", "animal"), None);
        assert_eq!(graph.path("tabby", "pet").unwrap(), ["tabby", "cat", "pet"]);
    }

    proptest! {
        #[test]
        fn no_circle_gets_in_and_closures_stay_right(
            wishes in prop::collection::vec((0u8..9, 0u8..9, any::<bool>()), 0..60),
        ) {
            let mut graph = Graph::default();
            let mut said: BTreeSet<(String, String)> = BTreeSet::new();
            for (from, to, on) in wishes {
                let (from, to) = (from.to_string(), to.to_string());
                if !on {
                    graph.remove(&from, &to);
                    said.remove(&(from, to));
                } else if let Some(way) = graph.circle(&from, &to) {
                    prop_assert_eq!(way.first(), way.last());
                    for step in way.windows(2).skip(1) {
                        prop_assert!(graph.says(&step[0], &step[1]), "{:?}", way);
                    }
                } else {
                    graph.add(&from, &to);
                    said.insert((from, to));
                }
                for tag in 0..9u8 {
                    let above = graph.above(&tag.to_string());
                    prop_assert!(!above.contains(&tag.to_string()));
                    for (from, to) in &said {
                        // whoever reaches the one reaches the other
                        prop_assert!(!above.contains(from) || above.contains(to));
                    }
                    for other in above {
                        prop_assert!(graph.below(&other).contains(&tag.to_string()));
                        prop_assert!(graph.path(&tag.to_string(), &other).is_some());
                    }
                }
            }
        }
    }
}
