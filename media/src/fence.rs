//! The last line of defence around decoders that were written by others.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Once, mpsc};

use crate::MediaError;
use crate::error::damaged;

/// Threads that may be lost to decoder panics before AVIF is refused until a restart.
const MAX_LOST_THREADS: usize = 16;
/// The AV1 decoder keeps large blocks on its stack.
const STACK_BYTES: usize = 8 << 20;

/// Runs a decoder; a panic becomes [`MediaError::Damaged`].
pub(crate) fn fenced<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged(GAVE_UP)))
}

/// Runs a decoder whose panics cannot unwind, because they would cross a C interface and
/// abort the process: on a thread of its own that is parked for good if it panics.
///
/// The panic hook runs before unwinding begins, so it can report and never return. What
/// the thread held is lost until the process ends, which is why losses are counted.
pub(crate) fn fenced_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MediaError> + Send + 'static,
) -> Result<T, MediaError> {
    static HOOK: Once = Once::new();
    HOOK.call_once(park_instead_of_unwinding);
    if LOST.load(Ordering::Relaxed) >= MAX_LOST_THREADS {
        return Err(damaged(
            "the AVIF decoder has failed too often, restart the server",
        ));
    }
    let (done, result) = mpsc::channel();
    let failed = done.clone();
    std::thread::Builder::new()
        .name("avif decode".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let report = move || {
                // the receiver waits as long as a sender lives, so this is always heard
                let _ = failed.send(Err(damaged(GAVE_UP)));
            };
            ON_PANIC.with(|cell| *cell.borrow_mut() = Some(Box::new(report)));
            let outcome = work();
            ON_PANIC.with(|cell| *cell.borrow_mut() = None);
            let _ = done.send(outcome);
        })
        .map_err(|error| damaged(format!("no thread to decode it on: {error}")))?;
    result.recv().unwrap_or_else(|_| Err(damaged(GAVE_UP)))
}

const GAVE_UP: &str = "the decoder gave up on it";

static LOST: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    static ON_PANIC: RefCell<Option<Box<dyn FnOnce()>>> = const { RefCell::new(None) };
}

fn park_instead_of_unwinding() {
    let previous = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let report = ON_PANIC
            .try_with(|cell| cell.try_borrow_mut().ok().and_then(|mut cell| cell.take()))
            .ok()
            .flatten();
        let Some(report) = report else {
            return previous(panic);
        };
        LOST.fetch_add(1, Ordering::Relaxed);
        report();
        loop {
            std::thread::park();
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn panics_behind_a_c_interface() {
        panic!("on purpose, to show that the process survives it");
    }

    #[test]
    fn a_panic_behind_a_c_interface_is_damage_not_an_abort() {
        let outcome = fenced_thread(|| {
            panics_behind_a_c_interface();
            Ok(())
        });
        assert!(matches!(outcome, Err(MediaError::Damaged { .. })));
        assert_eq!(fenced_thread(|| Ok(7)), Ok(7));
    }

    #[test]
    fn a_panic_is_damage() {
        let outcome: Result<(), _> = fenced(|| panic!("on purpose"));
        assert!(matches!(outcome, Err(MediaError::Damaged { .. })));
    }
}
