//! Notices can be kept from popping up for a while, in this browser.

use crate::store::kept;

/// How long, in milliseconds.
const PAUSE_MS: f64 = 60.0 * 60.0 * 1_000.0;

pub fn is_paused() -> bool {
    kept::notices_paused_until() > js_sys::Date::now()
}

pub fn pause() {
    kept::pause_notices_until(js_sys::Date::now() + PAUSE_MS);
}

pub fn resume() {
    kept::pause_notices_until(0.0);
}
