//! Models, their memory, and what waits for them.

use protocol::account::Role;
use protocol::admin::{ModelReport, ModelsReport};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::gate::Gate;
use super::poll::use_poll;
use crate::api;
use crate::controls::{Empty, IconName, use_title};
use crate::store::use_toasts;
use crate::words;

#[component]
pub fn ModelsPage() -> Html {
    use_title("Models");
    html! { <Gate role={Role::Admin}><Models /></Gate> }
}

#[component]
fn Models() -> Html {
    let report = use_state_eq(|| None::<ModelsReport>);
    let failure = use_state_eq(|| None::<String>);
    let ask = {
        let (report, failure) = (report.setter(), failure.setter());
        Callback::from(move |()| {
            let (report, failure) = (report.clone(), failure.clone());
            spawn_local(async move {
                match api::admin::models().await {
                    Ok(now) => {
                        report.set(Some(now));
                        failure.set(None);
                    }
                    Err(why) => failure.set(Some(why.message())),
                }
            });
        })
    };
    use_poll((), ask.clone());
    let body = match (&*report, &*failure) {
        (Some(report), _) => shown(report, &ask),
        (None, Some(why)) => html! {
            <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={ask.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        (None, None) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
    };
    html! {
        <div class="page is-wide">
            <h1>{ "Models" }</h1>
            if let (true, Some(why)) = (report.is_some(), &*failure) {
                <p class="field-error" role="alert">{ format!("Out of date: {why}") }</p>
            }
            { body }
        </div>
    }
}

fn shown(report: &ModelsReport, ask: &Callback<()>) -> Html {
    let bytes = |n: u64| words::bytes(n as f64);
    let fact = |name: &'static str, value: String| html! { <div><dt>{ name }</dt><dd>{ value }</dd></div> };
    html! {
        <>
            if report.reachable {
                <p class="lead">{ format!("Inference runs {}.", report.place) }</p>
            } else {
                <p class="field-error" role="alert">{ format!("The model server at {} can't be reached. Jobs wait for it.", report.place) }</p>
            }
            <section class="panel" aria-labelledby="memory">
                <h2 id="memory">{ "Memory" }</h2>
                { bar("Models in memory", report.resident, report.budget, format!("{} of {}", bytes(report.resident), bytes(report.budget))) }
                <dl class="figures">
                    { fact("Process", bytes(report.process_rss)) }
                    { fact("Unloaded so far", report.evictions.to_string()) }
                    { fact("Workers", report.workers.to_string()) }
                    { fact("Workers replaced", report.replaced.to_string()) }
                </dl>
            </section>
            <section class="panel" aria-labelledby="lanes">
                <h2 id="lanes">{ "Lanes" }</h2>
                { for report.lanes.iter().map(|lane| bar(&lane.lane, lane.queued as u64, lane.capacity as u64, format!("{} of {} places taken", lane.queued, lane.capacity))) }
            </section>
            if !report.spaces.is_empty() {
                <section class="panel" aria-labelledby="spaces">
                    <h2 id="spaces">{ "Vector spaces" }</h2>
                    { for report.spaces.iter().map(|space| bar(&format!("{} ({})", space.space, space.state), space.done, space.total, format!("{} of {} pictures", space.done, space.total))) }
                </section>
            }
            <section class="panel" aria-labelledby="models">
                <h2 id="models">{ "Models" }</h2>
                <table class="table">
                    <thead><tr>
                        { for ["Model", "State", "In memory", "Used", "Loaded", "Last load", "Idle"].map(|name| html! { <th scope="col">{ name }</th> }) }
                        <th scope="col"><span class="unseen">{ "Action" }</span></th>
                    </tr></thead>
                    <tbody>{ for report.models.iter().map(|model| html! { <Row key={model.id.clone()} model={model.clone()} changed={ask.clone()} /> }) }</tbody>
                </table>
            </section>
        </>
    }
}

/// A part of a whole, for the eye and in words.
fn bar(name: &str, part: u64, whole: u64, said: String) -> Html {
    html! {
        <div class="gauge">
            <p><span>{ name.to_owned() }</span><span class="quiet">{ said.clone() }</span></p>
            <progress class="bar" max={whole.max(1).to_string()} value={part.min(whole).to_string()} aria-label={format!("{name}: {said}")}></progress>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    model: ModelReport,
    changed: Callback<()>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let toasts = use_toasts();
    let busy = use_state_eq(|| false);
    let model = &props.model;
    let unload = {
        let (id, changed, busy) = (model.id.clone(), props.changed.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            let (id, changed) = (id.clone(), changed.clone());
            let (busy, toasts) = (busy.clone(), toasts.clone());
            busy.set(true);
            spawn_local(async move {
                match api::admin::unload(&id).await {
                    Ok(()) => toasts.say(format!("{id} unloaded")),
                    Err(why) => toasts.say(format!("{id} not unloaded: {}", why.message())),
                }
                busy.set(false);
                changed.emit(());
            });
        })
    };
    let (class, state) = match (&model.trouble, model.loaded) {
        (Some(_), _) => ("is-bad", "Trouble"),
        (None, true) => ("is-good", "Loaded"),
        (None, false) => ("", "On disk"),
    };
    let disk = words::bytes(model.bytes as f64);
    let resident = model.loaded.then(|| words::bytes(model.resident as f64));
    let load = (model.loads > 0)
        .then(|| format!("{} ms + {} ms warm-up", model.load_ms, model.warm_up_ms));
    let none = || "–".to_owned();
    html! {
        <tr>
            <th scope="row"><span>{ model.title.clone() }</span><small>{ format!("{} · {} · {disk}", model.id, model.licence) }</small></th>
            <td data-name="State">
                <span class={classes!("state", class)}>{ state }</span>
                if model.pinned { <span class="badge">{ "pinned" }</span> }
                if let Some(why) = &model.trouble { <small class="field-error">{ why.clone() }</small> }
            </td>
            <td data-name="In memory">{ resident.unwrap_or_else(none) }</td>
            <td data-name="Used">{ model.hits }</td>
            <td data-name="Loaded">{ model.loads }</td>
            <td data-name="Last load">{ load.unwrap_or_else(none) }</td>
            <td data-name="Idle">{ model.idle_s.map_or_else(none, words::duration) }</td>
            <td>
                if model.loaded {
                    <button type="button" class="button is-small" onclick={unload} disabled={*busy} aria-label={format!("Unload {}", model.title)}>{ "Unload" }</button>
                }
            </td>
        </tr>
    }
}
