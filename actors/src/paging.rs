//! Lists that pages are cut from: made once, kept for a while, so that their
//! pages fit together whatever comes meanwhile.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::{Cursor, ErrorCode, UserId};

use crate::PlatformError;

/// The latest lists; the oldest goes first.
pub struct Lists<T> {
    most: usize,
    kept: Mutex<VecDeque<Kept<T>>>,
}

struct Kept<T> {
    owner: UserId,
    id: u32,
    items: Arc<Vec<T>>,
}

/// A part of a list.
pub struct Cut<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T: Clone> Lists<T> {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    /// The first page of a new list.
    pub fn first(&self, owner: &UserId, items: Vec<T>, limit: usize) -> Cut<T> {
        let kept = Kept {
            owner: owner.clone(),
            id: rand::random(),
            items: Arc::new(items),
        };
        let cut = cut(kept.id, &kept.items, 0, limit);
        // one that fits on a page is not asked for again
        if cut.next.is_some() {
            let mut all = self.lock();
            if all.len() >= self.most {
                all.pop_front();
            }
            all.push_back(kept);
        }
        cut
    }

    /// The page at a cursor of this account's.
    ///
    /// # Errors
    /// `cursor_expired` when the list is no longer kept; a cursor of another
    /// kind of list.
    pub fn next(
        &self,
        owner: &UserId,
        cursor: &Cursor,
        limit: usize,
    ) -> Result<Cut<T>, PlatformError> {
        let (id, from) = place(cursor).ok_or(PlatformError::Db(db::DbError::BadCursor))?;
        let all = self.lock();
        let kept = all
            .iter()
            .find(|kept| kept.id == id && kept.owner == *owner);
        let items = kept.map(|kept| kept.items.clone());
        drop(all);
        let items = items.ok_or_else(expired)?;
        Ok(cut(id, &items, from, limit))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Kept<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The list that a cursor belongs to is no longer kept.
pub fn expired() -> PlatformError {
    let detail = "this list was put together too long ago: fetch it from the top";
    PlatformError::refused(ErrorCode::CursorExpired, detail)
}

fn place(cursor: &Cursor) -> Option<(u32, usize)> {
    let (id, from) = cursor.as_str().split_once('.')?;
    Some((id.parse().ok()?, from.parse().ok()?))
}

fn cut<T: Clone>(id: u32, items: &[T], from: usize, limit: usize) -> Cut<T> {
    let from = from.min(items.len());
    let end = (from + limit).min(items.len());
    let more = end < items.len();
    Cut {
        items: items[from..end].to_vec(),
        next: more.then(|| format!("{id}.{end}").parse().ok()).flatten(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_fit_together_and_a_list_that_is_gone_says_so() {
        let lists = Lists::new(2);
        let (ada, bob) = (UserId::from_parts(1, 0), UserId::from_parts(2, 0));
        let cut = lists.first(&ada, (0..5).collect(), 2);
        let first = cut.next.clone().expect("more");
        assert_eq!(cut.items, [0, 1]);
        let cut = lists.next(&ada, &first, 2).expect("kept");
        assert_eq!(cut.items, [2, 3]);
        let cut = lists.next(&ada, &cut.next.expect("more"), 2).expect("kept");
        assert_eq!((cut.items.as_slice(), cut.next), (&[4][..], None));

        let code = |result: Result<Cut<i32>, PlatformError>| result.err().map(|e| e.problem().code);
        assert_eq!(
            code(lists.next(&bob, &first, 2)),
            Some(ErrorCode::CursorExpired)
        );
        lists.first(&bob, (0..9).collect(), 2);
        lists.first(&bob, (0..9).collect(), 2);
        assert_eq!(
            code(lists.next(&ada, &first, 2)),
            Some(ErrorCode::CursorExpired)
        );
        let foreign = "n.7".parse().expect("a cursor");
        assert_ne!(
            code(lists.next(&ada, &foreign, 2)),
            Some(ErrorCode::CursorExpired)
        );
    }
}
