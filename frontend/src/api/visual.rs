//! Searching by a picture or a part of one. Only the newest question matters:
//! asking again ends the one before, and the server drops its work.

use gloo::net::http::Method;
use protocol::search::Found;
use protocol::visual::VisualQuery;
use web_sys::{AbortController, AbortSignal, File, FormData};

use super::{Failure, http};

const PATH: &str = "search/visual";

/// One question; dropping it ends it.
pub struct Asking(Option<AbortController>);

impl Asking {
    pub fn new() -> Self {
        // a browser without it lets old questions run, and they go unheard
        Self(AbortController::new().ok())
    }

    pub fn signal(&self) -> Option<AbortSignal> {
        self.0.as_ref().map(AbortController::signal)
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// By a picture that the query names: an element's, or one elsewhere.
pub async fn by_name(query: &VisualQuery, signal: Option<&AbortSignal>) -> Result<Found, Failure> {
    let request = http::request(Method::POST, PATH).abort_signal(signal);
    let request = request.json(query).map_err(|_| Failure::Garbled)?;
    http::read(request.send().await.map_err(|_| Failure::Offline)?).await
}

/// By a file that nobody has saved.
pub async fn by_file(
    query: &VisualQuery,
    file: &File,
    signal: Option<&AbortSignal>,
) -> Result<Found, Failure> {
    let form = form(query, file).ok_or(Failure::Garbled)?;
    let request = http::request(Method::POST, PATH).abort_signal(signal);
    let request = request.body(form).map_err(|_| Failure::Garbled)?;
    http::read(request.send().await.map_err(|_| Failure::Offline)?).await
}

/// The question stands before the file: it is known before the file is read.
fn form(query: &VisualQuery, file: &File) -> Option<FormData> {
    let text = serde_json::to_string(query).ok()?;
    let form = FormData::new().ok()?;
    form.append_with_str("query", &text).ok()?;
    form.append_with_blob_and_filename("file", file, &file.name())
        .ok()?;
    Some(form)
}

/// Where the picture of an address is shown as it is searched by.
pub fn picture_at(url: &str) -> String {
    format!("/api/v1/{PATH}/picture?url={}", http::escape(url))
}
