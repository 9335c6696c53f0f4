//! Public clusters that grow just now.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use db::{Follow, Save};
use protocol::cluster::Influence;
use protocol::explore::{RisingCluster, RisingClusters};
use protocol::{ClusterId, ElementId, UserId};

use super::Explore;
use crate::platform::now_millis;
use crate::{PlatformError, Viewer};

/// What is older does not count.
const WINDOW_MS: i64 = 21 * DAY_MS;
const DAY_MS: i64 = 86_400_000;
/// Saves that are shown as recent.
const RECENT_MS: i64 = 7 * DAY_MS;
/// After so many days a save and a follow count half.
const SAVE_DAYS: f32 = 3.0;
const FOLLOW_DAYS: f32 = 5.0;
/// What following counts against saving once.
const FOLLOW: f32 = 1.5;
/// Clusters of one account, and in all.
const OF_ONE: usize = 3;
const SHOWN: usize = 24;
/// Those that are looked at: some of them nobody but their members sees.
const LOOKED_AT: usize = 60;
/// How long what was read is good enough.
const GOOD: Duration = Duration::from_secs(15);

/// What happened lately, as it was last read.
#[derive(Default)]
pub struct Stir(Mutex<Option<(Instant, Arc<Lately>)>>);

struct Lately {
    saves: Vec<Save>,
    follows: Vec<Follow>,
}

impl Explore {
    /// Public clusters that grow just now, as the viewer sees them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn rising(&self, viewer: &Viewer) -> Result<RisingClusters, PlatformError> {
        let now = now_millis();
        let lately = self.lately(now).await?;
        let scope = viewer.scope();
        // saves of what the viewer may not see are none
        let seen: Vec<&Save> = self.facts.with(|known| {
            let listed = |id: &ElementId| {
                let fact = known.get(id);
                fact.is_some_and(|fact| fact.is_public() && scope.lists(fact.access()))
            };
            lately.saves.iter().filter(|s| listed(&s.element)).collect()
        });
        let mut recent: HashMap<&ClusterId, u32> = HashMap::new();
        for save in seen.iter().filter(|save| save.at >= now - RECENT_MS) {
            *recent.entry(&save.cluster).or_default() += 1;
        }
        let order: Vec<ClusterId> = rise(&seen, &lately.follows, now)
            .into_iter()
            .take(LOOKED_AT)
            .collect();
        let clusters = self.db.clusters(&scope, &order, None, false).await?;
        let mut of_one: HashMap<UserId, usize> = HashMap::new();
        let items = clusters.into_iter().filter(|cluster| {
            let shown = cluster.visibility == protocol::element::Visibility::Public
                && cluster.influence != Influence::Muted
                && !scope
                    .ties()
                    .is_some_and(|ties| ties.away(&cluster.owner.id))
                && cluster.count > 0;
            let own = of_one.entry(cluster.owner.id.clone()).or_default();
            *own += usize::from(shown);
            shown && *own <= OF_ONE
        });
        let items = items.take(SHOWN).map(|cluster| RisingCluster {
            recent: recent.get(&cluster.id).copied().unwrap_or(0),
            cluster,
        });
        Ok(RisingClusters {
            items: items.collect(),
        })
    }

    async fn lately(&self, now: i64) -> Result<Arc<Lately>, PlatformError> {
        let kept = {
            let kept = self.stir.0.lock().unwrap_or_else(PoisonError::into_inner);
            kept.clone()
        };
        if let Some((_, lately)) = kept.filter(|(read, _)| read.elapsed() < GOOD) {
            return Ok(lately);
        }
        let since = now - WINDOW_MS;
        let lately = Arc::new(Lately {
            saves: self.db.latest_saves(since).await?,
            follows: self.db.latest_follows(since).await?,
        });
        let mut kept = self.stir.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((Instant::now(), lately.clone()));
        Ok(lately)
    }
}

/// The clusters in the order of what happens to them. What one person does
/// counts with its root: ten saves by one are a good three, by ten they are ten.
fn rise(saves: &[&Save], follows: &[Follow], now: i64) -> Vec<ClusterId> {
    let worth = |at: i64, half_life: f32| {
        let days = (now - at).max(0) as f32 / DAY_MS as f32;
        0.5_f32.powf(days / half_life)
    };
    let mut by_person: HashMap<(&ClusterId, &UserId), (f32, f32)> = HashMap::new();
    for save in saves {
        let (sum, count) = by_person.entry((&save.cluster, &save.by)).or_default();
        *sum += worth(save.at, SAVE_DAYS);
        *count += 1.0;
    }
    let mut scores: HashMap<&ClusterId, f32> = HashMap::new();
    for ((cluster, _), (sum, count)) in by_person {
        *scores.entry(cluster).or_default() += sum / count.sqrt();
    }
    for follow in follows {
        let score = scores.entry(&follow.cluster).or_default();
        *score += FOLLOW * worth(follow.at, FOLLOW_DAYS);
    }
    let mut order: Vec<(&ClusterId, f32)> = scores.into_iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| b.0.cmp(a.0)));
    order.into_iter().map(|(id, _)| id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 100 * DAY_MS;

    fn save(cluster: u64, by: u64, days: i64) -> Save {
        Save {
            cluster: ClusterId::from_parts(cluster, 0),
            element: ElementId::from_parts(1, 0),
            by: UserId::from_parts(by, 0),
            at: NOW - days * DAY_MS,
        }
    }

    fn order(saves: &[Save], follows: &[Follow]) -> Vec<u64> {
        let saves: Vec<&Save> = saves.iter().collect();
        let number = |id: &ClusterId| (1..9).find(|n| *id == ClusterId::from_parts(*n, 0));
        let order = rise(&saves, follows, NOW);
        order
            .iter()
            .map(|id| number(id).expect("one of them"))
            .collect()
    }

    #[test]
    fn many_people_count_more_than_one_who_saves_a_lot() {
        let mut saves: Vec<Save> = (0..10).map(|_| save(1, 1, 0)).collect();
        saves.extend((0..4).map(|by| save(2, by, 0)));
        assert_eq!(order(&saves, &[]), [2, 1]);
    }

    #[test]
    fn what_happens_now_counts_more_than_what_was() {
        let mut saves: Vec<Save> = (0..6).map(|by| save(1, by, 12)).collect();
        saves.push(save(2, 1, 0));
        assert_eq!(order(&saves, &[]), [2, 1]);
        let follow = Follow {
            cluster: ClusterId::from_parts(3, 0),
            by: UserId::from_parts(7, 0),
            at: NOW,
        };
        assert_eq!(order(&saves, &[follow]), [3, 2, 1]);
    }
}
