//! What rules have at hand: two accounts that do not know each other, a
//! picture, a cluster.

use std::cell::OnceCell;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use crate::check::{Check, Stop, failed};
use crate::http::Account;
use crate::picture::picture;
use crate::socket::{Encoding, Socket};

/// Somebody who may stop and start the server.
pub trait Operator: Sync {
    /// Kills it without a warning and starts it again; back when it answers.
    ///
    /// # Errors
    /// It does not come back.
    fn kill(&self) -> Check;

    /// Asks it to stop.
    ///
    /// # Errors
    /// It does not stop.
    fn stop(&self) -> Check;

    /// Starts it after [`stop`](Self::stop); back when it answers.
    ///
    /// # Errors
    /// It does not start.
    fn start(&self) -> Check;
}

/// One worker's part of the server: rules that run beside each other share
/// nothing.
pub struct World<'a> {
    pub url: &'a str,
    pub ada: Account,
    pub bob: Account,
    operator: Option<&'a dyn Operator>,
    element: OnceCell<String>,
    cluster: OnceCell<String>,
}

impl<'a> World<'a> {
    /// Opens its accounts.
    ///
    /// # Errors
    /// The server refuses, or does not answer.
    pub fn new(url: &'a str, operator: Option<&'a dyn Operator>) -> Check<Self> {
        Ok(Self {
            url,
            ada: account(url)?,
            bob: account(url)?,
            operator,
            element: OnceCell::new(),
            cluster: OnceCell::new(),
        })
    }

    /// Who may restart the server.
    ///
    /// # Errors
    /// `Skipped` where nobody may.
    pub fn operator(&self) -> Check<&dyn Operator> {
        let nobody = || Stop::Skipped("the server may not be restarted from here".to_owned());
        self.operator.ok_or_else(nobody)
    }

    /// An account for one rule alone.
    ///
    /// # Errors
    /// The server refuses, or does not answer.
    pub fn account(&self) -> Check<Account> {
        account(self.url)
    }

    /// A connection that has said nothing yet.
    ///
    /// # Errors
    /// It is refused.
    pub fn connect(&self) -> Check<Socket> {
        Socket::connect(self.url, Encoding::Json)
    }

    /// A session of an account.
    ///
    /// # Errors
    /// It is refused.
    pub fn open(&self, who: &Account) -> Check<Socket> {
        let mut socket = self.connect()?;
        socket.identify(&who.token)?;
        Ok(socket)
    }

    /// A private picture of ada's.
    ///
    /// # Errors
    /// It cannot be saved.
    pub fn element(&self) -> Check<&str> {
        kept(&self.element, || self.ada.save(&new_picture(), "private"))
    }

    /// A private cluster of ada's.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn cluster(&self) -> Check<&str> {
        kept(&self.cluster, || self.new_cluster("private"))
    }

    /// Another cluster of ada's.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new_cluster(&self, visibility: &str) -> Check<String> {
        let new = json!({"name": "Conformance", "visibility": visibility});
        let made = self
            .ada
            .call("POST", "/api/v1/clusters", Some(&new))?
            .ok()?;
        match made["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => failed(format!("no cluster is made: {made}")),
        }
    }

    /// Gives the picture another title: one `element_changed`.
    ///
    /// # Errors
    /// It is refused.
    pub fn retitle(&self, title: &str) -> Check {
        self.edit(&json!({"title": title}))
    }

    /// Changes the picture.
    ///
    /// # Errors
    /// It is refused.
    pub fn edit(&self, change: &Value) -> Check {
        let path = format!("/api/v1/elements/{}", self.element()?);
        self.ada.call("PATCH", &path, Some(change))?.ok().map(drop)
    }

    /// Forgets what is kept, so that the next rule finds a server of its own.
    pub fn clean_up(&self) {
        let element = self
            .element
            .get()
            .map(|id| format!("/api/v1/elements/{id}"));
        let cluster = self
            .cluster
            .get()
            .map(|id| format!("/api/v1/clusters/{id}"));
        for path in [element, cluster].into_iter().flatten() {
            // the server may be what is broken
            let _ = self.ada.call("DELETE", &path, None);
        }
    }
}

fn kept(cell: &OnceCell<String>, make: impl FnOnce() -> Check<String>) -> Check<&str> {
    if let Some(known) = cell.get() {
        return Ok(known);
    }
    let made = make()?;
    Ok(cell.get_or_init(|| made))
}

/// Every account has a name that nobody has had.
fn account(url: &str) -> Check<Account> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Account::register(url, &format!("kit{:08x}n{count}", rand::random::<u32>()))
}

/// One that nobody has saved before.
fn new_picture() -> Vec<u8> {
    let colour: [u8; 3] = rand::random();
    picture(|shade| colour.map(|c| c.wrapping_add(shade)))
}
