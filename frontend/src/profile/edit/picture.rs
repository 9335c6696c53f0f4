//! The account's picture: chosen, cut, sent, taken away.

use std::rc::Rc;

use protocol::profile::Profile;
use web_sys::{File, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{Failure, profiles};
use crate::controls::{Icon, IconName};
use crate::profile::avatar::Avatar;
use crate::profile::crop::{Crop, Round};
use crate::profile::square::Square;
use crate::store::{use_session, use_toasts};

/// What browsers offer to choose; the server looks for itself.
const KINDS: &str = "image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp,image/tiff";

#[derive(Properties, PartialEq)]
pub struct PictureFormProps {
    pub profile: Rc<Profile>,
    pub onchange: Callback<Option<Profile>>,
}

#[component]
pub fn PictureForm(props: &PictureFormProps) -> Html {
    let user = &props.profile.user;
    let (session, toasts) = (use_session(), use_toasts());
    let chosen = use_state(|| None::<File>);
    let square = use_state_eq(|| None::<Square>);
    let error = use_state_eq(|| None::<String>);
    let busy = use_state_eq(|| false);
    let input = use_node_ref();
    let onpick = {
        let (chosen, square, error) = (chosen.clone(), square.clone(), error.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let file = input.files().and_then(|files| files.get(0));
            // the same file may be chosen again
            input.set_value("");
            if file.is_some() {
                square.set(None);
                error.set(None);
                chosen.set(file);
            }
        })
    };
    let choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let done = {
        let (chosen, busy, error) = (chosen.clone(), busy.clone(), error.clone());
        let (session, toasts, onchange) = (session.clone(), toasts.clone(), props.onchange.clone());
        Callback::from(
            move |(answer, said): (Result<Profile, Failure>, &'static str)| {
                busy.set(false);
                match answer {
                    Ok(profile) => {
                        chosen.set(None);
                        session.refresh();
                        onchange.emit(Some(profile));
                        toasts.say(said);
                    }
                    Err(why) => error.set(Some(why.message())),
                }
            },
        )
    };
    let send = {
        let (chosen, square, busy, error, done) = (
            chosen.clone(),
            square.clone(),
            busy.clone(),
            error.clone(),
            done.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            let (Some(file), Some(square), false) = ((*chosen).clone(), *square, *busy) else {
                return;
            };
            busy.set(true);
            error.set(None);
            let done = done.clone();
            spawn_local(async move {
                let answer = profiles::set_avatar(&file, square.region()).await;
                done.emit((answer, "Picture saved"));
            });
        })
    };
    let remove = {
        let (busy, done) = (busy.clone(), done.clone());
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            let done = done.clone();
            spawn_local(async move {
                done.emit((profiles::remove_avatar().await, "Picture removed"));
            });
        })
    };
    let cancel = {
        let (chosen, error) = (chosen.clone(), error.clone());
        Callback::from(move |_: MouseEvent| {
            chosen.set(None);
            error.set(None);
        })
    };
    let broken = {
        let (chosen, error) = (chosen.clone(), error.clone());
        Callback::from(move |()| {
            chosen.set(None);
            error.set(Some(
                "Your browser can't show this file. Choose a JPEG, PNG or WebP picture.".into(),
            ));
        })
    };
    let onchange = {
        let square = square.clone();
        Callback::from(move |next: Square| square.set(Some(next)))
    };
    html! {
        <section class="profile-picture" aria-labelledby="picture-title">
            <h2 id="picture-title">{ "Picture" }</h2>
            <input ref={input} class="unseen" type="file" accept={KINDS} onchange={onpick} tabindex="-1" aria-label="Choose a picture" />
            if let Some(file) = &*chosen {
                <div class="profile-cutting">
                    <Crop file={file.clone()} square={*square} {onchange} onbroken={broken} />
                    if let Some(square) = *square {
                        <Round file={file.clone()} {square} />
                    }
                </div>
                <div class="row">
                    <button type="button" class="button is-primary" disabled={*busy || square.is_none()} onclick={send}>{ if *busy { "Saving…" } else { "Use this part" } }</button>
                    <button type="button" class="button" onclick={choose}>{ "Another picture" }</button>
                    <button type="button" class="button is-quiet" onclick={cancel}>{ "Cancel" }</button>
                </div>
            } else {
                <div class="row">
                    <Avatar name={user.display_name.clone()} files={user.avatar.clone()} class="is-huge" size={96} />
                    <button type="button" class="button" onclick={choose}><Icon name={IconName::Upload} size={18} />{ if user.avatar.is_empty() { "Choose a picture" } else { "Change" } }</button>
                    if !user.avatar.is_empty() {
                        <button type="button" class="button is-quiet" disabled={*busy} onclick={remove}>{ "Remove" }</button>
                    }
                </div>
            }
            if let Some(why) = &*error {
                <p class="field-error" role="alert">{ why.clone() }</p>
            }
        </section>
    }
}
