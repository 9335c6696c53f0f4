//! Links to where else an account is.

use protocol::profile::ProfileLink;
use yew::prelude::*;

use crate::controls::{Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct LinksProps {
    pub links: Vec<ProfileLink>,
}

/// They lead away: nothing of this page goes along, and no search engine takes
/// them for a recommendation.
#[component]
pub fn Links(props: &LinksProps) -> Html {
    if props.links.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="profile-links" aria-label="Links">
            { for props.links.iter().map(|link| html! {
                <li><a href={link.url.clone()} rel="nofollow noopener noreferrer ugc" target="_blank" title={link.url.clone()}>
                    <Icon name={IconName::Link} size={16} /><span>{ link.label().to_owned() }</span>
                </a></li>
            }) }
        </ul>
    }
}
