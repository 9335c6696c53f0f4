//! Names of the vector spaces that this crate writes. A name changes whenever
//! vectors made before and after can no longer be compared, so the number
//! behind the @ covers weights, preprocessing and network alike.

/// Raw embeddings of the CLIP ViT-B/16 image tower, 512 numbers.
pub const CLIP: &str = "clip-vit-b16-image@1";
/// Pooled EfficientNet-Lite0 features, 1280 numbers.
pub const FEATURES: &str = "efficientnet-lite0@1";
/// MiniLM sentence embeddings, 384 numbers of unit length.
pub const TEXT: &str = "minilm-l6-v2@1";
/// CLIP embeddings carried over into the text space, 384 numbers.
pub const BRIDGE: &str = "bridge-minilm@1";
/// Class names weighted by class probability, 384 numbers.
pub const CONSE: &str = "conse-minilm@1";
/// Raw embeddings of the image tower of the hub's CLIP checkpoint, as it was
/// published (not rounded to int8 on the way), 512 numbers.
pub const CLIP_HUB: &str = "clip-vit-b16-hub@1";
