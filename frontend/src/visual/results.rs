//! Asks whenever something else is asked; what was found before stays until
//! the answer is there.

use std::rc::Rc;

use protocol::search::Found;
use web_sys::AbortSignal;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::asked::{Asked, Of};
use super::file;
use crate::api::{Failure, visual};
use crate::nav::Given;
use crate::store::{Change, List, ListKey, Mode, use_library, use_loader};

/// What is known of the answer.
#[derive(Clone, PartialEq)]
pub struct Results {
    /// The list that is shown.
    pub key: ListKey,
    pub list: Rc<List>,
    /// An answer is being waited for.
    pub busy: bool,
    pub failure: Option<Failure>,
    pub retry: Callback<()>,
}

#[hook]
pub fn use_results(source: &Given, asked: &Asked) -> Results {
    let library = use_library();
    let loader = use_loader();
    let failure = use_state(|| None::<(ListKey, Failure)>);
    let asking = use_mut_ref(|| None::<visual::Asking>);
    let wanted = key(source, asked);
    let shown = use_mut_ref(|| wanted.clone());
    let known = library.list(&wanted).loaded;
    if known {
        shown.replace(wanted.clone());
    }
    let ask = {
        let (source, asked, wanted) = (source.clone(), asked.clone(), wanted.clone());
        let (failure, asking) = (failure.setter(), asking.clone());
        Callback::from(move |()| {
            failure.set(None);
            let question = visual::Asking::new();
            let signal = question.signal();
            // ends the one before
            asking.replace(Some(question));
            loader.tell(Change::Loading(wanted.clone(), Mode::Anew));
            let (source, asked, wanted) = (source.clone(), asked.clone(), wanted.clone());
            let (failure, loader) = (failure.clone(), loader.clone());
            spawn_local(async move {
                let answer = fetch(&source, &asked, signal.as_ref()).await;
                if signal.is_some_and(|signal| signal.aborted()) {
                    return;
                }
                match answer {
                    Ok(found) => loader.tell(Change::Received(wanted, Mode::Anew, found)),
                    Err(why) => {
                        loader.tell(Change::Failed(wanted.clone(), why.message()));
                        failure.set(Some((wanted, why)));
                    }
                }
            });
        })
    };
    use_effect_with(wanted.clone(), {
        let ask = ask.clone();
        move |_| {
            if known {
                asking.replace(None);
            } else {
                ask.emit(());
            }
        }
    });
    let failure = (*failure)
        .clone()
        .filter(|(key, _)| *key == wanted)
        .map(|(_, why)| why);
    let key = shown.borrow().clone();
    Results {
        list: library.list(&key),
        key,
        busy: !known && failure.is_none(),
        failure,
        retry: ask,
    }
}

async fn fetch(
    source: &Given,
    asked: &Asked,
    signal: Option<&AbortSignal>,
) -> Result<Found, Failure> {
    let query = asked.query(&of(source));
    match source {
        Given::File(file) => visual::by_file(&query, file, signal).await,
        Given::Element(_) | Given::Address(_) => visual::by_name(&query, signal).await,
    }
}

fn key(source: &Given, asked: &Asked) -> ListKey {
    let whose = match source {
        Given::Element(element) => element.id.to_string(),
        Given::File(file) => file::name(file),
        Given::Address(url) => url.clone(),
    };
    ListKey::Visual(format!("{whose}?{}", asked.write(&Of::File)))
}

/// What names the picture, if anything does.
pub fn of(source: &Given) -> Of {
    match source {
        Given::Element(element) => Of::Element(element.id.clone()),
        Given::File(_) => Of::File,
        Given::Address(url) => Of::Address(url.clone()),
    }
}
