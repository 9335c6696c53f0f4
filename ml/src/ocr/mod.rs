//! Text in pictures: PP-OCR's three networks (where lines are, whether one is
//! upside down, what it says) and the arithmetic between them.
//!
//! The steps and constants are those of the package that the weights come
//! from, so that its reading is ours: find on a map of text probability
//! ([`detect`]), cut out and straighten ([`crop`]), turn and read
//! ([`recognise`]), then put into reading order. Every step is bounded, so
//! that no picture costs more than a few times what a page does.

mod crop;
mod detect;
mod geometry;
mod raster;
mod recognise;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::MlError;
use crate::engine::{Loadable, Loaded};
use crate::graph::Graph;
use crate::models::Weights;
use crate::preprocess::Rgb8;
use geometry::Point;
use raster::Raster;

/// One line of text as it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TextLine {
    /// In reading direction.
    pub text: String,
    /// Mean probability of its characters, 0…1.
    pub confidence: f32,
    /// Top left, top right, bottom right, bottom left of its box, each x and y
    /// as 0…1 of the picture.
    pub corners: [[f32; 2]; 4],
}

/// Lines of a lower confidence are noise more often than text.
pub const MIN_CONFIDENCE: f32 = 0.5;
/// More lines than this are left unread, the last in reading order first.
pub const MAX_LINES: usize = 300;
/// Longer sides are scaled down to it before anything is looked for.
pub const MAX_SIDE: u32 = 2000;
/// Shorter sides are scaled up to it.
const MIN_SIDE: u32 = 30;
/// Flatter pictures get black bars, as the detector was never shown such.
const MAX_RATIO: u32 = 8;
/// Boxes whose top corners differ by less than this stand in one row.
const ROW_TOLERANCE: f32 = 10.0;

/// The three networks.
pub struct Ocr {
    detector: Graph,
    turner: Graph,
    reader: Graph,
    characters: Vec<String>,
}

impl Ocr {
    /// The lines of a picture, in reading order; none where there is no text.
    ///
    /// # Errors
    /// What the networks say; none of them depends on the picture.
    pub fn read(&self, picture: &Rgb8) -> Result<Vec<TextLine>, MlError> {
        let frame = Frame::new(picture);
        let mut boxes = detect::boxes(&self.detector, &frame.raster)?;
        reading_order(&mut boxes);
        if boxes.len() > MAX_LINES {
            tracing::debug!(
                found = boxes.len(),
                read = MAX_LINES,
                "more text than is read"
            );
            boxes.truncate(MAX_LINES);
        }
        let mut lines: Vec<Raster> = boxes
            .iter()
            .map(|b| crop::straighten(&frame.raster, b))
            .collect();
        recognise::turn(&self.turner, &mut lines)?;
        let texts = recognise::read(&self.reader, &self.characters, &lines)?;
        let read = boxes
            .iter()
            .zip(texts)
            .filter_map(|(corners, (text, confidence))| {
                let worth = confidence >= MIN_CONFIDENCE && !text.trim().is_empty();
                worth.then(|| TextLine {
                    text,
                    confidence,
                    corners: corners.map(|corner| frame.place(corner)),
                })
            });
        Ok(read.collect())
    }
}

impl Loadable for Ocr {
    const ID: &'static str = "ppocr";
    const FOLDER: &'static str = "ppocr-v4-detect";
    const FILES: &'static [&'static str] = &[
        "model.safetensors",
        "../ppocr-v2-turn/model.safetensors",
        "../ppocr-v4-read/model.safetensors",
    ];

    fn load(dir: &Path) -> Result<Loaded<Self>, MlError> {
        let graph = |file: &str| Graph::load(&Weights::open(Self::ID, &dir.join(file))?);
        let [detector, turner, reader] =
            [Self::FILES[0], Self::FILES[1], Self::FILES[2]].map(graph);
        let (detector, turner, reader) = (detector?, turner?, reader?);
        let characters = recognise::alphabet(&reader)?;
        Ok(Loaded {
            bytes: detector.bytes() + turner.bytes() + reader.bytes(),
            model: Self {
                detector,
                turner,
                reader,
                characters,
            },
        })
    }

    fn warm_up(&self) -> Result<(), MlError> {
        self.read(&Rgb8::flat(64, 64, [255, 255, 255]))?;
        // a blank picture has no lines, so the other two are asked on their own
        let mut line = [Raster::flat(96, 48)];
        recognise::turn(&self.turner, &mut line)?;
        recognise::read(&self.reader, &self.characters, &line).map(drop)
    }
}

/// A picture as the detector is shown it, and the way back.
struct Frame {
    raster: Raster,
    /// Scaled pixels per picture's pixel.
    scale: [f32; 2],
    /// Rows of black above it.
    above: f32,
    size: [f32; 2],
}

impl Frame {
    fn new(picture: &Rgb8) -> Self {
        let (width, height) = (picture.width(), picture.height());
        let mut raster = Raster::from_rgb(picture);
        let (long, short) = (width.max(height), width.min(height));
        if long > MAX_SIDE {
            raster = scaled(&raster, f64::from(MAX_SIDE) / f64::from(long));
        }
        if raster.width.min(raster.height) < MIN_SIDE as usize {
            let ratio = f64::from(MIN_SIDE) / f64::from(short.max(1));
            // a hair's breadth scaled up would be longer than anything is allowed to be
            let most = f64::from(MAX_SIDE) / raster.width.max(raster.height) as f64;
            raster = scaled(&raster, ratio.min(most));
        }
        let scale = [
            raster.width as f32 / width as f32,
            raster.height as f32 / height as f32,
        ];
        let mut above = 0;
        let flat = raster.width > MAX_RATIO as usize * raster.height;
        if raster.height <= MIN_SIDE as usize || flat {
            let wanted = 2 * (raster.width / MAX_RATIO as usize).max(MIN_SIDE as usize);
            above = wanted.abs_diff(raster.height) / 2;
            raster = raster.with_bars(above);
        }
        Self {
            raster,
            scale,
            above: above as f32,
            size: [width as f32, height as f32],
        }
    }

    /// In parts of the picture's sides.
    fn place(&self, [x, y]: Point) -> [f32; 2] {
        [
            (x / self.scale[0] / self.size[0]).clamp(0.0, 1.0),
            ((y - self.above) / self.scale[1] / self.size[1]).clamp(0.0, 1.0),
        ]
    }
}

/// By a factor, to sides that are multiples of the detector's step.
fn scaled(raster: &Raster, ratio: f64) -> Raster {
    let side = |side: usize| detect::stepped((side as f64 * ratio) as usize);
    raster.resized(side(raster.width), side(raster.height))
}

/// Top to bottom, then left to right among those of one row.
fn reading_order(boxes: &mut [[Point; 4]]) {
    boxes.sort_by(|a, b| {
        (a[0][1], a[0][0])
            .partial_cmp(&(b[0][1], b[0][0]))
            .expect("finite")
    });
    for last in 1..boxes.len() {
        for at in (1..=last).rev() {
            let (before, after) = (boxes[at - 1][0], boxes[at][0]);
            if (after[1] - before[1]).abs() < ROW_TOLERANCE && after[0] < before[0] {
                boxes.swap(at - 1, at);
            } else {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, y: f32) -> [Point; 4] {
        [[x, y], [x + 9.0, y], [x + 9.0, y + 5.0], [x, y + 5.0]]
    }

    #[test]
    fn a_row_is_read_from_left_to_right_though_it_slants() {
        let mut boxes = [
            at(200.0, 48.0),
            at(10.0, 55.0),
            at(100.0, 51.0),
            at(5.0, 5.0),
        ];
        reading_order(&mut boxes);
        let starts: Vec<f32> = boxes.iter().map(|b| b[0][0]).collect();
        assert_eq!(starts, [5.0, 10.0, 100.0, 200.0]);
    }

    #[test]
    fn every_picture_is_shown_at_a_bounded_size_and_found_again() {
        for (width, height) in [
            (1, 1),
            (1, 9000),
            (9000, 20),
            (5000, 4000),
            (640, 480),
            (400, 31),
        ] {
            let frame = Frame::new(&Rgb8::flat(width, height, [9, 9, 9]));
            let (wide, high) = (frame.raster.width, frame.raster.height);
            assert!(
                wide.max(high) <= 2 * MAX_SIDE as usize,
                "{width}x{height}: {wide}x{high}"
            );
            let corner = [wide as f32, high as f32 - frame.above];
            let [x, y] = frame.place(corner);
            assert!((x - 1.0).abs() < 1e-5 && (y - 1.0).abs() < 1e-5, "{x} {y}");
            assert_eq!(frame.place([0.0, frame.above]), [0.0, 0.0]);
        }
    }
}
