//! Where an element may belong.

use ml::vector::dot;
use protocol::ElementId;
use protocol::cluster::{ClusterRole, Suggestion, Suggestions};

use super::Clusters;
use crate::{PlatformError, Viewer};

/// Clusters that are compared, and the last elements of each.
const CLUSTERS: usize = 40;
const ELEMENTS: usize = 80;
/// The nearest of a cluster speak for it.
const NEAREST: usize = 3;
/// Cosine of centred vectors from which two pictures are of a kind.
const ALIKE: f32 = 0.3;
/// Suggestions at most.
const MOST: usize = 3;

impl Clusters {
    /// The viewer's clusters that an element looks like, likeliest first; none
    /// where nothing is near.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn suggest(
        &self,
        viewer: &Viewer,
        element: &ElementId,
    ) -> Result<Suggestions, PlatformError> {
        let scope = viewer.scope();
        let seen = self.db.element(&scope, element).await?;
        seen.ok_or_else(|| PlatformError::not_found("element"))?;
        let Some((_, own)) = self.spaces.vectors(std::slice::from_ref(element)).pop() else {
            return Ok(Suggestions { items: Vec::new() });
        };
        let interests = self.db.interests(&scope, CLUSTERS).await?;
        let mut near = Vec::new();
        for interest in interests {
            let themes = self.recommender.themes();
            let theme = themes
                .of_cluster(&interest.cluster.id, interest.state)
                .await?;
            let elements = &theme.elements[..theme.elements.len().min(ELEMENTS)];
            let others = self.spaces.vectors(elements);
            let mut scores: Vec<(f32, &ElementId)> = others
                .iter()
                .map(|(at, vector)| (dot(&own, vector), &elements[*at]))
                .filter(|(_, id)| *id != element)
                .collect();
            scores.sort_by(|a, b| b.0.total_cmp(&a.0));
            let alike = scores.iter().filter(|(score, _)| *score >= ALIKE).count();
            if alike == 0 {
                continue;
            }
            let best = &scores[..scores.len().min(NEAREST)];
            let mean = best.iter().map(|(score, _)| score).sum::<f32>() / best.len() as f32;
            let ids: Vec<ElementId> = best.iter().map(|(_, id)| (*id).clone()).collect();
            near.push((mean, alike, ids, interest.cluster.id.clone()));
        }
        near.sort_by(|a, b| b.0.total_cmp(&a.0));
        let ids: Vec<_> = near.iter().map(|(_, _, _, id)| id.clone()).collect();
        let clusters = self.db.clusters(&scope, &ids, Some(element), false).await?;
        let items = near.into_iter().filter_map(|(mean, alike, near, id)| {
            let cluster = clusters.iter().find(|c| c.id == id)?.clone();
            let may = cluster.role >= Some(ClusterRole::Editor);
            (may && cluster.holds != Some(true)).then(|| Suggestion {
                cluster,
                confidence: mean.clamp(0.0, 1.0),
                reason: match alike {
                    1 => "looks like a picture in it".to_owned(),
                    n => format!("looks like {n} pictures in it"),
                },
                alike: near,
            })
        });
        Ok(Suggestions {
            items: items.take(MOST).collect(),
        })
    }
}
