//! The typed model manifest (`assets/models.toml`): which models there are,
//! which packages their weights come out of, how they are converted, what goes
//! in and what comes out. It is handed in as text; nothing here reads a file.

mod hub;
mod model;

use std::collections::HashSet;

use serde::Deserialize;

pub use hub::{HubFile, HubSource};
pub use model::{
    Conversion, Crop, Filter, ImageInput, Job, Model, Output, Pin, Pooling, Resize, Source,
    SourceFile, TextInput,
};

use crate::MlError;

/// Every model, checked.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Of the format.
    pub version: u32,
    /// In the order in which they are fetched.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// The format that this crate reads.
pub const FORMAT_VERSION: u32 = 1;

/// What may be fetched without asking: licences that allow commercial use and
/// ask nothing of a network service. Any other licence needs `opt_in`.
pub const DEFAULT_LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CC-BY-4.0",
];

impl Manifest {
    /// Parses and checks the text of a manifest.
    ///
    /// # Errors
    /// `Manifest`, naming the model and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, MlError> {
        let manifest: Self = toml::from_str(text).map_err(|e| MlError::Manifest(e.to_string()))?;
        manifest.check().map_err(MlError::Manifest)?;
        Ok(manifest)
    }

    /// The model of that id.
    ///
    /// # Errors
    /// `UnknownModel`.
    pub fn model(&self, id: &str) -> Result<&Model, MlError> {
        self.models
            .iter()
            .find(|m| m.id == id)
            .ok_or_else(|| MlError::UnknownModel(id.to_owned()))
    }

    /// The models that are fetched without being named.
    pub fn defaults(&self) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(|m| m.is_default())
    }

    fn check(&self) -> Result<(), String> {
        if self.version != FORMAT_VERSION {
            return Err(format!(
                "format {} is not {FORMAT_VERSION}, the one this build reads",
                self.version
            ));
        }
        let mut ids = HashSet::new();
        for model in &self.models {
            if !ids.insert(&model.id) {
                return Err(format!("{} is listed twice", model.id));
            }
            model
                .check()
                .map_err(|why| format!("model {}: {why}", model.id))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
