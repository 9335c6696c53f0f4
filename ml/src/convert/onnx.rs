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
    #[prost(message, repeated, tag = "8")]
    pub opset_import: Vec<OperatorSet>,
    #[prost(message, repeated, tag = "14")]
    pub metadata_props: Vec<Property>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct OperatorSet {
    #[prost(string, tag = "1")]
    pub domain: String,
    #[prost(int64, tag = "2")]
    pub version: i64,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Property {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Graph {
    #[prost(message, repeated, tag = "1")]
    pub node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    pub initializer: Vec<Tensor>,
    #[prost(message, repeated, tag = "11")]
    pub input: Vec<ValueInfo>,
    #[prost(message, repeated, tag = "12")]
    pub output: Vec<ValueInfo>,
}

/// Only the name: shapes are found when the graph runs.
#[derive(Clone, PartialEq, Message)]
pub(super) struct ValueInfo {
    #[prost(string, tag = "1")]
    pub name: String,
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
    #[prost(message, repeated, tag = "5")]
    pub attribute: Vec<Attribute>,
}

#[derive(Clone, PartialEq, Message)]
pub(super) struct Attribute {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(float, tag = "2")]
    pub f: f32,
    #[prost(int64, tag = "3")]
    pub i: i64,
    #[prost(bytes = "vec", tag = "4")]
    pub s: Vec<u8>,
    #[prost(message, optional, tag = "5")]
    pub t: Option<Tensor>,
    #[prost(float, repeated, tag = "7")]
    pub floats: Vec<f32>,
    #[prost(int64, repeated, tag = "8")]
    pub ints: Vec<i64>,
    #[prost(int32, tag = "20")]
    pub kind: i32,
}

/// `AttributeProto.AttributeType`
pub(super) mod attribute {
    pub const FLOAT: i32 = 1;
    pub const INT: i32 = 2;
    pub const STRING: i32 = 3;
    pub const TENSOR: i32 = 4;
    pub const FLOATS: i32 = 6;
    pub const INTS: i32 = 7;
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
    #[prost(int64, repeated, tag = "7")]
    pub int64_data: Vec<i64>,
    #[prost(string, tag = "8")]
    pub name: String,
    #[prost(bytes = "vec", tag = "9")]
    pub raw_data: Vec<u8>,
    #[prost(double, repeated, tag = "10")]
    pub double_data: Vec<f64>,
}

/// `TensorProto.DataType`
pub(super) const FLOAT: i32 = 1;
pub(super) const UINT8: i32 = 2;
pub(super) const INT8: i32 = 3;
pub(super) const INT32: i32 = 6;
pub(super) const INT64: i32 = 7;
pub(super) const FLOAT16: i32 = 10;
pub(super) const DOUBLE: i32 = 11;

pub(super) fn model(bytes: &[u8]) -> Result<Model, MlError> {
    Model::decode(bytes).map_err(|e| wrong(format!("it is no ONNX file: {e}")))
}

pub(super) fn graph(bytes: &[u8]) -> Result<Graph, MlError> {
    model(bytes)?
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
            let words = self.words::<4>()?.iter();
            words.map(|w| f32::from_le_bytes(*w)).collect()
        };
        self.counted(values)
    }

    /// As [`Tensor::floats`]; half and double precision become single.
    pub(super) fn widened(&self) -> Result<Vec<f32>, MlError> {
        let raw = &self.raw_data;
        let values = match (self.data_type, raw.is_empty()) {
            (FLOAT16, false) => {
                let words = self.words::<2>()?.iter();
                words
                    .map(|w| half::f16::from_le_bytes(*w).to_f32())
                    .collect()
            }
            (FLOAT16, true) => self
                .int32_data
                .iter()
                .map(|&bits| half::f16::from_bits(bits as u16).to_f32())
                .collect(),
            (DOUBLE, false) => {
                let words = self.words::<8>()?.iter();
                words.map(|w| f64::from_le_bytes(*w) as f32).collect()
            }
            (DOUBLE, true) => self.double_data.iter().map(|&v| v as f32).collect(),
            _ => return self.floats(),
        };
        self.counted(values)
    }

    /// int32 or int64, widened; row-major, as many as the shape says.
    pub(super) fn integers(&self) -> Result<Vec<i64>, MlError> {
        let values = match (self.data_type, self.raw_data.is_empty()) {
            (INT64, true) => self.int64_data.clone(),
            (INT64, false) => {
                let words = self.words::<8>()?.iter();
                words.map(|w| i64::from_le_bytes(*w)).collect()
            }
            (INT32, true) => self.int32_data.iter().map(|&v| v.into()).collect(),
            (INT32, false) => {
                let words = self.words::<4>()?.iter();
                words.map(|w| i32::from_le_bytes(*w).into()).collect()
            }
            _ => return Err(self.broken("it is neither int32 nor int64")),
        };
        self.counted(values)
    }

    fn words<const N: usize>(&self) -> Result<&[[u8; N]], MlError> {
        match self.raw_data.as_chunks::<N>() {
            (words, []) => Ok(words),
            _ => Err(self.broken("its data is cut off")),
        }
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
