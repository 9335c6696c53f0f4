//! One place that sends requests and reads answers.

use std::cell::RefCell;

use gloo::net::http::{Method, RequestBuilder, Response};
use protocol::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use yew::Callback;

use super::Failure;

const ROOT: &str = "/api/v1/";

thread_local! {
    static SIGNED_OUT: RefCell<Option<Callback<()>>> = const { RefCell::new(None) };
}

/// Sets whom to tell when any answer says that the login has ended.
pub fn on_signed_out(tell: Callback<()>) {
    SIGNED_OUT.set(Some(tell));
}

pub(super) fn check_login(failure: &Failure) {
    if failure.code() == Some(ErrorCode::Unauthenticated)
        && let Some(tell) = SIGNED_OUT.with_borrow(Clone::clone)
    {
        tell.emit(());
    }
}

pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    fetch(Method::GET, path).await
}

/// Sends without a body and reads the answer.
pub(super) async fn fetch<T: DeserializeOwned>(method: Method, path: &str) -> Result<T, Failure> {
    decode(&ask(method, path, None).await?)
}

pub(super) async fn send<B: Serialize, T: DeserializeOwned>(
    method: Method,
    path: &str,
    body: &B,
) -> Result<T, Failure> {
    let body = serde_json::to_string(body).map_err(|_| Failure::Garbled)?;
    decode(&ask(method, path, Some(body)).await?)
}

/// Sends and expects no body that matters.
pub(super) async fn order<B: Serialize>(
    method: Method,
    path: &str,
    body: &B,
) -> Result<(), Failure> {
    let request = request(method, path).json(body);
    let response = request.map_err(|_| Failure::Garbled)?.send().await;
    let response = response.map_err(|_| Failure::Offline)?;
    if response.ok() {
        Ok(())
    } else {
        Err(refusal(response).await)
    }
}

/// Sends without a body and expects none that matters.
pub(super) async fn call(method: Method, path: &str) -> Result<(), Failure> {
    ask(method, path, None).await.map(drop)
}

/// Sends and waits: the part that is the same for every kind of answer, and so
/// is there once only.
async fn ask(method: Method, path: &str, body: Option<String>) -> Result<String, Failure> {
    let request = request(method, path);
    let sent = match body {
        Some(body) => {
            let request = request.header("Content-Type", "application/json");
            let request = request.body(body).map_err(|_| Failure::Garbled)?;
            request.send().await
        }
        None => request.send().await,
    };
    accepted(sent.map_err(|_| Failure::Offline)?).await
}

pub(super) fn request(method: Method, path: &str) -> RequestBuilder {
    RequestBuilder::new(&format!("{ROOT}{path}")).method(method)
}

pub(super) async fn read<T: DeserializeOwned>(response: Response) -> Result<T, Failure> {
    decode(&accepted(response).await?)
}

/// The body of an answer that is no refusal.
async fn accepted(response: Response) -> Result<String, Failure> {
    if !response.ok() {
        return Err(refusal(response).await);
    }
    response.text().await.map_err(|_| Failure::Offline)
}

fn decode<T: DeserializeOwned>(body: &str) -> Result<T, Failure> {
    serde_json::from_str(body).map_err(|why| {
        gloo::console::error!("unexpected answer", why.to_string());
        Failure::Garbled
    })
}

async fn refusal(response: Response) -> Failure {
    let status = response.status();
    let body = response.text().await.unwrap_or_default();
    let failure = Failure::read(status, &body);
    check_login(&failure);
    failure
}

/// A value as part of a query string.
pub(super) fn escape(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}
