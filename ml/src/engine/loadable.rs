use std::path::{Path, PathBuf};

use crate::MlError;
use crate::models::{ClipImage, EfficientNetLite0, MiniLm, Weights};
use crate::preprocess::Rgb8;

/// A model that the engine can load. Adding one is implementing this.
pub trait Loadable: Sized + Send + Sync + 'static {
    /// Its id, under which it is loaded once.
    const ID: &'static str;
    /// The name of its folder, the id in the manifest. Two models may share
    /// one.
    const FOLDER: &'static str = Self::ID;
    /// The files that it needs there.
    const FILES: &'static [&'static str];

    /// Loads from its folder; [`Loadable::FILES`] are known to exist.
    ///
    /// # Errors
    /// Whatever makes it unusable.
    fn load(dir: &Path) -> Result<Loaded<Self>, MlError>;

    /// A real forward pass, which also brings mapped weights into memory.
    ///
    /// # Errors
    /// Whatever the pass says.
    fn warm_up(&self) -> Result<(), MlError>;
}

/// A model and the bytes that it keeps resident.
pub struct Loaded<M> {
    /// The model.
    pub model: M,
    /// Bytes it keeps resident.
    pub bytes: u64,
}

const WEIGHTS: &str = "model.safetensors";
const TOKENIZER: &str = "tokenizer.json";

impl Loadable for ClipImage {
    const ID: &'static str = "clip-vit-b16-image";
    const FILES: &'static [&'static str] = &[WEIGHTS];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let weights = Weights::open(Self::ID, &dir.join(WEIGHTS))?;
        Ok(Loaded {
            model: Self::load(&weights)?,
            bytes: weights.bytes(),
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.embed(&warm_up_picture()).map(drop)
    }
}

impl Loadable for EfficientNetLite0 {
    const ID: &'static str = "efficientnet-lite0";
    const FILES: &'static [&'static str] = &[WEIGHTS];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let weights = Weights::open(Self::ID, &dir.join(WEIGHTS))?;
        let model = Self::load(&weights)?;
        let bytes = model.bytes();
        Ok(Loaded { model, bytes })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.classify(&warm_up_picture()).map(drop)
    }
}

impl Loadable for MiniLm {
    const ID: &'static str = "minilm-l6-v2";
    const FILES: &'static [&'static str] = &[WEIGHTS, TOKENIZER];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let weights = Weights::open(Self::ID, &dir.join(WEIGHTS))?;
        let path = dir.join(TOKENIZER);
        let tokenizer = std::fs::read(&path).map_err(MlError::io(&path))?;
        Ok(Loaded {
            model: Self::load(&weights, &tokenizer)?,
            bytes: weights.bytes() + tokenizer.len() as u64,
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.embed(&["warm up".to_owned()]).map(drop)
    }
}

fn warm_up_picture() -> Rgb8 {
    Rgb8::flat(224, 224, [127, 127, 127])
}

/// Sum of the model's files.
pub(super) fn bytes_on_disk<M: Loadable>(id: &str, dir: &Path) -> Result<u64, MlError> {
    let size = |file: &&str| {
        let path: PathBuf = dir.join(file);
        std::fs::metadata(&path)
            .map(|found| found.len())
            .map_err(|error| MlError::ModelMissing {
                id: if id == M::ID { M::FOLDER } else { id }.to_owned(),
                why: format!("{file}: {error}"),
            })
    };
    M::FILES.iter().map(size).sum()
}
