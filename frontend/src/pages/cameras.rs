//! The account's cameras, live.

use protocol::device::DeviceWithSecret;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api;
use crate::cameras::{DeviceDialog, Row, SecretDialog};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::store::{DeviceNews, use_clusters, use_devices};

/// What lies over the page.
#[derive(Clone, PartialEq)]
enum Over {
    Nothing,
    New,
    Secret(Box<DeviceWithSecret>),
}

#[component]
pub fn CamerasPage() -> Html {
    use_title("Cameras");
    let devices = use_devices();
    let clusters = use_clusters();
    let over = use_state_eq(|| Over::Nothing);
    let fetch = {
        let devices = devices.dispatcher();
        Callback::from(move |()| {
            let devices = devices.clone();
            spawn_local(async move {
                devices.dispatch(match api::devices::list().await {
                    Ok(listed) => DeviceNews::Listed(listed),
                    Err(why) => DeviceNews::Failed(why.message()),
                });
            });
        })
    };
    use_effect_with((), move |()| clusters.load_mine(None));
    use_effect_with(devices.stale, {
        let fetch = fetch.clone();
        move |_| fetch.emit(())
    });
    let make = {
        let over = over.clone();
        Callback::from(move |_: MouseEvent| over.set(Over::New))
    };
    let close = {
        let over = over.clone();
        Callback::from(move |()| over.set(Over::Nothing))
    };
    let show = {
        let over = over.clone();
        Callback::from(move |made: DeviceWithSecret| over.set(Over::Secret(Box::new(made))))
    };
    let made = {
        let (show, close) = (show.clone(), close.clone());
        Callback::from(move |made: Option<DeviceWithSecret>| match made {
            Some(made) => show.emit(made),
            None => close.emit(()),
        })
    };
    let body = match (&devices.items, &devices.failed) {
        (None, Some(why)) => html! {
            <Empty title="This didn't load" text={why.clone()} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={fetch.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
            </Empty>
        },
        (None, None) => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        (Some(items), _) if items.is_empty() => html! {
            <Empty title="No cameras yet" icon={IconName::Device}
                text="A camera sends its pictures by MQTT: they come into your library as they are taken. Make one here to get its credential.">
                <button type="button" class="button is-primary is-large" onclick={make.clone()}><Icon name={IconName::Plus} />{ "New device" }</button>
            </Empty>
        },
        (Some(items), _) => html! {
            <ul class="devices">
                { for items.iter().map(|device| html! {
                    <Row key={device.id.as_str().to_owned()} device={device.clone()} onsecret={show.clone()} />
                }) }
            </ul>
        },
    };
    html! {
        <div class="page is-wide">
            <header class="page-head">
                <h1>{ "Cameras" }</h1>
                <button type="button" class="button is-primary" onclick={make}><Icon name={IconName::Plus} size={18} />{ "New device" }</button>
            </header>
            { body }
            {
                match &*over {
                    Over::Nothing => Html::default(),
                    Over::New => html! { <DeviceDialog onclose={close} onmade={made} /> },
                    Over::Secret(made) => html! { <SecretDialog made={(**made).clone()} onclose={close} /> },
                }
            }
        </div>
    }
}
