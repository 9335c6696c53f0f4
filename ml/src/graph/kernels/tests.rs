//! The kernels against the sums written out, on any shape.

use proptest::prelude::*;

use super::depthwise::Depthwise;
use super::panels::Epilogue;
use super::{pool, reduce};
use crate::graph::op::{Pool, Reduction, Unary, Window};
use crate::graph::tensor::{Floats, Layout, Scratch};

/// Repeatable numbers in -1…1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let step = |at: usize| (at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed);
    (0..count)
        .map(|at| (step(at) >> 8) as f32 / (1 << 23) as f32 - 1.0)
        .collect()
}

fn close(ours: &[f32], sums: &[f32]) -> Result<(), TestCaseError> {
    prop_assert_eq!(ours.len(), sums.len());
    for (at, (a, b)) in ours.iter().zip(sums).enumerate() {
        prop_assert!((a - b).abs() < 1e-4, "at {at}: {a}, not {b}");
    }
    Ok(())
}

/// A channels-last map's number, or `None` beside it.
fn pixel(map: &[f32], [c, h, w]: [usize; 3], y: isize, x: isize, at: usize) -> Option<f32> {
    let inside = (0..h as isize).contains(&y) && (0..w as isize).contains(&x);
    inside.then(|| map[(y as usize * w + x as usize) * c + at])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_depthwise_convolution_is_its_sums(
        (c, h, w) in (1usize..40, 1usize..12, 1usize..20),
        size in (1usize..6, 1usize..6),
        strides in (1usize..4, 1usize..4),
        pads in prop::array::uniform4(0usize..4),
        dilations in (1usize..3, 1usize..3),
        with_residual in any::<bool>(),
        activation in prop::sample::select(vec![
            None, Some(Unary::Clamp(-0.5, 0.5)), Some(Unary::Gelu),
        ]),
        seed in any::<u32>(),
    ) {
        let window = Window {
            strides: [strides.0, strides.1],
            pads,
            dilations: [dilations.0, dilations.1],
            groups: c,
        };
        let (map, bias) = (numbers(c * h * w, seed), numbers(c, seed ^ 1));
        let weight = numbers(c * size.0 * size.1, seed ^ 2);
        let layer = Depthwise::new(&weight, [c, 1, size.0, size.1], bias.clone(), window);
        let Some([_, _, high, wide]) = layer.shape([1, c, h, w]) else {
            return Ok(());
        };
        let residual = with_residual.then(|| numbers(c * high * wide, seed ^ 3));
        let epilogue = Epilogue { activation, scale: None };
        let mut scratch = Scratch::default();
        let x = Floats::channels_last([1, c, h, w], map.clone().into());
        let ours = layer.run(&x, residual.as_deref(), epilogue, &mut scratch).expect("fits");

        let mut sums = Vec::new();
        for y in 0..high {
            for x in 0..wide {
                for at in 0..c {
                    let mut sum = bias[at] + residual.as_ref().map_or(0.0, |r| r[sums.len()]);
                    for i in 0..size.0 {
                        for j in 0..size.1 {
                            let row = (y * strides.0 + i * dilations.0) as isize - pads[0] as isize;
                            let column = (x * strides.1 + j * dilations.1) as isize - pads[1] as isize;
                            let value = pixel(&map, [c, h, w], row, column, at).unwrap_or(0.0);
                            sum += value * weight[(at * size.0 + i) * size.1 + j];
                        }
                    }
                    sums.push(sum);
                }
            }
        }
        if let Some(activation) = activation {
            super::activation::apply(activation, &mut sums);
        }
        close(&ours.data, &sums)?;
    }

    #[test]
    fn pooling_is_the_greatest_or_the_mean_under_the_window(
        (c, h, w) in (1usize..40, 2usize..12, 2usize..12),
        size in prop::array::uniform2(1usize..4),
        strides in prop::array::uniform2(1usize..4),
        greatest in any::<bool>(),
        count_padding in any::<bool>(),
        pad in any::<bool>(),
        seed in any::<u32>(),
    ) {
        // a window never lies in the padding alone
        let pads = if pad { [size[0] / 2, size[1] / 2, size[0] / 2, size[1] / 2] } else { [0; 4] };
        let op = Pool { greatest, size, strides, pads, ceil: false, count_padding };
        let map = numbers(c * h * w, seed);
        let x = Floats::channels_last([1, c, h, w], map.clone().into());
        let Some(ours) = pool::pool(&op, &x, &mut Scratch::default()) else {
            return Ok(());
        };
        let [_, _, high, wide] = ours.dims4().expect("a map");
        let mut sums = Vec::new();
        for y in 0..high {
            for x in 0..wide {
                for at in 0..c {
                    let seen: Vec<f32> = (0..size[0] * size[1])
                        .filter_map(|tap| {
                            let row = (y * strides[0] + tap / size[1]) as isize - pads[0] as isize;
                            let column = (x * strides[1] + tap % size[1]) as isize - pads[1] as isize;
                            pixel(&map, [c, h, w], row, column, at)
                        })
                        .collect();
                    let count = if count_padding { size[0] * size[1] } else { seen.len() };
                    sums.push(if greatest {
                        seen.iter().copied().fold(f32::MIN, f32::max)
                    } else {
                        seen.iter().sum::<f32>() / count as f32
                    });
                }
            }
        }
        close(&ours.data, &sums)?;
    }

    #[test]
    fn a_reduction_is_its_sums_whatever_axes_go_away(
        shape in prop::collection::vec(1usize..7, 1..5),
        mask in 1u32..16,
        kind in prop::sample::select(vec![
            Reduction::Sum, Reduction::Mean, Reduction::Max, Reduction::L2,
        ]),
        keep in any::<bool>(),
        seed in any::<u32>(),
    ) {
        let axes: Vec<usize> = (0..shape.len()).filter(|i| mask >> i & 1 == 1).collect();
        prop_assume!(!axes.is_empty());
        let data = numbers(shape.iter().product(), seed);
        let x = Floats::plain(shape.clone(), data.clone().into());
        let ours = reduce::reduce(kind, &x, &axes, keep, &mut Scratch::default());
        let mut groups = std::collections::BTreeMap::<Vec<usize>, Vec<f32>>::new();
        for (at, &value) in data.iter().enumerate() {
            let mut rest = at;
            let mut index = vec![0; shape.len()];
            for i in (0..shape.len()).rev() {
                index[i] = rest % shape[i];
                rest /= shape[i];
            }
            let kept = (0..shape.len()).filter(|i| !axes.contains(i)).map(|i| index[i]).collect();
            groups.entry(kept).or_default().push(value);
        }
        let sums: Vec<f32> = groups.values().map(|group| match kind {
            Reduction::Sum => group.iter().sum(),
            Reduction::Mean => group.iter().sum::<f32>() / group.len() as f32,
            Reduction::Max => group.iter().copied().fold(f32::MIN, f32::max),
            Reduction::L2 => group.iter().map(|x| x * x).sum::<f32>().sqrt(),
        }).collect();
        close(&ours.data, &sums)?;
    }

    #[test]
    fn changing_the_layout_twice_gives_the_same_tensor(
        shape in prop::array::uniform4(1usize..6),
        wide in 1usize..40,
        seed in any::<u32>(),
    ) {
        let shape = [shape[0], shape[1], shape[2], wide];
        let data = numbers(shape.iter().product(), seed);
        let mut scratch = Scratch::default();
        let x = Floats::plain(shape.to_vec(), data.clone().into());
        let last = x.into_layout(Layout::ChannelsLast, &mut scratch);
        let [_, c, h, w] = shape;
        // one number, by hand: the last channel of the last pixel
        prop_assert_eq!(last.data[c * h * w - 1], data[c * h * w - 1]);
        if w > 1 {
            prop_assert_eq!(last.data[c], data[1]);
        }
        let back = last.into_layout(Layout::Plain, &mut scratch);
        prop_assert_eq!(&back.data[..], &data[..]);
    }
}
