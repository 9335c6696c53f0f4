//! One device: its last picture, how it does, what can be done with it.

use std::rc::Rc;

use protocol::device::{Device, DeviceKind, DeviceWithSecret};
use protocol::mqtt::Setting;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::confirm::Confirm;
use super::form::{DeviceDialog, Interval};
use super::words;
use crate::api;
use crate::controls::{Icon, IconName};
use crate::nav::{Link, Route};
use crate::picture::Picture;
use crate::store::{DeviceNews, use_clusters, use_devices, use_library, use_loader, use_toasts};
use crate::words as common;

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub device: Rc<Device>,
    pub onsecret: Callback<DeviceWithSecret>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Asked {
    Edit,
    Rotate,
    Revoke,
    Forget,
}

#[component]
pub fn Row(props: &RowProps) -> Html {
    let device = &props.device;
    let (devices, toasts) = (use_devices(), use_toasts());
    let asked = use_state_eq(|| None::<Asked>);
    let ask = |what: Asked| {
        let asked = asked.clone();
        Callback::from(move |_: MouseEvent| asked.set(Some(what)))
    };
    let close = {
        let asked = asked.clone();
        Callback::from(move |()| asked.set(None))
    };
    let act = |what: Asked| {
        let (id, secret, close) = (device.id.clone(), props.onsecret.clone(), close.clone());
        let (devices, toasts) = (devices.clone(), toasts.clone());
        Callback::from(move |()| {
            close.emit(());
            let (id, secret) = (id.clone(), secret.clone());
            let (devices, toasts) = (devices.clone(), toasts.clone());
            spawn_local(async move {
                let done = match what {
                    Asked::Rotate => api::devices::rotate(&id).await.map(|with| {
                        devices.dispatch(DeviceNews::Put(Box::new(with.device.clone())));
                        secret.emit(with);
                    }),
                    Asked::Revoke => api::devices::revoke(&id).await.map(|device| {
                        devices.dispatch(DeviceNews::Put(Box::new(device)));
                        toasts.say("Revoked: it is cut off");
                    }),
                    Asked::Forget => api::devices::remove(&id).await.map(|()| {
                        devices.dispatch(DeviceNews::Gone(id));
                        toasts.say("Forgotten; its pictures stay");
                    }),
                    Asked::Edit => Ok(()),
                };
                if let Err(why) = done {
                    toasts.say(format!("Not done: {}", why.message()));
                }
            });
        })
    };
    let onset = {
        let (id, toasts) = (device.id.clone(), toasts.clone());
        Callback::from(move |value: String| {
            let (id, toasts) = (id.clone(), toasts.clone());
            spawn_local(async move {
                match api::devices::set(&id, Setting::Interval, &value).await {
                    Ok(()) => toasts.say("Asked; it says when it did"),
                    Err(why) => toasts.say(format!("Not asked: {}", why.message())),
                }
            });
        })
    };
    let is_camera = device.kind == DeviceKind::Camera;
    let name = &device.name;
    let dialog = match *asked {
        None => Html::default(),
        Some(Asked::Edit) => html! {
            <DeviceDialog device={device.clone()} onclose={close.clone()} onmade={close.reform(|_: Option<DeviceWithSecret>| ())} />
        },
        Some(what) => {
            let (title, text, action) = match what {
                Asked::Rotate => (
                    format!("New secret for {name}?"),
                    "The old secret stops working at once, and what is connected by it is cut off.",
                    "Make a new secret",
                ),
                Asked::Revoke => (
                    format!("Revoke {name}?"),
                    "It is cut off within a second and not let in again until you make a new secret. Its pictures stay.",
                    "Revoke",
                ),
                _ => (
                    format!("Forget {name}?"),
                    "It is cut off and leaves this list for good. Its pictures stay.",
                    "Forget",
                ),
            };
            html! { <Confirm {title} {text} {action} onclose={close.clone()} onconfirm={act(what)} /> }
        }
    };
    let (standing, look) = words::standing(device);
    let times = words::times(device, js_sys::Date::now() as i64);
    let health = words::health(device);
    html! {
        <li class="device">
            <LastFrame device={device.clone()} />
            <div class="device-text">
                <h2 class="device-name">
                    { name }
                    <span class={classes!("state", look)}>{ standing }</span>
                    if !is_camera { <span class="badge">{ "Home Assistant" }</span> }
                </h2>
                if let Some(times) = times {
                    <p class="quiet">{ times }</p>
                }
                if !health.is_empty() {
                    <p class="device-health">{ health.join(" · ") }</p>
                }
                if is_camera {
                    <Target device={device.clone()} />
                    <Counts device={device.clone()} />
                    <Interval device={device.clone()} {onset} />
                }
                if let Some(problem) = &device.problem {
                    <p class="field-error">{ format!("Last refusal: {}", problem.detail.as_deref().unwrap_or(&problem.title)) }</p>
                }
                <div class="row device-actions">
                    <button type="button" class="button" onclick={ask(Asked::Edit)} aria-label={format!("Change {name}")}><Icon name={IconName::Pencil} size={18} />{ "Change" }</button>
                    <button type="button" class="button" onclick={ask(Asked::Rotate)} aria-label={format!("New secret for {name}")}><Icon name={IconName::Retry} size={18} />{ "New secret" }</button>
                    if device.revoked_at.is_none() {
                        <button type="button" class="button is-danger" onclick={ask(Asked::Revoke)} aria-label={format!("Revoke {name}")}><Icon name={IconName::Lock} size={18} />{ "Revoke" }</button>
                    }
                    <button type="button" class="button is-danger" onclick={ask(Asked::Forget)} aria-label={format!("Forget {name}")}><Icon name={IconName::Trash} size={18} />{ "Forget" }</button>
                </div>
            </div>
            { dialog }
        </li>
    }
}

#[derive(Properties, PartialEq)]
struct PartProps {
    device: Rc<Device>,
}

/// Its last picture; its place is reserved.
#[component]
fn LastFrame(props: &PartProps) -> Html {
    let (library, loader) = (use_library(), use_loader());
    let id = props
        .device
        .last_frame
        .as_ref()
        .map(|frame| frame.element.clone());
    let element = id.as_ref().and_then(|id| library.element(id));
    use_effect_with((id.clone(), element.is_some()), move |(id, known)| {
        if let (Some(id), false) = (id, known) {
            loader.elements(vec![id.clone()]);
        }
    });
    let inside = match (id, element) {
        (Some(id), Some(element)) => html! {
            <Link to={Route::element(&id)} class="device-link" label={format!("Last picture of {}", props.device.name)}>
                <Picture {element} sizes="12rem" decorative={true} />
            </Link>
        },
        _ => html! { <Icon name={IconName::Device} size={32} /> },
    };
    html! { <div class="device-frame">{ inside }</div> }
}

/// Where its pictures go.
#[component]
fn Target(props: &PartProps) -> Html {
    let clusters = use_clusters();
    let Some(id) = &props.device.cluster else {
        return Html::default();
    };
    let name = clusters
        .now()
        .cluster(id)
        .map(|cluster| cluster.name.clone());
    let name = name.unwrap_or_else(|| "a cluster".into());
    html! {
        <p class="device-target"><Icon name={IconName::Stack} size={16} /><Link to={Route::cluster(id)}>{ name }</Link></p>
    }
}

#[component]
fn Counts(props: &PartProps) -> Html {
    let (counts, quota) = (&props.device.counts, &props.device.quota);
    let refused: u64 = counts.refused.values().sum();
    let why: Vec<String> = counts
        .refused
        .iter()
        .map(|(reason, count)| format!("{} {count}", words::reason(reason)))
        .collect();
    html! {
        <dl class="figures">
            <div><dt>{ "Pictures" }</dt><dd>{ counts.accepted }</dd></div>
            <div><dt>{ "Today" }</dt><dd>{ format!("{} of {}", counts.today_frames, quota.frames_per_day) }</dd></div>
            <div><dt>{ "Size" }</dt><dd>{ common::bytes(counts.bytes as f64) }</dd></div>
            <div><dt>{ "Seen before" }</dt><dd>{ counts.duplicates }</dd></div>
            <div>
                <dt>{ "Refused" }</dt>
                <dd>{ refused }if !why.is_empty() { <small>{ why.join(", ") }</small> }</dd>
            </div>
        </dl>
    }
}
