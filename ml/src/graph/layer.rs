//! Operations with weights, and what fuses into them.

use super::kernels::conv::Conv;
use super::kernels::depthwise::Depthwise;
use super::kernels::panels::{Epilogue, Left, Panels, Rows};
use super::kernels::transposed::Transposed;
use super::network::{Id, MISSING, Network, Node, Step};
use super::op::{Binary, Op, Unary, Window};
use super::tensor::{Buffer, Floats, Scratch};

/// A convolution or a matrix product with constant weights while it takes in
/// its neighbours.
pub(super) struct Layer {
    kind: Kind,
    /// Row-major, of the shape that the kind wants.
    weight: Vec<f32>,
    shape: [usize; 4],
    /// One per output channel.
    bias: Vec<f32>,
    window: Window,
    epilogue: Epilogue,
    residual: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `[outputs, inputs, height, width]`
    Conv,
    /// `[channels, 1, height, width]`
    Depthwise,
    /// `[inputs, outputs, height, width]`
    Transposed,
    /// `[outputs, inputs, 1, 1]`, over the last axis of any shape
    Linear,
}

/// A layer ready to run.
pub(super) enum Packed {
    Conv(Conv),
    Depthwise(Depthwise),
    Transposed(Transposed),
    Linear(Panels),
}

/// Makes layers of a network's operations with constant weights.
pub(super) fn build(network: &mut Network) {
    for at in 0..network.nodes.len() {
        if let Some(layer) = Layer::of(network, &network.nodes[at]) {
            let node = &mut network.nodes[at];
            node.step = Step::Layer(Box::new(layer));
            node.inputs.truncate(1);
        }
    }
    network.prune();
    while absorb_one(network) {}
    // what is left of batch norms stands alone
    for at in 0..network.nodes.len() {
        if let Some(layer) = Layer::of_norm(network, &network.nodes[at]) {
            let node = &mut network.nodes[at];
            node.step = Step::Layer(Box::new(layer));
            node.inputs.truncate(1);
        }
    }
    network.prune();
    while absorb_one(network) {}
}

/// Fuses one node into the layer before it.
fn absorb_one(network: &mut Network) -> bool {
    let takers = network.takers();
    for at in 0..network.nodes.len() {
        let node = &network.nodes[at];
        let (Step::Layer(layer), [next]) = (&node.step, &takers[node.output][..]) else {
            continue;
        };
        let Some(next_node) = network.nodes.get(*next) else {
            continue;
        };
        let Some(change) = layer.change(network, node.output, next_node) else {
            continue;
        };
        // it now stands where the last of its inputs is known
        let next = *next;
        let output = next_node.output;
        let mut node = network.nodes.remove(at);
        if let Step::Layer(layer) = &mut node.step {
            layer.apply(&change);
        }
        if let Change::Residual(other) = change {
            node.inputs.push(other);
        }
        node.output = output;
        network.nodes[next - 1] = node;
        return true;
    }
    false
}

enum Change {
    /// Factor and shift of each output channel, or one of all.
    Channels(Vec<f32>, Vec<f32>),
    Activation(Unary),
    /// After the activation.
    Scale(f32, f32),
    Residual(Id),
}

impl Layer {
    fn of(network: &Network, node: &Node) -> Option<Self> {
        let weight = network.float(*node.inputs.get(1)?)?;
        let bias = match node.inputs.get(2) {
            None | Some(&MISSING) => Vec::new(),
            Some(&id) => network.float(id)?.data.to_vec(),
        };
        let plain = |window| Window {
            strides: [1, 1],
            pads: [0; 4],
            dilations: [1, 1],
            groups: window,
        };
        let (kind, window) = match node.op()? {
            Op::Conv(window) => {
                let [outputs, inputs, ..] = weight.dims4()?;
                let kind = match (window.groups, inputs) {
                    (1, _) => Kind::Conv,
                    (groups, 1) if groups == outputs => Kind::Depthwise,
                    _ => return None,
                };
                (kind, window.clone())
            }
            Op::ConvTranspose(window) if window.groups == 1 => (Kind::Transposed, window.clone()),
            Op::MatMul => (Kind::Linear, plain(1)),
            Op::Gemm {
                alpha: 1.0,
                beta: 1.0,
                transpose: [false, _],
            } => (Kind::Linear, plain(1)),
            _ => return None,
        };
        let turned = !matches!(
            node.op()?,
            Op::Gemm {
                transpose: [_, true],
                ..
            }
        );
        let (weight, shape) = match (kind, &weight.shape[..]) {
            // the matrix is [inputs, outputs] unless it says otherwise
            (Kind::Linear, &[rows, columns]) if turned => {
                let mut own = vec![0.0; weight.data.len()];
                super::tensor::transpose(&weight.data, &mut own, rows, columns);
                (own, [columns, rows, 1, 1])
            }
            (Kind::Linear, &[rows, columns]) => (weight.data.to_vec(), [rows, columns, 1, 1]),
            (Kind::Linear, _) => return None,
            _ => (weight.data.to_vec(), weight.dims4()?),
        };
        let mut layer = Self {
            kind,
            weight,
            shape,
            bias,
            window,
            epilogue: Epilogue::default(),
            residual: false,
        };
        let outputs = layer.outputs();
        if ![0, outputs].contains(&layer.bias.len()) {
            return None;
        }
        layer.bias.resize(outputs, 0.0);
        Some(layer)
    }

    /// A batch norm is a depthwise convolution with one tap.
    fn of_norm(network: &Network, node: &Node) -> Option<Self> {
        let (weight, bias) = norm(network, node)?;
        Some(Self {
            kind: Kind::Depthwise,
            shape: [weight.len(), 1, 1, 1],
            weight,
            bias,
            window: Window {
                strides: [1, 1],
                pads: [0; 4],
                dilations: [1, 1],
                groups: 1,
            },
            epilogue: Epilogue::default(),
            residual: false,
        })
    }

    fn outputs(&self) -> usize {
        match self.kind {
            Kind::Transposed => self.shape[1],
            _ => self.shape[0],
        }
    }

    fn change(&self, network: &Network, own: Id, next: &Node) -> Option<Change> {
        let untouched = self.epilogue == Epilogue::default();
        let foldable = untouched && !self.residual;
        if foldable
            && self.kind != Kind::Linear
            && let Some((factors, shifts)) = norm(network, next)
        {
            return (factors.len() == self.outputs()).then_some(Change::Channels(factors, shifts));
        }
        match next.op()? {
            Op::Unary(Unary::Affine(factor, shift)) if foldable => {
                Some(Change::Channels(vec![*factor], vec![*shift]))
            }
            Op::Unary(Unary::Affine(factor, shift)) => Some(Change::Scale(*factor, *shift)),
            Op::Unary(unary) if untouched => Some(Change::Activation(*unary)),
            Op::Binary(kind) => {
                let other = *next.inputs.iter().find(|&&id| id != own)?;
                if let Some(constant) = network.float(other) {
                    let first = next.inputs[0] == own;
                    let values = self.per_channel(constant).filter(|_| foldable)?;
                    let ones = vec![1.0; values.len()];
                    let zeros = vec![0.0; values.len()];
                    let change = match kind {
                        Binary::Add => (ones, values),
                        Binary::Sub if first => (ones, values.iter().map(|x| -x).collect()),
                        Binary::Mul => (values, zeros),
                        Binary::Div if first => (values.iter().map(|x| 1.0 / x).collect(), zeros),
                        _ => return None,
                    };
                    return Some(Change::Channels(change.0, change.1));
                }
                let may = foldable && self.kind != Kind::Transposed && *kind == Binary::Add;
                may.then_some(Change::Residual(other))
            }
            _ => None,
        }
    }

    /// A constant with one number for each output channel, or one for all.
    fn per_channel(&self, constant: &Floats) -> Option<Vec<f32>> {
        let outputs = self.outputs();
        let fits = match (self.kind, &constant.shape[..]) {
            (_, [] | [1]) => true,
            (Kind::Linear, shape) => shape.last() == Some(&outputs),
            (_, [.., channels, 1, 1]) => *channels == outputs || *channels == 1,
            _ => false,
        };
        let count = constant.data.len();
        (fits && (count == outputs || count == 1)).then(|| constant.data.to_vec())
    }

    fn apply(&mut self, change: &Change) {
        match change {
            Change::Channels(factors, shifts) => self.rescale(factors, shifts),
            Change::Activation(unary) => self.epilogue.activation = Some(*unary),
            Change::Scale(factor, shift) => {
                let (inner, offset) = self.epilogue.scale.unwrap_or((1.0, 0.0));
                self.epilogue.scale = Some((inner * factor, offset * factor + shift));
            }
            Change::Residual(_) => self.residual = true,
        }
    }

    fn rescale(&mut self, factors: &[f32], shifts: &[f32]) {
        let [first, second, height, width] = self.shape;
        let taps = height * width;
        let factor = |channel: usize| factors[channel % factors.len()];
        for (at, weight) in self.weight.iter_mut().enumerate() {
            let channel = match self.kind {
                Kind::Transposed => at / taps % second,
                _ => at / (taps * second),
            };
            debug_assert!(channel < first.max(second));
            *weight *= factor(channel);
        }
        for (channel, bias) in self.bias.iter_mut().enumerate() {
            *bias = *bias * factor(channel) + shifts[channel % shifts.len()];
        }
    }

    /// Lays the weights out for running.
    pub fn pack(self) -> (Packed, Epilogue) {
        let Self {
            kind,
            weight,
            shape,
            bias,
            window,
            epilogue,
            ..
        } = self;
        let packed = match kind {
            Kind::Conv => Packed::Conv(Conv::new(&weight, shape, bias, window)),
            Kind::Depthwise => Packed::Depthwise(Depthwise::new(&weight, shape, bias, window)),
            Kind::Transposed => Packed::Transposed(Transposed::new(&weight, shape, bias, window)),
            Kind::Linear => {
                let [outputs, inputs, ..] = shape;
                let at = |k: usize, n: usize| weight[n * inputs + k];
                Packed::Linear(Panels::pack(inputs, outputs, bias, at))
            }
        };
        (packed, epilogue)
    }
}

/// A batch norm's factor and shift of each channel.
fn norm(network: &Network, node: &Node) -> Option<(Vec<f32>, Vec<f32>)> {
    let (Op::BatchNormalization { epsilon }, &[_, scale, bias, mean, variance]) =
        (node.op()?, &node.inputs[..])
    else {
        return None;
    };
    let part = |id| network.float(id).map(|f| &f.data[..]);
    let (scale, bias, mean) = (part(scale)?, part(bias)?, part(mean)?);
    let spread = part(variance)?.iter().map(|v| (v + epsilon).sqrt());
    let factors: Vec<f32> = scale.iter().zip(spread).map(|(s, d)| s / d).collect();
    let shifts = bias.iter().zip(mean).zip(&factors);
    let shifts = shifts.map(|((b, m), f)| b - m * f).collect();
    Some((factors, shifts))
}

impl Packed {
    pub fn bytes(&self) -> u64 {
        match self {
            Packed::Conv(conv) => conv.bytes(),
            Packed::Depthwise(conv) => conv.bytes(),
            Packed::Transposed(conv) => conv.bytes(),
            Packed::Linear(panels) => panels.bytes(),
        }
    }

    /// Whether its input must be channels-last (else it must be plain).
    pub fn works_on_maps(&self) -> bool {
        !matches!(self, Packed::Linear(_))
    }

    /// The output's shape, unless the input does not fit.
    pub fn shape(&self, x: &[usize]) -> Option<Vec<usize>> {
        let map = || -> Option<[usize; 4]> { x.try_into().ok() };
        Some(match self {
            Packed::Conv(conv) => conv.shape(map()?)?.to_vec(),
            Packed::Depthwise(conv) => conv.shape(map()?)?.to_vec(),
            Packed::Transposed(conv) => conv.shape(map()?)?.to_vec(),
            Packed::Linear(panels) => {
                let (last, outer) = x.split_last()?;
                (*last == panels.depth()).then_some(())?;
                let mut shape = outer.to_vec();
                shape.push(panels.columns());
                shape
            }
        })
    }

    /// `residual` has the output's shape and layout.
    pub fn run(
        &self,
        x: &Floats,
        residual: Option<&[f32]>,
        epilogue: Epilogue,
        scratch: &mut Scratch,
    ) -> Option<Floats> {
        match self {
            Packed::Conv(conv) => conv.run(x, residual, epilogue, scratch),
            Packed::Depthwise(conv) => conv.run(x, residual, epilogue, scratch),
            Packed::Transposed(conv) => conv.run(x, epilogue, scratch),
            Packed::Linear(panels) => {
                let shape = self.shape(&x.shape)?;
                let mut out: Buffer = scratch.take(shape.iter().product());
                let left = Left {
                    data: &x.data,
                    rows: Rows::Dense {
                        count: x.data.len() / panels.depth(),
                        stride: panels.depth(),
                    },
                    offsets: &[0],
                    run: panels.depth(),
                };
                panels.multiply(&left, residual, epilogue, &mut out);
                Some(Floats::plain(shape, out))
            }
        }
    }
}
