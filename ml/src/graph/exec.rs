//! One plain operation on whatever sizes its inputs have.

mod rearrange;

use super::kernels::{activation, broadcast, matrix, pool, reduce, resize, shape};
use super::op::{Binary, Op};
use super::tensor::{Buffer, Data, Floats, Integers, Layout, Scratch, Value};

/// An input: the last use of a value may be overwritten.
pub(super) enum Arg<'a> {
    Missing,
    Borrowed(&'a Value),
    Owned(Value),
}

impl Arg<'_> {
    pub fn get(&self) -> Option<&Value> {
        match self {
            Arg::Missing => None,
            Arg::Borrowed(value) => Some(value),
            Arg::Owned(value) => Some(value),
        }
    }

    pub fn floats(&self) -> Option<&Floats> {
        match self.get()? {
            Value::Floats(floats) => Some(floats),
            Value::Integers(_) => None,
        }
    }

    pub fn integers(&self) -> Option<&Integers> {
        match self.get()? {
            Value::Integers(integers) => Some(integers),
            Value::Floats(_) => None,
        }
    }

    /// Its numbers in this order, in place where it is owned.
    pub fn arrange(&mut self, layout: Layout, scratch: &mut Scratch) {
        let wrong = |f: &Floats| f.shape.len() == 4 && f.layout != layout;
        if !self.floats().is_some_and(wrong) {
            return;
        }
        let value = match std::mem::replace(self, Arg::Missing) {
            Arg::Owned(value) => value,
            Arg::Borrowed(value) => value.clone(),
            Arg::Missing => return,
        };
        *self = Arg::Owned(match value {
            Value::Floats(floats) => Value::Floats(floats.into_layout(layout, scratch)),
            integers => integers,
        });
    }

    /// Floats that may be overwritten.
    pub fn take(&mut self, scratch: &mut Scratch) -> Option<Floats> {
        let floats = match std::mem::replace(self, Arg::Missing) {
            Arg::Owned(Value::Floats(floats)) => floats,
            Arg::Borrowed(Value::Floats(floats)) => {
                let mut copy = scratch.take(floats.data.len());
                copy.copy_from_slice(&floats.data);
                Floats {
                    shape: floats.shape.clone(),
                    layout: floats.layout,
                    data: Data::Owned(copy),
                }
            }
            _ => return None,
        };
        Some(floats)
    }
}

/// `None` when the inputs do not fit the operation or one another.
pub(super) fn run(op: &Op, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let made = match op {
        Op::Unary(function) => {
            let mut floats = args.first_mut()?.take(scratch)?;
            activation::apply(*function, floats.owned(scratch));
            floats
        }
        Op::Binary(kind) => return binary(*kind, args, scratch),
        Op::Clip(bounds) => {
            let bound = |at: usize| match args.get(at).and_then(Arg::get) {
                None => Some(None),
                Some(Value::Floats(floats)) => Some(floats.data.first().copied()),
                Some(Value::Integers(_)) => None,
            };
            let [low, high] = match bounds {
                Some(bounds) => *bounds,
                None => [bound(1)?.unwrap_or(f32::MIN), bound(2)?.unwrap_or(f32::MAX)],
            };
            let mut floats = args.first_mut()?.take(scratch)?;
            let clamp = super::op::Unary::Clamp(low, high);
            activation::apply(clamp, floats.owned(scratch));
            floats
        }
        Op::Pool(window) => {
            args.first_mut()?.arrange(Layout::ChannelsLast, scratch);
            pool::pool(window, args[0].floats()?, scratch)?
        }
        Op::GlobalAveragePool => {
            args.first_mut()?.arrange(Layout::ChannelsLast, scratch);
            pool::global_average(args[0].floats()?, scratch)?
        }
        Op::Resize(how) => {
            args.first_mut()?.arrange(Layout::ChannelsLast, scratch);
            return resized(*how, args, scratch).map(Value::Floats);
        }
        Op::MatMul => {
            for arg in args.iter_mut() {
                arg.arrange(Layout::Plain, scratch);
            }
            matrix::matmul(args.first()?.floats()?, args.get(1)?.floats()?, scratch)?
        }
        Op::Softmax { axis, flatten } => {
            args.first_mut()?.arrange(Layout::Plain, scratch);
            let mut floats = args[0].take(scratch)?;
            let at = shape::axis(*axis, floats.shape.len())?;
            let apart: usize = floats.shape[at + 1..].iter().product();
            let length = *floats.shape.get(at)?;
            let data = floats.owned(scratch);
            if *flatten {
                matrix::softmax(data, length * apart, 1);
            } else {
                matrix::softmax(data, length, apart);
            }
            floats
        }
        Op::Reduce { kind, axes, keep } => {
            return reduced(*kind, axes.as_deref(), *keep, args, scratch);
        }
        Op::Reshape { .. }
        | Op::Flatten { .. }
        | Op::Squeeze(_)
        | Op::Unsqueeze(_)
        | Op::Identity => return rearrange::reshaped(op, args, scratch),
        Op::Transpose { order } => return rearrange::transposed(order.as_deref(), args, scratch),
        Op::Concat { axis } => return rearrange::concatenated(*axis, args, scratch),
        Op::Slice => return rearrange::sliced(args, scratch),
        Op::Expand => return rearrange::expanded(args, scratch),
        Op::Gather { axis } => return rearrange::gathered(*axis, args, scratch),
        Op::Shape { start, end } => {
            let shape: &[usize] = match args.first()?.get()? {
                Value::Floats(floats) => &floats.shape,
                Value::Integers(integers) => &integers.shape,
            };
            let bound = |at: i64| {
                let at = if at < 0 { at + shape.len() as i64 } else { at };
                (at.max(0) as usize).min(shape.len())
            };
            let part = bound(*start)..bound(end.unwrap_or(i64::MAX));
            let values: Vec<i64> = shape.get(part)?.iter().map(|&d| d as i64).collect();
            return Some(Value::Integers(Integers {
                shape: vec![values.len()],
                values,
            }));
        }
        Op::Cast { to_integer } => return rearrange::cast(*to_integer, args, scratch),
        // always become layers, or their weights are no constants
        Op::Conv(_) | Op::ConvTranspose(_) | Op::BatchNormalization { .. } | Op::Gemm { .. } => {
            return None;
        }
    };
    Some(Value::Floats(made))
}

impl Floats {
    /// Its numbers, to be overwritten; copied if they are a constant's.
    pub fn owned(&mut self, scratch: &mut Scratch) -> &mut Buffer {
        if let Data::Shared(shared) = &self.data {
            let mut copy = scratch.take(shared.len());
            copy.copy_from_slice(shared);
            self.data = Data::Owned(copy);
        }
        match &mut self.data {
            Data::Owned(buffer) => buffer,
            Data::Shared(_) => unreachable!("it was copied above"),
        }
    }
}

pub(super) fn binary(kind: Binary, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
    let [a, b] = args else { return None };
    if let (Some(a), Some(b)) = (a.integers(), b.integers()) {
        return integers(kind, a, b).map(Value::Integers);
    }
    let last = [&*a, &*b].iter().any(|arg| {
        arg.floats()
            .is_some_and(|f| f.layout == Layout::ChannelsLast)
    });
    let layout = if last {
        Layout::ChannelsLast
    } else {
        Layout::Plain
    };
    for arg in [&mut *a, &mut *b] {
        // a channel's number has three axes, or fewer: give it the fourth
        if last && arg.floats()?.shape.len() < 4 {
            let mut floats = arg.take(scratch)?;
            while floats.shape.len() < 4 {
                floats.shape.insert(0, 1);
            }
            floats.layout = Layout::Plain;
            *arg = Arg::Owned(Value::Floats(floats));
        }
        arg.arrange(layout, scratch);
    }
    let (a, b) = (a.floats()?, b.floats()?);
    let shape = broadcast::shape(&a.shape, &b.shape)?;
    let inner = |own: &[usize]| {
        let mut full = vec![1; shape.len() - own.len()];
        full.extend(own);
        if last {
            let channels = full.remove(1);
            full.push(channels);
        }
        full
    };
    let (a_shape, b_shape, out_shape) = (inner(&a.shape), inner(&b.shape), inner(&shape));
    let mut out = scratch.take(shape.iter().product());
    let side = |data, shape| broadcast::Side { data, shape };
    broadcast::binary(
        kind,
        &side(&a.data, &a_shape),
        &side(&b.data, &b_shape),
        &out_shape,
        &mut out,
    );
    Some(Value::Floats(Floats {
        shape,
        layout,
        data: Data::Owned(out),
    }))
}

/// Of shapes: same lengths, or one number with many.
fn integers(kind: Binary, a: &Integers, b: &Integers) -> Option<Integers> {
    let length = a.values.len().max(b.values.len());
    let at = |own: &[i64], i: usize| {
        if own.len() == 1 {
            own.first()
        } else {
            own.get(i)
        }
        .copied()
    };
    let values = (0..length)
        .map(|i| {
            let (x, y) = (at(&a.values, i)?, at(&b.values, i)?);
            match kind {
                Binary::Add => x.checked_add(y),
                Binary::Sub => x.checked_sub(y),
                Binary::Mul => x.checked_mul(y),
                Binary::Div => x.checked_div(y),
                Binary::Max => Some(x.max(y)),
                Binary::Min => Some(x.min(y)),
                Binary::Pow => None,
            }
        })
        .collect::<Option<_>>()?;
    let shape = if a.values.len() >= b.values.len() {
        &a.shape
    } else {
        &b.shape
    };
    Some(Integers {
        shape: shape.clone(),
        values,
    })
}

fn reduced(
    kind: super::op::Reduction,
    axes: Option<&[i64]>,
    keep: bool,
    args: &mut [Arg<'_>],
    scratch: &mut Scratch,
) -> Option<Value> {
    let given = args
        .get(1)
        .and_then(Arg::integers)
        .map(|i| i.values.clone());
    let rank = args.first()?.floats()?.shape.len();
    let axes = match axes.map(<[i64]>::to_vec).or(given) {
        Some(axes) if !axes.is_empty() => axes,
        _ => (0..rank as i64).collect(),
    };
    let mut axes: Vec<usize> = axes
        .iter()
        .map(|&a| shape::axis(a, rank).filter(|&a| a < rank))
        .collect::<Option<_>>()?;
    axes.sort_unstable();
    axes.dedup();
    let first = args.first_mut()?;
    // the mean of a map needs no other order
    if kind == super::op::Reduction::Mean && axes == [2, 3] && rank == 4 {
        first.arrange(Layout::ChannelsLast, scratch);
        let mut means = pool::global_average(first.floats()?, scratch)?;
        means.layout = Layout::Plain;
        if !keep {
            means.shape.truncate(2);
        }
        return Some(Value::Floats(means));
    }
    first.arrange(Layout::Plain, scratch);
    let floats = reduce::reduce(kind, first.floats()?, &axes, keep, scratch);
    Some(Value::Floats(floats))
}

fn resized(how: super::op::Resize, args: &[Arg<'_>], scratch: &mut Scratch) -> Option<Floats> {
    let x = args.first()?.floats()?;
    let [n, c, h, w] = x.dims4()?;
    let sizes = args.get(3).and_then(Arg::integers).map(|i| &i.values[..]);
    let scales = args.get(2).and_then(Arg::floats).map(|f| &f.data[..]);
    let (to, scales) = match (sizes, scales) {
        (Some(&[sn, sc, high, wide]), _) if (sn, sc) == (n as i64, c as i64) => {
            let to = [usize::try_from(high).ok()?, usize::try_from(wide).ok()?];
            (to, [to[0] as f32 / h as f32, to[1] as f32 / w as f32])
        }
        (None, Some(&[1.0, 1.0, down, across])) => {
            let to = [(h as f32 * down) as usize, (w as f32 * across) as usize];
            (to, [down, across])
        }
        _ => return None,
    };
    resize::resize(how, x, to, scales, scratch)
}
