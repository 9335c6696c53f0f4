//! The themes of clusters that are asked about, kept in memory.
//!
//! A theme is never wrong: each use compares what the cluster says of itself
//! with what the theme was made of, and takes in what came and went. It is
//! derived, so one that was forgotten is made again out of the database.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use db::{ClusterState, Db};
use protocol::{ClusterId, ElementId, UserId};

use super::Theme;
use crate::PlatformError;
use crate::platform::now_millis;
use crate::search::Spaces;

/// Themes in memory; some 30 KB each.
const KEPT: usize = 1_000;
/// One that was not asked for so long is forgotten.
const IDLE: Duration = Duration::from_secs(1_800);
/// Elements of a cluster that are looked at, the last added.
const ELEMENTS: usize = 200;
/// A change that is not older than this may be followed by another one of the
/// same millisecond.
const SETTLED_MS: i64 = 50;

/// Whose theme it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Of {
    Cluster(ClusterId),
    /// What an account keeps beside clusters.
    Loose(UserId),
}

struct Kept {
    theme: Arc<Theme>,
    /// What the cluster said of itself, once that says it all.
    state: Option<ClusterState>,
    used: Instant,
}

pub struct Themes {
    db: Db,
    spaces: Arc<Spaces>,
    kept: Mutex<HashMap<Of, Kept>>,
}

impl Themes {
    pub fn new(db: Db, spaces: Arc<Spaces>) -> Self {
        Self {
            db,
            spaces,
            kept: Mutex::default(),
        }
    }

    /// What a cluster is about. `state` must have been read just now.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn of_cluster(
        &self,
        id: &ClusterId,
        state: ClusterState,
    ) -> Result<Arc<Theme>, PlatformError> {
        let of = Of::Cluster(id.clone());
        let known = self.known(&of);
        if let Some((theme, then)) = &known
            && *then == Some(state)
            && theme.holds_good(&self.spaces)
        {
            return Ok(theme.clone());
        }
        let elements = self.db.cluster_elements(id, ELEMENTS).await?;
        let settled = now_millis() - state.changed_at > SETTLED_MS;
        let theme = self.made(known.map(|(theme, _)| theme), elements);
        Ok(self.keep(of, theme, settled.then_some(state)))
    }

    /// What is between these elements that an account keeps beside clusters.
    pub fn of_loose(&self, user: &UserId, elements: Vec<ElementId>) -> Arc<Theme> {
        let of = Of::Loose(user.clone());
        let known = self.known(&of).map(|(theme, _)| theme);
        let theme = self.made(known, elements);
        self.keep(of, theme, None)
    }

    /// Forgets a cluster that is gone.
    pub fn forget(&self, id: &ClusterId) {
        self.lock().remove(&Of::Cluster(id.clone()));
    }

    /// Forgets what nobody asks for.
    pub fn tidy(&self) {
        self.lock().retain(|_, kept| kept.used.elapsed() < IDLE);
    }

    fn made(&self, known: Option<Arc<Theme>>, elements: Vec<ElementId>) -> Theme {
        match known {
            Some(theme) => theme.updated(&self.spaces, elements),
            None => Theme::new(&self.spaces, elements),
        }
    }

    fn known(&self, of: &Of) -> Option<(Arc<Theme>, Option<ClusterState>)> {
        let mut all = self.lock();
        let kept = all.get_mut(of)?;
        kept.used = Instant::now();
        Some((kept.theme.clone(), kept.state))
    }

    fn keep(&self, of: Of, theme: Theme, state: Option<ClusterState>) -> Arc<Theme> {
        let theme = Arc::new(theme);
        let mut all = self.lock();
        if all.len() >= KEPT && !all.contains_key(&of) {
            let oldest = all.iter().min_by_key(|(_, kept)| kept.used);
            if let Some(oldest) = oldest.map(|(of, _)| of.clone()) {
                all.remove(&oldest);
            }
        }
        let kept = Kept {
            theme: theme.clone(),
            state,
            used: Instant::now(),
        };
        all.insert(of, kept);
        theme
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Of, Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
