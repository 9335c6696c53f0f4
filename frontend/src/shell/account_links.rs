//! The account's menu spread out, for where there is no menu: phones.

use yew::prelude::*;

use super::places::{OWN, duties};
use super::profile_menu::ThemeChoice;
use crate::api::Failure;
use crate::nav::{Link, Route};
use crate::store::{use_role, use_session, use_toasts};

#[component]
pub fn AccountLinks() -> Html {
    let session = use_session();
    let role = use_role();
    let toasts = use_toasts();
    let sign_out = Callback::from(move |_: MouseEvent| {
        let toasts = toasts.clone();
        session.sign_out(Callback::from(move |why: Failure| {
            toasts.say(why.message())
        }));
    });
    html! {
        <div class="account-links">
            <Link to={Route::Clusters} class="button">{ "Your clusters" }</Link>
            { for OWN.iter().chain(duties(role)).map(|place| html! {
                <Link to={place.route.clone()} class="button">{ place.name }</Link>
            }) }
            <ThemeChoice />
            <button type="button" class="button" onclick={sign_out}>{ "Sign out" }</button>
        </div>
    }
}
