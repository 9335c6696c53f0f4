//! Every route of the server, out of its own description, with requests that
//! fit them: a route that comes new is walked without being named anywhere.

use serde_json::{Map, Value, json};

/// One way to ask something.
#[derive(Debug, Clone)]
pub struct Route {
    /// `GET`, `POST` …
    pub method: String,
    /// With holes: `/api/v1/elements/{id}`.
    pub path: String,
    params: Vec<Param>,
    /// The schema of a JSON body.
    body: Option<Value>,
    /// It takes a form with files.
    pub form: bool,
}

#[derive(Debug, Clone)]
struct Param {
    name: String,
    place: String,
    required: bool,
}

/// A request that can be sent.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub body: Option<Value>,
}

/// Says what to put where: `None` leaves an optional one out. Called with the
/// route's path and the name of the hole, parameter or field.
pub type Fill<'a> = &'a dyn Fn(&str, &str) -> Option<Value>;

/// All of them, in the order of the document.
pub fn all(document: &Value) -> Vec<Route> {
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let params = operation["parameters"]
                .as_array()
                .cloned()
                .unwrap_or_default();
            let content = &operation["requestBody"]["content"];
            routes.push(Route {
                method: method.to_uppercase(),
                path: path.clone(),
                params: params.iter().map(Param::read).collect(),
                body: content["application/json"]["schema"]
                    .is_object()
                    .then(|| content["application/json"]["schema"].clone()),
                form: content["multipart/form-data"].is_object(),
            });
        }
    }
    routes
}

impl Param {
    fn read(param: &Value) -> Self {
        Self {
            name: param["name"].as_str().expect("a name").to_owned(),
            place: param["in"].as_str().expect("a place").to_owned(),
            required: param["required"] == true,
        }
    }
}

impl Route {
    /// `GET /api/v1/elements/{id}`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn has(&self, param: &str) -> bool {
        self.params.iter().any(|p| p.name == param)
    }

    /// Has its path holes?
    pub fn is_about_one(&self) -> bool {
        self.path.contains('{')
    }

    /// A request with everything filled in that `fill` knows.
    pub fn request(&self, document: &Value, fill: Fill<'_>) -> Request {
        let mut path = self.path.clone();
        let mut query = Vec::new();
        for param in &self.params {
            let value = fill(&self.path, &param.name);
            let text = value.as_ref().map(plain);
            match (param.place.as_str(), text) {
                ("path", Some(text)) => {
                    path = path.replace(&format!("{{{}}}", param.name), &encoded(&text));
                }
                ("query", Some(text)) => query.push(format!("{}={}", param.name, encoded(&text))),
                ("path", None) => panic!(
                    "{}: nobody said what stands for {:?}: name it in the test",
                    self.name(),
                    param.name
                ),
                ("query", None) if param.required => panic!(
                    "{}: nobody said what {:?} is: name it in the test",
                    self.name(),
                    param.name
                ),
                _ => {}
            }
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = self
            .body
            .as_ref()
            .map(|schema| self.value(document, schema, fill, 0));
        let needs_one = matches!(self.method.as_str(), "POST" | "PUT" | "PATCH");
        Request {
            method: self.method.clone(),
            path,
            body: body.or(needs_one.then(|| json!({}))),
        }
    }

    /// A value of a schema: what must be there, and what `fill` knows.
    fn value(&self, document: &Value, schema: &Value, fill: Fill<'_>, depth: usize) -> Value {
        let schema = resolved(document, schema);
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        for one in ["oneOf", "anyOf"] {
            let options = schema[one].as_array().cloned().unwrap_or_default();
            let real = options.iter().find(|option| option["type"] != "null");
            if let Some(real) = real {
                return self.value(document, real, fill, depth + 1);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            let mut whole = Map::new();
            for part in parts {
                if let Value::Object(fields) = self.value(document, part, fill, depth + 1) {
                    whole.extend(fields);
                }
            }
            return Value::Object(whole);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned(),
            kind => Some(kind.clone()),
        };
        match kind.as_ref().and_then(Value::as_str) {
            Some("object") | None => self.object(document, &schema, fill, depth),
            Some("array") => json!([self.value(document, &schema["items"], fill, depth + 1)]),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0.5)),
            Some("boolean") => json!(true),
            _ => json!("x"),
        }
    }

    fn object(&self, document: &Value, schema: &Value, fill: Fill<'_>, depth: usize) -> Value {
        assert!(depth < 12, "{}: a body without end", self.name());
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let mut object = Map::new();
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let filled = fill(&self.path, name);
            let must = required.iter().any(|r| r == name.as_str());
            let value = match filled {
                Some(value) => fitting(&resolved(document, field), value),
                None if must => self.value(document, field, fill, depth + 1),
                None => continue,
            };
            object.insert(name.clone(), value);
        }
        Value::Object(object)
    }
}

/// A value in the shape that the field has: alone, or as the only one of many.
fn fitting(field: &Value, value: Value) -> Value {
    let kinds = match &field["type"] {
        Value::Array(kinds) => kinds.clone(),
        kind => vec![kind.clone()],
    };
    match kinds.iter().any(|kind| kind == "array") && !value.is_array() {
        true => json!([value]),
        false => value,
    }
}

fn resolved(document: &Value, schema: &Value) -> Value {
    let mut schema = schema;
    while let Some(to) = schema["$ref"].as_str() {
        let pointer = to.trim_start_matches('#');
        schema = document
            .pointer(pointer)
            .expect("references lead somewhere");
    }
    schema.clone()
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// For paths and queries.
fn encoded(text: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    let one = |b: u8| match keep(b) {
        true => char::from(b).to_string(),
        false => format!("%{b:02X}"),
    };
    text.bytes().map(one).collect()
}
