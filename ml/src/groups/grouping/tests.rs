use proptest::prelude::*;

use super::*;
use crate::vector::normalise;

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    normalise(&mut vector);
    vector
}

/// `count` vectors around an axis.
fn around(axis: usize, count: usize) -> Vec<Vec<f32>> {
    (0..count)
        .map(|n| {
            let mut vector = vec![0.02; 12];
            vector[axis] = 1.0;
            vector[(axis + 4 + n % 3) % 12] += 0.15;
            unit(vector)
        })
        .collect()
}

fn rows(vectors: &[Vec<f32>]) -> Vec<&[f32]> {
    vectors.iter().map(Vec::as_slice).collect()
}

fn found(groups: &[Vec<Vec<f32>>], most: usize) -> (Vec<Medoid>, Vec<usize>) {
    let all: Vec<&[f32]> = groups.iter().flatten().map(Vec::as_slice).collect();
    let of: Vec<usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(g, members)| std::iter::repeat_n(g, members.len()))
        .collect();
    (Grouping::new(&all, most).medoids(), of)
}

#[test]
fn each_interest_has_its_own_and_the_larger_comes_first() {
    let (medoids, of) = found(&[around(0, 4), around(1, 9), around(2, 6)], 5);
    let groups: Vec<usize> = medoids.iter().map(|m| of[m.at]).collect();
    assert_eq!(groups, [1, 2, 0]);
    assert!((medoids.iter().map(|m| m.share).sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(medoids.iter().all(|m| m.spread > 0.0 && m.spread < 0.1));
}

#[test]
fn what_is_one_thing_stays_one() {
    let (medoids, _) = found(&[around(3, 12)], 4);
    assert_eq!(medoids.len(), 1, "{medoids:?}");
    assert_eq!(found(&[around(3, 1)], 4).0[0].share, 1.0);
    assert!(found(&[], 4).0.is_empty());
}

#[test]
fn an_interest_that_begins_is_seen_and_one_that_ends_is_forgotten() {
    let mut all = around(0, 20);
    let mut kept = Grouping::new(&rows(&all), 4);
    assert_eq!(kept.medoids().len(), 1);
    for new in around(1, 8) {
        all.push(new);
        kept.update(&[], &rows(&all));
    }
    assert_eq!(kept.medoids().len(), 2, "{:?}", kept.medoids());
    for _ in 0..8 {
        all.pop();
        kept.update(&[all.len()], &rows(&all));
    }
    assert_eq!(kept.medoids().len(), 1);
}

/// A vector of one of five interests, which lie apart.
fn interest() -> impl Strategy<Value = Vec<f32>> {
    let noise = prop::collection::vec(-0.3f32..0.3, 8);
    (0usize..5, noise).prop_map(|(axis, mut vector)| {
        vector[axis] += 1.0;
        unit(vector)
    })
}

/// Some come; others go, said as parts of the collection.
fn change() -> impl Strategy<Value = (Vec<Vec<f32>>, Vec<f32>)> {
    let come = prop::collection::vec(interest(), 0..3);
    (come, prop::collection::vec(0f32..1.0, 0..2))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn medoids_are_members_and_their_shares_make_one(
        rows in prop::collection::vec(prop::collection::vec(-1f32..1.0, 6), 1..40),
        most in 1usize..6,
    ) {
        let rows: Vec<Vec<f32>> = rows.into_iter().map(unit).collect();
        let all: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
        let medoids = Grouping::new(&all, most).medoids();
        prop_assert!((1..=most).contains(&medoids.len()));
        prop_assert!(medoids.iter().all(|m| m.at < rows.len() && m.share > 0.0));
        let total: f32 = medoids.iter().map(|m| m.share).sum();
        prop_assert!((total - 1.0).abs() < 1e-4);
    }

    #[test]
    fn kept_while_members_come_and_go_it_is_as_good_as_made_anew(
        start in prop::collection::vec(interest(), 0..60),
        changes in prop::collection::vec(change(), 1..80),
    ) {
        let mut all = start;
        let mut kept = Grouping::new(&rows(&all), 6);
        for (come, go) in changes {
            let gone: BTreeSet<usize> =
                go.iter().map(|part| (part * all.len() as f32) as usize).collect();
            let gone: Vec<usize> = gone.into_iter().filter(|at| *at < all.len()).collect();
            gone.iter().rev().for_each(|&at| drop(all.remove(at)));
            all.extend(come);
            kept.update(&gone, &rows(&all));
        }
        let all = rows(&all);
        prop_assert_eq!(kept.len(), all.len());
        let anew = Grouping::new(&all, 6);
        let (cost, best) = (kept.cost(&all), anew.cost(&all));
        prop_assert!(cost <= best * 1.15 + 0.01, "cost {cost}, made anew {best}");
        let (apart, best) = (kept.silhouette(&all), anew.silhouette(&all));
        prop_assert!(apart >= best - 0.1, "silhouette {apart}, made anew {best}");
        // ways are what they would be if they were added up now
        let mut counted = kept.clone();
        (0..kept.centres.len()).for_each(|group| { counted.recount(group, &all); });
        let off = kept.way.iter().zip(&counted.way).map(|(a, b)| (a - b).abs());
        prop_assert!(off.fold(0.0, f32::max) < 1e-3);
        prop_assert_eq!(&kept.centres.len(), &kept.medoids().len());
    }
}
