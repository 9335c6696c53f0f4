//! What is to be done to a server.

use serde_json::Value;

use crate::Outcome;

/// Whose protocol is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Asterism,
    /// Every text message counts.
    Plain,
    SocketIo,
}

/// A request that makes one event.
#[derive(Debug, Clone)]
pub struct Publish {
    pub method: String,
    pub path: String,
    pub token: Option<String>,
    pub body: String,
}

#[derive(Debug, Clone)]
pub struct Plan {
    pub kind: Kind,
    pub address: String,
    pub clients: usize,
    /// Logins of those who listen, in turn.
    pub tokens: Vec<String>,
    pub topic: String,
    /// In turn.
    pub publish: Vec<Publish>,
}

impl Plan {
    /// From its JSON.
    pub fn read(text: &str) -> Outcome<Self> {
        let plan: Value = serde_json::from_str(text)?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let kind = match plan["kind"].as_str() {
            Some("asterism") => Kind::Asterism,
            Some("socket.io") => Kind::SocketIo,
            Some("plain") => Kind::Plain,
            other => return Err(format!("{other:?} is no kind of server").into()),
        };
        let address = text(&plan["address"]);
        if !address.starts_with("127.0.0.1:") {
            return Err("only this machine is measured".into());
        }
        let all = list(&plan["publish"]);
        let publish = all.iter().map(|one| Publish {
            method: text(&one["method"]),
            path: text(&one["path"]),
            token: one["token"].as_str().map(str::to_owned),
            body: text(&one["body"]),
        });
        Ok(Self {
            kind,
            address,
            clients: plan["clients"].as_u64().unwrap_or_default() as usize,
            tokens: list(&plan["tokens"]).iter().map(text).collect(),
            topic: text(&plan["topic"]),
            publish: publish.collect(),
        })
    }

    /// Where sockets are opened.
    pub fn socket_path(&self) -> &'static str {
        match self.kind {
            Kind::Asterism => "/api/v1/ws",
            Kind::Plain => "/",
            Kind::SocketIo => "/socket.io/?EIO=4&transport=websocket",
        }
    }
}
