//! Where models run, and what they may take there.

use std::time::Duration;

use clap::Args;
use serde::Deserialize;

use super::ConfigError;
use crate::bootstrap::{is_model_id, parse_size};

/// What the command line and the environment say about models.
#[derive(Debug, Clone, Default, PartialEq, Args)]
pub struct MlOptions {
    /// Let models run on this `asterism-ml serve` instead of in this process, e.g. http://models:8090
    #[arg(long = "ml-url", value_name = "URL", env = "ASTERISM_ML_URL")]
    pub url: Option<String>,
    /// With --ml-url: the secret that it wants to be shown
    #[arg(
        long = "ml-token",
        value_name = "SECRET",
        env = "ASTERISM_ML_TOKEN",
        hide_env_values = true
    )]
    pub token: Option<String>,
    /// Memory that models may take in this process, e.g. 700M [default: all of them, at most 40 % of the memory limit]
    #[arg(
        long = "ml-memory-budget",
        value_name = "SIZE",
        env = "ASTERISM_ML_MEMORY_BUDGET"
    )]
    pub memory_budget: Option<String>,
    /// Unload a model that nobody used for so many seconds; 0: never [default: 900]
    #[arg(
        long = "ml-idle-ttl",
        value_name = "SECONDS",
        env = "ASTERISM_ML_IDLE_TTL"
    )]
    pub idle_ttl: Option<u64>,
    /// Threads that run models in this process [default: cores - 1]
    #[arg(long = "ml-workers", value_name = "N", env = "ASTERISM_ML_WORKERS")]
    pub workers: Option<usize>,
    /// Compare pictures by this CLIP ViT-B/16 image tower of the models folder instead of the bundled one; its vectors are computed while the old ones serve
    #[arg(
        long = "ml-image-model",
        value_name = "ID",
        env = "ASTERISM_ML_IMAGE_MODEL"
    )]
    pub image_model: Option<String>,
}

/// What the file says about models, under `[ml]`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MlFile {
    pub url: Option<String>,
    pub token: Option<String>,
    pub memory_budget: Option<String>,
    pub idle_ttl: Option<u64>,
    pub workers: Option<usize>,
    pub image_model: Option<String>,
}

/// Where models run, decided; what is none is left to the engine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MlConfig {
    /// A model server; none: in this process.
    pub url: Option<String>,
    pub token: Option<String>,
    /// Bytes.
    pub memory_budget: Option<u64>,
    /// Zero: models stay.
    pub idle_ttl: Option<Duration>,
    pub workers: Option<usize>,
    /// The tower that pictures are compared by; none: the bundled one.
    pub image_model: Option<String>,
}

impl MlConfig {
    /// # Errors
    /// A value makes no sense, or belongs to the other place.
    pub(super) fn decide(
        options: MlOptions,
        file_url: Option<String>,
        file: MlFile,
    ) -> Result<Self, ConfigError> {
        // an empty variable is an unset one, as compose files write it
        let said = |text: Option<String>| text.filter(|text| !text.is_empty());
        let url = said(options.url).or(file_url).or(file.url);
        let budget = options.memory_budget.or(file.memory_budget);
        let memory_budget = match budget {
            None => None,
            Some(text) => Some(parse_size(&text).ok_or_else(|| ConfigError::Value {
                key: "ml.memory_budget",
                detail: format!("{text:?} is no size like 700M or 1.5G"),
            })?),
        };
        if let Some(url) = &url
            && !(url.starts_with("http://") || url.starts_with("https://"))
        {
            return Err(ConfigError::Value {
                key: "ml-url",
                detail: format!("{url:?} is no address like http://models:8090"),
            });
        }
        let workers = options.workers.or(file.workers);
        if workers == Some(0) {
            return Err(ConfigError::Value {
                key: "ml.workers",
                detail: "models need at least one thread".to_owned(),
            });
        }
        let image_model = said(options.image_model).or(file.image_model);
        if let Some(id) = &image_model
            && !is_model_id(id)
        {
            return Err(ConfigError::Value {
                key: "ml.image_model",
                detail: format!("{id:?} names no folder of the models folder"),
            });
        }
        Ok(Self {
            image_model,
            url,
            token: said(options.token).or(file.token),
            memory_budget,
            idle_ttl: options.idle_ttl.or(file.idle_ttl).map(Duration::from_secs),
            workers,
        })
    }
}
