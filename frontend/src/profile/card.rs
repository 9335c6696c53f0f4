//! A profile's head: what everybody sees of an account.

use protocol::profile::Profile;
use yew::prelude::*;

use super::avatar::Avatar;
use super::links::Links;
use crate::words;

#[derive(Properties, PartialEq)]
pub struct CardProps {
    pub profile: Profile,
    /// In place of the account's picture.
    #[prop_or_default]
    pub picture: Option<Html>,
    /// The page's own heading, or a part of another page.
    #[prop_or(true)]
    pub heading: bool,
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Card(props: &CardProps) -> Html {
    let profile = &props.profile;
    let name = profile.user.display_name.clone();
    let counts = profile.counts;
    let count = |n: u64, word: &str| words::count(n.min(i64::MAX as u64) as i64, word);
    html! {
        <header class="profile">
            { props.picture.clone().unwrap_or_else(|| html! {
                <Avatar name={name.clone()} files={profile.user.avatar.clone()} class="is-huge" size={96} />
            }) }
            if props.heading { <h1>{ name }</h1> } else { <p class="profile-name">{ name }</p> }
            <p class="quiet">{ format!("@{}", profile.user.handle) }
                if profile.relation.is_some_and(|relation| relation.followed_by) {
                    <span class="badge">{ "follows you" }</span>
                }
            </p>
            if !profile.bio.is_empty() {
                <p class="profile-bio">{ profile.bio.clone() }</p>
            }
            <Links links={profile.links.clone()} />
            if props.heading {
                <p class="profile-counts quiet">
                    <span>{ count(counts.elements, "picture") }</span>
                    <span>{ count(counts.clusters, "cluster") }</span>
                    <span>{ count(counts.followers, "follower") }</span>
                    <span>{ format!("{} following", counts.following) }</span>
                </p>
            }
            { props.children.clone() }
        </header>
    }
}
