//! Searches with filters: what is allowed is known before anything is looked
//! for, and every list stays within it.

use std::collections::{HashMap, HashSet};

use protocol::element::Element;
use protocol::query::{Branch, Filter, Order, Query};
use protocol::search::Why;
use protocol::{ClusterId, ElementId};

use super::facts::Fact;
use super::fusion::{Ranked, fuse};
use super::{Search, Shade};
use crate::tags::TagNo;
use crate::{PlatformError, Viewer};

/// Entries of a ranking.
const MOST: usize = 5_000;
/// Texts in which a phrase or an unwanted word is looked for.
const TEXTS: usize = 2_000;
/// Cosine of centred vectors from which something is similar.
const SIMILAR: f32 = 0.1;
const SIMILAR_MOST: usize = 2_000;

impl Search {
    /// The ranking of a query, and hints on what was left out.
    pub(super) async fn filtered(
        &self,
        viewer: &Viewer,
        query: &Query,
    ) -> Result<(Vec<Ranked>, Vec<String>), PlatformError> {
        let (branches, more) = query.branches();
        let mut hints = Vec::new();
        if more {
            let kept = protocol::query::BRANCHES;
            hints.push(format!("Only the first {kept} alternatives were searched."));
        }
        let mut merged: HashMap<ElementId, Ranked> = HashMap::new();
        for branch in &branches {
            let (ranking, said) = self.branch(viewer, branch).await?;
            hints.extend(said);
            for ranked in ranking {
                match merged.get_mut(&ranked.element) {
                    None => {
                        merged.insert(ranked.element.clone(), ranked);
                    }
                    Some(before) => {
                        before.confident |= ranked.confident;
                        before.score = before.score.max(ranked.score);
                        before.why.extend(ranked.why);
                    }
                }
            }
        }
        hints.dedup();
        let ranking = self.ordered(merged, query.order(), &branches);
        Ok((ranking, hints))
    }

    /// One alternative.
    async fn branch(
        &self,
        viewer: &Viewer,
        branch: &Branch,
    ) -> Result<(Vec<Ranked>, Vec<String>), PlatformError> {
        let allowed = self.allowed(viewer, branch).await?;
        let text = branch.text();
        if !text.is_empty() {
            let (lists, hints) = self.candidates(viewer, &text, Some(&allowed)).await?;
            return Ok((fuse(lists), hints));
        }
        let scores = self.likeness(viewer, branch, &allowed);
        let tags: Vec<&str> = branch.filters.iter().filter_map(tag_of).collect();
        let ranked = |element: ElementId| {
            let tagged = tags.iter().map(|name| Why::Tag {
                name: (*name).to_owned(),
                score: 1.0,
            });
            let alike = scores.get(&element);
            Ranked {
                score: alike.map_or(0.0, |(score, _)| *score),
                why: tagged.chain(alike.map(|(_, why)| why.clone())).collect(),
                confident: true,
                element,
            }
        };
        Ok((allowed.into_iter().map(ranked).collect(), Vec::new()))
    }

    /// The elements that meet all conditions of an alternative.
    async fn allowed(
        &self,
        viewer: &Viewer,
        branch: &Branch,
    ) -> Result<HashSet<ElementId>, PlatformError> {
        let mut within: Vec<HashSet<ElementId>> = Vec::new();
        let mut without: HashSet<ElementId> = HashSet::new();
        for phrase in &branch.phrases {
            within.push(self.containing(viewer, phrase).await?);
        }
        for text in &branch.without {
            without.extend(self.containing(viewer, text).await?);
        }
        for (filters, wanted) in [(&branch.filters, true), (&branch.not, false)] {
            for filter in filters {
                let ids = match filter {
                    Filter::Cluster(id) => self.held(viewer, id).await?,
                    Filter::Similar(id) => self.similar_ids(viewer, id).await?,
                    _ => continue,
                };
                if wanted {
                    within.push(ids);
                } else {
                    without.extend(ids);
                }
            }
        }
        let tags = {
            let words = self.facts.vocabulary().read();
            let named = branch.filters.iter().chain(&branch.not).filter_map(tag_of);
            let known = named.filter_map(|name| Some((name, words.resolve(name)?)));
            known.collect::<HashMap<&str, TagNo>>()
        };
        let unwanted: Vec<TagNo> = {
            let words = self.facts.vocabulary().read();
            let without = branch.without.iter();
            without.filter_map(|word| words.resolve(word)).collect()
        };
        let carries = |fact: &Fact, name: &str| {
            let tag = tags.get(name);
            tag.is_some_and(|tag| fact.tagged(*tag).is_some())
        };
        let meets = |fact: &Fact, filter: &Filter| match filter {
            Filter::Tag(tag) => carries(fact, tag.as_str()),
            other => fact.meets(other).unwrap_or(true),
        };
        let fails = |fact: &Fact, filter: &Filter| match filter {
            Filter::Tag(tag) => !carries(fact, tag.as_str()),
            other => !fact.meets(other).unwrap_or(false),
        };
        Ok(self.facts.matching(&viewer.scope(), |id, fact| {
            branch.filters.iter().all(|filter| meets(fact, filter))
                && branch.not.iter().all(|filter| fails(fact, filter))
                && within.iter().all(|ids| ids.contains(id))
                && !without.contains(id)
                && unwanted.iter().all(|tag| fact.tagged(*tag).is_none())
        }))
    }

    /// Elements in whose texts these words stand beside each other.
    async fn containing(
        &self,
        viewer: &Viewer,
        text: &str,
    ) -> Result<HashSet<ElementId>, PlatformError> {
        let scope = viewer.scope();
        let hits = self.db.search_text(&scope, text, TEXTS).await?;
        let ids: Vec<ElementId> = hits.into_iter().map(|hit| hit.element).collect();
        if !text.contains(' ') {
            return Ok(ids.into_iter().collect());
        }
        let wanted = plain(text);
        let elements = self.db.elements(&scope, &ids).await?;
        let with = elements
            .into_iter()
            .filter(|element| says(element, &wanted));
        Ok(with.map(|element| element.id).collect())
    }

    async fn held(
        &self,
        viewer: &Viewer,
        id: &ClusterId,
    ) -> Result<HashSet<ElementId>, PlatformError> {
        let cluster = self.db.cluster(&viewer.scope(), id, None).await?;
        if cluster.is_none() {
            return Ok(HashSet::new());
        }
        let ids = self.db.cluster_elements(id, MOST).await?;
        Ok(ids.into_iter().collect())
    }

    async fn similar_ids(
        &self,
        viewer: &Viewer,
        id: &ElementId,
    ) -> Result<HashSet<ElementId>, PlatformError> {
        let scope = viewer.scope();
        if self.db.element(&scope, id).await?.is_none() {
            return Ok(HashSet::new());
        }
        let near = self.spaces.similar(&scope, id, SIMILAR_MOST);
        let near = near.into_iter().filter(|(_, cosine)| *cosine >= SIMILAR);
        Ok(near.map(|(id, _)| id).collect())
    }

    /// How much alike the allowed ones are to what the filters name.
    fn likeness(
        &self,
        viewer: &Viewer,
        branch: &Branch,
        allowed: &HashSet<ElementId>,
    ) -> HashMap<ElementId, (f32, Why)> {
        let scope = viewer.scope();
        let mut scores = HashMap::new();
        for filter in &branch.filters {
            let found = match filter {
                Filter::Similar(id) => self
                    .spaces
                    .similar(&scope, id, SIMILAR_MOST)
                    .into_iter()
                    .map(|(id, similarity)| (id, (similarity, Why::Similar { similarity })))
                    .collect::<Vec<_>>(),
                Filter::Color(rgb) => self
                    .facts
                    .colored(&scope, &[Shade::of(*rgb, 1.0)], MOST, |id| {
                        allowed.contains(id)
                    })
                    .into_iter()
                    .map(|(id, similarity)| (id, (similarity, Why::Colors { similarity })))
                    .collect(),
                _ => continue,
            };
            scores.extend(found);
        }
        scores
    }

    fn ordered(
        &self,
        merged: HashMap<ElementId, Ranked>,
        order: Option<Order>,
        branches: &[Branch],
    ) -> Vec<Ranked> {
        let ranks = branches.iter().any(|branch| {
            let alike = |f: &Filter| matches!(f, Filter::Similar(_) | Filter::Color(_));
            !branch.text().is_empty() || branch.filters.iter().any(alike)
        });
        let order = order.unwrap_or(if ranks {
            Order::Relevance
        } else {
            Order::Newest
        });
        let mut merged = merged;
        if order == Order::Relevance {
            let mut ranking: Vec<Ranked> = merged.into_values().collect();
            ranking.sort_by(|a, b| {
                let tier = b.confident.cmp(&a.confident);
                tier.then_with(|| b.score.total_cmp(&a.score))
                    .then_with(|| b.element.cmp(&a.element))
            });
            ranking.truncate(MOST);
            return ranking;
        }
        let age = |fact: &Fact| fact.created_at.millis() as f64;
        let sorted = self
            .facts
            .sorted(merged.keys().cloned(), |fact| match order {
                Order::Newest | Order::Relevance => age(fact),
                Order::Oldest => -age(fact),
                Order::Quality => fact.quality.map_or(-1.0, f64::from),
            });
        // who asks for an order wants no divider in it
        let taken = sorted.into_iter().filter_map(|id| {
            let ranked = merged.remove(&id)?;
            Some(Ranked {
                confident: true,
                ..ranked
            })
        });
        taken.take(MOST).collect()
    }
}

fn tag_of(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Tag(tag) => Some(tag.as_str()),
        _ => None,
    }
}

/// Lower case, single spaces.
fn plain(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}

fn says(element: &Element, wanted: &str) -> bool {
    [&element.title, &element.description, &element.text]
        .into_iter()
        .any(|text| plain(text).contains(wanted))
}
