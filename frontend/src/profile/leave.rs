//! The account's data: taken along, or erased.

use protocol::profile::{Erased, Receipt};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::receipt::{self, Counts};
use crate::api::profiles;
use crate::controls::{Field, Icon, IconName, use_title};
use crate::nav::{Route, use_go};
use crate::store::use_session;

#[component]
pub fn LeavePage() -> Html {
    use_title("Your data");
    html! {
        <div class="page">
            <h1>{ "Your data" }</h1>
            <section class="settings-part" aria-labelledby="export">
                <h2 id="export">{ "Take it along" }</h2>
                <p class="lead">{ "Everything that is yours as one archive: your pictures as you uploaded them, what was said of them, your clusters, your likes. Any tool for tar opens it, and another Asterism takes it in by its import command." }</p>
                // the browser saves it as it comes: it may be large
                <p><a class="button" href={profiles::EXPORT} download=""><Icon name={IconName::Download} size={18} />{ "Download archive" }</a></p>
            </section>
            <Deletion />
        </div>
    }
}

#[component]
fn Deletion() -> Html {
    let (session, go) = (use_session(), use_go());
    let counts = use_state(|| None::<Result<Receipt, String>>);
    let password = use_state_eq(String::new);
    let sure = use_state_eq(|| false);
    let wrong = use_state_eq(|| None::<(bool, String)>);
    let busy = use_state_eq(|| false);
    let look = {
        let counts = counts.setter();
        Callback::from(move |_: MouseEvent| {
            let counts = counts.clone();
            spawn_local(async move {
                let found = profiles::deletion().await;
                counts.set(Some(found.map_err(|why| why.message())));
            });
        })
    };
    let onsubmit = {
        let (password, wrong, busy) = (password.clone(), wrong.clone(), busy.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            busy.set(true);
            let (session, go, password) = (session.clone(), go.clone(), password.clone());
            let (wrong, busy) = (wrong.clone(), busy.clone());
            spawn_local(async move {
                match profiles::delete(&password).await {
                    Ok(done) => {
                        receipt::keep(done.id.as_deref().unwrap_or_default());
                        go.replace(&Route::Receipt);
                        session.left();
                    }
                    Err(why) => {
                        let field = why.field() == Some("password");
                        wrong.set(Some((field, why.message())));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let type_password = {
        let (password, wrong) = (password.clone(), wrong.clone());
        Callback::from(move |text: String| {
            wrong.set(None);
            password.set(text);
        })
    };
    let onsure = {
        let sure = sure.clone();
        Callback::from(move |event: Event| {
            sure.set(
                event
                    .target_unchecked_into::<web_sys::HtmlInputElement>()
                    .checked(),
            );
        })
    };
    let of_field = wrong
        .as_ref()
        .filter(|(field, _)| *field)
        .map(|(_, why)| AttrValue::from(why.clone()));
    let other = wrong
        .as_ref()
        .filter(|(field, _)| !field)
        .map(|(_, why)| why.clone());
    html! {
        <section class="settings-part" aria-labelledby="delete">
            <h2 id="delete">{ "Delete the account" }</h2>
            <p class="lead">{ "You are signed out everywhere at once, and everything that is yours is erased: pictures with all their files and vectors, likes, memberships, cameras, sign-ins. There is no way back. Clusters in which somebody else is an editor go to the one who has been it longest; all others are removed." }</p>
            {
                match &*counts {
                    None => html! { <p><button type="button" class="button" onclick={look}>{ "Show what would be erased" }</button></p> },
                    Some(Err(why)) => html! { <p class="field-error" role="alert">{ why.clone() }</p> },
                    Some(Ok(found)) => html! {
                        <>
                            <Counts erased={found.erased} />
                            <receipt::Save receipt={found.clone()} name="asterism-what-would-be-erased.json" label="Download this list" />
                            if found.erased != Erased::default() && found.erased.elements > 0 {
                                <p class="note">{ "Download the archive first if you want to keep anything." }</p>
                            }
                            <form class="profile-form" {onsubmit}>
                                <Field name="password" label="Your password" value={(*password).clone()} oninput={type_password}
                                    autocomplete="current-password" secret={true} error={of_field} />
                                <label class="check">
                                    <input type="checkbox" checked={*sure} onchange={onsure} />
                                    <span>{ "I understand that nothing of this comes back" }</span>
                                </label>
                                if let Some(why) = other {
                                    <p class="field-error" role="alert">{ why }</p>
                                }
                                <div class="row">
                                    <button type="submit" class="button is-danger-filled" disabled={*busy || !*sure || password.is_empty()}>
                                        { if *busy { "Deleting…" } else { "Delete my account" } }
                                    </button>
                                </div>
                            </form>
                        </>
                    },
                }
            }
        </section>
    }
}
