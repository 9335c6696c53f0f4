//! Every way this crate can fail. Messages say what to do about it where
//! something can be done.

use std::path::{Path, PathBuf};

/// The error of every public function here.
#[derive(Debug, thiserror::Error)]
pub enum MlError {
    /// A package client is not on this machine.
    #[error("{client} is needed to fetch {package}: {install}")]
    ClientMissing {
        /// The program that was looked for.
        client: String,
        /// The package that was wanted.
        package: String,
        /// What to install.
        install: &'static str,
    },
    /// The package client could not reach its index.
    #[error(
        "cannot reach the package index for {package}: check the network and run it again ({detail})"
    )]
    Offline {
        /// The package that was wanted.
        package: String,
        /// The client's own last words.
        detail: String,
    },
    /// The index knows no such package or version.
    #[error("{package} was not found by {client}: {detail}")]
    PackageNotFound {
        /// The program that looked.
        client: String,
        /// The package that was wanted.
        package: String,
        /// The client's own last words.
        detail: String,
    },
    /// The package client ended badly for another reason.
    #[error("{client} could not fetch {package}: {detail}")]
    ClientFailed {
        /// The program that ran.
        client: String,
        /// The package that was wanted.
        package: String,
        /// The client's own last words.
        detail: String,
    },
    /// The package arrived, but cannot be unpacked.
    #[error("the archive of {package} cannot be read: {detail}")]
    BadArchive {
        /// The package that was fetched.
        package: String,
        /// Why it cannot be read.
        detail: String,
    },
    /// The package holds no such file.
    #[error("{package} holds no file {path}")]
    FileNotInPackage {
        /// The package that was searched.
        package: String,
        /// The pattern that matched nothing.
        path: String,
    },
    /// A pattern fits more than one file.
    #[error("{path} fits both {first} and {second} in {package}: name one of them")]
    AmbiguousPath {
        /// The package that was searched.
        package: String,
        /// The pattern.
        path: String,
        /// One match.
        first: String,
        /// Another.
        second: String,
    },
    /// The bytes are not the ones that were asked for.
    #[error(
        "{what} is not what was expected: sha256 {found} ({found_bytes} bytes), expected {expected} ({expected_bytes} bytes)"
    )]
    ChecksumMismatch {
        /// The file or package member.
        what: String,
        /// The sha256 that the manifest names.
        expected: String,
        /// The size that the manifest names.
        expected_bytes: u64,
        /// The sha256 that was found.
        found: String,
        /// The size that was found.
        found_bytes: u64,
    },
    /// The manifest cannot be used.
    #[error("the model manifest is wrong: {0}")]
    Manifest(String),
    /// The manifest names no such model.
    #[error("there is no model {0} in the manifest")]
    UnknownModel(String),
    /// The hub did not answer.
    #[error(
        "cannot reach the model hub at {endpoint} ({detail}): check the network, or name a mirror with HF_ENDPOINT"
    )]
    HubUnreachable {
        /// The address that was asked.
        endpoint: String,
        /// What went wrong.
        detail: String,
    },
    /// The hub wants to know who asks.
    #[error(
        "the model hub does not give {what} to everybody (HTTP {status}): accept its terms there and set HF_TOKEN"
    )]
    HubRefused {
        /// Repository, revision and file.
        what: String,
        /// HTTP status.
        status: u16,
    },
    /// The hub has no such file, commit or repository.
    #[error("the model hub has no {what}: {detail}")]
    HubNotFound {
        /// Repository, revision and file.
        what: String,
        /// The hub's own words.
        detail: String,
    },
    /// The hub answered with something that cannot be used.
    #[error("the model hub's answer for {what} cannot be used: {detail}")]
    HubAnswer {
        /// Repository, revision and file.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A model's file is not there yet.
    #[error("the model {id} is not ready ({why}): run `asterism models pull {id}`")]
    ModelMissing {
        /// The model that was asked for.
        id: String,
        /// Which file, and what is the matter with it.
        why: String,
    },
    /// Weights cannot be turned into safetensors.
    #[error("cannot convert {what}: {detail}")]
    Convert {
        /// The file that was read.
        what: String,
        /// Why it cannot be read.
        detail: String,
    },
    /// A network uses an operator that the graph runner does not know.
    #[error("the operator {op} (node {node}) is not known")]
    UnsupportedOp {
        /// Its ONNX name, and the option that is too much.
        op: String,
        /// Where it stands.
        node: String,
    },
    /// The disk said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Sides and bytes of a picture do not belong together.
    #[error("{bytes} bytes are no {width} x {height} RGB picture")]
    BadPicture {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Bytes that were given.
        bytes: usize,
    },
    /// A model file lacks a tensor or holds another network.
    #[error("the weights of {model} do not fit: {detail}")]
    BadWeights {
        /// The model's id.
        model: String,
        /// What is missing or misshapen.
        detail: String,
    },
    /// An input that no retry will make better.
    #[error("the input cannot be used: {0}")]
    BadInput(String),
    /// A model is larger than all the memory that models may use.
    #[error(
        "{model} needs {needed} bytes, the budget for models is {budget}: raise ml.memory_budget"
    )]
    OverBudget {
        /// The model's id.
        model: String,
        /// Bytes that it needs.
        needed: u64,
        /// Bytes that are allowed.
        budget: u64,
    },
    /// The lane's queue is full; the caller should wait and ask again.
    #[error("the {lane} queue for inference is full")]
    Busy {
        /// Which lane.
        lane: &'static str,
    },
    /// The worker died over this input, or before it.
    #[error("the inference worker gave no answer: {0}")]
    WorkerLost(String),
    /// The worker overran the deadline and was given up.
    #[error("{task} gave no answer in {seconds} seconds and was given up")]
    Hung {
        /// The kind of task.
        task: &'static str,
        /// The deadline.
        seconds: u64,
    },
    /// Inference takes no work just now; the input is not at fault.
    #[error("inference takes no work: {0}")]
    Unavailable(String),
    /// The server that runs the models cannot be reached.
    #[error("the model server at {url} is away: {why}")]
    Away {
        /// Where it should be.
        url: String,
        /// What was tried.
        why: String,
    },
    /// The server that runs the models failed in a way of its own.
    #[error("the model server failed: {0}")]
    Remote(String),
    /// An answer of another kind than the question.
    #[error("{0} was not what was asked for")]
    WrongAnswer(&'static str),
    /// The tensor library failed.
    #[cfg(feature = "engine")]
    #[error("tensor operation failed: {0}")]
    Candle(#[from] candle_core::Error),
}

impl MlError {
    /// Whether a worker died or hung over the input. An input that does this
    /// again and again should be kept from the workers.
    pub fn is_worker_fault(&self) -> bool {
        matches!(self, Self::WorkerLost(_) | Self::Hung { .. })
    }

    /// Whether the input itself cannot be used, however often it is tried.
    pub fn is_input_fault(&self) -> bool {
        matches!(self, Self::BadInput(_) | Self::BadPicture { .. })
    }

    /// Whether nothing can be asked just now, for no fault of the input: work
    /// should wait and not count as tried.
    pub fn is_absence(&self) -> bool {
        matches!(
            self,
            Self::Away { .. }
                | Self::Unavailable(_)
                | Self::Busy { .. }
                | Self::ModelMissing { .. }
        )
    }

    /// For `map_err`: names the path that an I/O error is about.
    pub fn io(path: &Path) -> impl FnOnce(std::io::Error) -> MlError + '_ {
        move |source| MlError::Io {
            path: path.to_owned(),
            source,
        }
    }
}
