use std::collections::BTreeMap;

use asterism_db::{Access, Fresh, VectorIndex};
use proptest::prelude::*;
use protocol::element::Visibility;
use protocol::{ElementId, UserId};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

fn id(n: u64) -> ElementId {
    ElementId::from_parts(n, 0)
}

fn access(public: bool) -> Access {
    Access {
        owner: UserId::from_parts(1, 1),
        visibility: if public {
            Visibility::Public
        } else {
            Visibility::Private
        },
        flags: Vec::new(),
    }
}

fn unit(v: &[f32]) -> Vec<f32> {
    let length = v.iter().map(|x| x * x).sum::<f32>().sqrt();
    v.iter().map(|x| x / length).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    unit(a).iter().zip(unit(b)).map(|(x, y)| x * y).sum()
}

/// What a plain scan finds.
fn scan(
    rows: &BTreeMap<ElementId, (Access, Vec<f32>)>,
    query: &[f32],
    k: usize,
    keep: impl Fn(&ElementId, &Access) -> bool,
) -> Vec<(ElementId, f32)> {
    let mut all: Vec<_> = rows
        .iter()
        .filter(|(id, (access, _))| keep(id, access))
        .map(|(id, (_, v))| (id.clone(), cosine(query, v)))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(k);
    all
}

/// The same elements but for ties within rounding.
fn same(found: &[(ElementId, f32)], wanted: &[(ElementId, f32)]) -> bool {
    found.len() == wanted.len()
        && found
            .iter()
            .zip(wanted)
            .all(|(a, b)| a.0 == b.0 || (a.1 - b.1).abs() < 1e-5)
        && found
            .iter()
            .zip(wanted)
            .all(|(a, b)| (a.1 - b.1).abs() < 1e-5)
}

#[derive(Debug, Clone)]
enum Step {
    Insert(u64, bool, Vec<f32>),
    Remove(u64),
    Access(u64, bool),
}

const DIM: usize = 19;

fn vector() -> impl Strategy<Value = Vec<f32>> {
    prop::collection::vec(-1.0f32..1.0, DIM)
        .prop_filter("has a direction", |v| v.iter().any(|x| x.abs() > 1e-3))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..40u64, any::<bool>(), vector()).prop_map(|(n, p, v)| Step::Insert(n, p, v)),
        2 => (0..40u64).prop_map(Step::Remove),
        1 => (0..40u64, any::<bool>()).prop_map(|(n, p)| Step::Access(n, p)),
    ]
}

proptest! {
    /// Whatever was inserted, replaced and removed: the answers are a plain
    /// scan's, with the filter inside.
    #[test]
    fn answers_are_those_of_a_plain_scan(
        steps in prop::collection::vec(step(), 0..120),
        query in vector(),
        k in 0usize..12,
    ) {
        let mut index = VectorIndex::new(DIM);
        let mut rows = BTreeMap::new();
        for step in steps {
            match step {
                Step::Insert(n, public, v) => {
                    prop_assert!(index.insert(id(n), access(public), &v));
                    rows.insert(id(n), (access(public), v));
                }
                Step::Remove(n) => {
                    prop_assert_eq!(index.remove(&id(n)), rows.remove(&id(n)).is_some());
                }
                Step::Access(n, public) => {
                    let known = rows.get_mut(&id(n)).map(|row| row.0 = access(public));
                    prop_assert_eq!(index.set_access(&id(n), access(public)), known.is_some());
                }
            }
        }
        prop_assert_eq!(index.len(), rows.len());
        let public = |_: &ElementId, a: &Access| a.visibility == Visibility::Public;
        let (found, wanted) = (index.search(&query, k, public), scan(&rows, &query, k, public));
        prop_assert!(same(&found, &wanted), "{:?} {:?}", found, wanted);
        let all = index.score_all(&query, |_, _| true);
        prop_assert_eq!(all.len(), rows.len());
        for (id, (_, v)) in &rows {
            let kept = index.get(id).unwrap();
            prop_assert!(kept.iter().zip(unit(v)).all(|(a, b)| (a - b).abs() < 1e-5));
        }
    }
}

/// Large enough for the two-step scan, clustered like real embeddings.
#[test]
fn the_two_step_scan_misses_nothing() {
    const LARGE_DIM: usize = 64;
    let mut chance = StdRng::seed_from_u64(7);
    let mut draw = |spread: f32, centre: &[f32]| -> Vec<f32> {
        centre
            .iter()
            .map(|c| c + spread * chance.random_range(-1.0f32..1.0))
            .collect()
    };
    let centres: Vec<Vec<f32>> = (0..40).map(|_| draw(1.0, &[0.0; LARGE_DIM])).collect();
    let mut index = VectorIndex::new(LARGE_DIM);
    let mut rows = BTreeMap::new();
    for n in 0..6_000u64 {
        let v = draw(0.15, &centres[n as usize % 40]);
        let access = access(n % 10 == 0);
        assert!(index.insert(id(n), access.clone(), &v));
        rows.insert(id(n), (access, v));
    }
    for centre in &centres {
        let query = draw(0.2, centre);
        let wanted = scan(&rows, &query, 10, |_, _| true);
        assert!(same(&index.search(&query, 10, |_, _| true), &wanted));
        let public = |_: &ElementId, a: &Access| a.visibility == Visibility::Public;
        let wanted = scan(&rows, &query, 10, public);
        assert!(same(&index.search(&query, 10, public), &wanted));
    }
}

#[test]
fn vectors_that_are_none_are_refused() {
    let mut index = VectorIndex::new(2);
    let one = ElementId::fresh();
    for bad in [
        &[0.0, 0.0][..],
        &[1.0],
        &[f32::NAN, 1.0],
        &[f32::INFINITY, 1.0],
        &[],
    ] {
        assert!(!index.insert(one.clone(), access(true), bad));
        assert!(index.search(bad, 5, |_, _| true).is_empty());
    }
    assert!(index.is_empty());
    assert!(index.insert(one.clone(), access(true), &[3.0, 4.0]));
    assert_eq!(index.get(&one), Some(&[0.6, 0.8][..]));
    assert!(index.search(&[1.0, 0.0], 0, |_, _| true).is_empty());
}
