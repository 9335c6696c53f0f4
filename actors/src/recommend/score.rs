//! What speaks for an element, and how much.

use protocol::ElementId;
use protocol::cluster::ClusterRef;
use protocol::search::Why;

/// What a cluster in which others keep it adds to the score, and at most.
const TOGETHER: f32 = 0.05;
const TOGETHER_MOST: f32 = 0.2;
/// What carrying all tags that are typical adds.
const TAGS: f32 = 0.15;
/// What it adds to be new, and after how many days half of that.
const NEW: f32 = 0.12;
const NEW_DAYS: f32 = 4.0;
/// What the best and the worst measured quality add and take.
const QUALITY: f32 = 0.06;

/// One recommended element.
#[derive(Debug, Clone, PartialEq)]
pub struct Pick {
    pub element: ElementId,
    pub score: f32,
    pub why: Vec<Why>,
    pub because: Option<ClusterRef>,
}

/// What speaks for an element out of one source.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// Cosine with the nearest medoid, and the same as that medoid counts.
    pub near: Option<(f32, f32)>,
    /// Public clusters that hold it beside what the source holds.
    pub together: u32,
    /// How much it carries of the tags typical of the source, 0…1; which.
    pub tags: (f32, Vec<String>),
}

impl Evidence {
    /// All of it as one number; a cosine, with what adds to it.
    pub fn score(&self) -> f32 {
        let near = self.near.map_or(0.0, |(_, weighed)| weighed);
        near + self.by_company() + self.by_tags()
    }

    fn by_company(&self) -> f32 {
        (self.together as f32 * TOGETHER).min(TOGETHER_MOST)
    }

    fn by_tags(&self) -> f32 {
        TAGS * self.tags.0
    }

    /// The reasons, strongest first.
    pub fn why(&self) -> Vec<Why> {
        let mut why = Vec::new();
        if let Some((similarity, weighed)) = self.near {
            why.push((weighed, Why::Cluster { similarity }));
        }
        if self.together > 0 {
            let count = self.together;
            why.push((self.by_company(), Why::SavedTogether { count }));
        }
        if !self.tags.1.is_empty() {
            let tags = self.tags.1.clone();
            why.push((self.by_tags(), Why::SharedTags { tags }));
        }
        why.sort_by(|a, b| b.0.total_cmp(&a.0));
        why.into_iter().map(|(_, why)| why).collect()
    }
}

/// By what a score is multiplied for an element's age in days and its quality
/// as a percentile: a gentle hand, for neither says whether it is liked.
pub fn prior(days: f32, quality: Option<f32>) -> f32 {
    let new = NEW * 0.5_f32.powf(days.max(0.0) / NEW_DAYS);
    let good = quality.map_or(0.0, |q| QUALITY * (q.clamp(0.0, 100.0) / 50.0 - 1.0));
    1.0 + new + good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_stand_in_the_order_of_their_weight() {
        let evidence = Evidence {
            near: Some((0.2, 0.18)),
            together: 9,
            tags: (0.5, vec!["cup".to_owned()]),
        };
        let kinds: Vec<_> = evidence.why().iter().map(std::mem::discriminant).collect();
        let tags = Why::SharedTags { tags: vec![] };
        let wanted = [
            Why::SavedTogether { count: 0 },
            Why::Cluster { similarity: 0.0 },
            tags,
        ];
        assert_eq!(kinds, wanted.each_ref().map(std::mem::discriminant));
        assert!(Evidence::default().why().is_empty());
    }

    #[test]
    fn age_and_quality_matter_less_than_what_it_shows() {
        let (best, worst) = (prior(0.0, Some(100.0)), prior(400.0, Some(0.0)));
        assert!(best > prior(0.0, None) && prior(0.0, None) > prior(9.0, None));
        assert!(worst > 0.9 && best < 1.2);
    }
}
