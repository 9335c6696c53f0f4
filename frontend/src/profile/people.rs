//! Whom the account follows, mutes and blocks, with a way to end each.

use protocol::element::Owner;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::profiles::{self, Tie};
use crate::controls::{Empty, IconName, use_title};
use crate::element::initial;
use crate::nav::{Link, Route};
use crate::store::{Change, use_library, use_toasts};

#[component]
pub fn PeoplePage() -> Html {
    use_title("People");
    html! {
        <div class="page">
            <h1>{ "People" }</h1>
            <List tie={Tie::Follow} title="Following" none="You follow nobody yet." end="Unfollow" />
            <List tie={Tie::Mute} title="Muted" none="Nobody is muted." end="Unmute" />
            <List tie={Tie::Block} title="Blocked" none="Nobody is blocked." end="Unblock" />
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct ListProps {
    tie: Tie,
    title: AttrValue,
    none: AttrValue,
    end: AttrValue,
}

type Answer = Option<Result<Vec<Owner>, String>>;

#[component]
fn List(props: &ListProps) -> Html {
    let tie = props.tie;
    let people = use_state(|| Answer::None);
    let (library, toasts) = (use_library(), use_toasts());
    let fetch = {
        let people = people.setter();
        Callback::from(move |()| {
            let people = people.clone();
            spawn_local(async move {
                let answer = profiles::people(tie).await;
                people.set(Some(answer.map(|p| p.items).map_err(|why| why.message())));
            });
        })
    };
    use_effect_with((), {
        let fetch = fetch.clone();
        move |()| fetch.emit(())
    });
    let end = |one: &Owner| {
        let (handle, fetch) = (one.handle.clone(), fetch.clone());
        let (library, toasts) = (library.dispatcher(), toasts.clone());
        Callback::from(move |_: MouseEvent| {
            let (handle, fetch) = (handle.clone(), fetch.clone());
            let (library, toasts) = (library.clone(), toasts.clone());
            spawn_local(async move {
                match profiles::tie(&handle, tie, false).await {
                    Ok(()) => library.dispatch(Change::Anew),
                    Err(why) => toasts.say(why.message()),
                }
                fetch.emit(());
            });
        })
    };
    let body = match &*people {
        None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        Some(Err(why)) => html! {
            <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={fetch.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        Some(Ok(list)) if list.is_empty() => html! { <p class="quiet">{ props.none.clone() }</p> },
        Some(Ok(list)) => html! {
            <ul class="cards is-tight">
                { for list.iter().map(|one| html! {
                    <li class="card-row" key={one.id.to_string()}>
                        <span class="avatar" aria-hidden="true">{ initial(&one.display_name) }</span>
                        <div class="card-row-text">
                            <p class="card-row-title"><Link to={Route::profile(&one.handle)}>{ one.display_name.clone() }</Link></p>
                            <p class="quiet">{ format!("@{}", one.handle) }</p>
                        </div>
                        <button type="button" class="button" aria-label={format!("{} {}", props.end, one.display_name)} onclick={end(one)}>{ props.end.clone() }</button>
                    </li>
                }) }
            </ul>
        },
    };
    html! {
        <section class="settings-part">
            <h2>{ props.title.clone() }</h2>
            { body }
        </section>
    }
}
