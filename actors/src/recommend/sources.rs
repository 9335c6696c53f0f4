//! What recommendations for an account grow from.

use std::sync::Arc;

use db::{Interest, Viewer};
use protocol::cluster::{ClusterRef, Influence};
use protocol::{ElementId, UserId};

use super::{Recommender, Theme};
use crate::PlatformError;

/// Clusters that a ranking grows from.
const CLUSTERS: usize = 16;
/// Liked and saved elements beside clusters that count.
const LOOSE: usize = 80;
/// How much they count.
const LOOSELY: f32 = 0.6;
/// Boosted clusters.
const BOOST: f32 = 1.35;
/// After so many days without a save a cluster counts half.
const HALF_LIFE_DAYS: f32 = 60.0;
/// The least that an old cluster counts.
const OLD: f32 = 0.5;
pub(super) const DAY_MS: f32 = 86_400_000.0;

/// Something that an account is interested in.
#[derive(Debug, Clone)]
pub struct Source {
    /// The cluster; none for what is kept beside clusters.
    pub cluster: Option<ClusterRef>,
    pub theme: Arc<Theme>,
    /// How much it counts; 1 is usual.
    pub weight: f32,
}

impl Recommender {
    /// What the viewer is interested in: its clusters, and what it likes and
    /// saves beside them. `now`: milliseconds since 1970.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sources(
        &self,
        viewer: &Viewer,
        user: &UserId,
        now: i64,
    ) -> Result<Vec<Source>, PlatformError> {
        let mut sources = Vec::new();
        for interest in self.db.interests(viewer, CLUSTERS).await? {
            let theme = self.themes.of_cluster(&interest.cluster.id, interest.state);
            sources.push(Source {
                theme: self.as_seen(viewer, theme.await?),
                weight: weight(&interest, now),
                cluster: Some(interest.cluster),
            });
        }
        let mut loose = self.db.kept_loosely(viewer, LOOSE).await?;
        let clustered = |id: &ElementId| sources.iter().any(|s| s.theme.elements.contains(id));
        loose.retain(|id| !clustered(id));
        if !loose.is_empty() {
            sources.push(Source {
                theme: self.as_seen(viewer, self.themes.of_loose(user, loose)),
                weight: LOOSELY,
                cluster: None,
            });
        }
        sources.retain(|source| !source.theme.elements.is_empty());
        Ok(sources)
    }

    /// The theme without what the viewer may not see: neither is anything
    /// recommended that is like it.
    pub fn as_seen(&self, viewer: &Viewer, theme: Arc<Theme>) -> Arc<Theme> {
        let seen = self.facts.with(|known| {
            let seen = theme.elements.iter().filter(|id| {
                let fact = known.get(id);
                fact.is_some_and(|fact| viewer.lists(fact.access()))
            });
            seen.cloned().collect::<Vec<_>>()
        });
        match seen.len() == theme.elements.len() {
            true => theme,
            false => Arc::new(Theme::new(&self.spaces, seen)),
        }
    }
}

fn weight(interest: &Interest, now: i64) -> f32 {
    let days = (now - interest.used_at).max(0) as f32 / DAY_MS;
    let fresh = OLD + (1.0 - OLD) * 0.5_f32.powf(days / HALF_LIFE_DAYS);
    match interest.influence {
        Influence::Muted => 0.0,
        Influence::Normal => fresh,
        Influence::Boosted => fresh * BOOST,
    }
}
