//! Import through a running server.

use std::path::Path;

use anyhow::{Context, bail};
use protocol::account::LoggedIn;
use protocol::element::Visibility;
use protocol::upload::{Uploaded, UploadedFile};
use protocol::value::Handle;

use super::report::Outcome;

use crate::plain_http::Server;

/// Separates the parts of a form; cannot occur in the texts we send, and in
/// pictures only by a chance of 2⁻¹²⁸.
fn boundary() -> String {
    format!("asterism-{:032x}", rand::random::<u128>())
}

pub struct Remote {
    server: Server,
    token: String,
}

impl Remote {
    /// # Errors
    /// The server does not answer, or knows neither token nor password.
    pub fn log_in(
        url: &str,
        user: &Handle,
        token: Option<String>,
        password: Option<String>,
    ) -> anyhow::Result<Self> {
        let server = Server::parse(url)?;
        let token = match (token, password) {
            (Some(token), _) => token,
            (None, Some(password)) => {
                let form = serde_json::json!({ "handle": user, "password": password }).to_string();
                let answer = server.post(
                    "/api/v1/auth/login",
                    None,
                    "application/json",
                    form.as_bytes(),
                )?;
                answer.ok()?;
                serde_json::from_slice::<LoggedIn>(&answer.body)
                    .context("the server's answer to the login")?
                    .token
            }
            (None, None) => bail!("give --token, or the password of {user} in ASTERISM_PASSWORD"),
        };
        Ok(Remote { server, token })
    }

    /// # Errors
    /// The server does not answer, or refuses the login; a refused file is no
    /// error.
    pub fn save(
        &mut self,
        path: &Path,
        bytes: &[u8],
        visibility: Visibility,
    ) -> anyhow::Result<Outcome> {
        let boundary = boundary();
        let form = form(&boundary, &super::name(path), bytes, visibility);
        let kind = format!("multipart/form-data; boundary={boundary}");
        let answer = self
            .server
            .post("/api/v1/elements", Some(&self.token), &kind, &form)?;
        match serde_json::from_slice::<Uploaded>(&answer.body) {
            Ok(uploaded) => match uploaded.elements.into_iter().next() {
                Some(UploadedFile::Accepted {
                    duplicate_of: Some(_),
                    ..
                }) => Ok(Outcome::Known),
                Some(UploadedFile::Accepted { .. }) => Ok(Outcome::Saved),
                Some(UploadedFile::Refused { error }) if error.status < 500 => {
                    Ok(Outcome::Refused(error.detail.unwrap_or(error.title)))
                }
                Some(UploadedFile::Refused { error }) => {
                    bail!("the server failed: {}", error.title)
                }
                None => bail!("the server gave no answer for the file"),
            },
            Err(_) => answer
                .ok()
                .map(|()| Outcome::Refused("the server's answer cannot be read".into())),
        }
    }
}

fn form(boundary: &str, name: &str, bytes: &[u8], visibility: Visibility) -> Vec<u8> {
    let visibility = match visibility {
        Visibility::Private => "private",
        Visibility::Unlisted => "unlisted",
        Visibility::Public => "public",
    };
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && *c != '"' && *c != '\\')
        .collect();
    let mut form = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\n{visibility}\r\n\
         --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    form.extend_from_slice(bytes);
    form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    form
}
