//! Values that flow through a graph, and the buffers that they lie in.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// The order of a four-dimensional tensor's numbers in memory. Shapes are
/// always given as ONNX has them (batch, channels, height, width).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Row-major in the order of the shape.
    Plain,
    /// Batch, height, width, channels: what convolutions work on.
    ChannelsLast,
}

/// What a step takes and makes.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Floats(Floats),
    Integers(Integers),
}

/// f32 numbers.
#[derive(Debug, Clone)]
pub(super) struct Floats {
    pub shape: Vec<usize>,
    pub layout: Layout,
    pub data: Data,
}

/// Shapes, axes and indices on their way through a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Integers {
    pub shape: Vec<usize>,
    pub values: Vec<i64>,
}

/// Numbers of this run, or a constant of the graph.
#[derive(Debug, Clone)]
pub(super) enum Data {
    Owned(Buffer),
    Shared(Arc<[f32]>),
}

/// Part of an allocation that outlives one use.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    numbers: Vec<f32>,
    /// Where it begins: on a cache line, where it came from [`Scratch`], since a
    /// store across two lines costs twice.
    start: usize,
    length: usize,
}

/// Numbers in a cache line.
const LINE: usize = 64 / size_of::<f32>();

/// Buffers between uses. Each run of a graph has one of its own.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    free: Vec<Buffer>,
}

impl Scratch {
    /// `length` numbers of any value: the taker overwrites them all.
    pub fn take(&mut self, length: usize) -> Buffer {
        let needed = length + LINE;
        let fits = |b: &&(usize, usize)| b.1 >= needed;
        let sizes = self.free.iter().map(|b| b.numbers.len()).enumerate();
        let sizes: Vec<(usize, usize)> = sizes.collect();
        let best = sizes.iter().filter(fits).min_by_key(|(_, size)| *size);
        let chosen = best.or_else(|| sizes.iter().max_by_key(|(_, size)| *size));
        let mut buffer = match chosen {
            Some(&(at, _)) => self.free.swap_remove(at),
            None => Buffer::default(),
        };
        if buffer.numbers.len() < needed {
            buffer.numbers.resize(needed, 0.0);
        }
        let line = LINE * size_of::<f32>();
        buffer.start = buffer.numbers.as_ptr().align_offset(line).min(LINE);
        buffer.length = length;
        buffer
    }

    pub fn give(&mut self, buffer: Buffer) {
        if !buffer.numbers.is_empty() {
            self.free.push(buffer);
        }
    }

    pub fn give_value(&mut self, value: Value) {
        if let Value::Floats(Floats {
            data: Data::Owned(buffer),
            ..
        }) = value
        {
            self.give(buffer);
        }
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers[self.start..][..self.length]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..][..self.length]
    }
}

impl Clone for Buffer {
    fn clone(&self) -> Self {
        self.to_vec().into()
    }
}

impl From<Vec<f32>> for Buffer {
    fn from(numbers: Vec<f32>) -> Self {
        let (start, length) = (0, numbers.len());
        Self {
            numbers,
            start,
            length,
        }
    }
}

impl Deref for Data {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match self {
            Data::Owned(buffer) => buffer,
            Data::Shared(numbers) => numbers,
        }
    }
}

impl Floats {
    pub fn plain(shape: Vec<usize>, data: Buffer) -> Self {
        Self {
            shape,
            layout: Layout::Plain,
            data: Data::Owned(data),
        }
    }

    pub fn channels_last(shape: [usize; 4], data: Buffer) -> Self {
        Self {
            shape: shape.to_vec(),
            layout: Layout::ChannelsLast,
            data: Data::Owned(data),
        }
    }

    /// Batch, channels, height, width, if it has four dimensions.
    pub fn dims4(&self) -> Option<[usize; 4]> {
        self.shape[..].try_into().ok()
    }

    /// Whether both layouts are the same bytes.
    fn is_either(&self) -> bool {
        match self.shape[..] {
            [_, c, h, w] => c == 1 || h * w == 1,
            _ => true,
        }
    }

    /// The same tensor with its numbers in this order.
    pub fn into_layout(mut self, layout: Layout, scratch: &mut Scratch) -> Self {
        if self.layout == layout || self.shape.len() != 4 {
            return self;
        }
        if !self.is_either() {
            let data = self.reordered(scratch);
            if let Data::Owned(old) = std::mem::replace(&mut self.data, Data::Owned(data)) {
                scratch.give(old);
            }
        }
        self.layout = layout;
        self
    }

    /// A copy in the other layout.
    fn reordered(&self, scratch: &mut Scratch) -> Buffer {
        let [n, c, h, w] = [0, 1, 2, 3].map(|at| self.shape[at]);
        let mut out = scratch.take(self.data.len());
        let (rows, columns) = match self.layout {
            Layout::Plain => (c, h * w),
            Layout::ChannelsLast => (h * w, c),
        };
        let size = rows * columns;
        for at in 0..n {
            let part = at * size..(at + 1) * size;
            transpose(&self.data[part.clone()], &mut out[part], rows, columns);
        }
        out
    }
}

/// Side of the squares that a transposition works in, for the cache's sake.
const TILE: usize = 16;

/// `from` is `rows × columns`, `to` becomes `columns × rows`.
pub(super) fn transpose(from: &[f32], to: &mut [f32], rows: usize, columns: usize) {
    // a picture's three planes
    if let (3, Some((red, rest))) = (rows, from.split_at_checked(columns)) {
        let planes = red
            .iter()
            .zip(rest)
            .zip(rest[columns.min(rest.len())..].iter());
        for (pixel, ((&red, &green), &blue)) in to.chunks_exact_mut(3).zip(planes) {
            pixel.copy_from_slice(&[red, green, blue]);
        }
        return;
    }
    for top in (0..rows).step_by(TILE) {
        for left in (0..columns).step_by(TILE) {
            for column in left..(left + TILE).min(columns) {
                let height = TILE.min(rows - top);
                let line = &mut to[column * rows + top..][..height];
                for (at, y) in line.iter_mut().enumerate() {
                    *y = from[(top + at) * columns + column];
                }
            }
        }
    }
}
