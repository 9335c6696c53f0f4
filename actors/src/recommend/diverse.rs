//! An order in which near copies do not stand beside each other: maximal
//! marginal relevance (Carbonell and Goldstein 1998).

use std::collections::VecDeque;

use ml::vector::dot;

/// How much the score counts against being unlike what stands before.
const RELEVANCE: f32 = 0.72;
/// So many before it are looked at: a page, not the whole list.
const WINDOW: usize = 24;

/// Places of `scores` in the new order. `vectors` are unit vectors, one for
/// each score; a missing one is like nothing.
pub fn diverse(scores: &[f32], vectors: &[Option<Vec<f32>>]) -> Vec<usize> {
    let (low, high) = scores
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), &s| {
            (l.min(s), h.max(s))
        });
    let range = (high - low).max(f32::EPSILON);
    let relevance: Vec<f32> = scores.iter().map(|s| (s - low) / range).collect();
    let mut left: Vec<usize> = (0..scores.len()).collect();
    // the best first, so that equals keep their order
    left.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut order: Vec<usize> = Vec::with_capacity(left.len());
    // of each that is left, how much it is like those of the window
    let mut alike: Vec<VecDeque<f32>> = vec![VecDeque::with_capacity(WINDOW); scores.len()];
    while !left.is_empty() {
        let worth = |at: usize| {
            let near = alike[at].iter().copied().fold(0.0, f32::max);
            RELEVANCE * relevance[at] - (1.0 - RELEVANCE) * near
        };
        let best = left
            .iter()
            .enumerate()
            .map(|(place, &at)| (place, worth(at)))
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((place, _)) = best else { break };
        let chosen = left.remove(place);
        order.push(chosen);
        for &at in &left {
            let window = &mut alike[at];
            if window.len() == WINDOW {
                window.pop_front();
            }
            window.push_back(cosine(&vectors[at], &vectors[chosen]));
        }
    }
    order
}

fn cosine(a: &Option<Vec<f32>>, b: &Option<Vec<f32>>) -> f32 {
    match (a, b) {
        (Some(a), Some(b)) => dot(a, b),
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_near_copy_waits_until_something_else_was_shown() {
        let vectors = [[1.0, 0.0], [0.999, 0.0447], [0.0, 1.0], [0.0, -1.0]];
        let vectors: Vec<_> = vectors.iter().map(|v| Some(v.to_vec())).collect();
        assert_eq!(diverse(&[0.9, 0.89, 0.8, 0.2], &vectors), [0, 2, 1, 3]);
        let order = diverse(&[0.9, 0.89, 0.3, 0.2], &vectors);
        assert_eq!(order, [0, 1, 2, 3], "not at any price");
    }

    proptest! {
        #[test]
        fn everything_is_there_once_and_the_best_comes_first(
            scores in prop::collection::vec(0f32..1.0, 1..40),
        ) {
            let vectors: Vec<_> = scores.iter().map(|s| Some(vec![s.cos(), s.sin()])).collect();
            let order = diverse(&scores, &vectors);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..scores.len()).collect::<Vec<_>>());
            prop_assert!(scores.iter().all(|s| *s <= scores[order[0]]));
        }
    }
}
