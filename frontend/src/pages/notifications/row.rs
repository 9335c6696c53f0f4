//! One entry: who, what, when, and what it looks like.

use protocol::label::{LabelPreferences, Treatment};
use protocol::notification::{NotedElement, Notification, NotificationKind, What};
use yew::prelude::*;
use yew_router::Routable;

use crate::controls::{Icon, IconName};
use crate::element::initial;
use crate::nav::{plain_click, use_go};
use crate::picture::{placeholder_of, srcset_of};
use crate::store::inbox::target;
use crate::store::use_me;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct RowProps {
    pub item: Notification,
    pub unread: bool,
}

#[component]
pub fn Row(props: &RowProps) -> Html {
    let item = &props.item;
    let go = use_go();
    let wishes = use_me().map(|me| me.preferences.labels).unwrap_or_default();
    let to = target(item);
    let href = to.route().to_path();
    let onclick = Callback::from(move |event: MouseEvent| {
        if plain_click(&event) {
            event.prevent_default();
            to.open(&go);
        }
    });
    let line = words::notifications::line(item).into_iter();
    let now = js_sys::Date::now() as i64;
    html! {
        <li class={classes!("notice", props.unread.then_some("is-unread"))}>
            <a class="notice-link" {href} {onclick}>
                { mark(item) }
                <span class="notice-text">
                    <span class="notice-line">
                        if props.unread {
                            <span class="unseen">{ "Unread: " }</span>
                        }
                        { for line.map(|part| match part.name {
                            true => html! { <b>{ part.text }</b> },
                            false => html! { { part.text } },
                        }) }
                    </span>
                    if let Some(said) = words::notifications::quote(item) {
                        <q class="notice-quote">{ said.to_owned() }</q>
                    }
                    <span class="quiet">{ words::ago(now, item.at.millis()) }</span>
                </span>
                <span class="notice-covers" aria-hidden="true">
                    { for item.elements.iter().map(|element| cover(item, element, &wishes)) }
                </span>
            </a>
        </li>
    }
}

/// The face of who did it, or a sign for what nobody did.
fn mark(item: &Notification) -> Html {
    match item.actors.first() {
        Some(actor) => {
            html! { <span class="avatar is-large" aria-hidden="true">{ initial(&actor.display_name) }</span> }
        }
        None => {
            let icon = match item.what {
                What::ElementReview { .. } | What::AppealDecided { .. } => IconName::Shield,
                What::ElementReady { failed: false } => IconName::Check,
                What::ElementReady { failed: true } | What::DeviceOffline { .. } => IconName::Alert,
                _ => IconName::Bell,
            };
            html! { <span class="avatar is-large" aria-hidden="true"><Icon name={icon} /></span> }
        }
    }
}

/// What others made is covered where the account wants that.
fn cover(item: &Notification, element: &NotedElement, wishes: &LabelPreferences) -> Html {
    let others = matches!(
        item.what.kind(),
        NotificationKind::ClusterAdded | NotificationKind::AppealDecided
    );
    let covered = others && wishes.treatment(&element.labels).0 != Treatment::Show;
    let file = srcset_of(&element.media).filter(|_| !covered);
    html! {
        <span class="notice-cover" key={element.id.to_string()} style={placeholder_of(&element.thumbhash)}>
            if let Some((src, srcset)) = file {
                <img {src} {srcset} sizes="56px" alt="" loading="lazy" decoding="async" draggable="false"
                    width={element.width.max(1).to_string()} height={element.height.max(1).to_string()} />
            }
        </span>
    }
}
