//! Topics as they are kept in memory.

use std::collections::HashMap;

use protocol::ElementId;
use protocol::value::TagName;

/// A group of public elements that look alike.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Topic {
    pub id: String,
    pub name: String,
    pub tags: Vec<TagName>,
    /// Centred, of length one.
    pub centre: Vec<f32>,
    /// With their cosine to the centre, nearest first.
    pub members: Vec<(ElementId, f32)>,
    /// Ids of topics that are about something near, nearest first.
    pub near: Vec<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Topics {
    /// The space of vectors that they were found in.
    pub space: String,
    pub all: Vec<Topic>,
    /// Public elements when they were found, and how many came and went since.
    pub size: usize,
    pub churn: usize,
    /// The topic of each element; none for what belongs to none.
    pub of: HashMap<ElementId, Option<usize>>,
}

impl Topics {
    pub fn get(&self, id: &str) -> Option<&Topic> {
        self.all.iter().find(|topic| topic.id == id)
    }

    pub fn centres(&self) -> Vec<Vec<f32>> {
        self.all.iter().map(|topic| topic.centre.clone()).collect()
    }

    /// Puts an element where it belongs.
    pub fn put(&mut self, element: ElementId, topic: Option<(usize, f32)>) {
        self.of.insert(element.clone(), topic.map(|(at, _)| at));
        if let Some((at, cosine)) = topic {
            let members = &mut self.all[at].members;
            let place = members.partition_point(|(id, other)| {
                other
                    .total_cmp(&cosine)
                    .then_with(|| id.cmp(&element))
                    .is_gt()
            });
            members.insert(place, (element, cosine));
        }
    }

    /// Forgets elements that nobody else may see any more.
    pub fn retain(&mut self, keep: impl Fn(&ElementId) -> bool) {
        self.of.retain(|id, _| keep(id));
        for topic in &mut self.all {
            topic.members.retain(|(id, _)| keep(id));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_stand_by_nearness_however_they_come() {
        let id = |n| ElementId::from_parts(n, 0);
        let mut topics = Topics {
            all: vec![Topic::default()],
            ..Topics::default()
        };
        for (n, cosine) in [(1, 0.4), (2, 0.9), (3, 0.4), (4, 0.1)] {
            topics.put(id(n), Some((0, cosine)));
        }
        topics.put(id(5), None);
        let order = |topics: &Topics| -> Vec<ElementId> {
            topics.all[0]
                .members
                .iter()
                .map(|(id, _)| id.clone())
                .collect()
        };
        assert_eq!(order(&topics), [id(2), id(3), id(1), id(4)]);
        topics.retain(|other| *other != id(3));
        assert_eq!(order(&topics), [id(2), id(1), id(4)]);
        assert_eq!(topics.of.len(), 4);
    }
}
