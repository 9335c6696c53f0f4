//! New identifiers: the clock and chance that `protocol` must not know.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use protocol::{
    ChangeId, ClusterId, DeviceId, ElementId, FetchId, LoginId, SocketId, TagId, UserId,
};

/// Identifiers that can be made here and now.
pub trait Fresh: Sized {
    /// A new one; later ones of this process sort after earlier ones.
    fn fresh() -> Self;
}

macro_rules! fresh {
    ($($name:ident),+) => {$(
        impl Fresh for $name {
            fn fresh() -> Self {
                $name::from_parts(ticking_millis(), rand::random())
            }
        }
    )+};
}
fresh!(
    UserId, ElementId, ClusterId, DeviceId, FetchId, LoginId, SocketId, TagId, ChangeId
);

/// Milliseconds since 1970 by this machine's clock.
pub(crate) fn now_millis() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A key for an outbox row: sorts in the order in which this process made them.
pub(crate) fn outbox_key() -> String {
    ElementId::from_parts(ticking_millis(), rand::random()).to_string()
}

/// The clock, but no value twice: ids of one process sort in order of making.
fn ticking_millis() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = u64::try_from(now_millis()).unwrap_or(0);
    let last = LAST
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            Some(now.max(last + 1))
        })
        .unwrap_or(now);
    now.max(last + 1)
}
