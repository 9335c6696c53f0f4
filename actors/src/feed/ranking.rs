//! A home feed's ranking: what just came and fits, what grows from the
//! account's interests, and now and then something to find out about.

use std::collections::HashSet;

use db::{Scope, Viewer};
use protocol::search::Why;
use protocol::{ElementId, UserId};
use rand::seq::SliceRandom;

use crate::PlatformError;
use crate::recommend::{Pick, Recommender, Source, Wish};

/// Waved-away elements that are remembered.
const LESS: usize = 200;
/// One in so many picks is there to find out whether it is liked.
const EXPLORE_EVERY: usize = 9;
/// New elements that these are chosen from.
const EXPLORE_AMONG: usize = 120;
/// Of what just came and fits, so many stand before all else.
const FIRST: usize = 20;

/// Elements of accounts that one follows, and how many of the others stand
/// between two of them.
const FOLLOWED: usize = 60;
const FOLLOWED_EVERY: usize = 3;

/// A ranking and what it grew from.
pub struct Grown {
    pub picks: Vec<Pick>,
    pub sources: Vec<Source>,
    pub less: Vec<ElementId>,
}

/// Makes the ranking; `new` is what came since the last one and was told of.
/// Empty while the account is interested in nothing yet.
///
/// # Errors
/// The database does not answer.
pub async fn grow(
    recommender: &Recommender,
    user: &UserId,
    viewer: &Viewer,
    new: &[ElementId],
    now: i64,
) -> Result<Grown, PlatformError> {
    let db = recommender.db();
    let sources = recommender.sources(viewer, user, now).await?;
    let less = db.seen_enough(viewer, LESS).await?;
    let wish = Wish {
        viewer,
        user,
        sources: &sources,
        less: &less,
        now,
    };
    let picks = recommender.rank(&wish).await?;
    let mut followed = recommender.followed(viewer, user, FOLLOWED).await?;
    let held: HashSet<ElementId> = {
        let ids: Vec<ElementId> = followed.iter().map(|pick| pick.element.clone()).collect();
        db.held_by(viewer, &ids).await?
    };
    followed.retain(|pick| !held.contains(&pick.element) && !less.contains(&pick.element));
    let picks = woven(picks, followed);
    if picks.is_empty() {
        return Ok(Grown {
            picks,
            sources,
            less,
        });
    }
    let picks = first(picks, new);
    let newest = db
        .list_elements(viewer, Scope::Explore, None, EXPLORE_AMONG)
        .await?;
    let ids: Vec<ElementId> = newest.items.iter().map(|e| e.id.clone()).collect();
    let held = db.held_by(viewer, &ids).await?;
    let mut taken: HashSet<&ElementId> = picks.iter().map(|p| &p.element).collect();
    taken.extend(sources.iter().flat_map(|s| &s.theme.elements));
    taken.extend(held.iter().chain(&less));
    let mut others: Vec<ElementId> = newest
        .items
        .into_iter()
        .filter(|e| e.owner.id != *user && !taken.contains(&e.id))
        .map(|e| e.id)
        .collect();
    recommender.spare(&less, &mut others);
    let share = picks.len() / (EXPLORE_EVERY - 1);
    others.shuffle(&mut rand::rng());
    others.truncate(share);
    Ok(Grown {
        picks: interleaved(picks, others),
        sources,
        less,
    })
}

/// What those whom one follows saved, between what grows from clusters: one
/// after every so many, the rest behind. What both name stays where it ranks.
fn woven(picks: Vec<Pick>, followed: Vec<Pick>) -> Vec<Pick> {
    let known: HashSet<ElementId> = picks.iter().map(|pick| pick.element.clone()).collect();
    let fresh = followed
        .into_iter()
        .filter(|pick| !known.contains(&pick.element));
    let mut fresh = fresh.peekable();
    let mut all = Vec::new();
    for (at, pick) in picks.into_iter().enumerate() {
        if at % FOLLOWED_EVERY == 0 {
            all.extend(fresh.next());
        }
        all.push(pick);
    }
    all.extend(fresh);
    all
}

/// What just came before all else, as far as it was picked.
fn first(picks: Vec<Pick>, new: &[ElementId]) -> Vec<Pick> {
    let mut room = FIRST;
    let (mut first, rest): (Vec<Pick>, Vec<Pick>) = picks.into_iter().partition(|pick| {
        let is_first = room > 0 && new.contains(&pick.element);
        room -= usize::from(is_first);
        is_first
    });
    first.extend(rest);
    first
}

/// One to explore after every so many picks.
fn interleaved(picks: Vec<Pick>, explored: Vec<ElementId>) -> Vec<Pick> {
    let mut explored = explored.into_iter();
    let mut all = Vec::new();
    for (at, pick) in picks.into_iter().enumerate() {
        all.push(pick);
        if (at + 1) % (EXPLORE_EVERY - 1) == 0
            && let Some(element) = explored.next()
        {
            all.push(Pick {
                element,
                score: 0.0,
                why: vec![Why::Exploring],
                because: None,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> ElementId {
        ElementId::from_parts(n, 0)
    }

    fn pick(n: u64) -> Pick {
        Pick {
            element: id(n),
            score: 1.0,
            why: vec![],
            because: None,
        }
    }

    #[test]
    fn what_is_explored_stands_between_what_is_recommended() {
        let all = interleaved((0..20).map(pick).collect(), vec![id(100), id(101), id(102)]);
        assert_eq!(all.len(), 22, "the third finds no place");
        assert_eq!((&all[8].element, &all[17].element), (&id(100), &id(101)));
        assert_eq!(all[8].why, [Why::Exploring]);
    }

    #[test]
    fn what_followed_accounts_save_stands_between_the_rest() {
        let all = woven(
            (0..6).map(pick).collect(),
            vec![pick(2), pick(50), pick(51), pick(52)],
        );
        let ids: Vec<ElementId> = all.into_iter().map(|p| p.element).collect();
        let wanted = [50, 0, 1, 2, 51, 3, 4, 5, 52].map(id);
        assert_eq!(ids, wanted, "what is ranked anyway stays where it is");
        assert_eq!(woven(Vec::new(), vec![pick(1)]).len(), 1);
    }

    #[test]
    fn what_just_came_is_at_the_top() {
        let order = first((0..40).map(pick).collect(), &[id(30), id(7), id(99)]);
        let ids: Vec<_> = order.iter().take(3).map(|p| p.element.clone()).collect();
        assert_eq!(ids, [id(7), id(30), id(0)]);
        let all: Vec<ElementId> = (0..40).map(id).collect();
        let order = first((0..40).map(pick).collect(), &all);
        assert_eq!(order.len(), 40);
    }
}
