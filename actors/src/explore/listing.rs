//! Topics as a viewer sees them, and what is in one.

use std::collections::{HashMap, HashSet};

use db::Viewer as Scope;
use ml::vector::dot;
use protocol::cluster::CoverPicture;
use protocol::explore::{ExploreTopic, ExploreTopics};
use protocol::search::{Found, Hit, Why};
use protocol::{Cursor, ElementId};

use super::topics::Topic;
use super::{Entry, Explore};
use crate::feed::found;
use crate::paging::Cut;
use crate::platform::now_millis;
use crate::{PlatformError, Viewer};

/// Pictures of a topic's cover, and elements that they are chosen from.
const COVERS: usize = 4;
const COVERS_AMONG: usize = 16;
/// Covers are less alike than this.
const TOO_ALIKE: f32 = 0.85;
/// Elements that are not older than this are new.
const NEW_MS: i64 = 7 * 86_400_000;
/// Elements of a topic that are listed.
const LISTED: usize = 5_000;
/// One new element comes after so many near ones.
const NEAR_EACH: usize = 3;

/// What a viewer sees of a topic.
struct Seen<'a> {
    topic: &'a Topic,
    count: u32,
    new: u32,
    covers: Vec<ElementId>,
}

impl Explore {
    /// The topics of which the viewer may see something.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn topics(&self, viewer: &Viewer) -> Result<ExploreTopics, PlatformError> {
        let scope = viewer.scope();
        let topics = self.now();
        let mut seen = self.seen(&scope, &topics.all);
        seen.retain(|seen| seen.count > 0);
        seen.sort_by(|a, b| {
            let most = (b.new, b.count).cmp(&(a.new, a.count));
            most.then_with(|| a.topic.id.cmp(&b.topic.id))
        });
        let wanted: Vec<ElementId> = seen.iter().flat_map(|s| s.covers.clone()).collect();
        let pictures = self.db.covers(&scope, &wanted).await?;
        let pictures: HashMap<&ElementId, &CoverPicture> =
            pictures.iter().map(|p| (&p.element, p)).collect();
        let shown: HashSet<&str> = seen.iter().map(|s| s.topic.id.as_str()).collect();
        let item = |seen: &Seen<'_>| ExploreTopic {
            id: seen.topic.id.clone(),
            name: seen.topic.name.clone(),
            tags: seen.topic.tags.clone(),
            count: seen.count,
            covers: seen
                .covers
                .iter()
                .filter_map(|id| pictures.get(id).copied().cloned())
                .collect(),
            near: seen
                .topic
                .near
                .iter()
                .filter(|id| shown.contains(id.as_str()))
                .cloned()
                .collect(),
        };
        Ok(ExploreTopics {
            items: seen.iter().map(item).collect(),
        })
    }

    /// Elements of a topic that the viewer may see: what is nearest to its
    /// middle, and now and then what is new.
    ///
    /// # Errors
    /// `not_found` for a topic that is no more; `cursor_expired` for a list
    /// that is no longer kept.
    pub async fn topic(
        &self,
        viewer: &Viewer,
        id: &str,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Result<Found, PlatformError> {
        let user = &viewer.user.id;
        let topics = self.now();
        let topic = topics.get(id);
        let Cut { items, next } = match cursor {
            Some(cursor) => self.lists.next(user, &cursor, limit)?,
            None => {
                let topic = topic.ok_or_else(|| PlatformError::not_found("topic"))?;
                let mixed = mixed(self.visible(&viewer.scope(), topic));
                if mixed.is_empty() {
                    return Err(PlatformError::not_found("topic"));
                }
                self.lists.first(user, mixed, limit)
            }
        };
        let tags: Vec<&str> = topic
            .map(|topic| topic.tags.iter().map(|tag| tag.as_str()).collect())
            .unwrap_or_default();
        let ids: Vec<ElementId> = items.iter().map(|entry| entry.element.clone()).collect();
        let elements = self.db.elements(&viewer.scope(), &ids).await?;
        let entries: HashMap<&ElementId, &Entry> =
            items.iter().map(|entry| (&entry.element, entry)).collect();
        let hits = elements.into_iter().filter_map(|element| {
            let entry = entries.get(&element.id)?;
            let mut why = Vec::new();
            if entry.new {
                why.push(Why::Recent);
            }
            let tag = tags.iter().find_map(|name| {
                let mut own = element.tags.iter().filter(|tag| tag.name.as_str() == *name);
                own.find(|tag| tag.state != protocol::element::TagState::Rejected)
            });
            why.extend(tag.map(|tag| Why::Tag {
                name: tag.name.to_string(),
                score: tag.score,
            }));
            Some(Hit {
                score: Some(entry.score),
                why,
                because: None,
                element,
            })
        });
        Ok(found(hits.collect(), next))
    }

    fn seen<'a>(&self, scope: &Scope, topics: &'a [Topic]) -> Vec<Seen<'a>> {
        let since = now_millis() - NEW_MS;
        let counted = self.facts.with(|known| {
            let one = |topic: &'a Topic| {
                let mut seen = Seen {
                    topic,
                    count: 0,
                    new: 0,
                    covers: Vec::new(),
                };
                for (id, _) in &topic.members {
                    let fact = known.get(id).filter(|fact| scope.lists(fact.access()));
                    let Some(fact) = fact.filter(|fact| fact.is_public()) else {
                        continue;
                    };
                    seen.count += 1;
                    seen.new += u32::from(fact.created_at.millis() >= since);
                    if seen.covers.len() < COVERS_AMONG {
                        seen.covers.push(id.clone());
                    }
                }
                seen
            };
            topics.iter().map(one).collect::<Vec<_>>()
        });
        let chosen = counted.into_iter().map(|seen| Seen {
            covers: self.unlike(&seen.covers),
            ..seen
        });
        chosen.collect()
    }

    /// The first of them that do not look nearly the same.
    fn unlike(&self, ids: &[ElementId]) -> Vec<ElementId> {
        let vectors: HashMap<usize, Vec<f32>> = self.spaces.vectors(ids).into_iter().collect();
        let mut chosen: Vec<usize> = Vec::new();
        for at in 0..ids.len() {
            let alike = |other: &usize| match (vectors.get(&at), vectors.get(other)) {
                (Some(a), Some(b)) => dot(a, b) > TOO_ALIKE,
                _ => false,
            };
            if chosen.len() < COVERS && !chosen.iter().any(alike) {
                chosen.push(at);
            }
        }
        // nearly the same is better than none
        let rest = (0..ids.len()).filter(|at| !chosen.contains(at));
        let rest: Vec<usize> = rest.take(COVERS - chosen.len()).collect();
        chosen.extend(rest);
        chosen.into_iter().map(|at| ids[at].clone()).collect()
    }

    /// Its elements that the viewer may see, nearest first.
    fn visible(&self, scope: &Scope, topic: &Topic) -> Vec<(ElementId, f32)> {
        self.facts.with(|known| {
            let seen = topic.members.iter().filter(|(id, _)| {
                let fact = known.get(id);
                fact.is_some_and(|fact| fact.is_public() && scope.lists(fact.access()))
            });
            seen.cloned().collect()
        })
    }
}

/// Nearest first; after some of them, the newest of those that did not come yet.
fn mixed(near: Vec<(ElementId, f32)>) -> Vec<Entry> {
    // ids sort by their age
    let mut new: Vec<usize> = (0..near.len()).collect();
    new.sort_by(|&a, &b| near[b].0.cmp(&near[a].0));
    let mut new = new.into_iter();
    let mut came = vec![false; near.len()];
    let mut entries: Vec<Entry> = Vec::with_capacity(near.len().min(LISTED));
    let mut push = |at: usize, is_new: bool, came: &mut Vec<bool>| {
        if !std::mem::replace(&mut came[at], true) {
            let (element, score) = near[at].clone();
            entries.push(Entry {
                element,
                score,
                new: is_new,
            });
            return true;
        }
        false
    };
    let mut since = 0;
    for at in 0..near.len().min(LISTED) {
        since += usize::from(push(at, false, &mut came));
        if since == NEAR_EACH {
            since = 0;
            for at in new.by_ref() {
                if push(at, true, &mut came) {
                    break;
                }
            }
        }
    }
    entries.truncate(LISTED);
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> ElementId {
        ElementId::from_parts(n, 0)
    }

    #[test]
    fn what_is_new_stands_between_what_is_near_and_nothing_comes_twice() {
        // the oldest is the nearest
        let near: Vec<(ElementId, f32)> = (1..=10).map(|n| (id(n), 1.0 / n as f32)).collect();
        let order = mixed(near);
        let ids: Vec<_> = order.iter().map(|e| e.element.clone()).collect();
        assert_eq!(ids, [1, 2, 3, 10, 4, 5, 6, 9, 7, 8].map(id));
        let new: Vec<bool> = order.iter().take(8).map(|e| e.new).collect();
        assert_eq!(new, [false, false, false, true, false, false, false, true]);
        assert!(mixed(Vec::new()).is_empty());
    }
}
