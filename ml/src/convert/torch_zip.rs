//! State dicts as torch has written them since 1.6: a zip archive of stored
//! (never compressed) entries under one top folder, `data.pkl` with the dict
//! and `data/<key>` with each storage's raw values, little-endian.

use std::collections::HashMap;
use std::io::Cursor;

use zip::{CompressionMethod, ZipArchive};

use super::torch::{View, tensors, views};
use super::{pickle, wrong};
use crate::MlError;

/// How a zip archive with at least one entry starts.
const MAGIC: &[u8] = b"PK\x03\x04";
/// Names the byte order, where torch is new enough to say so.
const BYTE_ORDER: &str = "byteorder";

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

pub(super) fn weights(bytes: &[u8]) -> Result<Vec<(String, View<'_>)>, MlError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(error.to_string()))?;
    let top = archive
        .file_names()
        .flatten()
        .find_map(|name| Some(name.strip_suffix("/data.pkl")?.to_owned()))
        .ok_or_else(|| wrong("the archive holds no data.pkl"))?;
    let order = entry(&mut archive, bytes, &format!("{top}/{BYTE_ORDER}"))?;
    if order.is_some_and(|order| order != b"little") {
        return Err(wrong("its numbers are not little-endian"));
    }
    let dict = entry(&mut archive, bytes, &format!("{top}/data.pkl"))?
        .ok_or_else(|| wrong("the archive holds no data.pkl"))?;
    let (dict, _) = pickle::read(dict)?;
    let tensors = tensors(&dict)?;
    let mut storages = HashMap::new();
    for (name, tensor) in &tensors {
        let data = entry(
            &mut archive,
            bytes,
            &format!("{top}/data/{}", tensor.storage),
        )?;
        let data = data.ok_or_else(|| wrong(format!("{name} has no storage")))?;
        storages.insert(tensor.storage.clone(), data);
    }
    views(tensors, &storages)
}

/// An entry's bytes in place; none when there is no such entry.
fn entry<'a>(
    archive: &mut ZipArchive<Cursor<&'a [u8]>>,
    bytes: &'a [u8],
    name: &str,
) -> Result<Option<&'a [u8]>, MlError> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(error) => return Err(wrong(error.to_string())),
    };
    if file.compression() != CompressionMethod::Stored {
        return Err(wrong(format!(
            "{name} is compressed, which torch never does"
        )));
    }
    let start = file.data_start().and_then(|at| usize::try_from(at).ok());
    let end = start.zip(usize::try_from(file.size()).ok());
    let range = end.and_then(|(start, size)| Some(start..start.checked_add(size)?));
    range
        .and_then(|range| bytes.get(range))
        .map(Some)
        .ok_or_else(|| wrong(format!("{name} lies outside the archive")))
}
