//! The colours a picture is made of, as eyes group them.

use crate::Picture;

/// Pixels of the longer side of the copy that is looked at.
const SIDE: u32 = 72;
/// Colours at most.
const COLORS: usize = 5;
/// Rounds of moving centres; they settle long before.
const ROUNDS: usize = 12;
/// Closer than this in OKLab two centres are one colour to the eye.
const SAME: f32 = 0.04;
/// Pixels below this alpha are not seen.
const SEEN: u8 = 32;

/// One dominant colour.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Swatch {
    /// sRGB.
    pub rgb: [u8; 3],
    /// Share of the picture's visible area, 0 to 1.
    pub share: f32,
}

/// Up to five dominant colours, largest share first; the same picture always gives the same.
///
/// Empty only for a picture that is fully transparent.
pub fn palette(picture: &Picture) -> Vec<Swatch> {
    let small = picture.thumbnail(SIDE);
    let points: Vec<Lab> = small
        .pixels()
        .chunks_exact(small.channels())
        .filter(|pixel| pixel.len() == 3 || pixel[3] >= SEEN)
        .map(|pixel| Lab::from_rgb([pixel[0], pixel[1], pixel[2]]))
        .collect();
    if points.is_empty() {
        return Vec::new();
    }
    let mut clusters = settle(&points, first_centres(&points));
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster.1));
    clusters
        .into_iter()
        .filter(|cluster| cluster.1 > 0)
        .map(|(centre, count)| Swatch {
            rgb: centre.to_rgb(),
            share: count as f32 / points.len() as f32,
        })
        .collect()
}

/// A colour's place in OKLab, where distance is difference to the eye: 0…1 of
/// lightness, then two axes of about −0.4…0.4.
pub fn perceived(rgb: [u8; 3]) -> [f32; 3] {
    Lab::from_rgb(rgb).0
}

/// A colour in OKLab, where distance is difference to the eye (Björn Ottosson, 2020).
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Lab([f32; 3]);

/// The mean colour, then repeatedly the colour that the centres so far explain worst.
fn first_centres(points: &[Lab]) -> Vec<Lab> {
    let mut centres = vec![mean(points.iter())];
    while centres.len() < COLORS {
        // weighting by how many agree would be better and dearer; the rounds make up for it
        let worst = points
            .iter()
            .map(|point| (nearest(*point, &centres).1, *point))
            .fold((0.0, Lab::default()), |worst, next| {
                if next.0 > worst.0 { next } else { worst }
            });
        if worst.0 < SAME * SAME {
            break;
        }
        centres.push(worst.1);
    }
    centres
}

/// Moves centres to the middle of their points and merges those that end up alike.
fn settle(points: &[Lab], mut centres: Vec<Lab>) -> Vec<(Lab, usize)> {
    for _ in 0..ROUNDS {
        let mut groups = vec![Vec::new(); centres.len()];
        for point in points {
            groups[nearest(*point, &centres).0].push(point);
        }
        let moved: Vec<Lab> = groups
            .iter()
            .zip(&centres)
            .map(|(group, centre)| {
                if group.is_empty() {
                    *centre
                } else {
                    mean(group.iter().copied())
                }
            })
            .collect();
        if moved == centres {
            break;
        }
        centres = moved;
    }
    let mut unlike: Vec<Lab> = Vec::new();
    for centre in centres {
        if unlike
            .iter()
            .all(|other| centre.distance(*other) >= SAME * SAME)
        {
            unlike.push(centre);
        }
    }
    let mut counts = vec![0; unlike.len()];
    for point in points {
        counts[nearest(*point, &unlike).0] += 1;
    }
    unlike.into_iter().zip(counts).collect()
}

fn nearest(point: Lab, centres: &[Lab]) -> (usize, f32) {
    centres
        .iter()
        .map(|centre| point.distance(*centre))
        .enumerate()
        .fold((0, f32::INFINITY), |best, next| {
            if next.1 < best.1 { next } else { best }
        })
}

fn mean<'p>(points: impl Iterator<Item = &'p Lab>) -> Lab {
    let mut sum = [0.0_f64; 3];
    let mut count = 0.0;
    for Lab(point) in points {
        for (sum, value) in sum.iter_mut().zip(point) {
            *sum += f64::from(*value);
        }
        count += 1.0;
    }
    Lab(sum.map(|sum| (sum / count) as f32))
}

impl Lab {
    fn distance(self, other: Lab) -> f32 {
        let square = |index: usize| (self.0[index] - other.0[index]).powi(2);
        square(0) + square(1) + square(2)
    }

    fn from_rgb(rgb: [u8; 3]) -> Self {
        let [r, g, b] = rgb.map(|value| {
            let value = f32::from(value) / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        });
        let l = (0.412_221_46 * r + 0.536_332_55 * g + 0.051_445_995 * b).cbrt();
        let m = (0.211_903_5 * r + 0.680_699_5 * g + 0.107_396_96 * b).cbrt();
        let s = (0.088_302_46 * r + 0.281_718_85 * g + 0.629_978_7 * b).cbrt();
        Lab([
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s,
        ])
    }

    fn to_rgb(self) -> [u8; 3] {
        let [light, a, b] = self.0;
        let l = (light + 0.396_337_78 * a + 0.215_803_76 * b).powi(3);
        let m = (light - 0.105_561_346 * a - 0.063_854_17 * b).powi(3);
        let s = (light - 0.089_484_18 * a - 1.291_485_5 * b).powi(3);
        let linear = [
            4.076_741_7 * l - 3.307_711_6 * m + 0.230_969_94 * s,
            -1.268_438 * l + 2.609_757_4 * m - 0.341_319_4 * s,
            -0.004_196_086_3 * l - 0.703_418_6 * m + 1.707_614_7 * s,
        ];
        linear.map(|value| {
            let value = if value <= 0.003_130_8 {
                12.92 * value
            } else {
                1.055 * value.powf(1.0 / 2.4) - 0.055
            };
            (value * 255.0 + 0.5) as u8
        })
    }
}
