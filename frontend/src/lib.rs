//! The web app. It sees only the words of `protocol`; everything else it
//! learns from the server over HTTP and one WebSocket.
//!
//! - `api`: typed calls; `live`: the socket as a state machine
//! - `store`: what the page knows; `nav`: its addresses
//! - `cluster`, `grid`, `element`, `explore`, `search`, `selection`, `sensitive`, `tag`, `upload`, `visual`,
//!   `pages`, `admin`, `shell`, `controls`: what it shows
//!
//! Logic that people rely on (layout, lists, reconnecting, uploads, pictures'
//! placeholders) knows no browser, so that its tests run anywhere.

mod admin;
mod api;
mod app;
mod audience;
mod backoff;
mod cameras;
mod cluster;
mod controls;
mod element;
mod explore;
mod grid;
mod live;
mod nav;
mod pages;
mod picture;
mod profile;
mod search;
mod selection;
mod sensitive;
mod shell;
mod store;
mod tag;
mod upload;
mod visual;
mod words;

use wasm_bindgen::prelude::wasm_bindgen;

/// Called by the page once the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    store::scroll::take_over();
    let root = gloo::utils::document().get_element_by_id("app");
    if let Some(root) = root {
        root.set_inner_html("");
        yew::Renderer::<app::App>::with_root(root).render();
    }
}
