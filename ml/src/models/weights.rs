//! A safetensors file mapped into memory, and slices of it.

use std::collections::HashMap;
use std::fs::File;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;
use safetensors::{Dtype, SafeTensors};

use crate::MlError;

/// The f32 tensors of one file.
pub struct Weights {
    model: String,
    map: Arc<Mmap>,
    tensors: HashMap<String, (Range<usize>, Vec<usize>)>,
    notes: HashMap<String, String>,
}

/// Numbers of one tensor: mapped from the file, or made while loading.
#[derive(Clone)]
pub enum Slab {
    /// A range of the mapped file, aligned for f32.
    Mapped(Arc<Mmap>, Range<usize>),
    /// Folded or rearranged at load time.
    Owned(Vec<f32>),
}

impl Weights {
    /// Maps `path`; `model` is only for messages.
    ///
    /// # Errors
    /// [`MlError::Io`] or [`MlError::BadWeights`].
    pub fn open(model: &str, path: &Path) -> Result<Self, MlError> {
        let file = File::open(path).map_err(MlError::io(path))?;
        // SAFETY: model files are written to a temporary name, verified and
        // renamed, and never changed in place, so the mapping stays valid.
        let map = unsafe { Mmap::map(&file) }.map_err(MlError::io(path))?;
        let bad = |detail: String| MlError::BadWeights {
            model: model.to_owned(),
            detail,
        };
        let parsed = SafeTensors::deserialize(&map).map_err(|e| bad(e.to_string()))?;
        let base = map.as_ptr() as usize;
        let (_, header) = SafeTensors::read_metadata(&map).map_err(|e| bad(e.to_string()))?;
        let notes = header.metadata().clone().unwrap_or_default();
        let mut tensors = HashMap::new();
        for (name, view) in parsed.tensors() {
            // counters and position ids are of no use here
            if view.dtype() != Dtype::F32 {
                continue;
            }
            let start = view.data().as_ptr() as usize - base;
            if !start.is_multiple_of(align_of::<f32>()) {
                return Err(bad(format!("{name} is not aligned")));
            }
            let range = start..start + view.data().len();
            tensors.insert(name, (range, view.shape().to_vec()));
        }
        Ok(Self {
            model: model.to_owned(),
            map: Arc::new(map),
            tensors,
            notes,
        })
    }

    /// The tensor `name`, which must have exactly this shape.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] naming what is missing or misshapen.
    pub fn take(&self, name: &str, shape: &[usize]) -> Result<Slab, MlError> {
        let bad = |detail| MlError::BadWeights {
            model: self.model.clone(),
            detail,
        };
        let (range, found) = self
            .tensors
            .get(name)
            .ok_or_else(|| bad(format!("no tensor {name}")))?;
        if found != shape {
            return Err(bad(format!("{name} has shape {found:?}, not {shape:?}")));
        }
        Ok(Slab::Mapped(self.map.clone(), range.clone()))
    }

    /// Every tensor: its name, shape and numbers.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[usize], Slab)> {
        self.tensors.iter().map(|(name, (range, shape))| {
            let slab = Slab::Mapped(self.map.clone(), range.clone());
            (name.as_str(), shape.as_slice(), slab)
        })
    }

    /// A text that the file carries beside its tensors.
    pub fn note(&self, key: &str) -> Option<&str> {
        self.notes.get(key).map(String::as_str)
    }

    /// The model's id.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Size of the file: what the model keeps resident once it has run.
    pub fn bytes(&self) -> u64 {
        self.map.len() as u64
    }
}

impl Deref for Slab {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match self {
            Slab::Owned(numbers) => numbers,
            Slab::Mapped(map, range) => {
                let bytes = &map[range.clone()];
                // SAFETY: alignment was checked when the file was opened, the
                // length is a multiple of four by the format, and every bit
                // pattern is an f32.
                unsafe {
                    std::slice::from_raw_parts(
                        bytes.as_ptr().cast(),
                        bytes.len() / size_of::<f32>(),
                    )
                }
            }
        }
    }
}
