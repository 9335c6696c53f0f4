//! all-MiniLM-L6-v2 (Wang et al. 2020): six BERT layers, mean pooling, unit
//! length.

use candle_core::{Device, Tensor};
use tokenizers::{Tokenizer, TruncationParams};

use super::ops::{Activation, LayerNorm};
use super::transformer::{Block, BlockSpec, norm};
use super::weights::{Slab, Weights};
use crate::MlError;

/// Length of a text embedding.
pub const TEXT_WIDTH: usize = 384;

const HIDDEN: usize = 1536;
const HEADS: usize = 12;
const LAYERS: usize = 6;
const VOCABULARY: usize = 30_522;
const POSITIONS: usize = 512;
const EPSILON: f32 = 1e-12;
/// What the authors trained and evaluated with; longer texts are cut.
const MAX_TOKENS: usize = 256;

/// The loaded network with its tokenizer.
pub struct MiniLm {
    tokenizer: Tokenizer,
    words: Slab,
    positions: Slab,
    kinds: Slab,
    embedding_norm: LayerNorm,
    blocks: Vec<Block>,
}

impl MiniLm {
    /// `tokenizer` is the bytes of `tokenizer.json`.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when a tensor or the tokenizer does not fit.
    pub fn load(w: &Weights, tokenizer: &[u8]) -> Result<Self, MlError> {
        let bad = |error: tokenizers::Error| MlError::BadWeights {
            model: w.model().to_owned(),
            detail: format!("tokenizer: {error}"),
        };
        let mut tokenizer = Tokenizer::from_bytes(tokenizer).map_err(bad)?;
        let limit = TruncationParams {
            max_length: MAX_TOKENS,
            ..TruncationParams::default()
        };
        tokenizer.with_truncation(Some(limit)).map_err(bad)?;
        tokenizer.with_padding(None);
        let blocks = (0..LAYERS)
            .map(|layer| {
                let name = |part| format!("encoder.layer.{layer}.{part}");
                let spec = BlockSpec {
                    width: TEXT_WIDTH,
                    hidden: HIDDEN,
                    heads: HEADS,
                    epsilon: EPSILON,
                    activation: Activation::Gelu,
                    qkv: [
                        &name("attention.self.query"),
                        &name("attention.self.key"),
                        &name("attention.self.value"),
                    ],
                    out: &name("attention.output.dense"),
                    up: &name("intermediate.dense"),
                    down: &name("output.dense"),
                    norms: [
                        &name("attention.output.LayerNorm"),
                        &name("output.LayerNorm"),
                    ],
                };
                Block::load(w, &spec)
            })
            .collect::<Result<_, _>>()?;
        let table =
            |name: &str, rows| w.take(&format!("embeddings.{name}.weight"), &[rows, TEXT_WIDTH]);
        Ok(Self {
            tokenizer,
            words: table("word_embeddings", VOCABULARY)?,
            positions: table("position_embeddings", POSITIONS)?,
            kinds: table("token_type_embeddings", 2)?,
            embedding_norm: norm(w, "embeddings.LayerNorm", TEXT_WIDTH, EPSILON)?,
            blocks,
        })
    }

    /// One unit vector per text. The texts share the matrix products but no
    /// padding, so a batch costs no more than its tokens.
    ///
    /// # Errors
    /// [`MlError::BadInput`] for a text that cannot be tokenised.
    pub fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, MlError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let mut lengths = Vec::with_capacity(texts.len());
        let mut rows = Vec::new();
        for text in texts {
            let encoding = self
                .tokenizer
                .encode(text.as_str(), true)
                .map_err(|error| MlError::BadInput(error.to_string()))?;
            lengths.push(encoding.len());
            for (position, &token) in encoding.get_ids().iter().enumerate() {
                let word = row(&self.words, token as usize);
                let place = row(&self.positions, position);
                let kind = row(&self.kinds, 0);
                rows.extend((0..TEXT_WIDTH).map(|at| word[at] + place[at] + kind[at]));
            }
        }
        let tokens = lengths.iter().sum::<usize>();
        let x = Tensor::from_vec(rows, (tokens, TEXT_WIDTH), &Device::Cpu)?;
        let mut x = self.embedding_norm.forward(&x)?;
        for block in &self.blocks {
            x = block.forward_post_norm(&x, &lengths)?;
        }
        Ok(pool(&x.flatten_all()?.to_vec1()?, &lengths))
    }

    /// Number of tokens that a text will cost, for batching by cost.
    pub fn tokens(&self, text: &str) -> usize {
        self.tokenizer
            .encode(text, true)
            .map_or(0, |encoding| encoding.len())
    }
}

fn row(table: &[f32], at: usize) -> &[f32] {
    &table[at * TEXT_WIDTH..(at + 1) * TEXT_WIDTH]
}

/// Mean over each sequence's tokens, scaled to unit length.
fn pool(rows: &[f32], lengths: &[usize]) -> Vec<Vec<f32>> {
    let mut first = 0;
    lengths
        .iter()
        .map(|&length| {
            let mut mean = vec![0f32; TEXT_WIDTH];
            for position in first..first + length {
                for (sum, value) in mean.iter_mut().zip(row(rows, position)) {
                    *sum += value;
                }
            }
            first += length;
            crate::vector::normalise(&mut mean);
            mean
        })
        .collect()
}
