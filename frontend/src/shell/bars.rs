//! Navigation: on top of wide windows, at the bottom of phones.

use yew::prelude::*;

use super::bell::{Bell, BellTab};
use super::profile_menu::ProfileMenu;
use crate::controls::{Icon, IconName, Logo};
use crate::nav::{Link, Route, use_go};
use crate::search::SearchBox;
use crate::store::use_user;
use crate::upload::AddButton;

#[component]
pub fn TopBar() -> Html {
    let here = use_go().here.route;
    html! {
        <header class="top">
            <Link to={Route::Home} class="brand" label="Asterism, home">
                <Logo size={30} /><span class="brand-name">{ "Asterism" }</span>
            </Link>
            <nav class="top-nav" aria-label="Main">
                <Link to={Route::Home} class="nav-link" current={here == Route::Home}>{ "Home" }</Link>
                <Link to={Route::Explore} class="nav-link" current={here.explores()}>{ "Explore" }</Link>
                <Link to={Route::Clusters} class="nav-link" current={here.collects()}>{ "Clusters" }</Link>
            </nav>
            <SearchBox />
            <AddButton class="button is-primary top-add"><Icon name={IconName::Plus} size={18} />{ "Add" }</AddButton>
            <Bell class="top-bell" />
            <ProfileMenu class="top-profile" />
        </header>
    }
}

#[component]
pub fn BottomBar() -> Html {
    let here = use_go().here.route;
    let user = use_user();
    let tab = |to: Route, icon: IconName, text: &'static str| {
        let current = match &to {
            Route::Explore => here.explores(),
            _ => here == to,
        };
        html! {
            <Link {to} class="tab" {current}><Icon name={icon} size={24} /><span>{ text }</span></Link>
        }
    };
    html! {
        <nav class="bottom" aria-label="Main, at the bottom">
            { tab(Route::Home, IconName::Home, "Home") }
            { tab(Route::Explore, IconName::Compass, "Explore") }
            <AddButton class="tab is-add"><span class="tab-plus"><Icon name={IconName::Plus} size={24} /></span><span>{ "Add" }</span></AddButton>
            <BellTab current={here == Route::Notifications} />
            if let Some(user) = user {
                { tab(Route::profile(&user.handle), IconName::User, "Profile") }
            }
        </nav>
    }
}
