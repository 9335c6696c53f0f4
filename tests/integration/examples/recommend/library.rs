//! Pictures, what they show, and what the models say of them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use ml::bridge::Bridge;
use ml::vector::normalise;

const CLIP: usize = 512;
const CLASSES: usize = 1_000;

pub struct Picture {
    /// What it shows, as its package says; none for what nobody looks for.
    pub interest: Option<String>,
    pub name: String,
    /// As the model gave it.
    pub clip: Vec<f32>,
    pub logits: Vec<f32>,
    /// Less what all pictures have in common, of length one.
    pub centred: Vec<f32>,
}

pub struct Library {
    pub pictures: Vec<Picture>,
}

impl Library {
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let lines = std::fs::read_to_string(folder.join("pictures.tsv"))
            .with_context(|| format!("{} holds no library", folder.display()))?;
        let clip = numbers(&folder.join("clip.f32"))?;
        let logits = numbers(&folder.join("logits.f32"))?;
        let lines: Vec<&str> = lines.lines().collect();
        ensure!(clip.len() == lines.len() * CLIP, "vectors are missing");
        ensure!(logits.len() == lines.len() * CLASSES, "classes are missing");
        let bridge = Bridge::load(assets::BRIDGE)?;
        let rows = clip.chunks(CLIP).zip(logits.chunks(CLASSES));
        let picture = |(line, (clip, logits)): (&&str, (&[f32], &[f32]))| {
            let mut parts = line.split('\t');
            let interest = parts.next().filter(|i| !i.is_empty());
            let mut centred = clip.to_vec();
            normalise(&mut centred);
            centred
                .iter_mut()
                .zip(bridge.image_mean())
                .for_each(|(x, m)| *x -= m);
            normalise(&mut centred);
            Picture {
                interest: interest.map(str::to_owned),
                name: parts.next_back().unwrap_or_default().to_owned(),
                clip: clip.to_vec(),
                logits: logits.to_vec(),
                centred,
            }
        };
        Ok(Self {
            pictures: lines.iter().zip(rows).map(picture).collect(),
        })
    }

    /// The pictures of each interest.
    pub fn interests(&self) -> BTreeMap<&str, Vec<usize>> {
        let mut found: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, picture) in self.pictures.iter().enumerate() {
            if let Some(interest) = &picture.interest {
                found.entry(interest).or_default().push(at);
            }
        }
        found
    }
}

fn numbers(path: &Path) -> anyhow::Result<Vec<f32>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let (numbers, _) = bytes.as_chunks::<4>();
    Ok(numbers.iter().map(|n| f32::from_le_bytes(*n)).collect())
}
