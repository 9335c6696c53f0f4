//! The account's menu.

use protocol::account::Role;
use yew::prelude::*;

use super::places::{OWN, Place, duties};
use crate::controls::{Icon, IconName, Menu};
use crate::nav::{Link, Route, use_go};
use crate::profile::Avatar;
use crate::store::{Choice, use_role, use_session, use_theme, use_toasts, use_user};

#[derive(Properties, PartialEq)]
pub struct ProfileMenuProps {
    pub class: Classes,
}

#[component]
pub fn ProfileMenu(props: &ProfileMenuProps) -> Html {
    let session = use_session();
    let role = use_role();
    let toasts = use_toasts();
    let go = use_go();
    let Some(user) = use_user() else {
        return Html::default();
    };
    let sign_out = Callback::from(move |_: MouseEvent| {
        let toasts = toasts.clone();
        session.sign_out(Callback::from(move |why: crate::api::Failure| {
            toasts.say(format!("Not signed out: {}", why.message()));
        }));
        go.to(&Route::Home);
    });
    let button = html! { <Avatar name={user.display_name.clone()} files={user.avatar.clone()} class="is-large" /> };
    html! {
        <Menu class={props.class.clone()} label={format!("Account of {}", user.display_name)} {button}>
            <Link to={Route::profile(&user.handle)} class="menu-who">
                <strong>{ user.display_name.clone() }</strong>
                <span>{ format!("@{}", user.handle) }</span>
            </Link>
            <hr />
            <Link to={Route::profile(&user.handle)} class="menu-item"><Icon name={IconName::User} />{ "Your pictures" }</Link>
            <Link to={Route::Clusters} class="menu-item"><Icon name={IconName::Stack} />{ "Your clusters" }</Link>
            { for OWN.iter().map(item) }
            <hr />
            if role > Role::Member {
                { for duties(role).map(item) }
                <hr />
            }
            <ThemeChoice />
            <hr />
            <button type="button" class="menu-item" onclick={sign_out}><Icon name={IconName::Leave} />{ "Sign out" }</button>
        </Menu>
    }
}

fn item(place: &Place) -> Html {
    html! {
        <Link to={place.route.clone()} class="menu-item"><Icon name={place.icon} />{ place.name }</Link>
    }
}

#[component]
pub fn ThemeChoice() -> Html {
    let theme = use_theme();
    let options = [
        (Choice::System, IconName::Screen, "Like the system"),
        (Choice::Light, IconName::Sun, "Light"),
        (Choice::Dark, IconName::Moon, "Dark"),
    ];
    html! {
        <div class="theme" role="group" aria-label="Appearance">
            { for options.map(|(choice, icon, label)| {
                let now = theme.choice == choice;
                let theme = theme.clone();
                let onclick = Callback::from(move |_: MouseEvent| theme.choose(choice));
                html! {
                    <button type="button" data-stay="" class={classes!("theme-option", now.then_some("is-chosen"))}
                        aria-pressed={now.to_string()} aria-label={label} title={label} {onclick}>
                        <Icon name={icon} size={18} />
                    </button>
                }
            }) }
        </div>
    }
}
