//! The dialog that shares a cluster: its address, an invitation, its members.

use protocol::Timestamp;
use protocol::cluster::{Cluster, ClusterRole, Invite};
use protocol::element::Visibility;
use web_sys::HtmlSelectElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::members::{MembersList, role_name};
use crate::api;
use crate::cluster::visibility;
use crate::controls::{Dialog, Icon, IconName, use_copy};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct ShareDialogProps {
    pub cluster: Cluster,
    pub onclose: Callback<()>,
}

#[component]
pub fn ShareDialog(props: &ShareDialogProps) -> Html {
    let copy = use_copy("Link copied");
    let cluster = &props.cluster;
    let link = address(&format!("/c/{}", cluster.id));
    let onclick = {
        let link = link.clone();
        Callback::from(move |_: MouseEvent| copy.emit(link.clone()))
    };
    let opens = match cluster.visibility {
        Visibility::Private => "Only its members can open this link. Invite people below.",
        other => visibility::words(other).1,
    };
    let owner = cluster.role == Some(ClusterRole::Owner);
    html! {
        <Dialog title={format!("Share {}", cluster.name)} onclose={props.onclose.clone()}>
            <section class="block">
                <h2>{ "Link" }</h2>
                <div class="copy-row">
                    <input class="small-field" readonly={true} value={link} aria-label="Link to the cluster" />
                    <button type="button" class="button is-small" {onclick}><Icon name={IconName::Copy} size={16} />{ "Copy" }</button>
                </div>
                <p class="note"><Icon name={visibility::icon(cluster.visibility)} size={16} />{ opens }</p>
            </section>
            if owner {
                <Inviting cluster={cluster.clone()} />
            }
            if cluster.role.is_some() {
                <MembersList cluster={cluster.clone()} />
            }
        </Dialog>
    }
}

#[derive(Properties, PartialEq)]
struct InvitingProps {
    cluster: Cluster,
}

/// Makes links that let people in.
#[component]
fn Inviting(props: &InvitingProps) -> Html {
    let copy = use_copy("Invitation copied");
    let role = use_state_eq(|| ClusterRole::Editor);
    let made = use_state_eq(|| None::<Result<Invite, String>>);
    let busy = use_state_eq(|| false);
    let onchange = {
        let (role, made) = (role.clone(), made.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            made.set(None);
            role.set(if select.value() == "viewer" {
                ClusterRole::Viewer
            } else {
                ClusterRole::Editor
            });
        })
    };
    let make = {
        let (id, role) = (props.cluster.id.clone(), *role);
        let (made, busy) = (made.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (id, made, busy) = (id.clone(), made.clone(), busy.clone());
            spawn_local(async move {
                let invite = api::clusters::invite(&id, role).await;
                made.set(Some(invite.map_err(|why| why.message())));
                busy.set(false);
            });
        })
    };
    let shown = match &*made {
        None => Html::default(),
        Some(Err(why)) => html! { <p class="field-error" role="alert">{ why.clone() }</p> },
        Some(Ok(invite)) => {
            let link = address(&format!("/join/{}", invite.token));
            let onclick = {
                let link = link.clone();
                Callback::from(move |_: MouseEvent| copy.emit(link.clone()))
            };
            html! {
                <>
                    <div class="copy-row">
                        <input class="small-field" readonly={true} value={link} aria-label="Invitation link" />
                        <button type="button" class="button is-small is-primary" {onclick}><Icon name={IconName::Copy} size={16} />{ "Copy" }</button>
                    </div>
                    <p class="note" role="status">{ format!("Good until {}. It is shown only now.", until(&invite.expires_at)) }</p>
                </>
            }
        }
    };
    html! {
        <section class="block">
            <h2>{ "Invite people" }</h2>
            <p class="quiet">{ "Whoever opens the invitation becomes a member. Send it only to those you mean." }</p>
            <div class="copy-row">
                <select class="small-field" aria-label="What they may do" {onchange}>
                    { for [ClusterRole::Editor, ClusterRole::Viewer].map(|option| html! {
                        <option value={option.as_str()} selected={*role == option}>{ role_name(option) }</option>
                    }) }
                </select>
                <button type="button" class="button is-small" onclick={make} disabled={*busy}>{ "Make a link" }</button>
            </div>
            { shown }
        </section>
    }
}

fn until(when: &Timestamp) -> String {
    words::date(when.millis())
}

fn address(path: &str) -> String {
    let origin = gloo::utils::window().location().origin();
    format!("{}{path}", origin.unwrap_or_default())
}
