//! The last line of defence around decoders that were written by others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::MediaError;
use crate::error::damaged;

/// Runs a decoder; a panic becomes [`MediaError::Damaged`].
pub(crate) fn fenced<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(damaged("the decoder gave up on it")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_damage() {
        let outcome: Result<(), _> = fenced(|| panic!("on purpose"));
        assert!(matches!(outcome, Err(MediaError::Damaged { .. })));
    }
}
