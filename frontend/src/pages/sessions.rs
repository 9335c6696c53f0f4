//! Where the account is signed in, with a way to end each login.

use protocol::account::LoginSession;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::store::{use_session, use_toasts};
use crate::words;

type Answer = Option<Result<Vec<LoginSession>, String>>;

#[component]
pub fn SessionsPage() -> Html {
    use_title("Sessions");
    let logins = use_state(|| Answer::None);
    let fetch = {
        let logins = logins.setter();
        Callback::from(move |()| {
            let logins = logins.clone();
            spawn_local(async move {
                let answer = api::accounts::logins().await;
                logins.set(Some(answer.map_err(|why| why.message())));
            });
        })
    };
    use_effect_with((), {
        let fetch = fetch.clone();
        move |()| fetch.emit(())
    });
    let body = match &*logins {
        None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        Some(Err(why)) => html! {
            <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={fetch.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        Some(Ok(list)) => html! {
            <ul class="cards">
                { for list.iter().map(|login| html! { <Row key={login.id.as_str().to_owned()} login={login.clone()} changed={fetch.clone()} /> }) }
            </ul>
        },
    };
    html! {
        <div class="page">
            <h1>{ "Sessions" }</h1>
            <p class="lead">{ "Every browser and device that is signed in to your account. End those you don't know." }</p>
            { body }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    login: LoginSession,
    changed: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let session = use_session();
    let toasts = use_toasts();
    let busy = use_state(|| false);
    let login = &props.login;
    let end = {
        let (login, changed, busy) = (login.clone(), props.changed.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            let (toasts, session, changed, busy) = (
                toasts.clone(),
                session.clone(),
                changed.clone(),
                busy.clone(),
            );
            busy.set(true);
            if login.current {
                session.sign_out(Callback::from(move |why: api::Failure| {
                    busy.set(false);
                    toasts.say(why.message());
                }));
                return;
            }
            let id = login.id.clone();
            spawn_local(async move {
                match api::accounts::revoke(&id).await {
                    Ok(()) => toasts.say("Session ended"),
                    Err(why) => toasts.say(format!("Not ended: {}", why.message())),
                }
                busy.set(false);
                changed.emit(());
            });
        })
    };
    let now = js_sys::Date::now() as i64;
    html! {
        <li class="card-row">
            <Icon name={IconName::Device} size={24} />
            <div class="card-row-text">
                <p class="card-row-title" title={login.client.clone()}>
                    { words::client(&login.client) }
                    if login.current { <span class="badge">{ "this one" }</span> }
                </p>
                <p class="quiet">
                    { format!("{} · used {} · since {}", login.address, words::ago(now, login.last_used_at.millis()), words::date(login.created_at.millis())) }
                </p>
            </div>
            <button type="button" class="button" onclick={end} disabled={*busy}>
                { if login.current { "Sign out" } else { "End" } }
            </button>
        </li>
    }
}
