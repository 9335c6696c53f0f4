//! Who may be here.

use protocol::account::Role;
use yew::prelude::*;

use crate::controls::{Empty, IconName};
use crate::nav::{Link, Route};
use crate::store::use_role;

#[derive(Properties, PartialEq)]
pub struct GateProps {
    pub role: Role,
    pub children: Html,
}

/// Lets those in who have the role; the server asks for it as well.
#[component]
pub fn Gate(props: &GateProps) -> Html {
    if use_role() >= props.role {
        return props.children.clone();
    }
    let who = match props.role {
        Role::Admin => "Only admins of this server see this page.",
        _ => "Only moderators of this server see this page.",
    };
    html! {
        <Empty page={true} title="Not for this account" text={who} icon={IconName::Lock}>
            <Link to={Route::Home} class="button is-primary">{ "Go home" }</Link>
        </Empty>
    }
}
