//! The networks. Weights stay in the mapped file where their layout allows it;
//! activations flow as candle tensors through the fused operations of [`ops`].
//! Everything here runs on the calling thread alone.

mod bert;
mod clip;
mod clip_hub;
mod clip_hub_config;
mod efficientnet;
mod nsfw;
pub mod ops;
mod transformer;
mod weights;

pub use bert::{MiniLm, TEXT_WIDTH};
pub use clip::{CLIP_WIDTH, ClipImage};
pub use clip_hub::{ClipFull, ClipText};
pub use efficientnet::{CLASSES, EfficientNetLite0, FEATURES};
pub use nsfw::{ImageSafety, OpenNsfw};
pub use weights::{Slab, Weights};
