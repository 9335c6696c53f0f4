//! What one account shows, as far as the viewer may see it.

use protocol::profile::Profile;
use protocol::value::Handle;
use yew::prelude::*;

use super::{ClustersOf, NowherePage};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route, use_go};
use crate::profile::{Heading, Known, use_profile};
use crate::store::ListKey;
use crate::upload::AddButton;

/// What of an account is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    #[default]
    Pictures,
    Clusters,
    Likes,
}

impl Tab {
    fn route(self, handle: &Handle) -> Route {
        let handle = handle.to_string();
        match self {
            Tab::Pictures => Route::Profile { handle },
            Tab::Clusters => Route::ProfileClusters { handle },
            Tab::Likes => Route::ProfileLikes { handle },
        }
    }
}

#[derive(Properties, PartialEq)]
pub struct ProfilePageProps {
    pub handle: String,
    #[prop_or_default]
    pub tab: Tab,
}

#[component]
pub fn ProfilePage(props: &ProfilePageProps) -> Html {
    match props.handle.parse::<Handle>() {
        Ok(handle) => html! { <Account {handle} tab={props.tab} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

#[derive(Properties, PartialEq)]
struct AccountProps {
    handle: Handle,
    tab: Tab,
}

#[component]
fn Account(props: &AccountProps) -> Html {
    let (known, take) = use_profile(&props.handle);
    let go = use_go();
    let profile = match &known {
        Known::Here(profile) => Some(profile.clone()),
        _ => None,
    };
    use_title(match &profile {
        Some(profile) => profile.user.display_name.clone(),
        None => props.handle.to_string(),
    });
    // a former handle leads to the one that the account has now
    let moved = profile.as_ref().filter(|p| p.user.handle != props.handle);
    let moved = moved.map(|p| p.user.handle.clone());
    use_effect_with((moved, props.tab), move |(moved, tab)| {
        if let Some(handle) = moved {
            go.replace(&tab.route(handle));
        }
    });
    match known {
        Known::Here(profile) => {
            html! { <Shown profile={(*profile).clone()} tab={props.tab} onchange={take} /> }
        }
        Known::Asking => {
            html! { <div class="detail-loading" role="status" aria-label="Loading"></div> }
        }
        Known::Nobody => html! {
            <Empty page={true} title="Nobody is here" text="There is no account of this name, or it is not shown to you." icon={IconName::User}>
                <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
            </Empty>
        },
        Known::Failed(why) => html! {
            <Empty page={true} title="This didn't load" text={why} icon={IconName::Alert}>
                <button type="button" class="button is-primary" onclick={take.reform(|_: MouseEvent| None)}>{ "Try again" }</button>
            </Empty>
        },
    }
}

#[derive(Properties, PartialEq)]
struct ShownProps {
    profile: Profile,
    tab: Tab,
    onchange: Callback<Option<Profile>>,
}

#[component]
fn Shown(props: &ShownProps) -> Html {
    let profile = &props.profile;
    let handle = &profile.user.handle;
    let name = &profile.user.display_name;
    let mine = profile.relation.is_none();
    let blocked = profile.relation.is_some_and(|relation| relation.blocked);
    let empty = if mine {
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
    let tab = |tab: Tab, text: &'static str| {
        html! { <Link to={tab.route(handle)} class="nav-link" current={props.tab == tab}>{ text }</Link> }
    };
    let body = match props.tab {
        Tab::Pictures => {
            html! { <Feed key={format!("of-{handle}")} list_key={ListKey::Owner(handle.clone())} label={format!("Pictures of {name}")} {empty} /> }
        }
        Tab::Clusters => {
            html! { <ClustersOf key={handle.to_string()} owner={handle.clone()} {mine} /> }
        }
        Tab::Likes if mine || profile.shares_likes => {
            let none = html! { <Empty title="No likes yet" text="What is liked appears here." icon={IconName::Heart} /> };
            html! { <Feed key={format!("likes-{handle}")} list_key={ListKey::Likes(handle.clone())} label={format!("What {name} likes")} empty={none} /> }
        }
        Tab::Likes => html! {
            <Empty title="Likes are kept private" text={format!("{name} does not show them.")} icon={IconName::Lock} />
        },
    };
    html! {
        <>
            <Heading profile={profile.clone()} onchange={props.onchange.clone()} />
            if !blocked {
                <nav class="tabs" aria-label="Profile">
                    { tab(Tab::Pictures, "Pictures") }
                    { tab(Tab::Clusters, "Clusters") }
                    if mine || profile.shares_likes {
                        { tab(Tab::Likes, "Likes") }
                    }
                </nav>
                { body }
            }
        </>
    }
}
