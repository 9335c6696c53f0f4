//! Torch's state dicts. Before 1.6 they were five pickles (magic number,
//! protocol, system, the dict, the storages' keys), then every storage as a
//! count (i64, little-endian) and its raw values; since then they are zip
//! archives (see [`torch_zip`]). Tensors are views into storages: offset, shape
//! and strides in elements.
//!
//! Integer tensors are training counters, not weights, and are left out.

use std::collections::HashMap;
use std::path::Path;

use super::pickle::{self, Value};
use super::{Weight, elements, torch_zip, wrong};
use crate::MlError;

/// The first pickle: 0x1950a86a20f9469cfc6c, little-endian.
const MAGIC: [u8; 10] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/// Writes the tensors whose names start like one of `keep`; all when it is
/// empty.
pub(super) fn to_safetensors(bytes: &[u8], keep: &[String], out: &Path) -> Result<(), MlError> {
    let mut weights = if torch_zip::is_zip(bytes) {
        torch_zip::weights(bytes)?
    } else {
        weights(bytes)?
    };
    if !keep.is_empty() {
        weights.retain(|(name, _)| keep.iter().any(|start| name.starts_with(start)));
    }
    super::write(weights, out)
}

fn weights(bytes: &[u8]) -> Result<Vec<(String, View<'_>)>, MlError> {
    let mut at = 0;
    let mut next = || {
        let (value, length) = pickle::read(&bytes[at..])?;
        at += length;
        Ok::<_, MlError>(value)
    };
    match next()? {
        Value::Long(magic) if *magic == MAGIC => {}
        _ => return Err(wrong("it is no state dict of the old kind")),
    }
    let (_protocol, _system) = (next()?, next()?);
    let (dict, keys) = (next()?, next()?);
    let tensors = tensors(&dict)?;
    let storages = storages(&bytes[at..], &keys, &tensors)?;
    views(tensors, &storages)
}

/// The tensors of a state dict, by name.
pub(super) fn tensors(dict: &Value) -> Result<Vec<(String, Tensor)>, MlError> {
    let Value::Dict(entries) = dict else {
        return Err(wrong("it holds no dict"));
    };
    let mut tensors = Vec::new();
    for (name, value) in entries {
        let Value::Text(name) = name else {
            return Err(wrong("a tensor's name is no text"));
        };
        let tensor = Tensor::parse(value).ok_or_else(|| wrong(format!("{name} is no tensor")))?;
        tensors.push((name.to_string(), tensor));
    }
    Ok(tensors)
}

/// The float tensors, with their storages.
pub(super) fn views<'a>(
    tensors: Vec<(String, Tensor)>,
    storages: &HashMap<String, &'a [u8]>,
) -> Result<Vec<(String, View<'a>)>, MlError> {
    let mut weights = Vec::new();
    for (name, tensor) in tensors {
        if let Some(width) = tensor.float_width() {
            let data = *storages
                .get(tensor.storage.as_str())
                .ok_or_else(|| wrong(format!("{name} has no storage")))?;
            let view = View::new(tensor, data, width);
            weights.push((
                name.clone(),
                view.map_err(|_| wrong(format!("{name} lies outside its storage")))?,
            ));
        }
    }
    Ok(weights)
}

/// The raw bytes of every storage, by key, in the order of the file.
fn storages<'a>(
    mut bytes: &'a [u8],
    keys: &Value,
    tensors: &[(String, Tensor)],
) -> Result<HashMap<String, &'a [u8]>, MlError> {
    let Value::List(keys) = keys else {
        return Err(wrong("the list of storages is missing"));
    };
    let widths: HashMap<&str, usize> = tensors
        .iter()
        .filter_map(|(_, t)| Some((t.storage.as_str(), t.width()?)))
        .collect();
    let mut storages = HashMap::new();
    for key in keys {
        let Value::Text(key) = key else {
            return Err(wrong("a storage's key is no text"));
        };
        let width = widths
            .get(&**key)
            .ok_or_else(|| wrong(format!("storage {key} is of an unknown kind")))?;
        let (count, rest) = bytes.split_first_chunk::<8>().ok_or_else(cut_off)?;
        let length = usize::try_from(i64::from_le_bytes(*count))
            .ok()
            .and_then(|n| n.checked_mul(*width))
            .filter(|n| *n <= rest.len())
            .ok_or_else(cut_off)?;
        let (data, rest) = rest.split_at(length);
        storages.insert(key.to_string(), data);
        bytes = rest;
    }
    Ok(storages)
}

fn cut_off() -> MlError {
    wrong("the file is cut off")
}

/// As pickled: `_rebuild_tensor_v2(storage, offset, shape, strides, …)`.
#[derive(Debug)]
pub(super) struct Tensor {
    /// The storage's key.
    pub(super) storage: String,
    /// `FloatStorage` and the like.
    kind: String,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl Tensor {
    fn parse(value: &Value) -> Option<Self> {
        let Value::Call(callee, arguments) = value else {
            return None;
        };
        let Value::Tuple(arguments) = &**arguments else {
            return None;
        };
        match &**callee {
            "torch._utils._rebuild_parameter" => Self::parse(arguments.first()?),
            "torch._utils._rebuild_tensor_v2" | "torch._utils._rebuild_tensor" => {
                let [Value::Persistent(id), offset, shape, strides, ..] = &arguments[..] else {
                    return None;
                };
                let Value::Tuple(id) = &**id else {
                    return None;
                };
                let [_, Value::Global(kind), Value::Text(key), ..] = &id[..] else {
                    return None;
                };
                Some(Self {
                    storage: key.to_string(),
                    kind: kind.rsplit('.').next()?.to_owned(),
                    offset: size(offset)?,
                    shape: sizes(shape)?,
                    strides: sizes(strides)?,
                })
            }
            _ => None,
        }
    }

    /// Bytes per element.
    fn width(&self) -> Option<usize> {
        match self.kind.as_str() {
            "ByteStorage" | "CharStorage" | "BoolStorage" => Some(1),
            "HalfStorage" | "ShortStorage" => Some(2),
            "FloatStorage" | "IntStorage" => Some(4),
            "LongStorage" => Some(8),
            _ => None,
        }
    }

    fn float_width(&self) -> Option<usize> {
        matches!(self.kind.as_str(), "HalfStorage" | "FloatStorage")
            .then(|| self.width())
            .flatten()
    }
}

fn size(value: &Value) -> Option<usize> {
    match value {
        Value::Int(n) => usize::try_from(*n).ok(),
        _ => None,
    }
}

fn sizes(value: &Value) -> Option<Vec<usize>> {
    match value {
        Value::Tuple(items) => items.iter().map(size).collect(),
        _ => None,
    }
}

/// A tensor with its storage; every element is known to lie inside.
#[derive(Debug)]
pub(super) struct View<'a> {
    tensor: Tensor,
    data: &'a [u8],
    width: usize,
}

impl<'a> View<'a> {
    fn new(tensor: Tensor, data: &'a [u8], width: usize) -> Result<Self, MlError> {
        let inside = tensor.strides.len() == tensor.shape.len()
            && (elements(&tensor.shape)? == 0
                || tensor
                    .shape
                    .iter()
                    .zip(&tensor.strides)
                    .try_fold(tensor.offset, |at, (dim, stride)| {
                        at.checked_add((dim - 1).checked_mul(*stride)?)
                    })
                    .is_some_and(|last| last < data.len() / width));
        if inside {
            Ok(Self {
                tensor,
                data,
                width,
            })
        } else {
            Err(cut_off())
        }
    }

    fn at(&self, index: usize) -> f32 {
        match self.data[index * self.width..][..self.width] {
            [a, b] => half::f16::from_le_bytes([a, b]).to_f32(),
            [a, b, c, d] => f32::from_le_bytes([a, b, c, d]),
            _ => unreachable!("floats are 2 or 4 bytes wide"),
        }
    }
}

impl Weight for View<'_> {
    fn shape(&self) -> &[usize] {
        &self.tensor.shape
    }

    fn values(&self) -> Vec<f32> {
        let Tensor {
            shape,
            strides,
            offset,
            ..
        } = &self.tensor;
        (0..shape.iter().product())
            .map(|nth: usize| {
                let (mut rest, mut index) = (nth, *offset);
                for (dim, stride) in shape.iter().zip(strides).rev() {
                    index += rest % dim * stride;
                    rest /= dim;
                }
                self.at(index)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
