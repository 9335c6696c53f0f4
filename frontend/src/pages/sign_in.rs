//! Signing in and up, on one calm page.

use protocol::limits;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};
use crate::controls::{Field, Logo, use_title};
use crate::nav::{Link, Route, use_go};
use crate::store::use_session;

#[derive(Properties, PartialEq)]
pub struct SignInPageProps {
    /// Opens a new account instead.
    pub new: bool,
}

#[component]
pub fn SignInPage(props: &SignInPageProps) -> Html {
    let new = props.new;
    use_title(if new { "Create an account" } else { "Sign in" });
    let session = use_session();
    let go = use_go();
    let handle = use_state(String::new);
    let name = use_state(String::new);
    let password = use_state(String::new);
    let busy = use_state(|| false);
    let failure = use_state(|| None::<Failure>);
    use_effect_with(new, {
        let failure = failure.clone();
        move |_| failure.set(None)
    });
    let onsubmit = {
        let (handle, name, password) = (handle.clone(), name.clone(), password.clone());
        let (busy, failure) = (busy.clone(), failure.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            busy.set(true);
            failure.set(None);
            let (handle, name, password) =
                ((*handle).clone(), (*name).clone(), (*password).clone());
            let (busy, failure, session, go) =
                (busy.clone(), failure.clone(), session.clone(), go.clone());
            spawn_local(async move {
                let answer = if new {
                    api::accounts::register(&handle, &password, &name).await
                } else {
                    api::accounts::login(&handle, &password).await
                };
                busy.set(false);
                match answer {
                    Ok(me) => {
                        session.enter(me);
                        // any other address is where somebody wanted to go
                        if matches!(go.here.route, Route::SignIn | Route::SignUp) {
                            go.replace(&Route::Home);
                        }
                    }
                    Err(why) => failure.set(Some(why)),
                }
            });
        })
    };
    let error = |field: &str| {
        let failed = failure.as_ref().filter(|f| f.field() == Some(field));
        failed.map(|f| AttrValue::from(f.message()))
    };
    let known = ["handle", "password", "display_name"];
    let general = failure
        .as_ref()
        .filter(|f| !f.field().is_some_and(|field| known.contains(&field)));
    let input = |state: &UseStateHandle<String>| {
        let state = state.clone();
        Callback::from(move |text: String| state.set(text))
    };
    html! {
        <main class="welcome">
            <div class="welcome-sky" aria-hidden="true"><Logo size={420} /></div>
            <div class="welcome-card">
                <div class="welcome-brand"><Logo size={44} /><span>{ "Asterism" }</span></div>
                <h1>{ if new { "Create your account" } else { "Welcome back" } }</h1>
                <p class="lead">{ "Keep pictures you like, and find them again by what they show." }</p>
                <form {onsubmit} novalidate={true}>
                    <Field name="handle" label="Handle" value={(*handle).clone()} oninput={input(&handle)}
                        autocomplete="username" autofocus={true} error={error("handle")} longest={60}
                        hint={if new { format!("{} to {} characters: a–z, 0–9, dot, dash, underscore", limits::HANDLE_MIN, limits::HANDLE_MAX) } else { String::new() }} />
                    if new {
                        <Field name="display_name" label="Name" value={(*name).clone()} oninput={input(&name)}
                            autocomplete="name" optional={true} error={error("display_name")} longest={limits::DISPLAY_NAME_MAX} />
                    }
                    <Field name="password" label="Password" value={(*password).clone()} oninput={input(&password)} secret={true}
                        autocomplete={if new { "new-password" } else { "current-password" }} error={error("password")} longest={limits::PASSWORD_MAX}
                        hint={if new { format!("At least {} characters", limits::PASSWORD_MIN) } else { String::new() }} />
                    if let Some(why) = general {
                        <p class="field-error" role="alert">{ why.message() }</p>
                    }
                    <button type="submit" class="button is-primary is-large is-wide" disabled={*busy}>
                        { match (*busy, new) { (true, _) => "One moment…", (_, true) => "Create account", _ => "Sign in" } }
                    </button>
                </form>
                <p class="welcome-other">
                    if new {
                        { "Have an account? " }<Link to={Route::SignIn}>{ "Sign in" }</Link>
                    } else {
                        { "New here? " }<Link to={Route::SignUp}>{ "Create an account" }</Link>
                    }
                </p>
                if !new {
                    <p class="note">{ "Running your own server? Its start-up message names a login to try." }</p>
                }
            </div>
        </main>
    }
}
