//! What is erased with an account: shown before, while, and at the end.

use gloo::storage::{SessionStorage, Storage};
use gloo::timers::callback::Timeout;
use protocol::profile::{Erased, Receipt, ReceiptState};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::profiles;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::nav::{Link, Route};
use crate::words;

/// Where the receipt's id is kept until this tab is closed.
const KEPT: &str = "asterism.receipt";
/// How often it is asked how far the erasure is.
const LOOK_MS: u32 = 800;

/// Keeps a receipt for the page that shows it: the account is gone by then.
pub fn keep(id: &str) {
    // without a storage the page says so
    let _ = SessionStorage::set(KEPT, id);
}

#[derive(Properties, PartialEq)]
pub struct CountsProps {
    pub erased: Erased,
}

#[component]
pub fn Counts(props: &CountsProps) -> Html {
    let erased = props.erased;
    let rows = [
        ("Pictures", erased.elements),
        ("Vectors", erased.embeddings),
        ("Originals with their files", erased.files),
        ("Likes", erased.likes),
        ("Clusters", erased.clusters),
        ("Clusters handed to an editor", erased.clusters_handed_over),
        ("Memberships", erased.memberships),
        ("Follows, mutes and blocks", erased.relations),
        ("Cameras and devices", erased.devices),
        ("Sign-ins", erased.logins),
    ];
    html! {
        <table class="receipt">
            <tbody>
                { for rows.iter().map(|(name, count)| html! {
                    <tr><th scope="row">{ *name }</th><td>{ count }</td></tr>
                }) }
            </tbody>
        </table>
    }
}

#[derive(Properties, PartialEq)]
pub struct SaveProps {
    pub receipt: Receipt,
    pub name: AttrValue,
    pub label: AttrValue,
}

/// Saves it as a file.
#[component]
pub fn Save(props: &SaveProps) -> Html {
    let text = serde_json::to_string_pretty(&props.receipt).unwrap_or_default();
    let href = format!(
        "data:application/json,{}",
        js_sys::encode_uri_component(&text)
    );
    html! {
        <p><a class="button" {href} download={props.name.clone()}><Icon name={IconName::Download} size={18} />{ props.label.clone() }</a></p>
    }
}

/// For whoever has no account any more.
#[component]
pub fn ReceiptPage() -> Html {
    use_title("Account deleted");
    let id = use_memo((), |()| SessionStorage::get::<String>(KEPT).ok());
    let found = use_state(|| None::<Result<Receipt, String>>);
    let turn = use_state_eq(|| 0u32);
    use_effect_with(*turn, {
        let (id, found, turn) = (id.clone(), found.setter(), turn.clone());
        move |_| {
            if let Some(id) = (*id).clone() {
                spawn_local(async move {
                    let answer = profiles::receipt(&id).await;
                    let again = match &answer {
                        Ok(receipt) => receipt.state == ReceiptState::Erasing,
                        Err(why) => why.passing(),
                    };
                    found.set(Some(answer.map_err(|why| why.message())));
                    if again {
                        Timeout::new(LOOK_MS, move || turn.set(*turn + 1)).forget();
                    }
                });
            }
        }
    });
    let body = match (&*id, &*found) {
        (None, _) => {
            html! { <Empty title="There is no receipt here" text="It was shown in the tab in which the account was deleted." icon={IconName::Alert} /> }
        }
        (_, None) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        (_, Some(Err(why))) => html! { <p class="field-error" role="alert">{ why.clone() }</p> },
        (_, Some(Ok(receipt))) => {
            let done = receipt.state == ReceiptState::Done;
            let at = receipt.done_at.map(|at| words::date(at.millis()));
            html! {
                <>
                    <p class="lead" role="status">
                        { match at {
                            Some(at) => format!("Everything was erased ({at}). This is the receipt; it names nobody."),
                            None => "You are signed out everywhere. Everything that was yours is being erased…".to_owned(),
                        } }
                    </p>
                    <Counts erased={receipt.erased} />
                    if done {
                        <Save receipt={receipt.clone()} name="asterism-receipt.json" label="Download receipt" />
                    }
                    <p><Link to={Route::SignIn} class="button is-quiet">{ "To the sign-in page" }</Link></p>
                </>
            }
        }
    };
    html! {
        <div class="page receipt-page">
            <h1>{ "Account deleted" }</h1>
            { body }
        </div>
    }
}
