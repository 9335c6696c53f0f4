//! What ships inside the binaries: model manifest, sample list, tag vocabulary and text–image bridge. Bytes only:
//! whoever uses them parses them.

/// Models with their sources, checksums and licences; read by `ml::manifest`.
pub const MODELS_TOML: &str = include_str!("../models.toml");

/// The sample library: pictures out of packages, with credits, descriptions and checksums.
pub const SAMPLES_TOML: &str = include_str!("../samples/samples.toml");

/// Tags per ImageNet class: `{version, tags: [{name, category, aliases, implies}], classes: [[tag index, most specific
/// first]; 1000], thresholds: {suggest, sure, tags: {name: {suggest, sure}}}}`. Written by `ml/train/tags.py`, read
/// by `ml::tags`; see `docs/models/tags.md`.
pub const TAGS_JSON: &str = include_str!("../tags/imagenet.json");

/// The map from CLIP's image space into MiniLM's text space, with its calibration, as safetensors. Written by
/// `ml/train/bridge.py`, read by `ml::bridge`; see `docs/models/bridge.md`.
pub const BRIDGE: &[u8] = include_bytes!("../bridge/bridge.safetensors");

/// The trained heads (made by a generator; photo, illustration, screenshot or text) with their calibration, as
/// safetensors. Written by `ml/train/heads.py`, read by `ml::heads`; see `docs/models/heads.md`.
pub const HEADS: &[u8] = include_bytes!("../heads/heads.safetensors");

/// What the heads were trained on and the figures they reached, as JSON.
pub const HEADS_ABOUT: &str = include_str!("../heads/heads.json");
