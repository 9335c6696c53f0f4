use proptest::prelude::*;

use super::{Band, NsfwScores, RegionScore, judge, regions};

fn scores(parts: &[(f32, Option<[f32; 3]>)]) -> NsfwScores {
    let region = |&(open_nsfw, second)| RegionScore {
        region: [0.0, 0.0, 1.0, 1.0],
        open_nsfw,
        second,
    };
    NsfwScores {
        regions: parts.iter().map(region).collect(),
    }
}

const SAFE: Option<[f32; 3]> = Some([0.97, 0.02, 0.01]);
const NUDE: Option<[f32; 3]> = Some([0.03, 0.95, 0.02]);

#[test]
fn what_both_models_find_harmless_is_none_with_confidence() {
    let judgement = judge(&scores(&[(0.03, SAFE), (0.2, SAFE), (0.1, None)]));
    assert_eq!(judgement.verdict, Band::None);
    assert!(judgement.confidence > 0.8 && judgement.evidence.is_empty());
}

#[test]
fn a_model_alone_makes_it_unsure_and_says_so() {
    for part in [(0.95, SAFE), (0.05, NUDE)] {
        let judgement = judge(&scores(&[part]));
        assert_eq!(judgement.verdict, Band::Unsure);
        assert!(judgement.evidence.iter().any(|r| r.kind == "disagreement"));
    }
}

#[test]
fn a_crop_can_reveal_what_the_whole_hides() {
    let judgement = judge(&scores(&[(0.01, SAFE), (0.95, NUDE), (0.3, None)]));
    assert_eq!(judgement.verdict, Band::Explicit);
}

#[test]
fn less_than_certain_is_sensitive() {
    let middling = Some([0.2, 0.75, 0.05]);
    assert_eq!(judge(&scores(&[(0.7, middling)])).verdict, Band::Sensitive);
}

#[test]
fn gore_is_for_a_person_to_judge() {
    let judgement = judge(&scores(&[(0.01, Some([0.05, 0.05, 0.9]))]));
    assert_eq!(judgement.verdict, Band::Unsure);
    assert!(judgement.evidence[0].detail.contains("gore"));
}

proptest! {
    #[test]
    fn regions_are_few_inside_and_begin_with_the_whole(w in 1u32..9000, h in 1u32..9000) {
        let regions = regions(w, h);
        prop_assert_eq!(regions[0], [0.0, 0.0, 1.0, 1.0]);
        prop_assert!(regions.len() <= 9);
        for [x, y, wide, high] in regions {
            prop_assert!(x >= 0.0 && y >= 0.0 && x + wide < 1.0001 && y + high < 1.0001);
        }
    }
}
