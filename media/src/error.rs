//! Why a file is refused, in words for the person who sent it.

/// Why a file cannot be taken, read or written.
///
/// `Display` tells people what to do about it; [`MediaError::code`] is for programs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// Zero bytes arrived.
    #[error("the file is empty: choose it again and send it once more")]
    Empty,

    /// The file stops before its picture does.
    #[error("the file ends too early: send the complete file again")]
    Truncated,

    /// The content is something else than a picture we read, whatever its name says.
    #[error(
        "this is {found}, not a picture we can read: send a JPEG, PNG, GIF, WebP, AVIF, BMP or TIFF file"
    )]
    Unsupported {
        /// What the content looks like, with its article, for example `a PDF document`.
        found: &'static str,
    },

    /// The content claims to be a picture and breaks its format's rules.
    #[error("the file is damaged ({reason}): export the picture again and send the new file")]
    Damaged {
        /// What was wrong, for logs and for the curious.
        reason: String,
    },

    /// Width times height, summed over the frames that must be held, is beyond the limit.
    #[error("the picture has {pixels} pixels and {limit} is the limit: send a smaller version")]
    TooManyPixels {
        /// Pixels the file declares.
        pixels: u64,
        /// Pixels allowed.
        limit: u64,
    },

    /// The animation (or the stack of pages) is too long.
    #[error("the picture has {frames} frames and {limit} is the limit: send a shorter animation")]
    TooManyFrames {
        /// Frames found before counting stopped.
        frames: u64,
        /// Frames allowed.
        limit: u64,
    },

    /// The file itself is too big.
    #[error("the file has {bytes} bytes and {limit} is the limit: send a smaller version")]
    TooLarge {
        /// Bytes received.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },

    /// One side of the picture is too long.
    #[error(
        "one side of the picture is {side} pixels long and {limit} is the limit: send a smaller version"
    )]
    TooLongSide {
        /// The longer side in pixels.
        side: u32,
        /// Pixels allowed on a side.
        limit: u32,
    },

    /// Decoding would take more memory than it may.
    #[error(
        "reading the picture would take {bytes} bytes of memory and {limit} is the limit: send it with 8 bits per channel or smaller"
    )]
    TooMuchMemory {
        /// Bytes the decoder would hold.
        bytes: u64,
        /// Bytes allowed.
        limit: u64,
    },

    /// A variant could not be written.
    #[error(
        "the picture could not be encoded ({reason}): try again, and report it if it happens again"
    )]
    EncodeFailed {
        /// What the encoder said.
        reason: String,
    },
}

impl MediaError {
    /// A stable word for programs, logs and translations.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty_file",
            Self::Truncated => "truncated_file",
            Self::Unsupported { .. } => "unsupported_format",
            Self::Damaged { .. } => "damaged_file",
            Self::TooManyPixels { .. } => "too_many_pixels",
            Self::TooManyFrames { .. } => "too_many_frames",
            Self::TooLarge { .. } => "file_too_large",
            Self::TooLongSide { .. } => "side_too_long",
            Self::TooMuchMemory { .. } => "too_much_memory",
            Self::EncodeFailed { .. } => "encode_failed",
        }
    }
}

pub(crate) fn damaged(reason: impl Into<String>) -> MediaError {
    MediaError::Damaged {
        reason: reason.into(),
    }
}
