//! From interests to a ranking.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use db::{Access, Db, Tie, Viewer};
use ml::vector::dot;
use protocol::search::Why;
use protocol::{ElementId, UserId};

pub use super::score::Pick;
use super::score::{Evidence, prior};
use super::sources::DAY_MS;
use super::tags::{Typical, carrying};
use super::{Source, Themes, diverse};
use crate::PlatformError;
use crate::search::{Fact, FactIndex, Spaces};

/// Neighbours of one medoid that are looked at, elements that others keep
/// beside a source, and elements that carry its tags.
const NEIGHBOURS: usize = 80;
const COMPANY: usize = 80;
const TAGGED: usize = 80;
/// Picks of one ranking; a few more are made, of which some turn out to be held.
const PICKS: usize = 300;
const MADE: usize = 360;
/// Elements of a source whose company is looked at.
const COMPANY_OF: usize = 40;

/// Cosine of centred vectors below which two pictures have nothing in common.
const FAINT: f32 = 0.12;
/// What likeness to something waved away takes.
const LESS: f32 = 0.9;
/// Nearer than this to something waved away, it is not shown at all.
const ENOUGH: f32 = 0.82;

/// The part of a score that does not fall with the rank within its source,
/// and how fast the rest does.
const OWN: f32 = 0.45;
const FALL: f32 = 0.3;

/// Whom a ranking is for, and of what.
pub struct Wish<'a> {
    pub viewer: &'a Viewer,
    /// The viewer's account: its own elements are no discovery.
    pub user: &'a UserId,
    pub sources: &'a [Source],
    /// What was waved away.
    pub less: &'a [ElementId],
    /// Milliseconds since 1970.
    pub now: i64,
}

/// Makes rankings out of what is in memory and the graph.
#[derive(Clone)]
pub struct Recommender {
    pub(super) db: Db,
    pub(super) spaces: Arc<Spaces>,
    pub(super) facts: Arc<FactIndex>,
    pub(super) themes: Arc<Themes>,
}

impl Recommender {
    pub(crate) fn new(
        db: Db,
        spaces: Arc<Spaces>,
        facts: Arc<FactIndex>,
        themes: Arc<Themes>,
    ) -> Self {
        Self {
            db,
            spaces,
            facts,
            themes,
        }
    }

    pub fn db(&self) -> &Db {
        &self.db
    }

    pub fn themes(&self) -> &Themes {
        &self.themes
    }

    /// At most some hundred picks, best and most varied first. Empty when the
    /// sources hold nothing that can be compared.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rank(&self, wish: &Wish<'_>) -> Result<Vec<Pick>, PlatformError> {
        let held: HashSet<&ElementId> = wish
            .sources
            .iter()
            .flat_map(|source| &source.theme.elements)
            .collect();
        let mut evidence: Vec<HashMap<ElementId, Evidence>> = wish
            .sources
            .iter()
            .map(|s| self.near(wish, s, &held))
            .collect();
        self.add_company(wish, &held, &mut evidence).await?;
        self.add_tagged(wish, &held, &mut evidence);
        let mut picks = self.picks(wish, &evidence);
        self.without_what_was_waved_away(wish, &mut picks);
        by_score(&mut picks);
        share(&mut picks);
        by_score(&mut picks);
        picks.truncate(MADE);
        // of large clusters only the last added are known here
        let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
        let held = self.db.held_by(wish.viewer, &ids).await?;
        picks.retain(|pick| !held.contains(&pick.element));
        picks.truncate(PICKS);
        Ok(self.varied(&picks))
    }

    /// The newest of what accounts saved that the viewer follows, newest first.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn followed(
        &self,
        viewer: &Viewer,
        user: &UserId,
        most: usize,
    ) -> Result<Vec<Pick>, PlatformError> {
        let followed = self.db.tied_to(user, Tie::Follow).await?;
        if followed.is_empty() {
            return Ok(Vec::new());
        }
        let owners = followed.iter().map(|owner| &owner.id);
        let ids = self.facts.newest_of(owners, viewer, most);
        self.facts.with(|known| {
            let pick = |id: ElementId| {
                let owner = &known.get(&id)?.access().owner;
                let name = &followed.iter().find(|f| f.id == *owner)?.display_name;
                Some(Pick {
                    element: id,
                    score: 0.0,
                    why: vec![Why::Followed { name: name.clone() }],
                    because: None,
                })
            };
            Ok(ids.into_iter().filter_map(pick).collect())
        })
    }

    /// What is near the medoids of a source.
    fn near(
        &self,
        wish: &Wish<'_>,
        source: &Source,
        held: &HashSet<&ElementId>,
    ) -> HashMap<ElementId, Evidence> {
        let wanted =
            |id: &ElementId, access: &Access| access.owner != *wish.user && !held.contains(id);
        let mut found: HashMap<ElementId, Evidence> = HashMap::new();
        for head in &source.theme.heads {
            // a side interest counts, but less than the main one
            let weight = 0.6 + 0.4 * head.share.sqrt();
            let near = self
                .spaces
                .nearest(wish.viewer, &head.middle, NEIGHBOURS, wanted);
            for (element, cosine) in near.into_iter().filter(|(_, s)| *s > FAINT) {
                let evidence = found.entry(element).or_default();
                let weighed = cosine * weight;
                if evidence.near.is_none_or(|(_, before)| before < weighed) {
                    evidence.near = Some((cosine, weighed));
                }
            }
        }
        found
    }

    /// What others keep beside what the sources hold.
    async fn add_company(
        &self,
        wish: &Wish<'_>,
        held: &HashSet<&ElementId>,
        evidence: &mut [HashMap<ElementId, Evidence>],
    ) -> Result<(), PlatformError> {
        for (source, evidence) in wish.sources.iter().zip(evidence) {
            let elements = &source.theme.elements;
            let sample = &elements[..elements.len().min(COMPANY_OF)];
            let mut together = self.db.saved_together(sample).await?;
            together.retain(|other| !held.contains(&other.element));
            self.facts.with(|known| {
                let seen = together.into_iter().filter(|other| {
                    let fact = known.get(&other.element);
                    fact.is_some_and(|fact| discovery(wish, fact))
                });
                for other in seen.take(COMPANY) {
                    evidence.entry(other.element).or_default().together = other.clusters;
                }
            });
        }
        Ok(())
    }

    /// What carries the tags that are typical of the sources.
    fn add_tagged(
        &self,
        wish: &Wish<'_>,
        held: &HashSet<&ElementId>,
        evidence: &mut [HashMap<ElementId, Evidence>],
    ) {
        let found = self.facts.with(|known| {
            let themes = wish.sources.iter().map(|source| &source.theme.elements);
            let typical: Vec<Typical> = themes.map(|own| Typical::of(known, own)).collect();
            let wanted = |id: &ElementId, fact: &Fact| discovery(wish, fact) && !held.contains(id);
            carrying(known, wish.viewer, &typical, TAGGED, wanted)
        });
        for (tagged, evidence) in found.into_iter().zip(evidence) {
            for tagged in tagged {
                evidence.entry(tagged.element).or_default().tags = (tagged.overlap, tagged.tags);
            }
        }
    }

    /// Of each element the source that speaks for it most.
    fn picks(&self, wish: &Wish<'_>, evidence: &[HashMap<ElementId, Evidence>]) -> Vec<Pick> {
        let mut best: HashMap<&ElementId, (f32, usize)> = HashMap::new();
        for (at, found) in evidence.iter().enumerate() {
            for (element, evidence) in found {
                let score = evidence.score() * wish.sources[at].weight;
                let before = best.entry(element).or_insert((score, at));
                if score > before.0 {
                    *before = (score, at);
                }
            }
        }
        self.facts.with(|known| {
            let pick = |(element, (score, at)): (&ElementId, (f32, usize))| {
                let fact = known.get(element)?;
                let days = (wish.now - fact.created_at.millis()) as f32 / DAY_MS;
                Some(Pick {
                    score: score * prior(days, fact.quality),
                    why: evidence[at][element].why(),
                    because: wish.sources[at].cluster.clone(),
                    element: element.clone(),
                })
            };
            best.into_iter().filter_map(pick).collect()
        })
    }

    fn without_what_was_waved_away(&self, wish: &Wish<'_>, picks: &mut Vec<Pick>) {
        let waved: HashSet<&ElementId> = wish.less.iter().collect();
        picks.retain(|pick| !waved.contains(&pick.element));
        let away = self.spaces.vectors(wish.less);
        if away.is_empty() {
            return;
        }
        let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
        let vectors: HashMap<usize, Vec<f32>> = self.spaces.vectors(&ids).into_iter().collect();
        let mut at = 0;
        picks.retain_mut(|pick| {
            let own = vectors.get(&at);
            at += 1;
            let alike = own.map_or(0.0, |own| alike(own, away.iter().map(|(_, v)| v)));
            // only real likeness counts, as much as it goes beyond a faint one
            pick.score *= 1.0 - LESS * (alike - FAINT).max(0.0);
            alike < ENOUGH
        });
    }

    /// Takes out what was waved away, and what looks nearly the same.
    pub fn spare(&self, less: &[ElementId], ids: &mut Vec<ElementId>) {
        let away = self.spaces.vectors(less);
        if away.is_empty() {
            return ids.retain(|id| !less.contains(id));
        }
        let own: HashMap<usize, Vec<f32>> = self.spaces.vectors(ids).into_iter().collect();
        let mut at = 0;
        ids.retain(|id| {
            let vector = own.get(&at);
            at += 1;
            let near = |own: &Vec<f32>| alike(own, away.iter().map(|(_, v)| v)) >= ENOUGH;
            !less.contains(id) && !vector.is_some_and(near)
        });
    }

    fn varied(&self, picks: &[Pick]) -> Vec<Pick> {
        let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
        let mut vectors: Vec<Option<Vec<f32>>> = vec![None; picks.len()];
        for (at, vector) in self.spaces.vectors(&ids) {
            vectors[at] = Some(vector);
        }
        let scores: Vec<f32> = picks.iter().map(|p| p.score).collect();
        let order = diverse(&scores, &vectors);
        order.into_iter().map(|at| picks[at].clone()).collect()
    }
}

/// May it be shown to the viewer as something new?
fn discovery(wish: &Wish<'_>, fact: &Fact) -> bool {
    fact.access().owner != *wish.user && wish.viewer.lists(fact.access())
}

fn alike<'a>(vector: &[f32], others: impl Iterator<Item = &'a Vec<f32>>) -> f32 {
    others.map(|other| dot(vector, other)).fold(0.0, f32::max)
}

fn by_score(picks: &mut [Pick]) {
    picks.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| b.element.cmp(&a.element))
    });
}

/// Lets every source have a say: the further down a pick stands among those of
/// its own source, the less it counts. `picks` are sorted.
fn share(picks: &mut [Pick]) {
    let mut ranks: HashMap<Option<protocol::ClusterId>, f32> = HashMap::new();
    for pick in picks {
        let rank = ranks
            .entry(pick.because.as_ref().map(|b| b.id.clone()))
            .or_default();
        pick.score *= OWN + (1.0 - OWN) / (1.0 + FALL * *rank);
        *rank += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use protocol::ClusterId;
    use protocol::cluster::ClusterRef;

    use super::*;

    #[test]
    fn a_large_cluster_does_not_drown_a_small_one() {
        let of = |cluster: u64| {
            Some(ClusterRef {
                id: ClusterId::from_parts(cluster, 0),
                name: cluster.to_string(),
            })
        };
        let pick = |n: u64, cluster: u64, score: f32| Pick {
            element: ElementId::from_parts(n, 0),
            score,
            why: vec![],
            because: of(cluster),
        };
        let mut picks: Vec<Pick> = (0..20)
            .map(|n| pick(n, 1, 0.6 - n as f32 * 0.002))
            .collect();
        picks.push(pick(100, 2, 0.4));
        by_score(&mut picks);
        share(&mut picks);
        by_score(&mut picks);
        let at = picks.iter().position(|p| p.because == of(2));
        assert!(at.is_some_and(|at| at < 6), "{at:?}");
        assert_eq!(picks[0].because, of(1), "the best still comes first");
    }
}
