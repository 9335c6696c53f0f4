//! Who belongs to a cluster, and what they may do.

use protocol::cluster::{Cluster, ClusterRole, Member, Members};
use protocol::value::Handle;
use web_sys::HtmlSelectElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use crate::api::{self, Failure};
use crate::controls::{Icon, IconName};
use crate::element::initial;
use crate::nav::{Link, Route};
use crate::store::use_clusters;

pub fn role_name(role: ClusterRole) -> &'static str {
    match role {
        ClusterRole::Owner => "Owner",
        ClusterRole::Editor => "Can add and arrange",
        ClusterRole::Viewer => "Can look",
    }
}

#[derive(Properties, PartialEq)]
pub struct MembersListProps {
    pub cluster: Cluster,
}

#[component]
pub fn MembersList(props: &MembersListProps) -> Html {
    let cluster = &props.cluster;
    let owner = cluster.role == Some(ClusterRole::Owner);
    let members = use_state_eq(Vec::<Member>::new);
    let error = use_state_eq(|| None::<String>);
    let news = use_clusters().now().news(&cluster.id);
    let receive = {
        let (members, error) = (members.setter(), error.setter());
        Callback::from(move |answer: Result<Members, Failure>| match answer {
            Ok(now) => {
                members.set(now.items);
                error.set(None);
            }
            Err(why) => error.set(Some(why.message())),
        })
    };
    use_effect_with((cluster.id.clone(), news), {
        let receive = receive.clone();
        move |(id, _)| {
            let id = id.clone();
            spawn_local(async move { receive.emit(api::clusters::members(&id).await) });
        }
    });
    let change = {
        let id = cluster.id.clone();
        Callback::from(move |(handle, role): (Handle, Option<ClusterRole>)| {
            let (id, receive) = (id.clone(), receive.clone());
            spawn_local(async move {
                receive.emit(match role {
                    Some(role) => api::clusters::put_member(&id, &handle, role).await,
                    None => api::clusters::remove_member(&id, &handle).await,
                });
            });
        })
    };
    html! {
        <section class="block">
            <h2>{ "Members" }</h2>
            if let Some(error) = &*error {
                <p class="field-error" role="alert">{ error.clone() }</p>
            }
            <ul class="members">
                { for members.iter().map(|member| row(member, owner && member.role != ClusterRole::Owner, &change)) }
            </ul>
        </section>
    }
}

fn row(member: &Member, changes: bool, change: &Callback<(Handle, Option<ClusterRole>)>) -> Html {
    let user = &member.user;
    let onchange = {
        let (change, handle) = (change.clone(), user.handle.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let role = match select.value().as_str() {
                "viewer" => ClusterRole::Viewer,
                _ => ClusterRole::Editor,
            };
            change.emit((handle.clone(), Some(role)));
        })
    };
    let remove = {
        let handle = user.handle.clone();
        change.reform(move |_: MouseEvent| (handle.clone(), None))
    };
    let name = &user.display_name;
    html! {
        <li class="member" key={user.id.to_string()}>
            <Link to={Route::profile(&user.handle)} class="owner">
                <span class="avatar" aria-hidden="true">{ initial(name) }</span><span>{ name.clone() }</span>
            </Link>
            if changes {
                <select class="small-field" aria-label={format!("What {name} may do")} {onchange}>
                    { for [ClusterRole::Editor, ClusterRole::Viewer].map(|option| html! {
                        <option value={option.as_str()} selected={member.role == option}>{ role_name(option) }</option>
                    }) }
                </select>
                <button type="button" class="icon-button" aria-label={format!("Remove {name}")} onclick={remove}><Icon name={IconName::Close} size={18} /></button>
            } else {
                <span class="quiet">{ role_name(member.role) }</span>
            }
        </li>
    }
}
