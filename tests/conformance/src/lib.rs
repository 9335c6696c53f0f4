//! The conformance kit: every numbered statement of `docs/websocket.md` that
//! can be told from outside is a [`Rule`] here, checked against a running
//! server at any address. It knows the protocol from that page alone and
//! shares no code with the server.
//!
//! `cargo xtask conformance URL` prints the report. The end-to-end tests run
//! the same rules with an [`Operator`], who may also restart the server.

mod check;
mod http;
mod known;
mod picture;
mod report;
mod rules;
mod run;
mod socket;
mod world;

pub use check::{Check, Stop, ensure, failed, same};
pub use http::{Account, Answer};
pub use known::Known;
pub use picture::picture;
pub use report::{Line, Outcome, Report};
pub use rules::{Needs, RULES, Rule};
pub use run::{Options, run};
pub use socket::{Came, Encoding, Handshake, Refused, Socket};
pub use world::{Operator, World};
