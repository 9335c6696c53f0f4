//! Fetches what is known of a tag. What was known before is shown at once, so
//! that Back finds the page as it was, and made new meanwhile.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use protocol::tag::TagPage;
use protocol::value::TagName;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};

/// Tags that are kept; the vocabulary is the same for everybody.
const KEPT: usize = 200;

thread_local! {
    static PAGES: RefCell<HashMap<TagName, Rc<TagPage>>> = RefCell::default();
}

#[derive(Clone, PartialEq)]
pub struct TagKnown {
    pub page: Option<Rc<TagPage>>,
    pub failure: Option<Failure>,
    /// Takes a newer one in.
    pub put: Callback<TagPage>,
    pub retry: Callback<()>,
}

#[hook]
pub fn use_tag(name: &TagName) -> TagKnown {
    let failure = use_state_eq(|| None::<(TagName, Failure)>);
    let changed = use_force_update();
    let put = {
        let (changed, name) = (changed.clone(), name.clone());
        Callback::from(move |page: TagPage| {
            keep(&name, page);
            changed.force_update();
        })
    };
    let retry = {
        let (name, put, failure) = (name.clone(), put.clone(), failure.setter());
        Callback::from(move |()| {
            failure.set(None);
            let (name, put, failure) = (name.clone(), put.clone(), failure.clone());
            spawn_local(async move {
                match api::tags::page(&name).await {
                    Ok(page) => put.emit(page),
                    Err(why) => failure.set(Some((name, why))),
                }
            });
        })
    };
    use_effect_with(name.clone(), {
        let retry = retry.clone();
        move |_| retry.emit(())
    });
    let failure = (*failure).clone().filter(|(of, _)| of == name);
    TagKnown {
        page: PAGES.with_borrow(|pages| pages.get(name).cloned()),
        failure: failure.map(|(_, why)| why),
        put,
        retry,
    }
}

/// By the name it was asked for by and by its own.
fn keep(asked: &TagName, page: TagPage) {
    PAGES.with_borrow_mut(|pages| {
        if pages.len() >= KEPT {
            pages.clear();
        }
        let page = Rc::new(page);
        pages.insert(page.name.clone(), page.clone());
        pages.insert(asked.clone(), page);
    });
}
