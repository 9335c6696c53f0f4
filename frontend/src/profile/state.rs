//! One account's profile as it is fetched and kept up to date.

use std::rc::Rc;

use protocol::profile::Profile;
use protocol::value::Handle;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::news::use_news;
use crate::api::{self, Failure};

/// What is known of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    Asking,
    /// There is none, or it does not want to be seen.
    Nobody,
    Failed(String),
    Here(Rc<Profile>),
}

/// The profile of a handle, and a way to take over a newer one; `None` fetches
/// it anew.
#[hook]
pub fn use_profile(handle: &Handle) -> (Known, Callback<Option<Profile>>) {
    let known = use_state(|| (handle.clone(), Known::Asking));
    let fetch = {
        let (set, handle) = (known.setter(), handle.clone());
        Callback::from(move |()| {
            let (set, handle) = (set.clone(), handle.clone());
            spawn_local(async move {
                let found = match api::profiles::get(&handle).await {
                    Ok(profile) => Known::Here(Rc::new(profile)),
                    Err(Failure::Refused(problem)) if problem.status == 404 => Known::Nobody,
                    Err(why) => Known::Failed(why.message()),
                };
                set.set((handle, found));
            });
        })
    };
    use_effect_with(handle.clone(), {
        let fetch = fetch.clone();
        move |_| fetch.emit(())
    });
    let shown = match &*known {
        // of another account, until this one is there
        (of, _) if of != handle => Known::Asking,
        (_, known) => known.clone(),
    };
    use_news({
        let (shown, fetch) = (shown.clone(), fetch.clone());
        Callback::from(move |id| {
            if matches!(&shown, Known::Here(profile) if profile.user.id == id) {
                fetch.emit(());
            }
        })
    });
    let take = {
        let (set, handle) = (known.setter(), handle.clone());
        Callback::from(move |newer: Option<Profile>| match newer {
            Some(profile) => set.set((handle.clone(), Known::Here(Rc::new(profile)))),
            None => fetch.emit(()),
        })
    };
    (shown, take)
}
