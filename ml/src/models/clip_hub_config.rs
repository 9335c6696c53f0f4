//! The `config.json` that lies beside a published CLIP checkpoint, as far as
//! it decides the network's shape. What a file leaves out has the value that
//! transformers gives it (`CLIPTextConfig`, `CLIPVisionConfig`).

use candle_transformers::models::clip::text_model::{Activation, ClipTextConfig};
use candle_transformers::models::clip::vision_model::ClipVisionConfig;
use serde::Deserialize;

use crate::MlError;

/// The only activation of OpenAI's checkpoints, and the only one candle has.
const QUICK_GELU: &str = "quick_gelu";
/// The logarithm of the published scale before training.
const LOGIT_SCALE_INIT: f32 = 2.6592;

/// Both towers.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Config {
    pub projection_dim: usize,
    pub logit_scale_init_value: f32,
    pub text_config: Text,
    pub vision_config: Vision,
}

/// The text tower.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Text {
    pub vocab_size: usize,
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub max_position_embeddings: usize,
    pub hidden_act: String,
}

/// The image tower.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
pub(super) struct Vision {
    pub hidden_size: usize,
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    pub num_attention_heads: usize,
    pub num_channels: usize,
    pub image_size: usize,
    pub patch_size: usize,
    pub hidden_act: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            projection_dim: 512,
            logit_scale_init_value: LOGIT_SCALE_INIT,
            text_config: Text::default(),
            vision_config: Vision::default(),
        }
    }
}

impl Default for Text {
    fn default() -> Self {
        Self {
            vocab_size: 49_408,
            hidden_size: 512,
            intermediate_size: 2048,
            num_hidden_layers: 12,
            num_attention_heads: 8,
            max_position_embeddings: 77,
            hidden_act: QUICK_GELU.to_owned(),
        }
    }
}

impl Default for Vision {
    fn default() -> Self {
        Self {
            hidden_size: 768,
            intermediate_size: 3072,
            num_hidden_layers: 12,
            num_attention_heads: 12,
            num_channels: 3,
            image_size: 224,
            patch_size: 32,
            hidden_act: QUICK_GELU.to_owned(),
        }
    }
}

impl Config {
    /// # Errors
    /// `BadWeights`, in the name of `model`, when it is no such file or names
    /// a network that cannot be built.
    pub fn parse(model: &str, json: &[u8]) -> Result<Self, MlError> {
        let bad = |detail: String| MlError::BadWeights {
            model: model.to_owned(),
            detail: format!("config.json: {detail}"),
        };
        let config: Self = serde_json::from_slice(json).map_err(|e| bad(e.to_string()))?;
        let (text, vision) = (&config.text_config, &config.vision_config);
        for activation in [&text.hidden_act, &vision.hidden_act] {
            if activation != QUICK_GELU {
                return Err(bad(format!("the activation {activation} is not known")));
            }
        }
        let divides = |heads: usize, width: usize| heads > 0 && width.is_multiple_of(heads);
        if !divides(text.num_attention_heads, text.hidden_size)
            || !divides(vision.num_attention_heads, vision.hidden_size)
            || !divides(vision.patch_size, vision.image_size)
            || vision.num_channels != 3
            || text.max_position_embeddings == 0
        {
            return Err(bad("its sizes do not fit together".into()));
        }
        Ok(config)
    }

    pub fn text(&self) -> ClipTextConfig {
        let text = &self.text_config;
        ClipTextConfig {
            vocab_size: text.vocab_size,
            embed_dim: text.hidden_size,
            activation: Activation::QuickGelu,
            intermediate_size: text.intermediate_size,
            max_position_embeddings: text.max_position_embeddings,
            pad_with: None,
            num_hidden_layers: text.num_hidden_layers,
            num_attention_heads: text.num_attention_heads,
            projection_dim: self.projection_dim,
        }
    }

    pub fn vision(&self) -> ClipVisionConfig {
        let vision = &self.vision_config;
        ClipVisionConfig {
            embed_dim: vision.hidden_size,
            activation: Activation::QuickGelu,
            intermediate_size: vision.intermediate_size,
            num_hidden_layers: vision.num_hidden_layers,
            num_attention_heads: vision.num_attention_heads,
            projection_dim: self.projection_dim,
            num_channels: vision.num_channels,
            image_size: vision.image_size,
            patch_size: vision.patch_size,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_leaves_out_is_what_transformers_fills_in() {
        let json = br#"{"text_config": {}, "vision_config": {"patch_size": 16}, "other": 1}"#;
        let config = Config::parse("m", json).expect("valid");
        assert_eq!(config.text().embed_dim, 512);
        assert_eq!(config.vision().patch_size, 16);
        assert_eq!(config.projection_dim, 512);
    }

    #[test]
    fn another_network_is_refused() {
        for (json, says) in [
            (&b"[1"[..], "config.json"),
            (br#"{"text_config": {"hidden_act": "gelu"}}"#, "gelu"),
            (br#"{"text_config": {"num_attention_heads": 7}}"#, "sizes"),
            (br#"{"vision_config": {"patch_size": 0}}"#, "sizes"),
        ] {
            let error = Config::parse("m", json).expect_err(says).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
