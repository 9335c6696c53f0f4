//! The original as it may be served.

use crate::error::damaged;
use crate::{Format, MediaError, container, find_location};

/// The original without anything personal: no place, time, camera, author, text, thumbnail,
/// no second picture and nothing behind the picture's end. Pixels are not re-encoded, the
/// colour profile and the orientation stay, and it decodes to the same picture.
///
/// # Errors
/// [`MediaError::Truncated`] and [`MediaError::Damaged`] for files that cannot be walked,
/// and [`MediaError::Damaged`] rather than bytes that still tell a place.
pub fn public_original(bytes: &[u8], format: Format) -> Result<Vec<u8>, MediaError> {
    let clean = container::strip(bytes, format)?;
    if find_location(&clean) {
        return Err(damaged("it hides its location where a picture has none"));
    }
    Ok(clean)
}
