//! Uploads one file with progress. `fetch` tells nothing about what was sent
//! so far, so this is the one place that uses `XMLHttpRequest`.

use gloo::events::EventListener;
use protocol::ElementId;
use protocol::ErrorCode;
use protocol::Problem;
use protocol::element::State;
use protocol::element::Visibility;
use protocol::upload::{Uploaded, UploadedFile};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{File, FormData, ProgressEvent, XmlHttpRequest};
use yew::Callback;

use super::{Failure, http};

/// A file that the server has made durable.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    pub id: ElementId,
    pub state: State,
    /// It had been saved before by this account.
    pub duplicate: bool,
}

/// An upload under way; dropping it cancels it.
pub struct Upload {
    request: XmlHttpRequest,
    _listeners: Vec<EventListener>,
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.request.ready_state() != XmlHttpRequest::DONE {
            // fails for requests that were never sent, which is as good
            let _ = self.request.abort();
        }
    }
}

/// Starts sending. `progress` hears how much of 0…1 is sent, `done` once how it ended.
pub fn start(
    file: &File,
    visibility: Visibility,
    progress: Callback<f64>,
    done: Callback<Result<Saved, Failure>>,
) -> Result<Upload, Failure> {
    let request = prepare(file, visibility).map_err(|_| Failure::Garbled)?;
    let (xhr, form) = request;
    let mut listeners = Vec::new();
    if let Ok(upload) = xhr.upload() {
        listeners.push(EventListener::new(&upload, "progress", move |event| {
            if let Some(event) = event.dyn_ref::<ProgressEvent>()
                && event.length_computable()
                && event.total() > 0.0
            {
                progress.emit(event.loaded() / event.total());
            }
        }));
    }
    for name in ["load", "error", "timeout"] {
        let xhr = xhr.clone();
        let done = done.clone();
        listeners.push(EventListener::new(&xhr.clone(), name, move |_| {
            let outcome = outcome(&xhr);
            if let Err(failure) = &outcome {
                http::check_login(failure);
            }
            done.emit(outcome);
        }));
    }
    xhr.send_with_opt_form_data(Some(&form))
        .map_err(|_| Failure::Offline)?;
    Ok(Upload {
        request: xhr,
        _listeners: listeners,
    })
}

fn prepare(file: &File, visibility: Visibility) -> Result<(XmlHttpRequest, FormData), JsValue> {
    let form = FormData::new()?;
    let visibility = serde_json::to_value(visibility).unwrap_or_default();
    form.append_with_str("visibility", visibility.as_str().unwrap_or("private"))?;
    form.append_with_blob_and_filename("file", file, &file.name())?;
    let request = XmlHttpRequest::new()?;
    request.open_with_async("POST", "/api/v1/elements", true)?;
    Ok((request, form))
}

fn outcome(request: &XmlHttpRequest) -> Result<Saved, Failure> {
    let status = request.status().unwrap_or(0);
    let body = request.response_text().ok().flatten().unwrap_or_default();
    if status == 0 {
        return Err(Failure::Offline);
    }
    read(status, &body)
}

/// Where every file was refused the status is an error's, but the body still
/// says what became of each; only a request that failed as a whole is a problem.
fn read(status: u16, body: &str) -> Result<Saved, Failure> {
    let Ok(answer) = serde_json::from_str::<Uploaded>(body) else {
        return Err(Failure::read(status, body));
    };
    match answer.elements.into_iter().next() {
        Some(UploadedFile::Accepted {
            id,
            state,
            duplicate_of,
        }) => Ok(Saved {
            id: duplicate_of.clone().unwrap_or(id),
            state,
            duplicate: duplicate_of.is_some(),
        }),
        Some(UploadedFile::Refused { error }) => Err(Failure::Refused(Box::new(error))),
        None => Err(Failure::Refused(Box::new(Problem::of(
            ErrorCode::EmptyMedia,
        )))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_leads_to_what_was_saved_before() {
        let old = ElementId::from_parts(1, 1);
        let body =
            format!(r#"{{"elements":[{{"id":"{old}","state":"ready","duplicate_of":"{old}"}}]}}"#);
        let saved = read(202, &body).expect("accepted");
        assert!(saved.duplicate);
        assert_eq!(saved.id, old);
    }

    #[test]
    fn a_refused_file_says_why() {
        let problem = Problem::new(ErrorCode::UnsupportedMedia, "a text is no picture");
        let body = serde_json::json!({ "elements": [{ "error": problem }] }).to_string();
        let failure = read(415, &body).expect_err("refused");
        assert_eq!(failure.message(), "A text is no picture.");
    }
}
