//! What the guard must be told.

use std::time::Duration;

use protocol::limits;

use super::rules::{Allowed, Rules};

/// Whether, from where and how patiently things are fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchConfig {
    /// False: nothing is fetched at all.
    pub on: bool,
    /// Fetched in spite of the rules: parts of a private network.
    pub allow: Vec<Allowed>,
    pub ports: Vec<u16>,
    pub limits: FetchLimits,
}

impl FetchConfig {
    /// With the patience of whom nobody waits for.
    pub fn patient(&self) -> Self {
        Self {
            limits: FetchLimits {
                head: Duration::from_secs(30),
                silence: Duration::from_secs(30),
                total: Duration::from_secs(300),
                ..self.limits.clone()
            },
            ..self.clone()
        }
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            allow: self.allow.clone(),
            ports: self.ports.clone(),
        }
    }
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            on: true,
            allow: Vec::new(),
            ports: vec![80, 443],
            limits: FetchLimits::default(),
        }
    }
}

/// How long and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchLimits {
    /// Resolving a name; connecting to one address, with its handshake.
    pub connect: Duration,
    /// From the question to the end of the answer's head.
    pub head: Duration,
    /// Silence within a body.
    pub silence: Duration,
    /// The whole of one address, with all its redirects.
    pub total: Duration,
    /// Bytes per second below which a body is given up, once it has had the
    /// time of `silence`.
    pub slowest: usize,
    pub redirects: usize,
    /// Addresses of one name that are tried.
    pub addresses: usize,
    /// Largest picture, in bytes.
    pub picture_bytes: usize,
    /// Bytes of a page that are read; what matters stands at its beginning.
    pub page_bytes: usize,
    /// Things fetched at once.
    pub places: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            head: Duration::from_secs(10),
            silence: Duration::from_secs(8),
            total: Duration::from_secs(45),
            slowest: 4 << 10,
            redirects: 5,
            addresses: 4,
            picture_bytes: limits::UPLOAD_BYTES,
            page_bytes: 1 << 20,
            places: 6,
        }
    }
}
