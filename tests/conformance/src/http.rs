//! As much of the HTTP API as the rules need, from `docs/http.md`.

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

use crate::check::{Check, Stop, ensure, failed};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// An answer whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub cookie: Option<String>,
}

impl Answer {
    /// The body of a success.
    ///
    /// # Errors
    /// `Failed` with the status and the problem.
    pub fn ok(self) -> Check<Value> {
        ensure((200..300).contains(&self.status), || {
            format!("HTTP {}: {}", self.status, self.body)
        })?;
        Ok(self.body)
    }
}

/// An account that the kit made, with one login.
#[derive(Debug, Clone)]
pub struct Account {
    agent: Agent,
    url: String,
    password: String,
    pub handle: String,
    pub token: String,
    /// The web app's cookie of the same login, as `name=value`.
    pub cookie: String,
    pub id: String,
}

impl Account {
    /// Opens an account.
    ///
    /// # Errors
    /// The server refuses, or does not answer.
    pub fn register(url: &str, handle: &str) -> Check<Self> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE));
        let mut account = Self {
            agent: Agent::new_with_config(config.build()),
            url: url.to_owned(),
            password: format!("{handle}-password"),
            handle: handle.to_owned(),
            token: String::new(),
            cookie: String::new(),
            id: String::new(),
        };
        account.enter("/api/v1/auth/register")?;
        Ok(account)
    }

    /// Another login of the same account.
    ///
    /// # Errors
    /// The server refuses, or does not answer.
    pub fn log_in(&self) -> Check<Self> {
        let mut account = self.clone();
        account.token.clear();
        account.enter("/api/v1/auth/login")?;
        Ok(account)
    }

    fn enter(&mut self, path: &str) -> Check {
        let form = json!({"handle": self.handle, "password": self.password});
        let answer = self.call("POST", path, Some(&form))?;
        self.cookie = answer.cookie.clone().unwrap_or_default();
        let answer = answer.ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match (text(&answer["token"]), text(&answer["user"]["id"])) {
            (Some(token), Some(id)) => (self.token, self.id) = (token, id),
            _ => return failed(format!("{path} gives no token and user: {answer}")),
        }
        Ok(())
    }

    /// Any request.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Check<Answer> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        let answer = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                self.agent
                    .run(request.body(body.to_string().into_bytes()).map_err(wrong)?)
            }
            None => self.agent.run(request.body(()).map_err(wrong)?),
        };
        read(answer.map_err(away)?)
    }

    /// Saves a picture; gives back its element's id.
    ///
    /// # Errors
    /// It is not accepted.
    pub fn save(&self, picture: &[u8], visibility: &str) -> Check<String> {
        let boundary = "----asterism-conformance";
        let mut form = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\n{visibility}\r\n\
             --{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"kit.bmp\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        form.extend_from_slice(picture);
        form.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let answer = self
            .agent
            .post(format!("{}/api/v1/elements", self.url))
            .header("Authorization", format!("Bearer {}", self.token))
            .header(
                "Content-Type",
                format!("multipart/form-data; boundary={boundary}"),
            )
            .send(&form[..]);
        let answer = read(answer.map_err(away)?)?.ok()?;
        match answer["elements"][0]["id"].as_str() {
            Some(id) => Ok(id.to_owned()),
            None => failed(format!("a picture is not accepted: {answer}")),
        }
    }
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Check<Answer> {
    let cookie = answer.headers().get("set-cookie");
    let cookie = cookie.and_then(|value| value.to_str().ok());
    let cookie = cookie.and_then(|value| value.split(';').next().map(str::to_owned));
    let bytes = answer.body_mut().read_to_vec().map_err(away)?;
    Ok(Answer {
        status: answer.status().as_u16(),
        cookie,
        body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
    })
}

fn away(error: ureq::Error) -> Stop {
    Stop::Failed(format!("the server does not answer: {error}"))
}

fn wrong(error: ureq::http::Error) -> Stop {
    Stop::Failed(format!("no request can be made of that: {error}"))
}
