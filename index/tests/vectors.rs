use std::collections::BTreeMap;

use asterism_index::{Bits, Part, VectorIndex, rank};
use proptest::prelude::*;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

type Rows = BTreeMap<u32, Vec<f32>>;

fn unit(v: &[f32]) -> Vec<f32> {
    let length = v.iter().map(|x| x * x).sum::<f32>().sqrt();
    v.iter().map(|x| x / length).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    unit(a).iter().zip(unit(b)).map(|(x, y)| x * y).sum()
}

/// What a plain scan finds.
fn scan(rows: &Rows, query: &[f32], k: usize, keep: impl Fn(u32) -> bool) -> Vec<(u32, f32)> {
    let mut all: Vec<_> = rows
        .iter()
        .filter(|(at, _)| keep(**at))
        .map(|(at, v)| (*at, cosine(query, v)))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

/// The same but for ties within rounding.
fn same(found: &[(u32, f32)], wanted: &[(u32, f32)]) -> bool {
    let near = |a: f32, b: f32| (a - b).abs() < 1e-4;
    found.len() == wanted.len() && found.iter().zip(wanted).all(|(a, b)| near(a.1, b.1))
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u32, Vec<f32>),
    Remove(u32),
}

const DIM: usize = 19;

fn vector() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-1.0f32..1.0, DIM)
        .prop_filter("has a direction", |v| v.iter().any(|x| x.abs() > 1e-3))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..1_100u32, vector()).prop_map(|(n, v)| Step::Insert(n, v)),
        2 => (0..1_100u32).prop_map(Step::Remove),
    ]
}

proptest! {
    /// Whatever was inserted, replaced and removed: the answers are a plain
    /// scan's, with what is allowed and what is wanted inside.
    #[test]
    fn answers_are_those_of_a_plain_scan(
        steps in prop::collection::vec(step(), 0..120),
        query in vector(),
        allowed in prop::collection::vec(any::<bool>(), 1..1_100),
        k in 0usize..12,
    ) {
        let mut index = VectorIndex::new(DIM);
        let mut rows = Rows::new();
        for step in steps {
            match step {
                Step::Insert(n, v) => {
                    prop_assert!(index.insert(n, &v));
                    rows.insert(n, v);
                }
                Step::Remove(n) => {
                    prop_assert_eq!(index.remove(n), rows.remove(&n).is_some());
                }
            }
        }
        prop_assert_eq!(index.len(), rows.len());
        let within: Bits = (0..1_100u32).filter(|n| allowed[*n as usize % allowed.len()]).collect();
        let wanted = |n: u32| !n.is_multiple_of(3);
        let found = index.search(&query, k, &within, wanted);
        let expected = scan(&rows, &query, k, |n| within.contains(n) && wanted(n));
        prop_assert!(same(&found, &expected), "{:?} {:?}", found, expected);
        let of: Vec<u32> = (0..1_100).collect();
        for (at, score) in index.scores(&query, &of).into_iter().enumerate() {
            let expected = rows.get(&(at as u32)).map(|row| cosine(&query, row));
            prop_assert_eq!(score.is_some(), expected.is_some());
            prop_assert!((score.unwrap_or(0.0) - expected.unwrap_or(0.0)).abs() < 1e-4);
        }
        for (n, v) in &rows {
            let kept = index.get(*n).unwrap();
            prop_assert!(kept.iter().zip(unit(v)).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }
}

/// Large enough for signs to be read first, clustered like real embeddings.
fn clustered(dim: usize, count: u32, seed: u64) -> (VectorIndex, Rows, Vec<Vec<f32>>) {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut draw = |spread: f32, centre: &[f32]| -> Vec<f32> {
        let drawn = centre.iter();
        drawn
            .map(|c| c + spread * chance.random_range(-1.0f32..1.0))
            .collect()
    };
    let centres: Vec<Vec<f32>> = (0..40).map(|_| draw(1.0, &vec![0.0; dim])).collect();
    let mut index = VectorIndex::new(dim);
    let mut rows = Rows::new();
    for n in 0..count {
        let v = draw(0.4, &centres[n as usize % 40]);
        assert!(index.insert(n, &v));
        rows.insert(n, v);
    }
    let queries = centres.iter().map(|centre| draw(0.4, centre)).collect();
    (index, rows, queries)
}

#[test]
fn reading_signs_first_misses_nothing_under_any_filter() {
    let (mut index, mut rows, queries) = clustered(96, 6_000, 7);
    let mut chance = StdRng::seed_from_u64(8);
    for churned in [false, true] {
        if churned {
            for n in 0..3_000u32 {
                let n = n * 2;
                index.remove(n);
                let moved = rows.remove(&n).expect("a row");
                if n % 4 == 0 {
                    let at = 6_000 + n;
                    assert!(index.insert(at, &moved));
                    rows.insert(at, moved);
                }
            }
        }
        for share in [0.01, 0.1, 0.5, 1.0] {
            let within: Bits = (0..12_000).filter(|_| chance.random_bool(share)).collect();
            for query in &queries {
                let found = index.search(query, 10, &within, |_| true);
                let expected = scan(&rows, query, 10, |n| within.contains(n));
                assert!(same(&found, &expected), "{share}: {found:?} {expected:?}");
            }
        }
    }
}

/// Their signs are too many to be summed in sixteen bits.
#[test]
fn long_vectors_are_found_too() {
    for dim in [1_024, 1_100] {
        let (index, rows, queries) = clustered(dim, 2_500, 9);
        let all = Bits::full(2_500);
        for query in queries.iter().take(4) {
            let found = index.search(query, 10, &all, |_| true);
            let expected = scan(&rows, query, 10, |_| true);
            assert!(same(&found, &expected), "{dim}: {found:?} {expected:?}");
        }
    }
}

#[test]
fn several_spaces_rank_together_with_adjusted_scores() {
    let (looks, look_rows, queries) = clustered(48, 5_000, 1);
    let (mut concepts, mut concept_rows, others) = clustered(32, 5_000, 2);
    for n in (0..5_000).step_by(3) {
        concepts.remove(n);
        concept_rows.remove(&n);
    }
    let adjusted: Vec<(f32, f32)> = (0..5_000u32)
        .map(|n| (0.5 + (n % 7) as f32 / 7.0, (n % 5) as f32 / 20.0))
        .collect();
    let within: Bits = (0..5_000).filter(|n| n % 10 != 1).collect();
    for (query, other) in queries.iter().zip(&others) {
        for adjusted in [None, Some(&adjusted[..])] {
            let parts = [
                Part {
                    index: &looks,
                    query,
                    weight: 2.0,
                },
                Part {
                    index: &concepts,
                    query: other,
                    weight: 0.5,
                },
            ];
            let found = rank(&parts, 25, &within, adjusted, |_| true);
            let mut expected: Vec<(u32, f32)> = look_rows
                .iter()
                .filter(|(n, _)| within.contains(**n))
                .map(|(n, look)| {
                    let concept = concept_rows.get(n).map_or(0.0, |row| cosine(other, row));
                    let sum = 2.0 * cosine(query, look) + 0.5 * concept;
                    let (factor, summand) = adjusted.map_or((1.0, 0.0), |a| a[*n as usize]);
                    (*n, sum * factor + summand)
                })
                .collect();
            expected.sort_by(|a, b| b.1.total_cmp(&a.1));
            expected.truncate(25);
            let close = |a: &(u32, f32), b: &(u32, f32)| (a.1 - b.1).abs() < 5e-4;
            let pairs = found.iter().zip(&expected);
            assert!(
                found.len() == 25 && pairs.clone().all(|(a, b)| close(a, b)),
                "{pairs:?}"
            );
        }
    }
}

#[test]
fn vectors_that_are_none_are_refused() {
    let mut index = VectorIndex::new(2);
    let all = Bits::full(8);
    for bad in [
        &[0.0, 0.0][..],
        &[1.0],
        &[f32::NAN, 1.0],
        &[f32::INFINITY, 1.0],
        &[],
    ] {
        assert!(!index.insert(0, bad));
        assert!(index.search(bad, 5, &all, |_| true).is_empty());
    }
    assert!(index.is_empty());
    assert!(index.insert(0, &[3.0, 4.0]));
    let kept = index.get(0).expect("a row");
    // half a fine step of a vector whose largest number is 0.8
    let near = |a: f32, b: f32| (a - b).abs() <= 0.8 / (127.0 * 254.0 * 2.0) + f32::EPSILON;
    assert!(near(kept[0], 0.6) && near(kept[1], 0.8), "{kept:?}");
    assert!(index.search(&[1.0, 0.0], 0, &all, |_| true).is_empty());
    assert!(
        index
            .search(&[1.0, 0.0], 5, &Bits::default(), |_| true)
            .is_empty()
    );
}
