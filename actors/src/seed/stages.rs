//! What the stages of a made-up picture came to.

use db::{ModelTag, NewEmbedding, Outcome};
use protocol::MediaHash;
use protocol::element::{Media, Quality, Swatch};
use protocol::label::{Evidence, Label, LabelName, Verdict};

use super::expand::Mix;
use super::pictures::Maker;
use super::views::Picture;

impl Maker<'_> {
    pub(super) fn text(&mut self) -> String {
        if !self.dice.chance(0.12) {
            return String::new();
        }
        let words = 1 + self.dice.geometric(11.0).min(200);
        self.vocabulary.sign(words, &mut self.dice)
    }

    /// What came of each stage.
    pub(super) fn outcomes(
        &mut self,
        picture: &Picture,
        media: &MediaHash,
        mix: &Mix,
        tags: Vec<ModelTag>,
        text: String,
    ) -> Vec<Outcome> {
        let base = &picture.element;
        let files = |avif: bool| -> Vec<Media> {
            let of_kind = base
                .media
                .iter()
                .filter(|m| m.variant.starts_with("avif") == avif);
            let own = |file: &Media| Media {
                url: format!("/media/{media}/{}", file.variant),
                ..file.clone()
            };
            of_kind.map(own).collect()
        };
        let vector = |space: &str, vector: Vec<f32>| NewEmbedding {
            space: space.to_owned(),
            model: space.to_owned(),
            vector,
        };
        let clip = self.clip.vector(mix, &mut self.dice);
        let conse = self.conse.vector(mix, &mut self.dice);
        let quality = base.quality_parts.as_ref().map(|quality| Quality {
            percentile: (quality.percentile + self.dice.normal() * 15.0).clamp(0.0, 100.0),
            taste: None,
            ..quality.clone()
        });
        let mut outcomes = vec![
            Outcome::Preview {
                thumbhash: base.thumbhash.clone(),
                colors: base.colors.iter().map(|c| self.shade(c)).collect(),
                phash: self.dice.bits(),
                media: files(false),
            },
            Outcome::Embedded {
                embeddings: vec![vector(ml::space::CLIP, clip)],
            },
            Outcome::Tagged {
                model: ml::space::FEATURES.to_owned(),
                tags,
                embeddings: vec![vector(ml::space::CONSE, conse)],
            },
            Outcome::Screened {
                labels: base.labels.iter().map(|l| self.label(l)).collect(),
            },
        ];
        outcomes.extend(quality.map(|quality| Outcome::Scored { quality }));
        outcomes.push(Outcome::Read { text });
        outcomes.push(Outcome::Compressed { media: files(true) });
        outcomes
    }

    /// Nearly the same colour.
    fn shade(&mut self, swatch: &Swatch) -> Swatch {
        let number = u32::from_str_radix(swatch.hex.trim_start_matches('#'), 16).unwrap_or(0);
        let mut channel = |shift: u32| {
            let value = f64::from((number >> shift) & 255);
            (value + self.dice.between(-14.0, 14.0)).clamp(0.0, 255.0) as u8
        };
        let (red, green, blue) = (channel(16), channel(8), channel(0));
        Swatch {
            hex: format!("#{red:02x}{green:02x}{blue:02x}"),
            share: swatch.share,
        }
    }

    fn label(&mut self, base: &Label) -> Label {
        let mut label = base.clone();
        label.appeal = None;
        let chance = self.dice.unit();
        match label.label {
            LabelName::Nsfw => {
                label.verdict = match chance {
                    x if x < 0.004 => Verdict::Explicit,
                    x if x < 0.016 => Verdict::Sensitive,
                    x if x < 0.03 => Verdict::Unsure,
                    _ => Verdict::None,
                };
            }
            LabelName::AiMade if chance < 0.02 => {
                label.verdict = Verdict::Yes;
                label.evidence.push(Evidence {
                    kind: "xmp".to_owned(),
                    detail: "its metadata names a generator".to_owned(),
                    score: None,
                });
            }
            LabelName::AiMade if chance < 0.05 => label.verdict = Verdict::Unsure,
            _ => {}
        }
        label.confidence = (label.confidence * self.dice.between(0.85, 1.0) as f32).clamp(0.0, 1.0);
        label
    }
}
