//! Why something was not fetched, in words for the person who typed the address.

use std::fmt;

use protocol::{ErrorCode, Problem};

/// Why an address was not followed, or what came from it not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Nothing is fetched here at all.
    Off,
    /// It is no address that can be followed; what is wrong with it.
    Address(&'static str),
    Port(u16),
    /// It leads to an address that is not public, or nowhere: the two are not
    /// told apart, as that would tell what names there are inside.
    Nowhere {
        host: String,
    },
    Unreachable {
        host: String,
    },
    /// No safe connection to it.
    Insecure {
        host: String,
    },
    /// What took too long.
    Slow(&'static str),
    Redirects,
    /// The server answered with this status.
    Status(u16),
    /// More bytes than are taken.
    TooLarge {
        limit: usize,
    },
    /// It came packed in a way that is not unpacked.
    Packed,
    /// It ended too early, or is no HTTP.
    Broken,
    /// It is neither a picture nor a page; what it looks like.
    Kind(&'static str),
    /// A page on which no picture was found that can be had.
    NoPicture,
    /// Too many at once.
    Busy,
}

impl Refusal {
    /// Whether another attempt in a while may succeed.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Slow(_) | Self::Broken | Self::Busy => true,
            Self::Status(status) => matches!(status, 408 | 425 | 429 | 500..),
            _ => false,
        }
    }

    /// What a client is told; `field` names the address.
    pub fn problem(&self) -> Problem {
        let code = match self {
            Self::Off => ErrorCode::Forbidden,
            Self::Address(_) | Self::Port(_) | Self::Nowhere { .. } => ErrorCode::InvalidField,
            Self::Status(404 | 410) => ErrorCode::InvalidField,
            Self::Status(_) => ErrorCode::FetchRefused,
            Self::Unreachable { .. }
            | Self::Insecure { .. }
            | Self::Slow(_)
            | Self::Redirects
            | Self::Packed
            | Self::Broken => ErrorCode::FetchFailed,
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::Kind(_) => ErrorCode::UnsupportedMedia,
            Self::NoPicture => ErrorCode::NoPicture,
            Self::Busy => ErrorCode::Unavailable,
        };
        let problem = Problem {
            field: Some("url".into()),
            ..Problem::new(code, self.to_string())
        };
        match self {
            Self::Busy => problem.retry_after(5),
            _ => problem,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str(
                "this server fetches nothing from elsewhere: save the picture and upload it",
            ),
            Self::Address(why) => f.write_str(why),
            Self::Port(port) => write!(
                f,
                "nothing is fetched from port {port}: use an address without a port"
            ),
            Self::Nowhere { host } => write!(
                f,
                "{host} leads to no public server: check it; pictures of a private network are \
                 uploaded, or the operator allows its address"
            ),
            Self::Unreachable { host } => {
                write!(f, "{host} does not answer: check the address or try later")
            }
            Self::Insecure { host } => write!(
                f,
                "no safe connection to {host}: its certificate is not to be trusted"
            ),
            Self::Slow(what) => write!(
                f,
                "the other server took too long {what}: try later, or save the picture and upload it"
            ),
            Self::Redirects => {
                f.write_str("the address leads on and on: open it and copy the last")
            }
            Self::Status(404 | 410) => f.write_str("there is nothing at this address: check it"),
            Self::Status(status @ (401 | 402 | 403 | 407 | 451)) => write!(
                f,
                "the other server does not give this to us ({status}): save the picture in your \
                 browser and upload it"
            ),
            Self::Status(status @ 429) => write!(
                f,
                "the other server was asked too often ({status}): try later, or save the picture \
                 and upload it"
            ),
            Self::Status(status) => write!(
                f,
                "the other server answered {status}: try later, or save the picture and upload it"
            ),
            Self::TooLarge { limit } => write!(
                f,
                "it is larger than {} MiB: choose a smaller version",
                limit >> 20
            ),
            Self::Packed => f.write_str(
                "it came packed in a way that is not unpacked here: save the picture and upload it",
            ),
            Self::Broken => f.write_str(
                "the other server broke off: try again, or save the picture and upload it",
            ),
            Self::Kind(found) => write!(
                f,
                "there is {found} at this address: use that of a picture or of a page with one"
            ),
            Self::NoPicture => f.write_str(
                "no picture was found on this page: copy the address of the picture itself",
            ),
            Self::Busy => f.write_str("too much is being fetched just now: try again"),
        }
    }
}
