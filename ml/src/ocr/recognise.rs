//! What lines say.

use crate::MlError;
use crate::graph::Graph;

use super::raster::Raster;

/// Lines are shown to the networks this high.
const HEIGHT: usize = 48;
/// Width at which the turner sees them; the rest is cut off by squeezing.
const TURN_WIDTH: usize = 192;
/// Below this the turner is not believed.
const TURNED: f32 = 0.9;
/// The reader's least width.
const MIN_WIDTH: usize = 320;
/// Its greatest: longer lines are squeezed.
const MAX_WIDTH: usize = 3200;
/// Lines that are read together, sorted by width so that little is padding.
const BATCH: usize = 6;
/// The class that stands for no character.
const BLANK: usize = 0;

/// The reader's characters by class, the blank's being empty.
pub(super) fn alphabet(reader: &Graph) -> Result<Vec<String>, MlError> {
    let list = reader
        .property("character")
        .ok_or_else(|| MlError::BadWeights {
            model: "ppocr-v4-read".to_owned(),
            detail: "the network does not say which characters it reads".to_owned(),
        })?;
    let characters = list.lines().map(str::to_owned);
    Ok(std::iter::once(String::new())
        .chain(characters)
        .chain(std::iter::once(" ".to_owned()))
        .collect())
}

/// Turns over the lines that are upside down.
pub(super) fn turn(turner: &Graph, lines: &mut [Raster]) -> Result<(), MlError> {
    for batch in lines.chunks_mut(BATCH) {
        let (shape, numbers) = planes(batch.iter(), TURN_WIDTH);
        let (_, answers) = turner
            .run_numbers(vec![("x", shape, numbers)])?
            .swap_remove(0);
        for (line, answer) in batch.iter_mut().zip(answers.chunks_exact(2)) {
            if answer[1] > answer[0] && answer[1] > TURNED {
                line.turn_over();
            }
        }
    }
    Ok(())
}

/// Text and confidence of every line, in their order.
pub(super) fn read(
    reader: &Graph,
    characters: &[String],
    lines: &[Raster],
) -> Result<Vec<(String, f32)>, MlError> {
    let ratio = |line: &Raster| line.width as f32 / line.height as f32;
    let mut order: Vec<usize> = (0..lines.len()).collect();
    order.sort_by(|a, b| ratio(&lines[*a]).total_cmp(&ratio(&lines[*b])));
    let mut texts = vec![(String::new(), 0.0); lines.len()];
    for batch in order.chunks(BATCH) {
        let widest = batch
            .iter()
            .map(|at| ratio(&lines[*at]))
            .fold(0.0, f32::max);
        let width = ((widest * HEIGHT as f32) as usize).clamp(MIN_WIDTH, MAX_WIDTH);
        let (shape, numbers) = planes(batch.iter().map(|at| &lines[*at]), width);
        let (shape, answers) = reader
            .run_numbers(vec![("x", shape, numbers)])?
            .swap_remove(0);
        let [_, steps, classes] = shape[..] else {
            return Err(MlError::BadInput(
                "the reader's answer has another shape".into(),
            ));
        };
        for (at, answer) in batch.iter().zip(answers.chunks_exact(steps * classes)) {
            texts[*at] = decode(answer, classes, characters);
        }
    }
    Ok(texts)
}

/// `[lines, 3, 48, width]`, each line scaled to the height, black (0 after
/// scaling is grey, as in training) behind its end.
fn planes<'a>(lines: impl Iterator<Item = &'a Raster>, width: usize) -> (Vec<usize>, Vec<f32>) {
    let mut numbers = Vec::new();
    let mut count = 0;
    for line in lines {
        let own = (HEIGHT as f32 * line.width as f32 / line.height as f32).ceil() as usize;
        let scaled = line.resized(own.clamp(1, width), HEIGHT);
        let start = numbers.len();
        numbers.resize(start + 3 * HEIGHT * width, 0.0);
        scaled.write_planes(&mut numbers[start..], width);
        count += 1;
    }
    (vec![count, 3, HEIGHT, width], numbers)
}

/// Connectionist temporal classification, greedily (Graves et al. 2006): the
/// best class of each step, repetitions and blanks dropped. The confidence is
/// the mean over the characters that stay, 0 without any.
fn decode(answer: &[f32], classes: usize, characters: &[String]) -> (String, f32) {
    let (mut text, mut sum, mut count, mut last) = (String::new(), 0.0, 0u16, BLANK);
    for step in answer.chunks_exact(classes) {
        let best = (0..classes).fold(0, |best, at| if step[at] > step[best] { at } else { best });
        if best != BLANK && best != last {
            text.push_str(characters.get(best).map_or("", String::as_str));
            sum += step[best];
            count += 1;
        }
        last = best;
    }
    (text, sum / f32::from(count.max(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitions_and_blanks_are_dropped() {
        let characters = ["", "a", "b"].map(str::to_owned);
        let step = |best: usize| {
            let mut step = [0.1, 0.1, 0.1];
            step[best] = 0.8;
            step
        };
        let answer: Vec<f32> = [0, 1, 1, 0, 1, 2, 2, 0].map(step).concat();
        let (text, confidence) = decode(&answer, 3, &characters);
        assert_eq!(text, "aab");
        assert!((confidence - 0.8).abs() < 1e-6);
        assert_eq!(
            decode(&[0.9, 0.1, 0.0], 3, &characters),
            (String::new(), 0.0)
        );
    }

    #[test]
    fn lines_are_scaled_to_the_height_and_padded() {
        let line = Raster::flat(10, 24);
        let (shape, numbers) = planes([&line].into_iter(), 32);
        assert_eq!(shape, [1, 3, 48, 32]);
        assert_eq!(numbers[19], 1.0);
        assert_eq!(numbers[20], 0.0);
        let long = Raster::flat(4000, 10);
        assert_eq!(planes([&long].into_iter(), 320).0, [1, 3, 48, 320]);
    }
}
