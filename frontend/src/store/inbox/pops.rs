//! Notices that pop up: politely, a few words, and not where somebody reads the
//! list anyway.

use protocol::notification::{Notification, What};
use yew::prelude::*;

use super::{Inbox, is_paused, pause, resume, target};
use crate::nav::{Go, Route};
use crate::words::notifications::plain;

impl Inbox {
    /// Shows what has come since, as one notice.
    pub(super) fn pop_up(&self) {
        let (news, go) = {
            let mut inner = self.shared.borrow_mut();
            (std::mem::take(&mut inner.news), inner.go.clone())
        };
        let Some(go) = go else {
            return;
        };
        let news = worth_it(news);
        let reading = go.here.route == Route::Notifications;
        let Some(text) = text(&news).filter(|_| !reading && !is_paused()) else {
            return;
        };
        let show = {
            let one = news.first().filter(|_| news.len() == 1).cloned();
            let this = self.clone();
            Callback::from(move |()| {
                let go = this.shared.borrow().go.clone();
                if let Some(go) = go {
                    open(&go, one.as_ref());
                }
            })
        };
        let hush = {
            let this = self.clone();
            Callback::from(move |()| {
                pause();
                this.changed.dispatch(());
                let back = this.clone();
                let undo = Callback::from(move |()| {
                    resume();
                    back.changed.dispatch(());
                });
                let text = "No notices pop up for an hour; the bell goes on counting.";
                this.toasts.offer(text, "Resume", undo);
            })
        };
        self.toasts
            .offer_all(text, [("Show", show), ("Pause", hush)]);
    }
}

/// Goes to what one notice is about; to the list for several.
fn open(go: &Go, one: Option<&Notification>) {
    match one {
        Some(one) => target(one).open(go),
        None => go.to(&Route::Notifications),
    }
}

/// What is shown elsewhere while it happens does not pop up, and of one entry
/// only how it is now.
fn worth_it(news: Vec<Notification>) -> Vec<Notification> {
    let mut kept: Vec<Notification> = Vec::new();
    for one in news {
        kept.retain(|other| other.id != one.id);
        if one.what != (What::ElementReady { failed: false }) {
            kept.push(one);
        }
    }
    kept
}

fn text(news: &[Notification]) -> Option<String> {
    match news {
        [] => None,
        [one] => Some(plain(one)),
        several => Some(format!("{} new notifications", several.len())),
    }
}

#[cfg(test)]
mod tests {
    use protocol::Timestamp;

    use super::*;

    fn news(id: &str, seq: u64, what: What) -> Notification {
        Notification {
            id: id.into(),
            seq,
            what,
            actors: Vec::new(),
            people: 0,
            count: 1,
            elements: Vec::new(),
            cluster: None,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn one_entry_pops_up_once_as_it_is_now_and_progress_does_not() {
        let all = vec![
            news("a", 1, What::Liked),
            news("b", 2, What::ElementReady { failed: false }),
            news("a", 3, What::Liked),
        ];
        let kept = worth_it(all);
        assert_eq!(kept.iter().map(|n| n.seq).collect::<Vec<_>>(), [3]);
        let failed = news("c", 4, What::ElementReady { failed: true });
        let two = worth_it(vec![kept[0].clone(), failed]);
        assert_eq!(text(&two).as_deref(), Some("2 new notifications"));
        assert_eq!(text(&[]), None);
    }
}
