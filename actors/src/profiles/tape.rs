//! The frame of a tar archive, for writing one piece after the other.

use bytes::Bytes;
use tar::{EntryType, Header};

use crate::PlatformError;
use crate::platform::now_millis;

/// Everything in a tar is a multiple of this long, in bytes.
const BLOCK: usize = 512;

/// What stands before and behind a file of that many bytes.
///
/// # Errors
/// The path is too long for the format.
pub fn around(path: &str, bytes: u64) -> Result<(Bytes, Bytes), PlatformError> {
    let mut header = Header::new_ustar();
    header.set_path(path).map_err(|source| PlatformError::Io {
        what: format!("{path} in an archive"),
        source,
    })?;
    header.set_entry_type(EntryType::Regular);
    header.set_mode(0o644);
    header.set_size(bytes);
    header.set_mtime(u64::try_from(now_millis() / 1_000).unwrap_or_default());
    header.set_cksum();
    let over = (bytes % BLOCK as u64) as usize;
    let fill = if over == 0 { 0 } else { BLOCK - over };
    let head = Bytes::copy_from_slice(header.as_bytes());
    Ok((head, Bytes::from(vec![0; fill])))
}

/// What ends an archive.
pub fn end() -> Bytes {
    Bytes::from(vec![0; 2 * BLOCK])
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_reader_finds_what_was_written() {
        let files = [
            ("a.json", vec![7u8; 3]),
            ("media/b.jpg", vec![9; 512]),
            ("c", vec![]),
        ];
        let mut archive = Vec::new();
        for (path, bytes) in &files {
            let (head, tail) = around(path, bytes.len() as u64).expect("a frame");
            archive.extend_from_slice(&head);
            archive.extend_from_slice(bytes);
            archive.extend_from_slice(&tail);
        }
        archive.extend_from_slice(&end());
        let mut reader = tar::Archive::new(archive.as_slice());
        let mut found = Vec::new();
        for entry in reader.entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let path = entry.path().expect("a path").display().to_string();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).expect("bytes");
            found.push((path, bytes));
        }
        let wanted: Vec<(String, Vec<u8>)> = files
            .into_iter()
            .map(|(path, bytes)| (path.to_owned(), bytes))
            .collect();
        assert_eq!(found, wanted);
        assert!(around(&"x".repeat(400), 1).is_err());
    }
}
