//! A graph while it is being prepared.

use std::collections::HashMap;
use std::sync::Arc;

use super::format::{KEY, NodeRecord, Topology, VERSION};
use super::layer::Layer;
use super::op::Op;
use super::tensor::{Data, Floats, Integers, Layout, Value};
use crate::MlError;
use crate::models::Weights;

/// Numbers a value of the graph.
pub(super) type Id = usize;

/// An optional input that is left out.
pub(super) const MISSING: Id = usize::MAX;

pub(super) struct Network {
    pub nodes: Vec<Node>,
    pub constants: HashMap<Id, Value>,
    pub inputs: Vec<(String, Id)>,
    pub outputs: Vec<Id>,
    /// How many values there are.
    pub values: usize,
}

pub(super) struct Node {
    pub label: String,
    pub step: Step,
    pub inputs: Vec<Id>,
    pub output: Id,
}

pub(super) enum Step {
    Op(Op),
    /// Inputs: what it works on, and what is added to its output, if anything.
    Layer(Box<Layer>),
    /// Over the last axis.
    LayerNorm {
        weight: Arc<[f32]>,
        bias: Arc<[f32]>,
        epsilon: f32,
    },
}

impl Network {
    /// The topology in the file's metadata.
    pub fn topology(weights: &Weights) -> Result<Topology, MlError> {
        let bad = |detail: String| bad(weights, detail);
        let json = weights
            .note(KEY)
            .ok_or_else(|| bad("it holds no graph".into()))?;
        let topology: Topology = serde_json::from_str(json).map_err(|e| bad(e.to_string()))?;
        if topology.version != VERSION {
            return Err(bad(format!("its graph has version {}", topology.version)));
        }
        Ok(topology)
    }

    /// A topology with the constants that it names.
    pub fn read(weights: &Weights, topology: &Topology) -> Result<Self, MlError> {
        let mut names = Names::default();
        let mut constants = HashMap::new();
        for (name, integers) in &topology.integers {
            let integers = Integers {
                shape: integers.shape.clone(),
                values: integers.values.clone(),
            };
            constants.insert(names.id(name), Value::Integers(integers));
        }
        for (name, shape, numbers) in weights.all() {
            let floats = Floats {
                shape: shape.to_vec(),
                layout: Layout::Plain,
                data: Data::Shared(numbers.to_vec().into()),
            };
            constants.insert(names.id(name), Value::Floats(floats));
        }
        let inputs = topology.inputs.iter();
        let inputs = inputs.map(|name| (name.clone(), names.id(name))).collect();
        let nodes = topology
            .nodes
            .iter()
            .map(|record| Node::read(record, topology.opset, &mut names))
            .collect::<Result<_, _>>()?;
        let outputs = topology.outputs.iter().map(|name| names.id(name)).collect();
        let network = Self {
            nodes,
            constants,
            inputs,
            outputs,
            values: names.0.len(),
        };
        network
            .check_order()
            .map_err(|detail| bad(weights, detail))?;
        Ok(network)
    }

    fn check_order(&self) -> Result<(), String> {
        let mut known = vec![false; self.values];
        let given = self.inputs.iter().map(|(_, id)| id);
        for &id in self.constants.keys().chain(given) {
            known[id] = true;
        }
        for node in &self.nodes {
            if node.inputs.iter().any(|&id| id != MISSING && !known[id]) {
                return Err(format!("node {} comes before its inputs", node.label));
            }
            known[node.output] = true;
        }
        match self.outputs.iter().all(|&id| known[id]) {
            true => Ok(()),
            false => Err("nothing makes one of its outputs".into()),
        }
    }

    pub fn float(&self, id: Id) -> Option<&Floats> {
        match self.constants.get(&id)? {
            Value::Floats(floats) => Some(floats),
            Value::Integers(_) => None,
        }
    }

    /// A constant that is one number whatever it meets.
    pub fn scalar(&self, id: Id) -> Option<f32> {
        let floats = self.float(id)?;
        match floats.data[..] {
            [x] if floats.shape.len() < 2 => Some(x),
            _ => None,
        }
    }

    /// Which node makes each value.
    pub fn makers(&self) -> Vec<Option<usize>> {
        let mut makers = vec![None; self.values];
        for (at, node) in self.nodes.iter().enumerate() {
            makers[node.output] = Some(at);
        }
        makers
    }

    /// Every use of each value; the end of the list stands for the caller.
    pub fn takers(&self) -> Vec<Vec<usize>> {
        let mut takers = vec![Vec::new(); self.values];
        for (at, node) in self.nodes.iter().enumerate() {
            for &id in node.inputs.iter().filter(|&&id| id != MISSING) {
                takers[id].push(at);
            }
        }
        for &id in &self.outputs {
            takers[id].push(self.nodes.len());
        }
        takers
    }

    /// Lets everyone who took `old` take `new`.
    pub fn replace(&mut self, old: Id, new: Id) {
        let inputs = self.nodes.iter_mut().flat_map(|node| &mut node.inputs);
        for id in inputs.chain(&mut self.outputs).filter(|id| **id == old) {
            *id = new;
        }
    }

    /// Drops what nobody takes.
    pub fn prune(&mut self) {
        let mut wanted = vec![false; self.values];
        for &id in &self.outputs {
            wanted[id] = true;
        }
        for node in self.nodes.iter().rev() {
            if wanted[node.output] {
                for &id in node.inputs.iter().filter(|&&id| id != MISSING) {
                    wanted[id] = true;
                }
            }
        }
        self.nodes.retain(|node| wanted[node.output]);
        self.constants.retain(|&id, _| wanted[id]);
    }
}

fn bad(weights: &Weights, detail: String) -> MlError {
    MlError::BadWeights {
        model: weights.model().to_owned(),
        detail,
    }
}

impl Node {
    fn read(record: &NodeRecord, opset: i64, names: &mut Names) -> Result<Self, MlError> {
        let op = Op::read(record, opset)?;
        let id = |name: &String| match name.as_str() {
            "" => MISSING,
            name => names.id(name),
        };
        let inputs = record.inputs.iter().map(id).collect();
        Ok(Self {
            label: format!("{} ({})", record.label(), record.op),
            step: Step::Op(op),
            inputs,
            output: names.id(record.outputs.first().map_or("", |name| name)),
        })
    }

    pub fn op(&self) -> Option<&Op> {
        match &self.step {
            Step::Op(op) => Some(op),
            _ => None,
        }
    }
}

#[derive(Default)]
struct Names(HashMap<String, Id>);

impl Names {
    fn id(&mut self, name: &str) -> Id {
        let next = self.0.len();
        *self.0.entry(name.to_owned()).or_insert(next)
    }
}
