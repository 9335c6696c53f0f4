//! How long to wait before the next attempt.

/// First wait and longest wait, in milliseconds.
const FIRST_MS: u32 = 500;
const LONGEST_MS: u32 = 20_000;

/// Doubles from attempt to attempt (0, 1, 2 …) up to a limit; between half and
/// all of that, as `chance` in 0…1 decides, so that many clients of one server
/// do not come back in the same moment.
pub fn wait_ms(attempt: u32, chance: f64) -> u32 {
    let full = FIRST_MS
        .saturating_mul(1 << attempt.min(10))
        .min(LONGEST_MS);
    let half = full / 2;
    half + (f64::from(half) * chance.clamp(0.0, 1.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn waits_are_bounded_and_never_zero(attempt in 0u32..200, chance in 0.0f64..1.0) {
            let wait = wait_ms(attempt, chance);
            prop_assert!((FIRST_MS / 2..=LONGEST_MS).contains(&wait));
        }
    }

    #[test]
    fn later_attempts_wait_longer() {
        assert!(wait_ms(5, 0.0) > wait_ms(0, 1.0));
    }
}
