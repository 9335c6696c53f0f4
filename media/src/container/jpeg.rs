//! JPEG: a list of segments, scans of coded data between them, an end marker.

use super::{Bytes, Survey};
use crate::error::damaged;
use crate::{MediaError, Orientation, exif};

/// A picture with more scans than this is built to burn time, not to be seen.
const MAX_SCANS: usize = 100;

/// Tables, scans and metadata come in dozens.
const MAX_PARTS: usize = 20_000;

/// One piece of the file, in order.
pub(crate) enum Part<'a> {
    /// Marker and payload (without the length).
    Segment(u8, &'a [u8]),
    /// Entropy-coded bytes after a scan header, restart markers included.
    Coded(&'a [u8]),
}

/// The pieces between start and end of image; without the end marker it is `Truncated`.
pub(crate) fn parts(bytes: &[u8]) -> Result<Vec<Part<'_>>, MediaError> {
    let mut parts = Vec::new();
    let mut at = 2;
    let mut scans = 0;
    loop {
        let marker = next_marker(bytes, &mut at)?;
        match marker {
            EOI => return Ok(parts),
            // a second picture inside the first one
            SOI => return Err(damaged("a second picture begins inside the first")),
            RST0..=RST7 | TEM => continue,
            _ => {}
        }
        if parts.len() >= MAX_PARTS {
            return Err(damaged("it has too many segments"));
        }
        let len = usize::from(bytes.be16(at)?);
        if len < 2 {
            return Err(damaged("a segment has no length"));
        }
        parts.push(Part::Segment(marker, bytes.slice(at + 2, len - 2)?));
        at += len;
        if marker == SOS {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(damaged("it has too many scans"));
            }
            let end = coded_end(bytes, at)?;
            parts.push(Part::Coded(&bytes[at..end]));
            at = end;
        }
    }
}

/// Dimensions, orientation, profile and camera fields from the segments.
pub(crate) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let parts = parts(bytes)?;
    let mut survey = Survey {
        frames: 1,
        ..Survey::default()
    };
    let mut seen_scan = false;
    let mut icc = Vec::new();
    for part in &parts {
        match part {
            Part::Segment(marker, frame) if is_frame(*marker) => {
                if survey.width != 0 {
                    return Err(damaged("it holds more than one frame"));
                }
                read_frame(*marker, frame, &mut survey)?;
            }
            Part::Segment(APP1, payload) if survey.exif.is_none() => {
                survey.exif = payload.strip_prefix(EXIF).map(<[u8]>::to_vec);
            }
            Part::Segment(APP2, payload) => {
                if let Some([number, _, profile @ ..]) = payload.strip_prefix(ICC) {
                    icc.push((*number, profile));
                }
            }
            Part::Segment(..) => {}
            Part::Coded(coded) => seen_scan |= !coded.is_empty(),
        }
    }
    if survey.width == 0 {
        return Err(damaged("it has no frame header"));
    }
    if !seen_scan {
        return Err(MediaError::Truncated);
    }
    icc.sort_by_key(|chunk| chunk.0);
    if !icc.is_empty() {
        survey.icc = Some(icc.iter().flat_map(|chunk| chunk.1).copied().collect());
    }
    if let Some(exif) = &survey.exif {
        survey.orientation = exif::camera_fields(exif).orientation;
    }
    Ok(survey)
}

/// The copy without metadata, thumbnails, further pictures and whatever follows the end.
pub(crate) fn strip(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let parts = parts(bytes)?;
    let orientation = orientation_of(&parts);
    let mut out = Vec::with_capacity(bytes.len());
    out.extend([0xff, SOI]);
    // JFIF wants to be first, EXIF next
    if let Some(jfif) = parts.iter().find_map(jfif_head) {
        put(&mut out, APP0, &[jfif, &[0, 0]].concat());
    }
    if orientation != Orientation::UPRIGHT {
        let exif = exif::only_orientation(orientation);
        put(&mut out, APP1, &[EXIF, &exif].concat());
    }
    for part in &parts {
        match part {
            Part::Segment(marker, payload) if is_needed(*marker, payload) => {
                put(&mut out, *marker, payload);
            }
            Part::Segment(..) => {}
            Part::Coded(coded) => out.extend_from_slice(coded),
        }
    }
    out.extend([0xff, EOI]);
    Ok(out)
}

/// Overwrites the payload of every segment a decoder does not need; for JPEG data
/// embedded in other files, where nothing may move. Stops where it stops being JPEG.
pub(crate) fn blank_metadata(bytes: &mut [u8]) {
    let mut at = 2;
    while let Ok(marker) = next_marker(bytes, &mut at) {
        if matches!(marker, EOI | SOI | RST0..=RST7 | TEM) {
            continue;
        }
        let Some(len) = bytes.be16(at).ok().map(usize::from).filter(|len| *len >= 2) else {
            return;
        };
        let Some(payload) = bytes.get_mut(at + 2..at + len) else {
            return;
        };
        if !is_needed(marker, payload) {
            payload.fill(0);
        }
        at += len;
        if marker == SOS {
            match coded_end(bytes, at) {
                Ok(end) => at = end,
                Err(_) => return,
            }
        }
    }
}

const EXIF: &[u8] = b"Exif\0\0";
const ICC: &[u8] = b"ICC_PROFILE\0";

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const TEM: u8 = 0x01;
const RST0: u8 = 0xd0;
const RST7: u8 = 0xd7;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

/// Moves behind the next marker, over fill bytes and stray garbage.
fn next_marker(bytes: &[u8], at: &mut usize) -> Result<u8, MediaError> {
    loop {
        match (bytes.byte(*at)?, bytes.byte(*at + 1)?) {
            (0xff, 0xff) | (0..=0xfe, _) => *at += 1,
            (0xff, 0) => *at += 2,
            (0xff, marker) => {
                *at += 2;
                return Ok(marker);
            }
        }
    }
}

/// Where entropy-coded data ends: at the next marker that is neither stuffing nor restart.
fn coded_end(bytes: &[u8], mut at: usize) -> Result<usize, MediaError> {
    loop {
        let rest = bytes.get(at..).ok_or(MediaError::Truncated)?;
        at += rest
            .iter()
            .position(|byte| *byte == 0xff)
            .ok_or(MediaError::Truncated)?;
        match bytes.byte(at + 1)? {
            0 | RST0..=RST7 => at += 2,
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

/// Start-of-frame markers; DHT, JPG and DAC share their range.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

fn read_frame(marker: u8, frame: &[u8], survey: &mut Survey) -> Result<(), MediaError> {
    if !matches!(marker, 0xc0..=0xc2) || frame.byte(0)? != 8 {
        return Err(MediaError::Unsupported {
            found: "a JPEG of a rare kind (lossless, arithmetic or 12-bit)",
        });
    }
    survey.height = u32::from(frame.be16(1)?);
    survey.width = u32::from(frame.be16(3)?);
    let components = usize::from(frame.byte(5)?);
    let mut samples = Vec::with_capacity(4);
    for index in 0..components {
        let factors = frame.byte(7 + index * 3)?;
        samples.push((u64::from(factors >> 4), u64::from(factors & 15)));
    }
    let wide = samples
        .iter()
        .map(|sample| sample.0)
        .max()
        .unwrap_or(1)
        .max(1);
    let tall = samples
        .iter()
        .map(|sample| sample.1)
        .max()
        .unwrap_or(1)
        .max(1);
    let blocks: u64 = samples.iter().map(|(h, v)| h * v).sum();
    // a progressive picture keeps 16-bit coefficients of all components until its end
    let coefficients = if marker == 0xc2 {
        16 * blocks / (wide * tall)
    } else {
        0
    };
    survey.decode_bits = 24 + coefficients;
    Ok(())
}

fn orientation_of(parts: &[Part<'_>]) -> Orientation {
    let exif = parts.iter().find_map(|part| match part {
        Part::Segment(APP1, payload) => payload.strip_prefix(EXIF),
        _ => None,
    });
    Orientation::from_exif(exif.map_or(0, |exif| exif::camera_fields(exif).orientation))
}

/// JFIF version, density and aspect, without the thumbnail behind them.
fn jfif_head<'a>(part: &Part<'a>) -> Option<&'a [u8]> {
    match part {
        Part::Segment(APP0, payload) if payload.starts_with(b"JFIF\0") => payload.get(..12),
        _ => None,
    }
}

fn is_needed(marker: u8, payload: &[u8]) -> bool {
    match marker {
        APP2 => payload.starts_with(ICC),
        // Adobe's transform flag decides how colours are read
        APP14 => payload.starts_with(b"Adobe") && payload.len() <= 12,
        // tables, frames, scans, restart interval, number of lines
        0xc0..=0xcf | 0xda..=0xdd => true,
        _ => false,
    }
}

fn put(out: &mut Vec<u8>, marker: u8, payload: &[u8]) {
    let len = u16::try_from(payload.len() + 2).expect("payloads come from 16-bit lengths");
    out.extend([0xff, marker]);
    out.extend(len.to_be_bytes());
    out.extend_from_slice(payload);
}
