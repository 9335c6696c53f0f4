use std::path::Path;

use asterism_ml::Rgb8;

/// Reads a binary PPM (P6, 8 bits): the plainest format that every image tool
/// writes, so that this crate needs no decoder.
pub fn read(path: &Path) -> Result<Rgb8, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    parse(&bytes).ok_or_else(|| format!("{}: not an 8-bit binary PPM (P6)", path.display()))
}

fn parse(bytes: &[u8]) -> Option<Rgb8> {
    let mut rest = bytes.strip_prefix(b"P6")?;
    let width = number(&mut rest)?;
    let height = number(&mut rest)?;
    if number(&mut rest)? != 255 {
        return None;
    }
    // exactly one white space stands between the header and the pixels
    Rgb8::new(width, height, rest.get(1..)?.to_vec()).ok()
}

fn number(rest: &mut &[u8]) -> Option<u32> {
    let mut comment = false;
    let start = rest.iter().position(|&byte| {
        comment = (comment || byte == b'#') && byte != b'\n';
        !comment && !byte.is_ascii_whitespace()
    })?;
    let from = &rest[start..];
    let end = from.iter().position(|byte| !byte.is_ascii_digit())?;
    *rest = &from[end..];
    std::str::from_utf8(&from[..end]).ok()?.parse().ok()
}
