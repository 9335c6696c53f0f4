//! Slows down guessing and fetching: token buckets by address and by account.
//!
//! Generic cell rate: a bucket is one instant, the time at which it would be
//! full again. Buckets that are full again are dropped, so memory is bounded
//! by the attempts of the last minutes, and by [`MAX_BUCKETS`] in any case.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use protocol::{ErrorCode, Problem};

use crate::PlatformError;

/// Most buckets that are kept; beyond it the stalest are dropped.
const MAX_BUCKETS: usize = 50_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Attempts to log in from one address.
    Address,
    /// Attempts to log in to one account, from anywhere.
    Handle,
    /// New accounts from one address.
    Register,
    /// Things fetched from elsewhere for one account.
    Fetch,
    /// Devices that say who they are, from one address.
    Device,
    /// Pictures that an account makes its own.
    Avatar,
    /// Archives of one account.
    Export,
}

impl Kind {
    /// How many attempts at once, and the time in which one comes back.
    fn allowance(self) -> (u32, Duration) {
        match self {
            Kind::Address => (30, Duration::from_secs(6)),
            Kind::Handle => (10, Duration::from_secs(30)),
            Kind::Register => (60, Duration::from_secs(10)),
            Kind::Fetch => (30, Duration::from_secs(4)),
            Kind::Device => (60, Duration::from_secs(1)),
            Kind::Avatar => (20, Duration::from_secs(10)),
            Kind::Export => (6, Duration::from_secs(120)),
        }
    }
}

#[derive(Default)]
pub struct Throttle {
    full_at: Mutex<HashMap<(Kind, String), Instant>>,
}

impl Throttle {
    /// Counts an attempt.
    ///
    /// # Errors
    /// `rate_limited` with the seconds to wait, when there were too many.
    pub fn attempt(&self, kind: Kind, who: &str) -> Result<(), PlatformError> {
        self.attempt_at(kind, who, Instant::now()).map_err(|wait| {
            let seconds = wait.as_secs().max(1);
            PlatformError::Refused(
                Problem::new(
                    ErrorCode::RateLimited,
                    format!("too many attempts, wait {seconds} seconds"),
                )
                .retry_after(seconds),
            )
        })
    }

    /// A success empties the account's bucket.
    pub fn forgive(&self, kind: Kind, who: &str) {
        self.lock().remove(&(kind, who.to_owned()));
    }

    fn attempt_at(&self, kind: Kind, who: &str, now: Instant) -> Result<(), Duration> {
        let (burst, each) = kind.allowance();
        let mut buckets = self.lock();
        if buckets.len() >= MAX_BUCKETS {
            buckets.retain(|_, full| *full > now);
            if buckets.len() >= MAX_BUCKETS {
                let stalest = buckets
                    .iter()
                    .min_by_key(|(_, full)| **full)
                    .map(|(k, _)| k.clone());
                stalest.map(|key| buckets.remove(&key));
            }
        }
        let full = buckets.entry((kind, who.to_owned())).or_insert(now);
        let next = (*full).max(now) + each;
        let wait = next.saturating_duration_since(now + each * burst);
        if wait.is_zero() {
            *full = next;
            Ok(())
        } else {
            Err(wait)
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(Kind, String), Instant>> {
        self.full_at
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_time_must() {
        let throttle = Throttle::default();
        let start = Instant::now();
        for _ in 0..10 {
            assert_eq!(throttle.attempt_at(Kind::Handle, "ada", start), Ok(()));
        }
        let wait = throttle.attempt_at(Kind::Handle, "ada", start).unwrap_err();
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(30));
        assert_eq!(throttle.attempt_at(Kind::Handle, "bob", start), Ok(()));
        assert_eq!(
            throttle.attempt_at(Kind::Handle, "ada", start + wait),
            Ok(())
        );
    }

    #[test]
    fn a_success_forgives() {
        let throttle = Throttle::default();
        while throttle.attempt(Kind::Handle, "ada").is_ok() {}
        throttle.forgive(Kind::Handle, "ada");
        assert!(throttle.attempt(Kind::Handle, "ada").is_ok());
    }
}
