//! The review queue: what models are unsure of and what owners appealed.

use gloo::events::{EventListener, EventListenerOptions};
use protocol::account::Role;
use protocol::label::{Ruling, Verdict};
use protocol::{Cursor, ErrorCode};
use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent as KeyPress;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::gate::Gate;
use super::queue::{Change, Key, Queue, key};
use super::review::ReviewCard;
use crate::api;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::shell::keys::typing;
use crate::store::use_toasts;
use crate::words;

/// With fewer left, the next page is fetched.
const FEW: usize = 5;

#[component]
pub fn ReviewsPage() -> Html {
    use_title("Review queue");
    html! { <Gate role={Role::Moderator}><Reviews /></Gate> }
}

#[component]
fn Reviews() -> Html {
    let queue = use_reducer(Queue::default);
    let fetch = {
        let queue = queue.dispatcher();
        Callback::from(move |cursor: Option<Cursor>| {
            let queue = queue.clone();
            queue.dispatch(Change::Loading);
            spawn_local(async move {
                queue.dispatch(match api::admin::reviews(cursor.as_ref()).await {
                    Ok(page) => Change::Received(cursor.is_none(), page),
                    Err(why) => Change::Failed(why.message()),
                });
            });
        })
    };
    use_effect_with((), {
        let fetch = fetch.clone();
        move |()| fetch.emit(None)
    });
    let left = queue.open().count();
    let more = queue
        .next
        .clone()
        .filter(|_| left < FEW && !queue.loading && queue.failure.is_none());
    use_effect_with(more, {
        let fetch = fetch.clone();
        move |more| {
            if more.is_some() {
                fetch.emit(more.clone());
            }
        }
    });
    let decide = use_decide(&queue);
    use_keys(&queue);

    let again = fetch.reform(|_: MouseEvent| None);
    let body = match (&queue.failure, queue.loaded) {
        (Some(why), false) => html! {
            <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={again.clone()}>{ "Try again" }</button>
            </Empty>
        },
        (None, false) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        (_, true) if left == 0 => html! {
            <Empty title="Nothing waits" text="New labels appear here when models are unsure or somebody appeals." icon={IconName::Check} />
        },
        (_, true) => queue
            .open()
            .map(|item| {
                let wanted = key(&item.review);
                let selected = queue.selected.as_ref() == Some(&wanted);
                let onselect = {
                    let (queue, wanted) = (queue.dispatcher(), wanted.clone());
                    Callback::from(move |()| {
                        if !selected {
                            queue.dispatch(Change::Select(wanted.clone()))
                        }
                    })
                };
                let ondecide = {
                    let (decide, wanted) = (decide.clone(), wanted.clone());
                    Callback::from(move |(verdict, note)| {
                        decide.emit((wanted.clone(), verdict, note))
                    })
                };
                html! {
                    <li key={format!("{}-{}", wanted.0, wanted.1.as_str())}>
                        <ReviewCard item={item.clone()} {selected} {onselect} {ondecide} />
                    </li>
                }
            })
            .collect(),
    };
    html! {
        <div class="page is-wide">
            <div class="page-head">
                <h1>{ "Review queue" }</h1>
                <button type="button" class="button" onclick={again} disabled={queue.loading}><Icon name={IconName::Retry} size={18} />{ "Refresh" }</button>
            </div>
            <p class="lead">{ "Your decision replaces the models' and holds for copies of the picture." }</p>
            <p class="note" aria-hidden="true"><kbd>{ "j" }</kbd><kbd>{ "k" }</kbd>{ "move" }<kbd>{ "1" }</kbd>{ "–" }<kbd>{ "3" }</kbd>{ "decide" }<kbd>{ "v" }</kbd>{ "show" }</p>
            if queue.loaded {
                <p class="unseen" role="status">{ format!("{left} shown") }</p>
                if let Some(why) = &queue.failure { <p class="field-error" role="alert">{ why.clone() }</p> }
            }
            if queue.loaded && left > 0 { <ul class="reviews" aria-label="Labels to review">{ body }</ul> } else { { body } }
            if queue.loading && queue.loaded {
                <p class="feed-end" role="status">{ "Loading more…" }</p>
            }
        </div>
    }
}

/// Sends a decision that shows already.
#[hook]
fn use_decide(queue: &UseReducerHandle<Queue>) -> Callback<(Key, Verdict, String)> {
    let toasts = use_toasts();
    let queue = queue.dispatcher();
    Callback::from(move |(key, verdict, note): (Key, Verdict, String)| {
        let (queue, toasts) = (queue.clone(), toasts.clone());
        queue.dispatch(Change::Decide(key.clone(), verdict));
        spawn_local(async move {
            let ruling = Ruling { verdict, note };
            let said = words::verdict(key.1, verdict);
            match api::admin::rule(&key.0, key.1, &ruling).await {
                Ok(_) => {
                    toasts.say(format!("Decided: {said}"));
                    queue.dispatch(Change::Decided(key));
                }
                Err(why) if why.code() == Some(ErrorCode::NotFound) => {
                    toasts.say("That picture is gone");
                    queue.dispatch(Change::Decided(key));
                }
                Err(why) => {
                    toasts.say(format!("“{said}” was not decided: {}", why.message()));
                    queue.dispatch(Change::Refused(key, why.message()));
                }
            }
        });
    })
}

/// `j` and `k` move; a number presses the button that shows it.
#[hook]
fn use_keys(queue: &UseReducerHandle<Queue>) {
    let queue = queue.dispatcher();
    use_effect_with((), move |()| {
        let options = EventListenerOptions::enable_prevent_default();
        let document = gloo::utils::document();
        let listener =
            EventListener::new_with_options(&document, "keydown", options, move |event| {
                let Some(press) = event.dyn_ref::<KeyPress>() else {
                    return;
                };
                if typing(press) || press.ctrl_key() || press.meta_key() || press.alt_key() {
                    return;
                }
                match press.key().as_str() {
                    "j" => queue.dispatch(Change::Step(1)),
                    "k" => queue.dispatch(Change::Step(-1)),
                    number => press_number(number),
                }
            });
        move || drop(listener)
    });
}

fn press_number(number: &str) {
    let Some(index) = number.parse::<u32>().ok().and_then(|n| n.checked_sub(1)) else {
        return;
    };
    let buttons = gloo::utils::document().query_selector_all(".review.is-selected .review-decide");
    if let Some(button) = buttons.ok().and_then(|all| all.item(index))
        && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
    {
        button.click();
    }
}
