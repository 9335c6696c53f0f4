//! From interests to a ranking.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use db::{Db, Interest, Together, Viewer};
use protocol::ElementId;
use protocol::cluster::{ClusterRef, Influence};
use protocol::search::Why;

use super::{diverse, medoids};
use crate::PlatformError;
use crate::search::Spaces;

/// Medoids of one cluster.
const MEDOIDS: usize = 4;
/// Neighbours of one medoid that are looked at.
const NEIGHBOURS: usize = 80;
/// Picks of one ranking.
const PICKS: usize = 300;
/// Elements of a cluster whose company is looked at.
const COMPANY_OF: usize = 40;

/// Cosine of centred vectors below which two pictures have nothing in common.
const FAINT: f32 = 0.12;
/// What a cluster in which others keep it adds to the score, and at most.
const TOGETHER: f32 = 0.05;
const TOGETHER_MOST: f32 = 0.2;
/// What likeness to something waved away takes.
const LESS: f32 = 0.9;
/// Nearer than this to something waved away, it is not shown at all.
const ENOUGH: f32 = 0.82;
/// Boosted and usual clusters.
const BOOST: f32 = 1.35;
/// After so many days without a save a cluster counts half.
const HALF_LIFE_DAYS: f32 = 60.0;
/// The least that an old cluster counts.
const OLD: f32 = 0.5;

/// The part of a score that does not fall with the rank within its cluster,
/// and how fast the rest does.
const OWN: f32 = 0.45;
const FALL: f32 = 0.3;

/// Whom a ranking is for, and of what.
pub struct Wish<'a> {
    pub viewer: &'a Viewer,
    /// The viewer's account: its own elements are no discovery.
    pub user: &'a protocol::UserId,
    pub interests: &'a [Interest],
    /// What was waved away.
    pub less: &'a [ElementId],
    /// What must not come, beyond what the interests hold.
    pub known: &'a HashSet<ElementId>,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// One recommended element.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    pub element: ElementId,
    pub score: f32,
    pub why: Vec<Why>,
    pub because: Option<ClusterRef>,
}

/// Makes rankings out of the vectors in memory and the graph.
#[derive(Clone)]
pub struct Recommender {
    db: Db,
    spaces: Arc<Spaces>,
}

impl Recommender {
    pub(crate) fn new(db: Db, spaces: Arc<Spaces>) -> Self {
        Self { db, spaces }
    }

    /// At most some hundred picks, best and most varied first. Empty when the
    /// interests hold nothing that can be compared.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rank(&self, wish: &Wish<'_>) -> Result<Vec<Pick>, PlatformError> {
        let held: HashSet<&ElementId> = wish.interests.iter().flat_map(|i| &i.elements).collect();
        let mut found: HashMap<ElementId, Pick> = HashMap::new();
        for interest in wish.interests {
            let weight = weight(interest, wish.now);
            for pick in self.near(wish, interest, &held) {
                let score = pick.score * weight;
                offer(&mut found, Pick { score, ..pick });
            }
            let sample = &interest.elements[..interest.elements.len().min(COMPANY_OF)];
            let together = self.db.saved_together(sample).await?;
            for Together { element, clusters } in together.into_iter().take(NEIGHBOURS) {
                if held.contains(&element) || wish.known.contains(&element) {
                    continue;
                }
                let bonus = (clusters as f32 * TOGETHER).min(TOGETHER_MOST) * weight;
                let why = Why::SavedTogether { count: clusters };
                match found.get_mut(&element) {
                    Some(pick) => {
                        pick.score += bonus;
                        pick.why.push(why);
                    }
                    None => {
                        found.insert(
                            element.clone(),
                            Pick {
                                element,
                                score: bonus,
                                why: vec![why],
                                because: Some(interest.cluster.clone()),
                            },
                        );
                    }
                }
            }
        }
        let picks = self.without_what_was_waved_away(wish, found);
        Ok(self.varied(picks))
    }

    /// What is near a cluster's medoids.
    fn near(&self, wish: &Wish<'_>, interest: &Interest, held: &HashSet<&ElementId>) -> Vec<Pick> {
        let vectors = self.spaces.vectors(&interest.elements);
        let rows: Vec<&[f32]> = vectors.iter().map(|(_, v)| v.as_slice()).collect();
        let wanted = |id: &ElementId, access: &db::Access| {
            access.owner != *wish.user && !held.contains(id) && !wish.known.contains(id)
        };
        let mut best: HashMap<ElementId, Pick> = HashMap::new();
        for medoid in medoids(&rows, MEDOIDS) {
            // a side interest counts, but less than the main one
            let weight = 0.6 + 0.4 * medoid.share.sqrt();
            let near = self
                .spaces
                .nearest(wish.viewer, rows[medoid.at], NEIGHBOURS, wanted);
            for (element, similarity) in near.into_iter().filter(|(_, s)| *s > FAINT) {
                let pick = Pick {
                    score: similarity * weight,
                    why: vec![Why::Cluster { similarity }],
                    because: Some(interest.cluster.clone()),
                    element,
                };
                offer(&mut best, pick);
            }
        }
        best.into_values().collect()
    }

    fn without_what_was_waved_away(
        &self,
        wish: &Wish<'_>,
        found: HashMap<ElementId, Pick>,
    ) -> Vec<Pick> {
        let away: Vec<Vec<f32>> = self
            .spaces
            .vectors(wish.less)
            .into_iter()
            .map(|(_, v)| v)
            .collect();
        let waved: HashSet<&ElementId> = wish.less.iter().collect();
        let mut picks: Vec<Pick> = found.into_values().collect();
        picks.retain(|pick| !waved.contains(&pick.element));
        if away.is_empty() {
            return picks;
        }
        let ids: Vec<ElementId> = picks.iter().map(|p| p.element.clone()).collect();
        let vectors: HashMap<usize, Vec<f32>> = self.spaces.vectors(&ids).into_iter().collect();
        let likeness = |at: usize| {
            let own = vectors.get(&at)?;
            let cosine = |other: &Vec<f32>| own.iter().zip(other).map(|(x, y)| x * y).sum::<f32>();
            away.iter().map(cosine).reduce(f32::max)
        };
        let mut at = 0;
        picks.retain_mut(|pick| {
            let alike = likeness(at).unwrap_or(0.0);
            at += 1;
            // only real likeness counts, as much as it goes beyond a faint one
            pick.score *= 1.0 - LESS * (alike - FAINT).max(0.0);
            alike < ENOUGH
        });
        picks
    }

    fn varied(&self, mut picks: Vec<Pick>) -> Vec<Pick> {
        by_score(&mut picks);
        share(&mut picks);
        by_score(&mut picks);
        picks.truncate(PICKS);
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

/// The better of two reasons for an element.
fn offer(found: &mut HashMap<ElementId, Pick>, pick: Pick) {
    match found.get(&pick.element) {
        Some(known) if known.score >= pick.score => {}
        _ => {
            found.insert(pick.element.clone(), pick);
        }
    }
}

fn by_score(picks: &mut [Pick]) {
    picks.sort_by(|a, b| {
        let by_score = b.score.total_cmp(&a.score);
        by_score.then_with(|| b.element.cmp(&a.element))
    });
}

/// Lets every cluster have a say: the further down a pick stands among those
/// of its own cluster, the less it counts. `picks` are sorted.
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

fn weight(interest: &Interest, now: i64) -> f32 {
    const DAY_MS: f32 = 86_400_000.0;
    let days = (now - interest.used_at).max(0) as f32 / DAY_MS;
    let fresh = OLD + (1.0 - OLD) * 0.5_f32.powf(days / HALF_LIFE_DAYS);
    match interest.influence {
        Influence::Muted => 0.0,
        Influence::Normal => fresh,
        Influence::Boosted => fresh * BOOST,
    }
}

#[cfg(test)]
mod tests {
    use protocol::ClusterId;

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
