//! The secret of a device: shown once, to be copied now.

use protocol::device::{BrokerKind, DeviceKind, DeviceWithSecret};
use yew::prelude::*;

use super::words;
use crate::controls::{Dialog, Icon, IconName, use_copy};

#[derive(Properties, PartialEq)]
pub struct SecretDialogProps {
    pub made: DeviceWithSecret,
    pub onclose: Callback<()>,
}

#[component]
pub fn SecretDialog(props: &SecretDialogProps) -> Html {
    let made = &props.made;
    let (id, secret) = (made.device.id.to_string(), made.secret.clone());
    let here = gloo::utils::window().location().hostname();
    let host = made.broker.host.clone().or(here.ok()).unwrap_or_default();
    let port = made.broker.port.unwrap_or(1883);
    let is_camera = made.device.kind == DeviceKind::Camera;
    let command = words::sample_command(&id, &secret, &host, port);
    let obstacle = words::obstacle(made.broker.kind, made.broker.local_only);
    html! {
        <Dialog title={format!("{} can connect", made.device.name)} onclose={props.onclose.clone()}>
            <div class="dialog-form">
                <p>{ "Enter these into the device. " }<strong>{ "The secret is shown this once" }</strong>{ ": the server keeps only a hash of it. If you lose it, make a new one." }</p>
                if made.broker.kind != BrokerKind::Off {
                    <Line name="Broker" value={format!("{host}:{port}")} />
                }
                <Line name="User name" value={id} />
                <Line name="Secret" value={secret} />
                if is_camera && made.broker.kind != BrokerKind::Off {
                    <Line name="Try it" value={command} />
                }
                if let Some(obstacle) = obstacle {
                    <p class="note-box"><Icon name={IconName::Alert} size={18} /><span>{ obstacle }</span></p>
                }
                <div class="row is-end">
                    <button type="button" class="button is-primary" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "I have copied it" }</button>
                </div>
            </div>
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct LineProps {
    name: AttrValue,
    value: AttrValue,
}

/// Something to be copied.
#[component]
fn Line(props: &LineProps) -> Html {
    let copy = use_copy("Copied");
    let onclick = {
        let value = props.value.to_string();
        Callback::from(move |_: MouseEvent| copy.emit(value.clone()))
    };
    html! {
        <div class="copy-line">
            <span class="copy-name">{ &props.name }</span>
            <code tabindex="0">{ &props.value }</code>
            <button type="button" class="icon-button" {onclick} aria-label={format!("Copy {}", props.name.to_lowercase())}>
                <Icon name={IconName::Copy} />
            </button>
        </div>
    }
}
