//! A file that is shown without being sent anywhere first.

use std::rc::Rc;

use web_sys::{File, Url};
use yew::prelude::*;

/// The address of a file within this page; freed when nobody shows it any more.
#[derive(PartialEq)]
pub struct Address(String);

impl Address {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        // what was freed already is as good
        let _ = Url::revoke_object_url(&self.0);
    }
}

#[hook]
pub fn use_address(file: &File) -> Rc<Address> {
    use_memo(file.clone(), |file| {
        Address(Url::create_object_url_with_blob(file).unwrap_or_default())
    })
}

/// Tells files apart.
pub fn name(file: &File) -> String {
    format!("{}-{}-{}", file.name(), file.size(), file.last_modified())
}
