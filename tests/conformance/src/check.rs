//! How a rule ends.

use std::fmt::Display;

/// Why a check went no further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The server does not do what is written.
    Failed(String),
    /// It cannot be told here, and why.
    Skipped(String),
}

/// What a check comes to; `Ok` is a pass.
pub type Check<T = ()> = Result<T, Stop>;

/// A failure with its reason.
///
/// # Errors
/// Always.
pub fn failed<T>(why: impl Display) -> Check<T> {
    Err(Stop::Failed(why.to_string()))
}

/// Fails unless it holds; the reason is only made then.
///
/// # Errors
/// `Failed` with the reason.
pub fn ensure<W: Display>(holds: bool, why: impl FnOnce() -> W) -> Check {
    if holds { Ok(()) } else { failed(why()) }
}

/// Fails unless both are equal.
///
/// # Errors
/// `Failed` with both.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: T, should_be: T) -> Check {
    ensure(is == should_be, || {
        format!("{what} is {is:?} and not {should_be:?}")
    })
}
