//! Pixels: what a file is, what it shows, and what of it may be served.
//!
//! This crate knows no users, no elements and no protocol. Everything in it is
//! synchronous, `Send`, and meant for a thread pool. Every input is hostile:
//! a file is surveyed from its headers against [`Limits`] before a single
//! pixel is decoded, decoders only ever see a copy without metadata, and they
//! run behind a fence that turns their panics into [`MediaError::Damaged`]. The
//! AVIF decoder can abort, so servers call [`isolate_decoders`] first in `main`.
//!
//! ```
//! use asterism_media::{Limits, MediaError, decode, sniff};
//!
//! let error = sniff(b"%PDF-1.7").expect_err("a document is no picture");
//! assert_eq!(error.code(), "unsupported_format");
//! assert!(matches!(decode(&[], &Limits::default()), Err(MediaError::Empty)));
//! ```

mod avif;
mod color;
mod container;
mod decode;
mod encode;
mod error;
mod exif;
mod fence;
mod foreign;
mod format;
mod isobmff;
mod isolate;
mod limits;
mod location;
mod look;
mod measure;
mod orientation;
mod palette;
mod phash;
mod picture;
mod probe;
mod provenance;
mod public;
pub mod quality;

pub use decode::decode;
pub use encode::{Encoded, VariantKind, VariantSpec, encode, encode_all, variants_for};
pub use error::MediaError;
pub use format::{Format, sniff};
pub use isolate::isolate_decoders;
pub use limits::Limits;
pub use location::find_location;
pub use look::thumbhash;
pub use measure::{Attribute, Measures, Tri, measure};
pub use orientation::Orientation;
pub use palette::{Swatch, palette, perceived};
pub use phash::{hash_distance, perceptual_hash};
pub use picture::{Picture, Rgb8};
pub use probe::{Probe, probe};
pub use provenance::{Fact, FactKind, Provenance, Says, provenance};
pub use public::public_original;
