//! The list as the server last told it, and as it is shown: what comes while
//! somebody looks waits until they ask for it.

use std::collections::HashMap;

use protocol::Cursor;
use protocol::notification::{Notification, NotificationPage, ReadState};

use crate::store::Phase;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct InboxState {
    /// What the first page is doing.
    pub phase: Phase,
    pub read: ReadState,
    /// The first page.
    latest: Vec<Notification>,
    next: Option<Cursor>,
    /// As the page shows it; none before it was opened.
    pub shown: Option<Shown>,
}

/// What somebody looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    pub items: Vec<Notification>,
    pub next: Option<Cursor>,
    /// Where the unread ones ended when the page was opened.
    pub boundary: u64,
    /// The highest sequence that there was when it was put together.
    latest: u64,
    pub more: Phase,
    /// How far down it was, in CSS pixels.
    pub top: f64,
}

impl InboxState {
    /// The first page came. Nothing that is shown moves: what became less is
    /// shown so, what is gone goes, and what is new waits.
    pub fn received(&mut self, page: NotificationPage) {
        self.phase = Phase::Idle;
        self.latest = page.items;
        self.next = page.next_cursor;
        self.read = page.state;
        let Some(shown) = &mut self.shown else {
            return;
        };
        let now: HashMap<&str, &Notification> =
            self.latest.iter().map(|n| (n.id.as_str(), n)).collect();
        // further down the page says nothing
        let end = match self.next {
            Some(_) => self.latest.last().map_or(0, |last| last.seq),
            None => 0,
        };
        shown
            .items
            .retain_mut(|item| match now.get(item.id.as_str()) {
                Some(fresh) => {
                    if fresh.seq <= item.seq {
                        *item = Notification::clone(fresh);
                    }
                    true
                }
                None => item.seq < end,
            });
    }

    pub fn failed(&mut self, why: String) {
        self.phase = Phase::Failed(why);
    }

    /// The page opens. Whoever comes back before anything new came finds it as
    /// it was. Answers what counts as read by that.
    pub fn open(&mut self) -> Option<u64> {
        let latest = self.read.latest;
        let same = self.shown.as_ref().is_some_and(|s| s.latest == latest);
        if !same {
            self.show(self.read.read_up_to);
        }
        (self.read.read_up_to < latest).then_some(latest)
    }

    /// Shows what waits; the boundary stays where it was.
    pub fn show_new(&mut self) -> Option<u64> {
        let boundary = self.shown.as_ref().map_or(0, |shown| shown.boundary);
        self.show(boundary);
        (self.read.read_up_to < self.read.latest).then_some(self.read.latest)
    }

    fn show(&mut self, boundary: u64) {
        self.shown = Some(Shown {
            items: self.latest.clone(),
            next: self.next.clone(),
            boundary,
            latest: self.read.latest,
            more: Phase::Idle,
            top: 0.0,
        });
    }

    /// Everything was read: there is no boundary any more.
    pub fn all_read(&mut self) {
        if let Some(shown) = &mut self.shown {
            shown.boundary = shown.boundary.max(self.read.latest);
        }
    }

    /// How many entries wait to be shown: new ones, and those that grew.
    pub fn waiting(&self) -> usize {
        let Some(shown) = &self.shown else {
            return 0;
        };
        let known: HashMap<&str, u64> = shown
            .items
            .iter()
            .map(|item| (item.id.as_str(), item.seq))
            .collect();
        let top = shown.items.first().map_or(0, |first| first.seq);
        let newer = |item: &&Notification| {
            let seen = known.get(item.id.as_str());
            item.seq > top && seen.is_none_or(|seq| *seq < item.seq)
        };
        self.latest.iter().filter(newer).count()
    }

    /// The next page came.
    pub fn more(&mut self, page: NotificationPage) {
        let Some(shown) = &mut self.shown else {
            return;
        };
        shown.more = Phase::Idle;
        shown.next = page.next_cursor;
        for item in page.items {
            if shown.items.iter().all(|known| known.id != item.id) {
                shown.items.push(item);
            }
        }
    }

    /// One was taken back, or may no longer be seen.
    pub fn gone(&mut self, id: &str) {
        self.latest.retain(|item| item.id != id);
        if let Some(shown) = &mut self.shown {
            shown.items.retain(|item| item.id != id);
        }
    }

    /// Some device read up to there: shown at once, counted anew by the server.
    pub fn read_up_to(&mut self, up_to: u64) {
        let read = &mut self.read;
        read.read_up_to = read.read_up_to.max(up_to);
        if read.read_up_to >= read.latest {
            read.unread = 0;
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
