//! Turns weights as packages ship them into safetensors, once.
//!
//! Conversions are exact: the same source gives the same bytes on every
//! machine, so the manifest pins the result as well as the source. The tensors'
//! names are in `NAMES.md`.

mod dequantise;
mod onnx;
mod onnx_graph;
mod pickle;
mod torch;
mod torch_zip;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use safetensors::{Dtype, View};

use crate::MlError;
use crate::manifest::Conversion;

/// Reads `source`, writes `out`. `out` is not synced and not moved: the caller
/// hands in a temporary place.
///
/// # Errors
/// `Convert` when the source is not what the conversion expects; `Io`.
pub fn convert(kind: Conversion, source: &Path, out: &Path) -> Result<(), MlError> {
    convert_part(kind, source, &[], out)
}

/// The same, of a checkpoint in which only the tensors whose names start like
/// one of `keep` are wanted.
///
/// # Errors
/// As [`convert`]; also `Convert` when nothing is kept, or the conversion knows
/// no parts.
pub fn convert_part(
    kind: Conversion,
    source: &Path,
    keep: &[String],
    out: &Path,
) -> Result<(), MlError> {
    let what = source.display().to_string();
    match kind {
        Conversion::Copy => {
            std::fs::copy(source, out).map_err(MlError::io(out))?;
            Ok(())
        }
        Conversion::OnnxInt8 => {
            let bytes = std::fs::read(source).map_err(MlError::io(source))?;
            dequantise::to_safetensors(&bytes, out)
        }
        Conversion::OnnxGraph => {
            let bytes = std::fs::read(source).map_err(MlError::io(source))?;
            onnx_graph::to_safetensors(&bytes, out)
        }
        Conversion::TorchPickle => {
            let bytes = std::fs::read(source).map_err(MlError::io(source))?;
            torch::to_safetensors(&bytes, keep, out)
        }
    }
    .map_err(|e| match e {
        MlError::Convert { detail, .. } => MlError::Convert { what, detail },
        other => other,
    })
}

/// A tensor of f32 that is computed when it is written, so that a conversion
/// never holds more than its source and one tensor.
trait Weight {
    fn shape(&self) -> &[usize];
    /// Row-major; as many as the shape says.
    fn values(&self) -> Vec<f32>;
}

fn write<W: Weight>(weights: Vec<(String, W)>, out: &Path) -> Result<(), MlError> {
    write_with(weights, None, out)
}

/// `note` is one key and value of metadata: the order of several would not be
/// the same on every run.
fn write_with<W: Weight>(
    weights: Vec<(String, W)>,
    note: Option<(String, String)>,
    out: &Path,
) -> Result<(), MlError> {
    if weights.is_empty() {
        return Err(wrong("it holds no weights"));
    }
    let weights = weights.into_iter().map(|(name, w)| (name, AsF32(w)));
    let metadata = note.map(|note| HashMap::from([note]));
    safetensors::serialize_to_file(weights, metadata, out).map_err(|e| wrong(e.to_string()))
}

struct AsF32<W>(W);

impl<W: Weight> View for AsF32<W> {
    fn dtype(&self) -> Dtype {
        Dtype::F32
    }

    fn shape(&self) -> &[usize] {
        self.0.shape()
    }

    fn data(&self) -> Cow<'_, [u8]> {
        let values = self.0.values();
        Cow::Owned(values.iter().flat_map(|v| v.to_le_bytes()).collect())
    }

    fn data_len(&self) -> usize {
        self.0.shape().iter().product::<usize>() * size_of::<f32>()
    }
}

/// The caller fills in which file it is about.
fn wrong(detail: impl Into<String>) -> MlError {
    MlError::Convert {
        what: String::new(),
        detail: detail.into(),
    }
}

/// The number of elements, or an error for a shape that no real tensor has.
fn elements(shape: &[usize]) -> Result<usize, MlError> {
    shape
        .iter()
        .try_fold(1usize, |n, &d| n.checked_mul(d))
        .ok_or_else(|| wrong("a tensor is too large"))
}
