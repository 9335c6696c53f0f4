//! The dialog that makes a device, or changes one.

use std::rc::Rc;

use protocol::ClusterId;
use protocol::cluster::{Cluster, ClusterRole};
use protocol::device::{Device, DeviceKind, DevicePatch, DeviceWithSecret, NewDevice, Quota};
use protocol::element::Visibility;
use protocol::limits;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};
use crate::controls::{Dialog, Field};
use crate::store::{DeviceNews, use_clusters, use_devices};

#[derive(Properties, PartialEq)]
pub struct DeviceDialogProps {
    /// None: a new one.
    #[prop_or_default]
    pub device: Option<Rc<Device>>,
    pub onclose: Callback<()>,
    /// With the secret of a new one.
    pub onmade: Callback<Option<DeviceWithSecret>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Draft {
    name: String,
    kind: DeviceKind,
    cluster: Option<ClusterId>,
    visibility: Visibility,
    frames: String,
}

impl Draft {
    fn of(device: Option<&Device>) -> Self {
        let quota = device.map(|d| d.quota).unwrap_or_default();
        Self {
            name: device.map(|d| d.name.clone()).unwrap_or_default(),
            kind: device.map(|d| d.kind).unwrap_or_default(),
            cluster: device.and_then(|d| d.cluster.clone()),
            visibility: device.map_or(Visibility::Private, |d| d.visibility),
            frames: quota.frames_per_day.to_string(),
        }
    }

    fn quota(&self, before: Quota) -> Result<Quota, String> {
        let most = limits::DEVICE_FRAMES_PER_DAY_MAX;
        match self.frames.trim().parse() {
            Ok(frames_per_day) if (1..=most).contains(&frames_per_day) => Ok(Quota {
                frames_per_day,
                ..before
            }),
            _ => Err(format!("A whole number from 1 to {most}.")),
        }
    }

    fn new_device(&self, quota: Quota) -> NewDevice {
        NewDevice {
            name: self.name.trim().to_owned(),
            kind: self.kind,
            cluster: self.cluster.clone().filter(|_| self.is_camera()),
            visibility: Some(self.visibility),
            quota: Some(quota),
        }
    }

    fn patch(&self, before: &Device, quota: Quota) -> DevicePatch {
        let name = self.name.trim();
        DevicePatch {
            name: (name != before.name).then(|| name.to_owned()),
            cluster: self
                .cluster
                .clone()
                .filter(|_| self.cluster != before.cluster),
            no_cluster: self.cluster.is_none() && before.cluster.is_some(),
            visibility: (self.visibility != before.visibility).then_some(self.visibility),
            quota: (quota != before.quota).then_some(quota),
        }
    }

    fn is_camera(&self) -> bool {
        self.kind == DeviceKind::Camera
    }
}

/// What was refused, and on which field.
type Error = (&'static str, AttrValue);

#[component]
pub fn DeviceDialog(props: &DeviceDialogProps) -> Html {
    let (clusters, devices) = (use_clusters(), use_devices());
    use_effect_with((), {
        let clusters = clusters.clone();
        move |()| clusters.load_mine(None)
    });
    let before = use_memo((), |()| props.device.clone());
    let draft = use_state_eq(|| Draft::of(before.as_deref()));
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<Error>);
    let change = {
        let (draft, error) = (draft.clone(), error.clone());
        Callback::from(move |now: Draft| {
            error.set(None);
            draft.set(now);
        })
    };
    let onsubmit = {
        let (draft, busy, error) = (draft.clone(), busy.clone(), error.clone());
        let (made, before) = (props.onmade.clone(), before.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if draft.name.trim().is_empty() {
                error.set(Some(("name", "Give it a name first.".into())));
                return;
            }
            let had = (*before).as_ref().map(|device| device.quota);
            let quota = match draft.quota(had.unwrap_or_default()) {
                Ok(quota) => quota,
                Err(why) => return error.set(Some(("quota", why.into()))),
            };
            busy.set(true);
            let (draft, before) = ((*draft).clone(), before.clone());
            let (busy, error, made, devices) =
                (busy.clone(), error.clone(), made.clone(), devices.clone());
            spawn_local(async move {
                let saved = match &*before {
                    None => api::devices::create(&draft.new_device(quota))
                        .await
                        .map(|with| (with.device.clone(), Some(with))),
                    Some(device) => api::devices::patch(&device.id, &draft.patch(device, quota))
                        .await
                        .map(|device| (device, None)),
                };
                match saved {
                    Ok((device, secret)) => {
                        devices.dispatch(DeviceNews::Put(Box::new(device)));
                        made.emit(secret);
                    }
                    Err(why) => {
                        error.set(Some(placed(&why)));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let on = |field: &str| {
        let found = error.as_ref().filter(|(at, _)| *at == field);
        found.map(|(_, why)| why.clone())
    };
    let oninput = {
        let (draft, change) = (draft.clone(), change.clone());
        Callback::from(move |name| {
            change.emit(Draft {
                name,
                ..(*draft).clone()
            });
        })
    };
    let onframes = {
        let (draft, change) = (draft.clone(), change.clone());
        Callback::from(move |frames| {
            change.emit(Draft {
                frames,
                ..(*draft).clone()
            });
        })
    };
    let is_new = before.is_none();
    let title = if is_new {
        "New device"
    } else {
        "Change device"
    };
    html! {
        <Dialog {title} onclose={props.onclose.clone()}>
            <form class="dialog-form" {onsubmit} novalidate={true}>
                <Field name="device-name" label="Name" value={draft.name.clone()} {oninput} autocomplete="off"
                    autofocus={true} longest={limits::DEVICE_NAME_MAX} error={on("name")}
                    hint="Its pictures carry it: “Front door”." />
                if is_new {
                    { kinds(&draft, &change) }
                }
                if draft.is_camera() {
                    { places(&clusters.now().mine(), &draft, &change) }
                    { visibilities(&draft, &change) }
                    <Field name="device-frames" label="Pictures a day, at most" value={draft.frames.clone()} oninput={onframes}
                        autocomplete="off" longest={7} error={on("quota")} />
                }
                if let Some(why) = on("") {
                    <p class="field-error" role="alert">{ why }</p>
                }
                <div class="row is-end">
                    <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="submit" class="button is-primary" disabled={*busy}>
                        { match (is_new, *busy) { (true, false) => "Create", (false, false) => "Save", _ => "Saving…" } }
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// The field that a refusal is about, as the dialog names it.
fn placed(why: &Failure) -> Error {
    let field = match why.field() {
        Some("name") => "name",
        Some("quota") => "quota",
        _ => "",
    };
    (field, why.message().into())
}

fn kinds(draft: &Draft, change: &Callback<Draft>) -> Html {
    let options = [
        (
            DeviceKind::Camera,
            "Camera",
            "Sends pictures to your library.",
        ),
        (
            DeviceKind::Hub,
            "Home Assistant",
            "Sees how your cameras do and changes their settings; sends no pictures.",
        ),
    ];
    html! {
        <fieldset class="choices">
            <legend>{ "What it is" }</legend>
            { for options.map(|(kind, name, about)| choice("device-kind", draft.kind == kind, name, about, {
                let (draft, change) = (draft.clone(), change.clone());
                Callback::from(move |_: Event| change.emit(Draft { kind, ..draft.clone() }))
            })) }
        </fieldset>
    }
}

fn visibilities(draft: &Draft, change: &Callback<Draft>) -> Html {
    let options = [
        (Visibility::Private, "Private", "Only you see its pictures."),
        (
            Visibility::Unlisted,
            "With link",
            "Whoever has a picture's address sees it.",
        ),
        (
            Visibility::Public,
            "Public",
            "Everybody with an account here finds its pictures.",
        ),
    ];
    html! {
        <fieldset class="choices">
            <legend>{ "Who can see its pictures" }</legend>
            { for options.map(|(visibility, name, about)| choice("device-visibility", draft.visibility == visibility, name, about, {
                let (draft, change) = (draft.clone(), change.clone());
                Callback::from(move |_: Event| change.emit(Draft { visibility, ..draft.clone() }))
            })) }
        </fieldset>
    }
}

fn choice(
    group: &'static str,
    chosen: bool,
    name: &'static str,
    about: &'static str,
    onchange: Callback<Event>,
) -> Html {
    html! {
        <label class={classes!("choice", chosen.then_some("is-chosen"))}>
            <input type="radio" name={group} value={name} checked={chosen} {onchange} />
            <span><b>{ name }</b><small>{ about }</small></span>
        </label>
    }
}

/// Clusters that the account may fill.
fn places(mine: &[Rc<Cluster>], draft: &Draft, change: &Callback<Draft>) -> Html {
    let open: Vec<Rc<Cluster>> = mine
        .iter()
        .filter(|cluster| cluster.role >= Some(ClusterRole::Editor))
        .cloned()
        .collect();
    let onchange = {
        let (draft, change) = (draft.clone(), change.clone());
        let ids: Vec<ClusterId> = open.iter().map(|cluster| cluster.id.clone()).collect();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            // the first option stands for none
            let at = usize::try_from(select.selected_index() - 1).ok();
            change.emit(Draft {
                cluster: at.and_then(|at| ids.get(at).cloned()),
                ..draft.clone()
            });
        })
    };
    html! {
        <div class="field">
            <label for="device-cluster">{ "Put its pictures into" }</label>
            <select id="device-cluster" class="small-field" {onchange}>
                <option selected={draft.cluster.is_none()}>{ "No cluster" }</option>
                { for open.iter().map(|cluster| html! {
                    <option selected={draft.cluster.as_ref() == Some(&cluster.id)}>{ cluster.name.clone() }</option>
                }) }
            </select>
        </div>
    }
}

/// A number that its owner asks a device for; Enter or leaving the field sends it.
#[derive(Properties, PartialEq)]
pub struct IntervalProps {
    pub device: Rc<Device>,
    pub onset: Callback<String>,
}

#[component]
pub fn Interval(props: &IntervalProps) -> Html {
    let setting = protocol::mqtt::Setting::Interval;
    let now = props.device.settings.get(&setting).cloned();
    let id = format!("interval-{}", props.device.id);
    let onchange = {
        let (set, now) = (props.onset.clone(), now.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let wanted = input.value().trim().to_owned();
            if setting.allows(&wanted) && now.as_ref() != Some(&wanted) {
                set.emit(wanted);
            }
        })
    };
    html! {
        <p class="device-setting">
            <label for={id.clone()}>{ "A picture every" }</label>
            <input {id} class="small-field" type="number" min="1" max="86400" inputmode="numeric"
                value={now.unwrap_or_default()} disabled={!props.device.online} {onchange} />
            <span>{ "seconds" }</span>
        </p>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_sent() {
        let draft = Draft::of(None);
        assert_eq!(draft.visibility, Visibility::Private);
        let quota = draft.quota(Quota::default()).expect("the default is one");
        assert_eq!(quota, Quota::default());
        let hub = Draft {
            kind: DeviceKind::Hub,
            cluster: Some(ClusterId::from_parts(1, 1)),
            name: " Home ".into(),
            ..draft.clone()
        };
        let new = hub.new_device(quota);
        assert_eq!((new.name.as_str(), new.cluster), ("Home", None));
        for wrong in ["", "0", "many", "500001"] {
            let draft = Draft {
                frames: wrong.into(),
                ..draft.clone()
            };
            assert!(draft.quota(quota).is_err(), "{wrong}");
        }
    }
}
