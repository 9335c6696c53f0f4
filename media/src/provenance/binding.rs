//! Is the file still the one that a manifest was made for? (`c2pa.hash.data`)
//!
//! The manifest holds a digest of the whole file without the ranges it names, which are
//! those of the manifest itself. ISOBMFF files are bound box by box (`c2pa.hash.bmff`); that
//! is not checked here.

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::cbor::{self, Value};
use super::jumbf::Super;

/// What the comparison gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Matches,
    Changed,
    /// Of another kind, or leaving out more of the file than the manifest takes.
    Unchecked,
}

/// Ranges left out of a digest; a manifest lies in one.
const MAX_EXCLUSIONS: usize = 64;
/// Bytes around a manifest that belong to its container: headers of the segments (about
/// 20 in 64 KiB) or of the chunk.
const SLACK: u64 = 1_024;

/// Compares the file with the digest among the assertions; `manifest` is the store's length.
pub(super) fn check(
    file: &[u8],
    manifest: usize,
    assertions: &Super<'_>,
    algorithm: Option<&str>,
) -> Binding {
    try_check(file, manifest as u64, assertions, algorithm).unwrap_or(Binding::Unchecked)
}

fn try_check(
    file: &[u8],
    manifest: u64,
    assertions: &Super<'_>,
    algorithm: Option<&str>,
) -> Option<Binding> {
    let assertion = cbor::parse(assertions.child("c2pa.hash.data")?.cbor()?)?;
    let expected = assertion.get("hash")?.bytes()?;
    let algorithm = assertion.get("alg").and_then(Value::text).or(algorithm)?;
    let excluded = exclusions(&assertion)?;
    let left_out: u64 = excluded.iter().map(|range| range.1 - range.0).sum();
    // a digest over next to nothing would match anything
    if left_out > manifest + manifest / 1_000 + SLACK {
        return None;
    }
    let digest = match algorithm {
        "sha256" => digest::<Sha256>(file, &excluded),
        "sha384" => digest::<Sha384>(file, &excluded),
        "sha512" => digest::<Sha512>(file, &excluded),
        _ => return None,
    };
    Some(match digest {
        Some(digest) if digest == expected => Binding::Matches,
        _ => Binding::Changed,
    })
}

/// Start and end of the ranges left out, in order and apart; `None` when they make no sense.
fn exclusions(assertion: &Value<'_>) -> Option<Vec<(u64, u64)>> {
    let list = assertion
        .get("exclusions")
        .map(Value::items)
        .unwrap_or_default();
    if list.len() > MAX_EXCLUSIONS {
        return None;
    }
    let mut ranges = Vec::new();
    for range in list {
        let start = range.get("start")?.number()?;
        ranges.push((start, start.checked_add(range.get("length")?.number()?)?));
    }
    ranges.sort_unstable();
    let apart = ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    apart.then_some(ranges)
}

/// The digest of what is left; `None` when a range lies outside the file.
fn digest<D: Digest>(file: &[u8], excluded: &[(u64, u64)]) -> Option<Vec<u8>> {
    let mut digest = D::new();
    let mut at = 0;
    for (start, end) in excluded {
        let start = usize::try_from(*start).ok()?;
        digest.update(file.get(at..start)?);
        at = usize::try_from(*end).ok()?;
    }
    digest.update(file.get(at..)?);
    Some(digest.finalize().to_vec())
}
