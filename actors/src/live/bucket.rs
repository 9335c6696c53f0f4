//! How many frames a client may still send now.

use std::time::Instant;

use protocol::limits::{WS_FRAMES_BURST, WS_FRAMES_PER_SECOND};

/// A token bucket: refills with time, up to the burst.
pub struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    pub fn full(now: Instant) -> Self {
        Self {
            tokens: f64::from(WS_FRAMES_BURST),
            at: now,
        }
    }

    /// Takes one; false when there is none.
    pub fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        let refilled = self.tokens + passed * f64::from(WS_FRAMES_PER_SECOND);
        self.tokens = refilled.min(f64::from(WS_FRAMES_BURST));
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_burst_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::full(start);
        assert!((0..WS_FRAMES_BURST).all(|_| bucket.take(start)));
        assert!(!bucket.take(start));
        let later = start + Duration::from_secs(1);
        let taken = (0..100).filter(|_| bucket.take(later)).count();
        assert_eq!(taken, WS_FRAMES_PER_SECOND as usize);
    }
}
