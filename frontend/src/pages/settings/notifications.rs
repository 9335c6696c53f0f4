//! Which notifications are wanted, together or apart, and when it is quiet.

use protocol::notification::{
    KindPatch, NotificationKind, NotificationPreferences, PreferencesPatch, QuietHours, TimeOfDay,
};
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::words;

type Wishes = Option<Result<NotificationPreferences, String>>;

#[component]
pub fn NotificationSettings() -> Html {
    let wishes = use_state(|| Wishes::None);
    let error = use_state_eq(String::new);
    let saved = use_state_eq(|| false);
    use_effect_with((), {
        let wishes = wishes.setter();
        move |()| {
            spawn_local(async move {
                let answer = api::notifications::preferences().await;
                wishes.set(Some(answer.map_err(|why| why.message())));
            });
        }
    });
    // shown at once, and as the server has it where that is something else
    let change = {
        let (wishes, error, saved) = (wishes.clone(), error.clone(), saved.clone());
        Callback::from(move |patch: PreferencesPatch| {
            let Some(Ok(before)) = &*wishes else {
                return;
            };
            let before = before.clone();
            wishes.set(Some(Ok(before.clone().with(&patch))));
            saved.set(false);
            error.set(String::new());
            let (wishes, error, saved) = (wishes.clone(), error.clone(), saved.clone());
            spawn_local(async move {
                match api::notifications::prefer(&patch).await {
                    Ok(_) => saved.set(true),
                    Err(why) => {
                        wishes.set(Some(Ok(before)));
                        error.set(why.message());
                    }
                }
            });
        })
    };
    let now = match &*wishes {
        None => {
            return html! { <div class="detail-loading" role="status" aria-label="Loading"></div> };
        }
        Some(Err(why)) => return html! { <p class="field-error" role="alert">{ why.clone() }</p> },
        Some(Ok(now)) => now,
    };
    html! {
        <div class="wishes">
            { for NotificationKind::ALL.iter().map(|kind| html! {
                <KindRow key={kind.as_str()} kind={*kind} in_app={now.of(*kind).in_app} grouped={now.of(*kind).grouped} change={change.clone()} />
            }) }
            <Quiet quiet={now.quiet} {change} />
            if !error.is_empty() {
                <p class="field-error" role="alert">{ format!("Not saved: {}", *error) }</p>
            }
            <p class="unseen" role="status">{ if *saved { "Saved" } else { "" } }</p>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct KindRowProps {
    kind: NotificationKind,
    in_app: bool,
    grouped: bool,
    change: Callback<PreferencesPatch>,
}

#[component]
fn KindRow(props: &KindRowProps) -> Html {
    let kind = props.kind;
    let (title, about) = words::notifications::kind(kind);
    let set = |to: fn(bool) -> KindPatch| {
        let change = props.change.clone();
        Callback::from(move |on: bool| {
            change.emit(PreferencesPatch {
                kinds: [(kind, to(on))].into(),
                quiet: None,
            });
        })
    };
    let in_app = set(|on| KindPatch {
        in_app: Some(on),
        grouped: None,
    });
    let grouped = set(|on| KindPatch {
        in_app: None,
        grouped: Some(on),
    });
    let name = kind.as_str();
    html! {
        <fieldset class="wish" data-kind={name}>
            <legend>{ title }</legend>
            <p class="field-hint">{ about }</p>
            <div class="wish-boxes">
                <Tick name={format!("{name}-told")} label="Tell me" on={props.in_app} change={in_app} />
                <Tick name={format!("{name}-grouped")} label="Group" on={props.grouped} off={!props.in_app} change={grouped} />
            </div>
        </fieldset>
    }
}

#[derive(Properties, PartialEq)]
struct TickProps {
    name: AttrValue,
    label: AttrValue,
    on: bool,
    /// It decides nothing just now.
    #[prop_or_default]
    off: bool,
    change: Callback<bool>,
}

#[component]
fn Tick(props: &TickProps) -> Html {
    let change = props.change.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        change.emit(input.checked());
    });
    html! {
        <label class="tick">
            <input type="checkbox" name={props.name.clone()} checked={props.on} disabled={props.off} {onchange} />
            { props.label.clone() }
        </label>
    }
}

#[derive(Properties, PartialEq)]
struct QuietProps {
    quiet: QuietHours,
    change: Callback<PreferencesPatch>,
}

#[component]
fn Quiet(props: &QuietProps) -> Html {
    let quiet = props.quiet;
    let set = {
        let change = props.change.clone();
        Callback::from(move |quiet: QuietHours| {
            // the account's clock is the one of who sets it
            let offset_minutes = offset_minutes();
            change.emit(PreferencesPatch {
                quiet: Some(QuietHours {
                    offset_minutes,
                    ..quiet
                }),
                ..PreferencesPatch::default()
            });
        })
    };
    let on = set.reform(move |on: bool| QuietHours { on, ..quiet });
    let time = |label: &'static str,
                name: &'static str,
                now: TimeOfDay,
                to: fn(QuietHours, TimeOfDay) -> QuietHours| {
        let set = set.clone();
        let onchange = Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Ok(time) = input.value().parse() {
                set.emit(to(quiet, time));
            }
        });
        html! {
            <label class="tick">
                { label }
                <input type="time" class="small-field" {name} value={now.to_string()} disabled={!quiet.on} required=true {onchange} />
            </label>
        }
    };
    html! {
        <fieldset class="wish">
            <legend>{ "Quiet hours" }</legend>
            <p class="field-hint">{ "No notices pop up on any device; the list and the bell go on." }</p>
            <div class="wish-boxes">
                <Tick name="quiet-on" label="Every day" on={quiet.on} change={on} />
                { time("from", "quiet-from", quiet.from, |quiet, from| QuietHours { from, ..quiet }) }
                { time("to", "quiet-to", quiet.to, |quiet, to| QuietHours { to, ..quiet }) }
            </div>
        </fieldset>
    }
}

/// How far this machine's clock is ahead of UTC.
fn offset_minutes() -> i16 {
    -(js_sys::Date::new_0().get_timezone_offset() as i16)
}
