//! What came since a home feed was fetched, and fits.

use protocol::cluster::ClusterRef;
use protocol::{ClusterId, ElementId};

/// More than this are not told apart.
const MOST: usize = 500;
/// Clusters that are named.
const NAMED: usize = 3;

/// Elements that fit an account's interests, in the order in which they came.
#[derive(Debug, Default)]
pub struct News(Vec<(ElementId, Option<ClusterRef>)>);

impl News {
    /// False when all of them were there.
    pub fn add(&mut self, new: Vec<(ElementId, Option<ClusterRef>)>) -> bool {
        let before = self.0.len();
        for (element, because) in new {
            if self.0.len() < MOST && !self.0.iter().any(|(known, _)| *known == element) {
                self.0.push((element, because));
            }
        }
        self.0.len() > before
    }

    /// False when none of them was there.
    pub fn remove(&mut self, gone: &[ElementId]) -> bool {
        let before = self.0.len();
        self.0.retain(|(element, _)| !gone.contains(element));
        self.0.len() < before
    }

    /// What was taken away turned out not to have been shown.
    pub fn put_back(&mut self, before: News) {
        let since = std::mem::replace(self, before);
        self.add(since.0);
    }

    pub fn elements(&self) -> Vec<ElementId> {
        self.0.iter().map(|(element, _)| element.clone()).collect()
    }

    /// How many there are, and the clusters that they fit, most first.
    pub fn told(&self) -> (u32, Vec<ClusterRef>) {
        let mut named: Vec<(usize, &ClusterRef)> = Vec::new();
        for because in self.0.iter().filter_map(|(_, because)| because.as_ref()) {
            let known = named.iter_mut().find(|(_, known)| known.id == because.id);
            match known {
                Some((count, _)) => *count += 1,
                None => named.push((1, because)),
            }
        }
        let key =
            |(count, because): &(usize, &ClusterRef)| -> (std::cmp::Reverse<usize>, ClusterId) {
                (std::cmp::Reverse(*count), because.id.clone())
            };
        named.sort_by_key(key);
        let named = named
            .into_iter()
            .take(NAMED)
            .map(|(_, because)| because.clone());
        (self.0.len() as u32, named.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> ElementId {
        ElementId::from_parts(n, 0)
    }

    fn of(n: u64) -> Option<ClusterRef> {
        Some(ClusterRef {
            id: ClusterId::from_parts(n, 0),
            name: n.to_string(),
        })
    }

    #[test]
    fn each_counts_once_and_the_most_frequent_cluster_is_named_first() {
        let mut news = News::default();
        assert!(news.add(vec![
            (id(1), of(8)),
            (id(2), of(9)),
            (id(3), of(9)),
            (id(4), None)
        ]));
        assert!(!news.add(vec![(id(2), of(9))]));
        let (count, because) = news.told();
        assert_eq!(count, 4);
        let names: Vec<_> = because.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["9", "8"]);
        assert!(news.remove(&[id(3), id(7)]));
        assert!(!news.remove(&[id(7)]));
        assert_eq!(news.told().0, 3);
    }

    #[test]
    fn what_was_not_shown_after_all_counts_again() {
        let mut news = News::default();
        news.add(vec![(id(1), None)]);
        let taken = std::mem::take(&mut news);
        news.add(vec![(id(2), None)]);
        news.put_back(taken);
        assert_eq!(news.elements(), [id(1), id(2)]);
    }
}
