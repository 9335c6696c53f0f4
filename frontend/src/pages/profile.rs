//! What one account saved, as far as the viewer may see it.

use protocol::value::Handle;
use yew::prelude::*;

use super::{ClustersOf, NowherePage};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::element::initial;
use crate::grid::Feed;
use crate::nav::{Link, Route};
use crate::shell::AccountLinks;
use crate::store::{ListKey, use_library, use_user};
use crate::upload::AddButton;

#[derive(Properties, PartialEq)]
pub struct ProfilePageProps {
    pub handle: String,
    /// Shows the clusters in place of the pictures.
    #[prop_or_default]
    pub clusters: bool,
}

#[component]
pub fn ProfilePage(props: &ProfilePageProps) -> Html {
    match props.handle.parse::<Handle>() {
        Ok(handle) => html! { <Profile {handle} clusters={props.clusters} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

#[derive(Properties, PartialEq)]
struct ProfileProps {
    handle: Handle,
    clusters: bool,
}

#[component]
fn Profile(props: &ProfileProps) -> Html {
    let handle = &props.handle;
    let library = use_library();
    let me = use_user().filter(|user| user.handle == *handle);
    let key = ListKey::Owner(handle.clone());
    // the name comes with any of the pictures
    let first = library
        .list(&key)
        .entries
        .first()
        .and_then(|e| library.element(&e.id));
    let name = match (&me, &first) {
        (Some(user), _) => user.display_name.clone(),
        (None, Some(element)) => element.owner.display_name.clone(),
        (None, None) => handle.to_string(),
    };
    use_title(name.clone());
    let empty = if me.is_some() {
        html! {
            <Empty title="Nothing saved yet" text="What you add appears here.">
                <AddButton class="button is-primary is-large"><Icon name={IconName::Plus} size={20} />{ "Add pictures" }</AddButton>
            </Empty>
        }
    } else {
        html! {
            <Empty title="Nothing to see" text="Nothing of this account is shared with you." icon={IconName::User}>
                <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
            </Empty>
        }
    };
    html! {
        <>
            <header class="profile">
                <span class="avatar is-huge" aria-hidden="true">{ initial(&name) }</span>
                <h1>{ name.clone() }</h1>
                <p class="quiet">{ format!("@{handle}") }</p>
                if me.is_some() {
                    <AccountLinks />
                }
            </header>
            <nav class="tabs" aria-label="Profile">
                <Link to={Route::profile(handle)} class="nav-link" current={!props.clusters}>{ "Pictures" }</Link>
                <Link to={Route::ProfileClusters { handle: handle.to_string() }} class="nav-link" current={props.clusters}>{ "Clusters" }</Link>
            </nav>
            if props.clusters {
                <ClustersOf owner={handle.clone()} mine={me.is_some()} />
            } else {
                <Feed list_key={key} label={format!("Pictures of {name}")} {empty} />
            }
        </>
    }
}
