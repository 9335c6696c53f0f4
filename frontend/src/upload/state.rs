//! The files that are on their way, as a state without a network.

use std::rc::Rc;

use protocol::{ElementId, limits};
use yew::{AttrValue, Reducible};

/// Files that are sent at the same time.
pub const AT_ONCE: usize = 3;

/// One file. `F` is the browser's handle to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<F> {
    pub key: u32,
    pub file: F,
    pub name: AttrValue,
    pub bytes: f64,
    /// A URL under which the browser shows the file itself.
    pub preview: AttrValue,
    pub step: Step,
}

/// How far a file is.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Queued,
    /// Part of 0…1 that is sent.
    Sending(f64),
    /// Will be sent again by itself, after `attempts` that failed.
    Waiting {
        attempts: u32,
        why: String,
    },
    /// Durable at the server; what follows is the element's own processing.
    Saved {
        id: ElementId,
        duplicate: bool,
    },
    /// Will not be sent again unless somebody asks.
    Refused {
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq)]
pub struct UploadState<F> {
    pub items: Vec<Item<F>>,
    next: u32,
}

impl<F> Default for UploadState<F> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            next: 0,
        }
    }
}

/// A file that was chosen.
pub struct Chosen<F> {
    pub file: F,
    pub name: AttrValue,
    pub bytes: f64,
    pub preview: AttrValue,
}

pub enum Change<F> {
    Add(Vec<Chosen<F>>),
    Progress(u32, f64),
    Saved(u32, ElementId, bool),
    Refused(u32, String),
    /// Failed for a reason that passes.
    Later(u32, String),
    Again(u32),
    /// The network is back.
    AllAgain,
    Drop(u32),
    /// Drops whatever needs no more attention.
    Clear,
}

impl<F: Clone> UploadState<F> {
    /// The next one to send, if a line is free.
    pub fn due(&self) -> Option<&Item<F>> {
        let sending = |item: &&Item<F>| matches!(item.step, Step::Sending(_));
        if self.items.iter().filter(sending).count() >= AT_ONCE {
            return None;
        }
        self.items.iter().find(|item| item.step == Step::Queued)
    }

    /// Is there anything that leaving the page would lose?
    pub fn unsaved(&self) -> bool {
        let open = |item: &Item<F>| {
            matches!(
                item.step,
                Step::Queued | Step::Sending(_) | Step::Waiting { .. }
            )
        };
        self.items.iter().any(open)
    }

    pub fn get(&self, key: u32) -> Option<&Item<F>> {
        self.items.iter().find(|item| item.key == key)
    }

    fn set(&mut self, key: u32, step: impl FnOnce(&Step) -> Step) {
        if let Some(item) = self.items.iter_mut().find(|item| item.key == key) {
            item.step = step(&item.step);
        }
    }

    fn apply(&mut self, change: Change<F>) {
        match change {
            Change::Add(files) => {
                for chosen in files {
                    self.next += 1;
                    self.items.push(Item {
                        key: self.next,
                        step: check(&chosen),
                        file: chosen.file,
                        name: chosen.name,
                        bytes: chosen.bytes,
                        preview: chosen.preview,
                    });
                }
            }
            Change::Progress(key, part) => self.set(key, |_| Step::Sending(part)),
            Change::Saved(key, id, duplicate) => {
                self.set(key, |_| Step::Saved { id, duplicate });
            }
            Change::Refused(key, why) => self.set(key, |_| Step::Refused { why }),
            Change::Later(key, why) => self.set(key, |step| Step::Waiting {
                attempts: attempts(step) + 1,
                why,
            }),
            Change::Again(key) => self.set(key, |_| Step::Queued),
            Change::AllAgain => {
                for item in &mut self.items {
                    if matches!(item.step, Step::Waiting { .. }) {
                        item.step = Step::Queued;
                    }
                }
            }
            Change::Drop(key) => self.items.retain(|item| item.key != key),
            Change::Clear => self
                .items
                .retain(|item| !matches!(item.step, Step::Saved { .. } | Step::Refused { .. })),
        }
    }
}

fn attempts(step: &Step) -> u32 {
    match step {
        Step::Waiting { attempts, .. } => *attempts,
        _ => 0,
    }
}

/// What the server would refuse anyway need not be sent first.
fn check<F>(chosen: &Chosen<F>) -> Step {
    if chosen.bytes > limits::UPLOAD_BYTES as f64 {
        let most = limits::UPLOAD_BYTES / (1024 * 1024);
        return Step::Refused {
            why: format!("Larger than {most} MiB."),
        };
    }
    if chosen.bytes == 0.0 {
        return Step::Refused {
            why: "The file is empty.".into(),
        };
    }
    Step::Queued
}

impl<F: Clone + 'static> Reducible for UploadState<F> {
    type Action = Change<F>;

    fn reduce(self: Rc<Self>, change: Change<F>) -> Rc<Self> {
        let mut next = (*self).clone();
        next.apply(change);
        Rc::new(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(sizes: &[f64]) -> UploadState<()> {
        let mut state = UploadState::default();
        let chosen = |bytes: &f64| Chosen {
            file: (),
            name: "a.jpg".into(),
            bytes: *bytes,
            preview: "".into(),
        };
        state.apply(Change::Add(sizes.iter().map(chosen).collect()));
        state
    }

    #[test]
    fn only_so_many_files_are_sent_at_once() {
        let mut state = with(&[1.0; 5]);
        while let Some(key) = state.due().map(|item| item.key) {
            state.apply(Change::Progress(key, 0.0));
        }
        let sending = |i: &&Item<()>| matches!(i.step, Step::Sending(_));
        assert_eq!(state.items.iter().filter(sending).count(), AT_ONCE);
        state.apply(Change::Saved(1, ElementId::from_parts(1, 1), false));
        assert_eq!(state.due().map(|item| item.key), Some(4));
    }

    #[test]
    fn a_broken_line_loses_nothing() {
        let mut state = with(&[1.0]);
        state.apply(Change::Progress(1, 0.4));
        state.apply(Change::Later(1, "offline".into()));
        assert!(state.unsaved() && state.due().is_none());
        state.apply(Change::Clear);
        assert_eq!(state.items.len(), 1, "clearing keeps what is not safe");
        state.apply(Change::AllAgain);
        assert!(state.due().is_some());
    }

    #[test]
    fn what_is_too_large_or_empty_says_so_at_once() {
        let state = with(&[0.0, limits::UPLOAD_BYTES as f64 + 1.0]);
        assert!(
            state
                .items
                .iter()
                .all(|i| matches!(i.step, Step::Refused { .. }))
        );
        assert!(!state.unsaved());
    }
}
