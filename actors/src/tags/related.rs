//! What stands beside a tag more often than chance.

use std::collections::HashMap;

use super::TagNo;

/// Tags that are shown beside one.
pub(super) const MOST: usize = 12;
/// Elements that have to carry both: one is chance.
const LEAST: u32 = 2;

/// How often tags stand on public elements.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// Public elements in all, and of them those that carry the tag.
    pub all: u32,
    pub with: u32,
    /// Of those, how many carry each other tag; and how many of all do.
    pub others: HashMap<TagNo, (u32, u32)>,
}

impl Beside {
    /// The most telling first: tag, elements with both, and normalised
    /// pointwise mutual information in 0…1, `ln(p(x,y) / p(x)p(y)) / -ln p(x,y)`.
    pub fn related(&self, wanted: impl Fn(TagNo) -> bool) -> Vec<(TagNo, u32, f32)> {
        let all = f64::from(self.all);
        let mut related: Vec<(TagNo, u32, f32)> = self
            .others
            .iter()
            .filter(|(tag, (both, _))| *both >= LEAST && wanted(**tag))
            .filter_map(|(tag, (both, of_all))| {
                let together = f64::from(*both) / all;
                let chance = f64::from(self.with) / all * (f64::from(*of_all) / all);
                let score = (together / chance).ln() / -together.ln();
                // what all carry tells nothing, and has no such number
                (score.is_finite() && score > 0.0).then_some((*tag, *both, score.min(1.0) as f32))
            })
            .collect();
        related.sort_by(|a, b| {
            let score = b.2.total_cmp(&a.2);
            score
                .then_with(|| b.1.cmp(&a.1))
                .then_with(|| a.0.cmp(&b.0))
        });
        related.truncate(MOST);
        related
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_together_comes_before_what_stands_everywhere() {
        let [always, often, twin, once, never] = [1, 2, 3, 4, 5].map(TagNo);
        let beside = Beside {
            all: 100,
            with: 10,
            others: HashMap::from([
                (always, (10, 100)),
                (often, (6, 12)),
                (twin, (10, 10)),
                (once, (1, 1)),
                (never, (2, 90)),
            ]),
        };
        let related = beside.related(|_| true);
        assert_eq!(
            related.iter().map(|r| r.0).collect::<Vec<_>>(),
            [twin, often],
            "what all carry, a chance meeting, and less than chance tell nothing"
        );
        assert_eq!(related[0].2, 1.0, "one never without the other");
        // ln(.06 / (.1 · .12)) / -ln .06
        assert!((related[1].2 - 0.572).abs() < 0.001, "{}", related[1].2);
        assert!(beside.related(|tag| tag == always).is_empty());
    }

    #[test]
    fn where_all_carry_both_nothing_is_said() {
        let beside = Beside {
            all: 3,
            with: 3,
            others: HashMap::from([(TagNo(1), (3, 3))]),
        };
        assert!(beside.related(|_| true).is_empty());
    }
}
