//! The few ONNX messages that hold weights, declared by hand (field numbers as
//! in `onnx.proto3` of the ONNX project), so that no protobuf compiler is
//! needed. Everything else in a file is skipped.

use prost::Message;

use super::{elements, wrong};
use crate::MlError;

#[derive(Clone, PartialEq, Message)]
pub(super) struct Model {
    #[prost(message, optional, tag = "7")]
    pub graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<Tensor>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Node {
    #[prost(string, repeated, tag = "1")]
    pub input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    pub output: Vec<String>,
    #[prost(string, tag = "3")]
    pub name: String,
    #[prost(string, tag = "4")]
    pub op_type: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Tensor {
    #[prost(int64, repeated, tag = "1")]
    pub dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    pub data_type: i32,
    #[prost(float, repeated, tag = "4")]
    pub float_data: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    pub int32_data: Vec<i32>,
    #[prost(string, tag = "8")]
    pub name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub raw_data: Vec<u8>,
}

/// `TensorProto.DataType`
pub(super) const FLOAT: i32 = 1;
pub(super) const UINT8: i32 = 2;
pub(super) const INT8: i32 = 3;

pub(super) fn graph(bytes: &[u8]) -> Result<Graph, MlError> {
    Model::decode(bytes)
        .map_err(|e| wrong(format!("it is no ONNX file: {e}")))?
        .graph
        .ok_or_else(|| wrong("it holds no graph"))
}

impl Tensor {
    pub(super) fn shape(&self) -> Result<Vec<usize>, MlError> {
        self.dims
            .iter()
            .map(|&d| usize::try_from(d))
            .collect::<Result<_, _>>()
            .map_err(|_| self.broken("a dimension is negative"))
    }

    /// Row-major, as many as the shape says.
    pub(super) fn floats(&self) -> Result<Vec<f32>, MlError> {
        if self.data_type != FLOAT {
            return Err(self.broken("it is not f32"));
        }
        let values = if self.raw_data.is_empty() {
            self.float_data.clone()
        } else {
            let (words, rest) = self.raw_data.as_chunks::<4>();
            if !rest.is_empty() {
                return Err(self.broken("its data is cut off"));
            }
            words.iter().map(|w| f32::from_le_bytes(*w)).collect()
        };
        self.counted(values)
    }

    /// int8 or uint8, widened; row-major, as many as the shape says.
    pub(super) fn small_ints(&self) -> Result<Vec<i16>, MlError> {
        let values = match (self.data_type, self.raw_data.is_empty()) {
            (INT8, false) => self.raw_data.iter().map(|&b| i16::from(b as i8)).collect(),
            (UINT8, false) => self.raw_data.iter().map(|&b| i16::from(b)).collect(),
            (INT8 | UINT8, true) => self
                .int32_data
                .iter()
                .map(|&v| i16::try_from(v))
                .collect::<Result<_, _>>()
                .map_err(|_| self.broken("a value is out of range"))?,
            _ => return Err(self.broken("it is neither int8 nor uint8")),
        };
        self.counted(values)
    }

    fn counted<T>(&self, values: Vec<T>) -> Result<Vec<T>, MlError> {
        if values.len() == elements(&self.shape()?)? {
            Ok(values)
        } else {
            Err(self.broken("its data does not fill its shape"))
        }
    }

    fn broken(&self, why: &str) -> MlError {
        wrong(format!("tensor {}: {why}", self.name))
    }
}
