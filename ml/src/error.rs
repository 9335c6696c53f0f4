/// Placeholder until the manifest lands.
#[derive(Debug, thiserror::Error)] pub enum MlError {}
