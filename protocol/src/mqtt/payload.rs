//! The payloads that are not a picture's bytes.

use serde::{Deserialize, Serialize};

use crate::{ElementId, ErrorCode, Problem, limits};

/// Bytes of the CRC-32 (IEEE, least significant byte first) before a chunk's own.
pub const CRC_BYTES: usize = 4;

/// Takes a chunk's payload apart: its CRC-32 and its bytes.
///
/// # Errors
/// `bad_request` when there are no bytes, `too_large` when there are too many.
pub fn split_chunk(payload: &[u8]) -> Result<(u32, &[u8]), Problem> {
    let Some((crc, bytes)) = payload
        .split_first_chunk::<CRC_BYTES>()
        .filter(|(_, bytes)| !bytes.is_empty())
    else {
        let detail = "a chunk is 4 bytes of CRC-32, least significant first, and at least 1 byte";
        return Err(Problem::new(ErrorCode::BadRequest, detail));
    };
    if bytes.len() > limits::MQTT_CHUNK_BYTES {
        let detail = format!("a chunk has at most {} bytes", limits::MQTT_CHUNK_BYTES);
        return Err(Problem::new(ErrorCode::TooLarge, detail));
    }
    Ok((u32::from_le_bytes(*crc), bytes))
}

/// `upload/{id}/init`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadInit {
    /// Of the whole picture, in bytes.
    pub size: u64,
    /// CRC-32 (IEEE) of the whole: 8 hex digits. Checked when all is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crc32: Option<String>,
    /// What the file is called on the device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl UploadInit {
    /// Whether it can be the beginning of something.
    ///
    /// # Errors
    /// `too_large`, or `invalid_field`.
    pub fn check(&self) -> Result<(), Problem> {
        if self.size == 0 {
            return Err(Problem::field("size", "a picture has at least one byte"));
        }
        if self.size > limits::UPLOAD_BYTES as u64 {
            let detail = format!("a picture has at most {} bytes", limits::UPLOAD_BYTES);
            return Err(Problem::new(ErrorCode::TooLarge, detail));
        }
        if self.crc32.is_some() && self.crc().is_none() {
            return Err(Problem::field("crc32", "8 hex digits"));
        }
        Ok(())
    }

    /// The whole picture's CRC-32, if it was given.
    pub fn crc(&self) -> Option<u32> {
        let text = self.crc32.as_deref().filter(|text| text.len() == 8)?;
        // a sign is no digit, though it is read as part of a number
        let text = text
            .bytes()
            .all(|b| b.is_ascii_hexdigit())
            .then_some(text)?;
        u32::from_str_radix(text, 16).ok()
    }
}

/// `health`: whatever the device knows of itself. Unknown keys are passed over.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Health {
    /// Charge in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub battery: Option<f32>,
    /// Strength of its radio signal, in dBm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rssi: Option<i32>,
    /// Seconds since it started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uptime: Option<u64>,
    /// Of the device, in °C.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// Free memory in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_memory: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firmware: Option<String>,
}

/// `result/{id}`: what became of a frame or an upload.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// It is an element, and durable.
    Saved {
        element: ElementId,
        /// The account had the same picture before: this is that element.
        duplicate: bool,
        /// It was saved but not put into its cluster.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        problem: Option<Box<Problem>>,
    },
    /// It is not, and sending the same again will not help unless
    /// `retry_after` says so.
    Refused { problem: Box<Problem> },
    /// These parts of an upload are missing: `[offset, length]` each, in bytes.
    Incomplete {
        size: u64,
        received: u64,
        missing: Vec<(u64, u64)>,
    },
}

impl Outcome {
    pub fn refused(problem: Problem) -> Self {
        Outcome::Refused {
            problem: Box::new(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_is_its_crc_and_its_bytes() {
        assert_eq!(
            split_chunk(&[4, 3, 2, 1, 9]).unwrap(),
            (0x0102_0304, &[9][..])
        );
        assert!(split_chunk(&[1, 2, 3, 4]).is_err() && split_chunk(&[]).is_err());
        let large = vec![0; CRC_BYTES + limits::MQTT_CHUNK_BYTES + 1];
        assert_eq!(split_chunk(&large).unwrap_err().code, ErrorCode::TooLarge);
        assert!(split_chunk(&large[1..]).is_ok());
    }

    #[test]
    fn an_upload_that_cannot_be_is_refused_at_its_start() {
        let init = |size, crc32: Option<&str>| UploadInit {
            size,
            crc32: crc32.map(str::to_owned),
            name: None,
        };
        assert!(init(1, None).check().is_ok());
        assert!(init(0, None).check().is_err());
        let large = limits::UPLOAD_BYTES as u64 + 1;
        assert_eq!(
            init(large, None).check().unwrap_err().code,
            ErrorCode::TooLarge
        );
        assert!(init(1, Some("+0000001")).check().is_err());
        assert_eq!(init(1, Some("cbf43926")).crc(), Some(0xcbf4_3926));
    }
}
