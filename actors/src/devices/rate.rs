//! How often a device may send: a bucket that refills with time.

use std::time::{Duration, Instant};

/// Generic cell rate: one instant, the time at which it would be full again.
#[derive(Debug, Clone)]
pub(crate) struct Rate {
    each: Duration,
    burst: u32,
    full_at: Instant,
}

impl Rate {
    /// `per_second` in the long run, `burst` at once.
    pub fn new(per_second: u32, burst: u32, now: Instant) -> Self {
        Self {
            each: Duration::from_secs(1) / per_second.max(1),
            burst,
            full_at: now,
        }
    }

    /// Takes one.
    ///
    /// # Errors
    /// How long to wait for it; nothing is taken then.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let next = self.full_at.max(now) + self.each;
        let wait = next.saturating_duration_since(now + self.each * self.burst);
        if wait.is_zero() {
            self.full_at = next;
            Ok(())
        } else {
            Err(wait)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_rate() {
        let start = Instant::now();
        let mut rate = Rate::new(10, 30, start);
        assert!((0..30).all(|_| rate.take(start).is_ok()));
        let wait = rate.take(start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(100));
        assert!(rate.take(start + wait).is_ok());
        let later = start + Duration::from_secs(60);
        assert_eq!((0..100).filter(|_| rate.take(later).is_ok()).count(), 30);
    }
}
