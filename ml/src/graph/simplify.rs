//! Rewrites that make a graph smaller: constants computed once, scalars made
//! part of the operation, and the idioms that exporters write for one function
//! turned back into it.

use super::exec::{self, Arg};
use super::network::{Id, MISSING, Network, Node, Step};
use super::op::{Binary, Op, Unary};
use super::tensor::{Data, Floats, Layout, Scratch, Value};

/// How far a constant of an idiom may be from the number that it stands for.
const CLOSE: f32 = 1e-5;

pub(super) fn simplify(network: &mut Network) {
    fold_constants(network);
    for at in 0..network.nodes.len() {
        if let Some((unary, input)) = as_unary(network, &network.nodes[at]) {
            set_unary(&mut network.nodes[at], unary, input);
        }
    }
    drop_identities(network);
    while compose_affines(network) || gate(network) || layer_norm(network) {}
    drop_identities(network);
    network.prune();
}

/// Runs every node whose inputs are all known.
fn fold_constants(network: &mut Network) {
    let mut scratch = Scratch::default();
    let (constants, nodes) = (&mut network.constants, &mut network.nodes);
    nodes.retain(|node| {
        let Some(op) = node.op() else { return true };
        let known = |id: &Id| *id == MISSING || constants.contains_key(id);
        if node.inputs.is_empty() || !node.inputs.iter().all(known) {
            return true;
        }
        let get = |id: &Id| constants.get(id).map_or(Arg::Missing, Arg::Borrowed);
        let mut args: Vec<Arg<'_>> = node.inputs.iter().map(get).collect();
        let Some(made) = exec::run(op, &mut args, &mut scratch) else {
            return true;
        };
        drop(args);
        let made = match made {
            Value::Floats(floats) => {
                let floats = floats.into_layout(Layout::Plain, &mut scratch);
                let data = Data::Shared(floats.data.to_vec().into());
                Value::Floats(Floats { data, ..floats })
            }
            integers => integers,
        };
        constants.insert(node.output, made);
        false
    });
}

fn set_unary(node: &mut Node, unary: Unary, input: Id) {
    node.step = Step::Op(Op::Unary(unary));
    node.inputs = vec![input];
}

fn unary(node: &Node) -> Option<(Unary, Id)> {
    match node.op()? {
        Op::Unary(unary) => Some((*unary, node.inputs[0])),
        _ => None,
    }
}

fn binary(node: &Node) -> Option<(Binary, Id, Id)> {
    match (node.op()?, &node.inputs[..]) {
        (Op::Binary(kind), &[a, b]) => Some((*kind, a, b)),
        _ => None,
    }
}

/// Operations with a constant scalar, and clips, as functions of one tensor.
fn as_unary(network: &Network, node: &Node) -> Option<(Unary, Id)> {
    if let Op::Clip(bounds) = node.op()? {
        let bound = |at: usize, open: f32| match node.inputs.get(at) {
            None | Some(&MISSING) => Some(open),
            Some(&id) => network.scalar(id),
        };
        let [low, high] = match bounds {
            Some(bounds) => *bounds,
            None => [bound(1, f32::MIN)?, bound(2, f32::MAX)?],
        };
        return Some((Unary::Clamp(low, high), node.inputs[0]));
    }
    let (kind, a, b) = binary(node)?;
    let constant = |id: Id| network.scalar(id);
    let unary = match (kind, constant(a), constant(b)) {
        (Binary::Add, None, Some(x)) => (Unary::Affine(1.0, x), a),
        (Binary::Add, Some(x), None) => (Unary::Affine(1.0, x), b),
        (Binary::Sub, None, Some(x)) => (Unary::Affine(1.0, -x), a),
        (Binary::Sub, Some(x), None) => (Unary::Affine(-1.0, x), b),
        (Binary::Mul, None, Some(x)) => (Unary::Affine(x, 0.0), a),
        (Binary::Mul, Some(x), None) => (Unary::Affine(x, 0.0), b),
        (Binary::Div, None, Some(x)) if x != 0.0 => (Unary::Affine(1.0 / x, 0.0), a),
        _ => return None,
    };
    // integers have no such functions
    let is_float = !matches!(network.constants.get(&unary.1), Some(Value::Integers(_)));
    is_float.then_some(unary)
}

/// Two in a row become one.
fn compose_affines(network: &mut Network) -> bool {
    let (makers, takers) = (network.makers(), network.takers());
    for at in 0..network.nodes.len() {
        let Some((Unary::Affine(factor, shift), input)) = unary(&network.nodes[at]) else {
            continue;
        };
        let before = makers[input].filter(|_| takers[input].len() == 1);
        let before = before.and_then(|at| unary(&network.nodes[at]));
        if let Some((Unary::Affine(inner, offset), source)) = before {
            let both = Unary::Affine(inner * factor, offset * factor + shift);
            set_unary(&mut network.nodes[at], both, source);
            network.prune();
            return true;
        }
    }
    false
}

fn close(a: f32, b: f32) -> bool {
    (a - b).abs() <= CLOSE * b.abs().max(1.0)
}

/// `x · g(x)`, where `g` is a sigmoid, a hard sigmoid or a Gaussian's integral
/// in several steps: the product becomes the function that it spells, times a
/// factor.
fn gate(network: &mut Network) -> bool {
    let (makers, takers) = (network.makers(), network.takers());
    for at in 0..network.nodes.len() {
        let Some((Binary::Mul, a, b)) = binary(&network.nodes[at]) else {
            continue;
        };
        for (x, g) in [(a, b), (b, a)] {
            if takers[g].len() != 1 {
                continue;
            }
            let before = |id: Id| makers[id].and_then(|at| unary(&network.nodes[at]));
            let Some((function, factor)) = spelt(x, g, &before) else {
                continue;
            };
            let last = makers[g].expect("the gate was found through its maker");
            set_unary(&mut network.nodes[last], function, x);
            set_unary(&mut network.nodes[at], Unary::Affine(factor, 0.0), g);
            network.prune();
            return true;
        }
    }
    false
}

fn spelt(x: Id, g: Id, before: &dyn Fn(Id) -> Option<(Unary, Id)>) -> Option<(Unary, f32)> {
    match before(g)? {
        (Unary::Sigmoid, own) if own == x => Some((Unary::Swish, 1.0)),
        (Unary::HardSigmoid(a, b), own) if own == x && close(a, 1.0 / 6.0) && close(b, 0.5) => {
            Some((Unary::HardSwish, 1.0))
        }
        (Unary::Clamp(low, high), inner) if low == 0.0 && high == 6.0 => match before(inner)? {
            (Unary::Affine(1.0, 3.0), own) if own == x => Some((Unary::HardSwish, 6.0)),
            _ => None,
        },
        (Unary::Affine(half, same), inner) if half == same => {
            let (Unary::Erf, argument) = before(inner)? else {
                return None;
            };
            match before(argument)? {
                (Unary::Affine(factor, 0.0), own)
                    if own == x && close(factor, std::f32::consts::FRAC_1_SQRT_2) =>
                {
                    Some((Unary::Gelu, 2.0 * half))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

/// `(x − mean(x)) / √(mean((x − mean(x))²) + ε) · weight + bias` over the last
/// axis, in eight or nine steps.
fn layer_norm(network: &mut Network) -> bool {
    let (makers, takers) = (network.makers(), network.takers());
    let node = |id: Id| makers[id].map(|at| &network.nodes[at]);
    let sole = |id: Id| match takers[id][..] {
        [at] => network.nodes.get(at),
        _ => None,
    };
    let mean = |id: Id| match node(id).map(|n| (n.op(), &n.inputs)) {
        Some((Some(Op::Reduce { kind, axes, keep }), inputs)) => {
            let last = *kind == super::op::Reduction::Mean && axes.as_deref() == Some(&[-1]);
            (last && *keep).then(|| inputs[0])
        }
        _ => None,
    };
    let find = |divided: &Node| {
        let (Binary::Div, centred, deviation) = binary(divided)? else {
            return None;
        };
        let (Unary::Sqrt, variance) = unary(node(deviation)?)? else {
            return None;
        };
        let (Unary::Affine(1.0, epsilon), variance) = unary(node(variance)?)? else {
            return None;
        };
        let (Binary::Pow, own, two) = binary(node(mean(variance)?)?)? else {
            return None;
        };
        let (Binary::Sub, x, average) = binary(node(centred)?)? else {
            return None;
        };
        if own != centred || network.scalar(two) != Some(2.0) || mean(average) != Some(x) {
            return None;
        }
        let constant = |id: Id| network.float(id).filter(|f| f.shape.len() == 1);
        let (Binary::Mul, a, b) = binary(sole(divided.output)?)? else {
            return None;
        };
        let (scaled, weight) = (sole(divided.output)?, constant(a).or(constant(b))?);
        let (Binary::Add, a, b) = binary(sole(scaled.output)?)? else {
            return None;
        };
        let (shifted, bias) = (sole(scaled.output)?, constant(a).or(constant(b))?);
        let step = Step::LayerNorm {
            weight: weight.data.to_vec().into(),
            bias: bias.data.to_vec().into(),
            epsilon,
        };
        Some((shifted.output, step, x))
    };
    let Some((output, step, x)) = network.nodes.iter().find_map(find) else {
        return false;
    };
    let at = makers[output].expect("it was found through its node");
    network.nodes[at].step = step;
    network.nodes[at].inputs = vec![x];
    network.prune();
    true
}

fn drop_identities(network: &mut Network) {
    for at in 0..network.nodes.len() {
        let node = &network.nodes[at];
        let nothing = match node.op() {
            Some(Op::Identity) => true,
            Some(Op::Unary(Unary::Affine(factor, shift))) => {
                (factor - 1.0).abs() < f32::EPSILON * 2.0 && *shift == 0.0
            }
            _ => false,
        };
        // the caller's own input must stay where it is
        let (output, input) = (node.output, node.inputs.first().copied());
        if let (true, Some(input)) = (nothing, input) {
            network.replace(output, input);
        }
    }
    network.prune();
}
