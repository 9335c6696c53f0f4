//! A client of the HTTP API, as somebody else would write it: JSON by hand.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

/// How long something that the server works on may take.
const PATIENCE: Duration = Duration::from_secs(300);

/// An answer: status and body.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    pub headers: Vec<(String, String)>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// The JSON of a success; anything else fails the test with what it was.
    pub fn ok(&self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        if self.body.is_empty() {
            Value::Null
        } else {
            self.json()
        }
    }

    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// One account's view of a server.
#[derive(Clone)]
pub struct Client {
    agent: Agent,
    pub url: String,
    pub token: Option<String>,
    pub user: Value,
}

impl Client {
    pub fn anonymous(url: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)));
        Self {
            agent: Agent::new_with_config(config.build()),
            url: url.to_owned(),
            token: None,
            user: Value::Null,
        }
    }

    /// Opens an account.
    pub fn register(url: &str, handle: &str) -> Self {
        let mut client = Self::anonymous(url);
        let form = json!({"handle": handle, "password": format!("{handle}-password")});
        let answer = client.post("/api/v1/auth/register", &form).ok();
        client.token = answer["token"].as_str().map(str::to_owned);
        client.user = answer["user"].clone();
        client
    }

    /// A new session of an account that there is.
    pub fn log_in(url: &str, handle: &str) -> Self {
        let mut client = Self::anonymous(url);
        let answer = client.login(handle).ok();
        client.token = answer["token"].as_str().map(str::to_owned);
        client.user = answer["user"].clone();
        client
    }

    pub fn login(&self, handle: &str) -> Answer {
        self.post(
            "/api/v1/auth/login",
            &json!({"handle": handle, "password": format!("{handle}-password")}),
        )
    }

    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    /// The same account by another server.
    pub fn by(&self, url: &str) -> Self {
        Self {
            url: url.to_owned(),
            ..self.clone()
        }
    }

    pub fn user_id(&self) -> &str {
        self.user["id"].as_str().expect("registered")
    }

    pub fn get(&self, path: &str) -> Answer {
        let mut request = self.agent.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    pub fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        let mut request = self
            .agent
            .get(format!("{}{path}", self.url))
            .header(header.0, header.1);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    /// Any request.
    pub fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let request = self.request(method, path);
        match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                let bytes = body.to_string().into_bytes();
                answer(self.agent.run(request.body(bytes).expect("a request")))
            }
            None => answer(self.agent.run(request.body(()).expect("a request"))),
        }
    }

    /// A request without a body and with a header.
    pub fn call_with(&self, method: &str, path: &str, header: Option<(&str, &str)>) -> Answer {
        let mut request = self.request(method, path);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        answer(self.agent.run(request.body(()).expect("a request")))
    }

    fn request(&self, method: &str, path: &str) -> ureq::http::request::Builder {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    pub fn delete(&self, path: &str) -> Answer {
        let mut request = self.agent.delete(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.call())
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.agent.post(format!("{}{path}", self.url)), body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(self.agent.put(format!("{}{path}", self.url)), body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Answer {
        self.send(self.agent.patch(format!("{}{path}", self.url)), body)
    }

    fn send(
        &self,
        mut request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        body: &Value,
    ) -> Answer {
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        answer(request.send_json(body))
    }

    /// Multipart upload; the error is the transport's (a killed server).
    pub fn try_upload(
        &self,
        files: &[(&str, &[u8])],
        fields: &[(&str, &str)],
    ) -> Result<Answer, ureq::Error> {
        let fields = fields
            .iter()
            .map(|(name, text)| (*name, None, text.as_bytes()));
        let files = files
            .iter()
            .map(|(name, bytes)| ("file", Some(*name), *bytes));
        let parts: Vec<_> = fields.chain(files).collect();
        self.send_form("POST", "/api/v1/elements", &parts)
    }

    /// A form of parts: name, file name, bytes.
    pub fn form(&self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        self.send_form("POST", path, parts)
            .expect("the server answers")
    }

    /// The same, put.
    pub fn put_form(&self, path: &str, parts: &[(&str, Option<&str>, &[u8])]) -> Answer {
        self.send_form("PUT", path, parts)
            .expect("the server answers")
    }

    fn send_form(
        &self,
        method: &str,
        path: &str,
        parts: &[(&str, Option<&str>, &[u8])],
    ) -> Result<Answer, ureq::Error> {
        let boundary = "----asterism-test-boundary";
        let mut body = Vec::new();
        for (name, file, bytes) in parts {
            let file = file.map_or_else(String::new, |file| {
                format!("; filename=\"{file}\"\r\nContent-Type: application/octet-stream")
            });
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let url = format!("{}{path}", self.url);
        let request = match method {
            "PUT" => self.agent.put(url),
            _ => self.agent.post(url),
        };
        let mut request = request.header("Content-Type", kind);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        request.send(&body[..]).and_then(read)
    }

    pub fn upload(&self, files: &[(&str, &[u8])], fields: &[(&str, &str)]) -> Answer {
        self.try_upload(files, fields).expect("the server answers")
    }

    /// Uploads one file and gives back its element's id.
    pub fn save(&self, name: &str, bytes: &[u8], fields: &[(&str, &str)]) -> String {
        let answer = self.upload(&[(name, bytes)], fields).ok();
        let id = answer["elements"][0]["id"].as_str();
        id.unwrap_or_else(|| panic!("not accepted: {answer}"))
            .to_owned()
    }

    pub fn element(&self, id: &str) -> Value {
        self.get(&format!("/api/v1/elements/{id}")).ok()
    }

    /// Waits until all stages are through.
    pub fn ready(&self, id: &str) -> Value {
        let start = Instant::now();
        loop {
            let element = self.element(id);
            if element["state"] != "processing" {
                assert_eq!(element["state"], "ready", "{element:#}");
                return element;
            }
            assert!(start.elapsed() < PATIENCE, "still processing: {element:#}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Waits until the account is told of something of that kind: the latest.
    pub fn told(&self, kind: &str) -> Value {
        let start = Instant::now();
        loop {
            let list = self.get("/api/v1/notifications").ok();
            let items = list["items"].as_array().expect("items");
            if let Some(found) = items.iter().find(|one| one["kind"] == kind) {
                return found.clone();
            }
            assert!(start.elapsed() < PATIENCE, "no {kind}: {list:#}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Ids of a list's items, elements or hits.
    pub fn ids(answer: &Value) -> Vec<String> {
        let items = answer["items"].as_array().expect("items");
        let id = |item: &Value| {
            item["id"]
                .as_str()
                .or(item["element"]["id"].as_str())
                .map(str::to_owned)
        };
        items.iter().filter_map(id).collect()
    }
}

fn answer(result: Result<Response<ureq::Body>, ureq::Error>) -> Answer {
    result.and_then(read).expect("the server answers")
}

fn read(mut response: Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let text = |v: &ureq::http::HeaderValue| String::from_utf8_lossy(v.as_bytes()).into_owned();
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response
            .headers()
            .iter()
            .map(|(n, v)| (n.to_string(), text(v)))
            .collect(),
        body: response
            .body_mut()
            .with_config()
            .limit(100 << 20)
            .read_to_vec()?,
    })
}
