//! Operations that move numbers without changing them.

use super::Arg;
use crate::graph::kernels::{broadcast, shape};
use crate::graph::op::Op;
use crate::graph::tensor::{self, Data, Floats, Integers, Layout, Scratch, Value};

pub(super) fn reshaped(op: &Op, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let wanted = args
        .get(1)
        .and_then(Arg::integers)
        .map(|i| i.values.clone());
    let first = args.first_mut()?;
    first.arrange(Layout::Plain, scratch);
    let old: Vec<usize> = match first.get()? {
        Value::Floats(floats) => floats.shape.clone(),
        Value::Integers(integers) => integers.shape.clone(),
    };
    let new = new_shape(op, &old, wanted.as_deref())?;
    if new.iter().product::<usize>() != old.iter().product::<usize>() {
        return None;
    }
    if let Some(integers) = first.integers() {
        return Some(Value::Integers(Integers {
            shape: new,
            values: integers.values.clone(),
        }));
    }
    let mut floats = first.take(scratch)?;
    floats.shape = new;
    floats.layout = Layout::Plain;
    Some(Value::Floats(floats))
}

fn new_shape(op: &Op, old: &[usize], wanted: Option<&[i64]>) -> Option<Vec<usize>> {
    match op {
        Op::Reshape { allow_zero } => {
            let wanted = wanted?;
            let copied = |(at, &d): (usize, &i64)| match d {
                0 if !allow_zero => old.get(at).map(|&d| d as i64),
                d => Some(d),
            };
            let dims: Vec<i64> = wanted
                .iter()
                .enumerate()
                .map(copied)
                .collect::<Option<_>>()?;
            let known: i64 = dims.iter().filter(|&&d| d >= 0).product();
            let total: usize = old.iter().product();
            dims.iter()
                .map(|&d| match d {
                    -1 if known > 0 => Some(total / known as usize),
                    d => usize::try_from(d).ok(),
                })
                .collect()
        }
        Op::Flatten { axis } => {
            let at = shape::axis(*axis, old.len())?;
            Some(vec![old[..at].iter().product(), old[at..].iter().product()])
        }
        Op::Squeeze(axes) => {
            let axes = match axes.as_deref().or(wanted) {
                Some(axes) => axes
                    .iter()
                    .map(|&a| shape::axis(a, old.len()))
                    .collect::<Option<Vec<_>>>()?,
                None => (0..old.len()).filter(|&at| old[at] == 1).collect(),
            };
            if axes.iter().any(|&at| old.get(at) != Some(&1)) {
                return None;
            }
            let kept = (0..old.len()).filter(|at| !axes.contains(at));
            Some(kept.map(|at| old[at]).collect())
        }
        Op::Unsqueeze(axes) => {
            let axes = axes.as_deref().or(wanted)?;
            let rank = old.len() + axes.len();
            let mut new = old.to_vec();
            let mut places: Vec<usize> = axes
                .iter()
                .map(|&a| shape::axis(a, rank))
                .collect::<Option<_>>()?;
            places.sort_unstable();
            for at in places {
                (at <= new.len()).then(|| new.insert(at, 1))?;
            }
            Some(new)
        }
        _ => Some(old.to_vec()),
    }
}

pub(super) fn transposed(
    order: Option<&[i64]>,
    args: &mut [Arg<'_>],
    scratch: &mut Scratch,
) -> Option<Value> {
    let first = args.first_mut()?;
    let floats = first.floats()?;
    let rank = floats.shape.len();
    let order: Vec<usize> = match order {
        Some(order) => order
            .iter()
            .map(|&a| shape::axis(a, rank).filter(|&a| a < rank))
            .collect::<Option<_>>()?,
        None => (0..rank).rev().collect(),
    };
    if order.len() != rank {
        return None;
    }
    let new: Vec<usize> = order.iter().map(|&i| floats.shape[i]).collect();
    // only the name of the order changes
    let renamed = match (floats.layout, &order[..]) {
        (Layout::Plain, [0, 3, 1, 2]) => Some(Layout::ChannelsLast),
        (Layout::ChannelsLast, [0, 2, 3, 1]) => Some(Layout::Plain),
        _ => None,
    };
    if let Some(layout) = renamed {
        let mut floats = first.take(scratch)?;
        (floats.shape, floats.layout) = (new, layout);
        return Some(Value::Floats(floats));
    }
    first.arrange(Layout::Plain, scratch);
    let floats = first.floats()?;
    let apart = shape::strides(&floats.shape);
    let apart: Vec<isize> = order.iter().map(|&i| apart[i] as isize).collect();
    let mut out = scratch.take(floats.data.len());
    if let (&[a, b], [.., rows, columns]) = (&order[rank - 2..], &floats.shape[..])
        && a == rank - 1
        && b == rank - 2
        && order[..rank - 2].iter().copied().eq(0..rank - 2)
    {
        let size = (rows * columns).max(1);
        let parts = floats
            .data
            .chunks_exact(size)
            .zip(out.chunks_exact_mut(size));
        for (from, to) in parts {
            tensor::transpose(from, to, *rows, *columns);
        }
    } else {
        shape::gather(&floats.data, 0, &new, &apart, &mut out);
    }
    Some(Value::Floats(Floats::plain(new, out)))
}

pub(super) fn concatenated(
    axis: i64,
    args: &mut [Arg<'_>],
    scratch: &mut Scratch,
) -> Option<Value> {
    if args.first()?.integers().is_some() {
        let parts: Vec<&Integers> = args.iter().map(Arg::integers).collect::<Option<_>>()?;
        let values: Vec<i64> = parts
            .iter()
            .flat_map(|p| p.values.iter().copied())
            .collect();
        return Some(Value::Integers(Integers {
            shape: vec![values.len()],
            values,
        }));
    }
    let last = |arg: &Arg<'_>| {
        arg.floats()
            .is_some_and(|f| f.layout == Layout::ChannelsLast)
    };
    let layout = if args.iter().any(last) {
        Layout::ChannelsLast
    } else {
        Layout::Plain
    };
    for arg in args.iter_mut() {
        arg.arrange(layout, scratch);
    }
    let parts: Vec<&Floats> = args.iter().map(Arg::floats).collect::<Option<_>>()?;
    let rank = parts[0].shape.len();
    let at = shape::axis(axis, rank).filter(|&at| at < rank)?;
    let mut new = parts[0].shape.clone();
    new[at] = 0;
    for part in &parts {
        let others = |i: usize| i == at || part.shape.get(i) == parts[0].shape.get(i);
        if part.shape.len() != rank || !(0..rank).all(others) {
            return None;
        }
        new[at] += part.shape[at];
    }
    let inner = |own: &[usize]| match (layout, own) {
        (Layout::ChannelsLast, &[n, c, h, w]) => vec![n, h, w, c],
        _ => own.to_vec(),
    };
    let inner_axis = match (layout, at) {
        (Layout::ChannelsLast, 1) => 3,
        (Layout::ChannelsLast, 2 | 3) => at - 1,
        _ => at,
    };
    let shapes: Vec<Vec<usize>> = parts.iter().map(|p| inner(&p.shape)).collect();
    let sources: Vec<(&[usize], &[f32])> = shapes
        .iter()
        .zip(&parts)
        .map(|(shape, part)| (&shape[..], &part.data[..]))
        .collect();
    let mut out = scratch.take(new.iter().product());
    shape::concat(&sources, inner_axis, &mut out);
    Some(Value::Floats(Floats {
        shape: new,
        layout,
        data: Data::Owned(out),
    }))
}

pub(super) fn sliced(args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let numbers = |at: usize| {
        args.get(at)
            .and_then(Arg::integers)
            .map(|i| i.values.clone())
    };
    let (starts, ends) = (numbers(1)?, numbers(2)?);
    let axes = numbers(3).unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = numbers(4).unwrap_or_else(|| vec![1; starts.len()]);
    let first = args.first_mut()?;
    first.arrange(Layout::Plain, scratch);
    let old = match first.get()? {
        Value::Floats(floats) => floats.shape.clone(),
        Value::Integers(integers) => integers.shape.clone(),
    };
    let mut apart: Vec<isize> = shape::strides(&old).iter().map(|&s| s as isize).collect();
    let (mut new, mut from) = (old.clone(), 0isize);
    for (i, &axis) in axes.iter().enumerate() {
        let at = shape::axis(axis, old.len()).filter(|&at| at < old.len())?;
        let (length, step) = (old[at] as i64, *steps.get(i)?);
        let bound = |x: i64, low: i64, high: i64| {
            let x = if x < 0 { x.saturating_add(length) } else { x };
            x.clamp(low, high)
        };
        let (start, end) = match step {
            1.. => (
                bound(*starts.get(i)?, 0, length),
                bound(*ends.get(i)?, 0, length),
            ),
            ..=-1 => (
                bound(*starts.get(i)?, 0, length - 1),
                bound(*ends.get(i)?, -1, length - 1),
            ),
            0 => return None,
        };
        let span = if step > 0 { end - start } else { start - end };
        new[at] = span.max(0) as usize;
        new[at] = new[at].div_ceil(step.unsigned_abs() as usize);
        from += start as isize * apart[at];
        apart[at] *= step as isize;
    }
    let total: usize = new.iter().product();
    let start = usize::try_from(from).ok()?;
    Some(match first.get()? {
        Value::Floats(floats) => {
            let mut out = scratch.take(total);
            if total > 0 {
                shape::gather(&floats.data, start, &new, &apart, &mut out);
            }
            Value::Floats(Floats::plain(new, out))
        }
        Value::Integers(integers) => {
            let mut values = vec![0; total];
            if total > 0 {
                shape::gather(&integers.values, start, &new, &apart, &mut values);
            }
            Value::Integers(Integers { shape: new, values })
        }
    })
}

pub(super) fn expanded(args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let wanted = args.get(1)?.integers()?.values.clone();
    let wanted: Vec<usize> = wanted
        .iter()
        .map(|&d| usize::try_from(d).ok())
        .collect::<Option<_>>()?;
    args[0].arrange(Layout::Plain, scratch);
    let floats = args[0].floats()?;
    let new = broadcast::shape(&floats.shape, &wanted)?;
    let apart = shape::strides(&floats.shape);
    let skipped = new.len() - floats.shape.len();
    let step = |i: usize| match i.checked_sub(skipped) {
        Some(own) if floats.shape[own] != 1 => apart[own] as isize,
        _ => 0,
    };
    let apart: Vec<isize> = (0..new.len()).map(step).collect();
    let mut out = scratch.take(new.iter().product());
    shape::gather(&floats.data, 0, &new, &apart, &mut out);
    Some(Value::Floats(Floats::plain(new, out)))
}

pub(super) fn gathered(axis: i64, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let indices = args.get(1)?.integers()?.clone();
    args[0].arrange(Layout::Plain, scratch);
    let old = match args[0].get()? {
        Value::Floats(floats) => &floats.shape,
        Value::Integers(integers) => &integers.shape,
    };
    let at = shape::axis(axis, old.len()).filter(|&at| at < old.len())?;
    let (length, inner) = (old[at], old[at + 1..].iter().product::<usize>());
    let mut new = old[..at].to_vec();
    new.extend(&indices.shape);
    new.extend(&old[at + 1..]);
    let outer: usize = old[..at].iter().product();
    let places: Vec<usize> = indices
        .values
        .iter()
        .map(|&i| shape::axis(i, length).filter(|&i| i < length))
        .collect::<Option<_>>()?;
    let sources = (0..outer).flat_map(|o| places.iter().map(move |p| (o * length + p) * inner));
    Some(match args[0].get()? {
        Value::Floats(floats) => {
            let mut out = scratch.take(new.iter().product());
            for (to, from) in out.chunks_exact_mut(inner.max(1)).zip(sources) {
                to.copy_from_slice(&floats.data[from..][..inner]);
            }
            Value::Floats(Floats::plain(new, out))
        }
        Value::Integers(integers) => Value::Integers(Integers {
            shape: new,
            values: sources
                .flat_map(|from| integers.values[from..][..inner].iter().copied())
                .collect(),
        }),
    })
}

pub(super) fn cast(to_integer: bool, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    args.first_mut()?.arrange(Layout::Plain, scratch);
    match (args[0].get()?, to_integer) {
        (Value::Integers(integers), true) => Some(Value::Integers(integers.clone())),
        (Value::Floats(floats), true) => Some(Value::Integers(Integers {
            shape: floats.shape.clone(),
            values: floats.data.iter().map(|&x| x as i64).collect(),
        })),
        (Value::Integers(integers), false) => {
            let numbers: Vec<f32> = integers.values.iter().map(|&i| i as f32).collect();
            Some(Value::Floats(Floats::plain(
                integers.shape.clone(),
                numbers.into(),
            )))
        }
        (Value::Floats(_), false) => args[0].take(scratch).map(Value::Floats),
    }
}
