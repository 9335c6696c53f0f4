use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{DType, Device, Tensor};

use super::exec::{self, Arg};
use super::format::Topology;
use super::kernels::{activation, panels::Epilogue, reduce};
use super::layer::{self, Packed};
use super::network::{Id, MISSING, Network, Step};
use super::op::{Binary, Op, Unary};
use super::simplify::simplify;
use super::tensor::{Floats, Layout, Scratch, Value};
use crate::MlError;
use crate::models::Weights;

/// A network, ready to run on inputs of any size that it accepts. One may be
/// shared by any number of threads; each run stays on its caller's.
pub struct Graph {
    model: String,
    steps: Vec<Ready>,
    constants: HashMap<Id, Value>,
    inputs: Vec<(String, Id)>,
    outputs: Vec<Id>,
    values: usize,
    properties: BTreeMap<String, String>,
    bytes: u64,
    /// One per run that was ever at work at once.
    scratch: Mutex<Vec<Scratch>>,
}

/// A shape, and its numbers row-major.
pub type Shaped = (Vec<usize>, Vec<f32>);

struct Ready {
    label: String,
    work: Work,
    inputs: Vec<Id>,
    output: Id,
    /// Which inputs nobody takes after this.
    last_uses: Vec<bool>,
}

enum Work {
    Op(Op),
    Layer(Packed, Epilogue),
    LayerNorm {
        weight: Arc<[f32]>,
        bias: Arc<[f32]>,
        epsilon: f32,
    },
}

impl Graph {
    /// Prepares the graph in a file that conversion `onnx-graph` wrote.
    ///
    /// # Errors
    /// [`MlError::BadWeights`] when it holds none or one that does not add up,
    /// [`MlError::UnsupportedOp`] naming an operator that is not known.
    pub fn load(weights: &Weights) -> Result<Self, MlError> {
        Self::assemble(weights, Network::topology(weights)?)
    }

    /// As [`Graph::load`], for weights whose file knows no graph: the
    /// topology's constants are the file's tensors.
    ///
    /// # Errors
    /// As [`Graph::load`].
    pub fn assemble(weights: &Weights, topology: Topology) -> Result<Self, MlError> {
        let network = Network::read(weights, &topology)?;
        Self::prepare(weights.model(), network, topology)
    }

    fn prepare(model: &str, mut network: Network, topology: Topology) -> Result<Self, MlError> {
        simplify(&mut network);
        layer::build(&mut network);
        let mut seen = vec![false; network.values];
        for &id in &network.outputs {
            seen[id] = true;
        }
        let mut steps = Vec::with_capacity(network.nodes.len());
        for node in network.nodes.into_iter().rev() {
            let work = match node.step {
                Step::Op(op) => Work::op(op, &node.label)?,
                Step::Layer(layer) => {
                    let (packed, epilogue) = layer.pack();
                    Work::Layer(packed, epilogue)
                }
                Step::LayerNorm {
                    weight,
                    bias,
                    epsilon,
                } => Work::LayerNorm {
                    weight,
                    bias,
                    epsilon,
                },
            };
            // what one step takes twice must not be given to either place
            let sole = |id: &Id| node.inputs.iter().filter(|&other| other == id).count() == 1;
            let last_uses = node
                .inputs
                .iter()
                .map(|id| *id != MISSING && !std::mem::replace(&mut seen[*id], true) && sole(id))
                .collect();
            steps.push(Ready {
                label: node.label,
                work,
                inputs: node.inputs,
                output: node.output,
                last_uses,
            });
        }
        steps.reverse();
        let packed = steps.iter().map(|step| match &step.work {
            Work::Layer(packed, _) => packed.bytes(),
            _ => 0,
        });
        let constants = network.constants.values().map(|value| match value {
            Value::Floats(floats) => (floats.data.len() * size_of::<f32>()) as u64,
            Value::Integers(integers) => (integers.values.len() * size_of::<i64>()) as u64,
        });
        Ok(Self {
            model: model.to_owned(),
            bytes: packed.sum::<u64>() + constants.sum::<u64>(),
            steps,
            constants: network.constants,
            inputs: network.inputs,
            outputs: network.outputs,
            values: network.values,
            properties: topology.properties,
            scratch: Mutex::default(),
        })
    }

    /// Runs it on f32 tensors, named as the network names its inputs; returns
    /// its outputs in the network's order.
    ///
    /// # Errors
    /// [`MlError::BadInput`] naming the step whose inputs do not fit.
    pub fn run(&self, inputs: &[(&str, Tensor)]) -> Result<Vec<Tensor>, MlError> {
        let mut given = Vec::with_capacity(inputs.len());
        for (name, tensor) in inputs {
            let shape = tensor.dims().to_vec();
            let numbers = tensor
                .to_dtype(DType::F32)?
                .flatten_all()?
                .to_vec1::<f32>()?;
            given.push((*name, shape, numbers));
        }
        let outputs = self.run_numbers(given)?;
        let tensor = |(shape, numbers): Shaped| {
            Tensor::from_vec(numbers, shape, &Device::Cpu).map_err(MlError::from)
        };
        outputs.into_iter().map(tensor).collect()
    }

    /// As [`Graph::run`] on shapes and row-major numbers.
    ///
    /// # Errors
    /// As [`Graph::run`].
    pub fn run_numbers(
        &self,
        inputs: Vec<(&str, Vec<usize>, Vec<f32>)>,
    ) -> Result<Vec<Shaped>, MlError> {
        let mut slots: Vec<Option<Value>> = vec![None; self.values];
        for (name, shape, numbers) in inputs {
            let known = self.inputs.iter().find(|(own, _)| own == name);
            let fits = shape.iter().product::<usize>() == numbers.len();
            let (Some((_, id)), true) = (known, fits) else {
                return Err(self.bad(format!("there is no input {name} of shape {shape:?}")));
            };
            slots[*id] = Some(Value::Floats(Floats::plain(shape, numbers.into())));
        }
        let mut scratch = self.borrow_scratch();
        let outcome = self.step_through(&mut slots, &mut scratch);
        let outputs = outcome.map(|()| {
            let take = |&id: &Id| {
                let value = slots[id]
                    .clone()
                    .or_else(|| self.constants.get(&id).cloned());
                value.map_or_else(Default::default, |value| finished(value, &mut scratch))
            };
            self.outputs.iter().map(take).collect()
        });
        for value in slots.into_iter().flatten() {
            scratch.give_value(value);
        }
        self.scratches().push(scratch);
        outputs
    }

    /// What the model's author wrote beside the network.
    pub fn property(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }

    /// The names of its inputs.
    pub fn input_names(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|(name, _)| name.as_str())
    }

    /// Bytes of the weights as they are kept for running.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    fn step_through(
        &self,
        slots: &mut [Option<Value>],
        scratch: &mut Scratch,
    ) -> Result<(), MlError> {
        for step in &self.steps {
            let mut owned: Vec<Option<Value>> = step
                .inputs
                .iter()
                .zip(&step.last_uses)
                .map(|(&id, &last)| if last { slots[id].take() } else { None })
                .collect();
            let slot = |id: Id| slots[id].as_ref().or_else(|| self.constants.get(&id));
            let mut args: Vec<Arg<'_>> = step
                .inputs
                .iter()
                .zip(&mut owned)
                .map(|(&id, owned)| match owned.take() {
                    Some(value) => Arg::Owned(value),
                    None if id == MISSING => Arg::Missing,
                    None => slot(id).map_or(Arg::Missing, Arg::Borrowed),
                })
                .collect();
            let shapes: Vec<Option<Vec<usize>>> = args
                .iter()
                .map(|arg| arg.floats().map(|f| f.shape.clone()))
                .collect();
            let made = step.work.run(&mut args, scratch);
            for arg in args {
                if let Arg::Owned(value) = arg {
                    scratch.give_value(value);
                }
            }
            let Some(made) = made else {
                let detail = format!("{} cannot work on shapes {shapes:?}", step.label);
                return Err(self.bad(detail));
            };
            slots[step.output] = Some(made);
        }
        Ok(())
    }

    fn bad(&self, detail: String) -> MlError {
        MlError::BadInput(format!("{}: {detail}", self.model))
    }

    fn borrow_scratch(&self) -> Scratch {
        self.scratches().pop().unwrap_or_default()
    }

    fn scratches(&self) -> std::sync::MutexGuard<'_, Vec<Scratch>> {
        // a list of buffers is whole whatever panicked
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn finished(value: Value, scratch: &mut Scratch) -> Shaped {
    match value {
        Value::Floats(floats) => {
            let floats = floats.into_layout(Layout::Plain, scratch);
            (floats.shape, floats.data.to_vec())
        }
        Value::Integers(integers) => {
            let numbers = integers.values.iter().map(|&i| i as f32).collect();
            (integers.shape, numbers)
        }
    }
}

impl Work {
    fn op(op: Op, label: &str) -> Result<Self, MlError> {
        match op {
            // known, but not with computed weights, groups or factors
            Op::Conv(_)
            | Op::ConvTranspose(_)
            | Op::BatchNormalization { .. }
            | Op::Gemm { .. } => Err(MlError::UnsupportedOp {
                op: "with computed weights or groups".to_owned(),
                node: label.to_owned(),
            }),
            op => Ok(Work::Op(op)),
        }
    }

    fn run(&self, args: &mut [Arg<'_>], scratch: &mut Scratch) -> Option<Value> {
        match self {
            Work::Op(op) => exec::run(op, args, scratch),
            Work::Layer(packed, epilogue) => run_layer(packed, *epilogue, args, scratch),
            Work::LayerNorm {
                weight,
                bias,
                epsilon,
            } => {
                args.first_mut()?.arrange(Layout::Plain, scratch);
                let mut floats = args[0].take(scratch)?;
                (floats.shape.last() == Some(&weight.len())).then_some(())?;
                reduce::layer_norm(floats.owned(scratch), weight, bias, *epsilon);
                Some(Value::Floats(floats))
            }
        }
    }
}

fn run_layer(
    packed: &Packed,
    epilogue: Epilogue,
    args: &mut [Arg<'_>],
    scratch: &mut Scratch,
) -> Option<Value> {
    let layout = if packed.works_on_maps() {
        Layout::ChannelsLast
    } else {
        Layout::Plain
    };
    for arg in args.iter_mut() {
        arg.arrange(layout, scratch);
    }
    let x = args.first()?.floats()?;
    let Some(residual) = args.get(1) else {
        return packed.run(x, None, epilogue, scratch).map(Value::Floats);
    };
    let residual = residual.floats()?;
    if packed.shape(&x.shape)? == residual.shape {
        let made = packed.run(x, Some(&residual.data), epilogue, scratch);
        return made.map(Value::Floats);
    }
    // what is added is broadcast: the steps one by one
    let made = packed.run(x, None, Epilogue::default(), scratch)?;
    let residual = Value::Floats(residual.clone());
    let mut sides = [Arg::Owned(Value::Floats(made)), Arg::Owned(residual)];
    let Value::Floats(mut sum) = exec::binary(Binary::Add, &mut sides, scratch)? else {
        return None;
    };
    let data = sum.owned(scratch);
    if let Some(function) = epilogue.activation {
        activation::apply(function, data);
    }
    if let Some((factor, shift)) = epilogue.scale {
        activation::apply(Unary::Affine(factor, shift), data);
    }
    Some(Value::Floats(sum))
}
