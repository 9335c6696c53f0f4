//! Ways to the search by a picture.

use std::rc::Rc;

use js_sys::encode_uri_component;
use protocol::ElementId;
use protocol::element::Element;
use web_sys::File;
use yew_router::query::Raw;

use super::{Go, Route};
use crate::store::scroll;

/// The picture to search by: travels with the history entry, so that it is
/// there at once. A reload loses it; an element is fetched again then.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    Element(Rc<Element>),
    File(File),
    /// A picture elsewhere, or a page that shows one; the app's own address
    /// says it, too.
    Address(String),
}

impl Go {
    /// Opens the search in a picture that is shown.
    pub fn look(&self, element: Rc<Element>) {
        scroll::opened_anew();
        let query = Raw(format!("element={}", element.id));
        // a text as it is always encodes
        let _ = self.navigator.push_with_query_and_state(
            &Route::Visual,
            query,
            Given::Element(element),
        );
    }

    /// Opens the search by a file, whose picture no address can name. From
    /// one such search to the next the history keeps one entry.
    pub fn look_at_file(&self, file: File) {
        scroll::opened_anew();
        let again = matches!(self.here.given, Some(Given::File(_)));
        if again && self.opened.is_none() {
            self.navigator
                .replace_with_state(&Route::Visual, Given::File(file));
        } else {
            self.navigator
                .push_with_state(&Route::Visual, Given::File(file));
        }
    }

    /// Opens the search by a picture elsewhere. As with files, the history keeps
    /// one entry for one after the other.
    pub fn look_at_address(&self, url: &str) {
        scroll::opened_anew();
        let given = Given::Address(url.to_owned());
        let query = Raw(format!("url={}", encode_uri_component(url)));
        let again = self.here.route == Route::Visual && self.opened.is_none();
        // a text as it is always encodes
        let _ = if again {
            self.navigator
                .replace_with_query_and_state(&Route::Visual, query, given)
        } else {
            self.navigator
                .push_with_query_and_state(&Route::Visual, query, given)
        };
    }

    /// The address follows what is asked; the history stays as it is.
    pub fn follow(&self, query: String) {
        let query = Raw(query);
        // as above
        let _ = match self.here.given.clone() {
            Some(given) => {
                self.navigator
                    .replace_with_query_and_state(&Route::Visual, query, given)
            }
            None => self.navigator.replace_with_query(&Route::Visual, query),
        };
    }

    /// Leaves the search: back to where it was opened, or, where its address
    /// was opened directly, to the picture's own page.
    pub fn leave_look(&self, element: Option<&ElementId>) {
        match (&self.here.given, element) {
            (Some(_), _) => self.navigator.back(),
            (None, Some(id)) => self.replace(&Route::element(id)),
            (None, None) => self.replace(&Route::Home),
        }
    }
}
