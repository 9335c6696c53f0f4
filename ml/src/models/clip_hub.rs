//! CLIP as it was published, from a hub, on candle-transformers: the text tower
//! alone, which writes into the space of the bundled image tower, and both
//! towers together. What fetches them is `asterism models pull clip-vit-b16-hub`.

use std::path::Path;

use candle_core::{DType, Device, Module, Tensor};
use candle_nn::{Linear, VarBuilder, linear_no_bias};
use candle_transformers::models::clip::text_model::ClipTextTransformer;
use candle_transformers::models::clip::{ClipConfig, ClipModel};
use tokenizers::{Tokenizer, TruncationParams};

use super::clip_hub_config::Config;
use crate::MlError;
use crate::engine::{Loadable, Loaded};
use crate::preprocess::{Recipe, Rgb8, clip_recipe};
use crate::vector::normalise;

const FOLDER: &str = "clip-vit-b16-hub";
const TEXT: &str = "text.safetensors";
const IMAGE: &str = "image.safetensors";
const TOKENIZER: &str = "tokenizer.json";
const CONFIG: &str = "config.json";

/// Texts that go through the network together.
const TEXT_BATCH: usize = 32;
/// Fills a batch up behind the end of a text, where nothing looks: attention
/// goes backwards only, and what is read is the end's own row. The lowest
/// number, since the end is found as the highest.
const PADDING: u32 = 0;

/// CLIP's text tower. Its vectors lie in the space of [`super::ClipImage`], so
/// that their cosine with a *raw* (not centred) picture's vector ranks pictures;
/// [`crate::clip_text`] makes a probability of it.
pub struct ClipText {
    words: Words,
    network: ClipTextTransformer,
    projection: Linear,
}

impl ClipText {
    /// One vector of unit length per text, `[512]` for ViT-B/16.
    ///
    /// # Errors
    /// [`MlError::BadInput`] for a text that cannot be tokenised.
    pub fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(TEXT_BATCH) {
            let ends = self.network.forward(&self.words.tokens(batch)?)?;
            vectors.extend(self.projection.forward(&ends)?.to_vec2::<f32>()?);
        }
        vectors.iter_mut().for_each(|vector| normalise(vector));
        Ok(vectors)
    }

    fn open(id: &str, dir: &Path) -> Result<(Self, u64), MlError> {
        let config = Config::parse(id, &read(dir, CONFIG)?)?;
        let (words, words_bytes) = Words::open(id, dir, &config)?;
        let (weights, bytes) = weights(dir, &[TEXT])?;
        let text = config.text();
        let build = || {
            let network = ClipTextTransformer::new(weights.pp("text_model"), &text)?;
            let name = weights.pp("text_projection");
            Ok((
                network,
                linear_no_bias(text.embed_dim, text.projection_dim, name)?,
            ))
        };
        let (network, projection) = build().map_err(|error| misfit(id, &error))?;
        let model = Self {
            words,
            network,
            projection,
        };
        Ok((model, bytes + words_bytes))
    }
}

/// Both towers of one checkpoint, with its own scale. Its pictures lie in
/// [`crate::space::CLIP_HUB`].
pub struct ClipFull {
    words: Words,
    network: ClipModel,
    recipe: Recipe,
    scale: f32,
}

impl ClipFull {
    /// The raw projection of a picture, `[512]` for ViT-B/16, not normalised.
    ///
    /// # Errors
    /// [`MlError::Candle`] on a fault of the tensor library.
    pub fn embed(&self, picture: &Rgb8) -> Result<Vec<f32>, MlError> {
        let side = self.recipe.crop as usize;
        let pixels =
            Tensor::from_vec(self.recipe.apply(picture), (1, 3, side, side), &Device::Cpu)?;
        Ok(self
            .network
            .get_image_features(&pixels)?
            .flatten_all()?
            .to_vec1()?)
    }

    /// One vector of unit length per text.
    ///
    /// # Errors
    /// [`MlError::BadInput`] for a text that cannot be tokenised.
    pub fn embed_texts(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(TEXT_BATCH) {
            let features = self.network.get_text_features(&self.words.tokens(batch)?)?;
            vectors.extend(features.to_vec2::<f32>()?);
        }
        vectors.iter_mut().for_each(|vector| normalise(vector));
        Ok(vectors)
    }

    /// What cosines are multiplied by to become logits: 100 in OpenAI's
    /// checkpoints.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    fn open(id: &str, dir: &Path) -> Result<(Self, u64), MlError> {
        let config = Config::parse(id, &read(dir, CONFIG)?)?;
        let (words, words_bytes) = Words::open(id, dir, &config)?;
        let (weights, bytes) = weights(dir, &[TEXT, IMAGE])?;
        let vision = config.vision();
        let side = u32::try_from(vision.image_size).unwrap_or(u32::MAX);
        let shape = ClipConfig {
            text_config: config.text(),
            image_size: vision.image_size,
            vision_config: vision,
            logit_scale_init_value: config.logit_scale_init_value,
        };
        let build = || {
            let network = ClipModel::new(weights.clone(), &shape)?;
            let scale = weights.get((), "logit_scale")?.to_scalar::<f32>()?;
            Ok((network, scale.exp()))
        };
        let (network, scale) = build().map_err(|error| misfit(id, &error))?;
        let model = Self {
            words,
            network,
            recipe: clip_recipe(side),
            scale,
        };
        Ok((model, bytes + words_bytes))
    }
}

impl Loadable for ClipText {
    const ID: &'static str = "clip-vit-b16-text";
    const FOLDER: &'static str = FOLDER;
    const FILES: &'static [&'static str] = &[TEXT, TOKENIZER, CONFIG];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let (model, bytes) = Self::open(Self::ID, dir)?;
        Ok(Loaded { model, bytes })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.embed(&["warm up".to_owned()]).map(drop)
    }
}

impl Loadable for ClipFull {
    const ID: &'static str = "clip-vit-b16-full";
    const FOLDER: &'static str = FOLDER;
    const FILES: &'static [&'static str] = &[TEXT, IMAGE, TOKENIZER, CONFIG];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let (model, bytes) = Self::open(Self::ID, dir)?;
        Ok(Loaded { model, bytes })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        let side = self.recipe.crop;
        self.embed(&Rgb8::flat(side, side, [127, 127, 127]))?;
        self.embed_texts(&["warm up".to_owned()]).map(drop)
    }
}

/// Texts to tokens.
struct Words {
    tokenizer: Tokenizer,
    vocabulary: u32,
}

impl Words {
    fn open(id: &str, dir: &Path, config: &Config) -> Result<(Self, u64), MlError> {
        let bytes = read(dir, TOKENIZER)?;
        let bad = |error: tokenizers::Error| MlError::BadWeights {
            model: id.to_owned(),
            detail: format!("{TOKENIZER}: {error}"),
        };
        let mut tokenizer = Tokenizer::from_bytes(&bytes).map_err(bad)?;
        let limit = TruncationParams {
            max_length: config.text_config.max_position_embeddings,
            ..TruncationParams::default()
        };
        tokenizer.with_truncation(Some(limit)).map_err(bad)?;
        tokenizer.with_padding(None);
        let words = Self {
            tokenizer,
            vocabulary: u32::try_from(config.text_config.vocab_size).unwrap_or(u32::MAX),
        };
        Ok((words, bytes.len() as u64))
    }

    /// `[texts, longest]`, with the start and end that the tokenizer adds.
    fn tokens(&self, texts: &[String]) -> Result<Tensor, MlError> {
        let mut rows = Vec::with_capacity(texts.len());
        for text in texts {
            let encoding = self.tokenizer.encode(text.as_str(), true);
            let encoding = encoding.map_err(|error| MlError::BadInput(error.to_string()))?;
            if encoding.get_ids().iter().any(|&id| id >= self.vocabulary) {
                return Err(MlError::BadInput(
                    "a token that the network does not know".into(),
                ));
            }
            rows.push(encoding.get_ids().to_vec());
        }
        let longest = rows.iter().map(Vec::len).max().unwrap_or(0);
        rows.iter_mut().for_each(|row| row.resize(longest, PADDING));
        Ok(Tensor::from_vec(
            rows.concat(),
            (texts.len(), longest),
            &Device::Cpu,
        )?)
    }
}

/// The tensors of some files as f32, and the bytes that they will take.
fn weights(dir: &Path, names: &[&str]) -> Result<(VarBuilder<'static>, u64), MlError> {
    let paths: Vec<_> = names.iter().map(|name| dir.join(name)).collect();
    let mut bytes = 0;
    for path in &paths {
        bytes += std::fs::metadata(path).map_err(MlError::io(path))?.len();
    }
    // SAFETY: model files are written to a temporary name, verified and
    // renamed, and never changed in place, so the mapping stays valid.
    let weights = unsafe { VarBuilder::from_mmaped_safetensors(&paths, DType::F32, &Device::Cpu) }?;
    Ok((weights, bytes))
}

fn read(dir: &Path, name: &str) -> Result<Vec<u8>, MlError> {
    let path = dir.join(name);
    std::fs::read(&path).map_err(MlError::io(&path))
}

fn misfit(id: &str, error: &candle_core::Error) -> MlError {
    MlError::BadWeights {
        model: id.to_owned(),
        detail: error.to_string(),
    }
}
