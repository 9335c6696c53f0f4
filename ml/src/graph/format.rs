//! How a network's topology lies in a safetensors file: JSON under one key of
//! the file's metadata, beside the float tensors that it names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The metadata key.
pub const KEY: &str = "graph";
/// Of this layout; a file of another version is refused.
pub const VERSION: u32 = 1;

/// A network without its float weights.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// [`VERSION`].
    pub version: u32,
    /// The ONNX operator set that gives the operators their meaning.
    pub opset: i64,
    /// Values that the caller gives.
    pub inputs: Vec<String>,
    /// Values that the caller gets.
    pub outputs: Vec<String>,
    /// In an order in which they can run.
    pub nodes: Vec<NodeRecord>,
    /// Constant integers: shapes, axes, indices.
    pub integers: BTreeMap<String, Integers>,
    /// What the model's author wrote beside it, such as a dictionary.
    pub properties: BTreeMap<String, String>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeRecord {
    /// Its ONNX operator.
    pub op: String,
    /// For messages.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Names of values; an optional one that is left out is empty.
    pub inputs: Vec<String>,
    /// Names of values.
    pub outputs: Vec<String>,
    /// By name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Attribute>,
}

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Attribute {
    /// One integer.
    Int(i64),
    /// One number.
    Float(f32),
    /// Integers.
    Ints(Vec<i64>),
    /// Numbers.
    Floats(Vec<f32>),
    /// UTF-8.
    Text(String),
}

/// A constant integer tensor, row-major.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integers {
    /// Empty for a scalar.
    pub shape: Vec<usize>,
    /// As many as the shape says.
    pub values: Vec<i64>,
}

impl NodeRecord {
    /// For messages: its name, or what it makes.
    pub fn label(&self) -> &str {
        match self.outputs.first() {
            Some(output) if self.name.is_empty() => output,
            _ => &self.name,
        }
    }

    /// The attribute, or `default` when it is not set.
    pub fn int(&self, name: &str, default: i64) -> i64 {
        match self.attributes.get(name) {
            Some(Attribute::Int(value)) => *value,
            _ => default,
        }
    }

    /// The attribute, or `default` when it is not set.
    pub fn float(&self, name: &str, default: f32) -> f32 {
        match self.attributes.get(name) {
            Some(Attribute::Float(value)) => *value,
            Some(Attribute::Int(value)) => *value as f32,
            _ => default,
        }
    }

    /// The attribute, if it is set.
    pub fn ints(&self, name: &str) -> Option<&[i64]> {
        match self.attributes.get(name) {
            Some(Attribute::Ints(values)) => Some(values),
            _ => None,
        }
    }

    /// The attribute, if it is set.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Attribute::Text(value)) => Some(value),
            _ => None,
        }
    }
}
