//! The way to the notifications, with how many are unread.

use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::nav::{Link, Route, use_go};
use crate::store::use_inbox;

/// More are not counted out.
const MOST: u32 = 99;

#[derive(Properties, PartialEq)]
pub struct BellProps {
    pub class: Classes,
}

#[component]
pub fn Bell(props: &BellProps) -> Html {
    let unread = use_inbox().now().read.unread;
    let current = use_go().here.route == Route::Notifications;
    html! {
        <Link to={Route::Notifications} class={classes!("icon-button", "bell", props.class.clone())} {current} label={label(unread)}>
            <Icon name={IconName::Bell} size={22} />
            { count(unread) }
        </Link>
    }
}

#[derive(Properties, PartialEq)]
pub struct BellTabProps {
    pub current: bool,
}

/// The same at the bottom of phones.
#[component]
pub fn BellTab(props: &BellTabProps) -> Html {
    let unread = use_inbox().now().read.unread;
    html! {
        <Link to={Route::Notifications} class="tab bell" current={props.current} label={label(unread)}>
            <Icon name={IconName::Bell} size={24} />
            { count(unread) }
            <span>{ "Notifications" }</span>
        </Link>
    }
}

fn label(unread: u32) -> String {
    match unread {
        0 => "Notifications".to_owned(),
        n => format!("Notifications, {n} unread"),
    }
}

fn count(unread: u32) -> Html {
    let text = match unread {
        0 => return Html::default(),
        n if n > MOST => format!("{MOST}+"),
        n => n.to_string(),
    };
    html! { <span class="bell-count" aria-hidden="true">{ text }</span> }
}
