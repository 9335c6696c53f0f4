//! The head of a profile's page, with what can be done about the account.

use protocol::profile::{Profile, Relation};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::card::Card;
use crate::api::profiles::{self, Tie};
use crate::controls::{Dialog, Icon, IconName, Menu};
use crate::nav::{Link, Route};
use crate::shell::AccountLinks;
use crate::store::{Change, use_library, use_toasts};

#[derive(Properties, PartialEq)]
pub struct HeadingProps {
    pub profile: Profile,
    /// It is different now; nothing: to be fetched.
    pub onchange: Callback<Option<Profile>>,
}

#[component]
pub fn Heading(props: &HeadingProps) -> Html {
    let profile = &props.profile;
    let (library, toasts) = (use_library(), use_toasts());
    let busy = use_state_eq(|| false);
    let asking = use_state_eq(|| false);
    let Some(relation) = profile.relation else {
        return html! {
            <Card profile={profile.clone()}>
                <div class="profile-actions">
                    <Link to={Route::EditProfile} class="button"><Icon name={IconName::Pencil} size={18} />{ "Edit profile" }</Link>
                </div>
                <AccountLinks />
            </Card>
        };
    };
    let handle = profile.user.handle.clone();
    let name = profile.user.display_name.clone();
    let set = {
        let (busy, onchange, profile) = (busy.clone(), props.onchange.clone(), profile.clone());
        let name = name.clone();
        Callback::from(move |(tie, on): (Tie, bool)| {
            if *busy {
                return;
            }
            busy.set(true);
            let (busy, onchange, profile) = (busy.clone(), onchange.clone(), profile.clone());
            let (library, toasts, name) = (library.dispatcher(), toasts.clone(), name.clone());
            spawn_local(async move {
                match profiles::tie(&profile.user.handle, tie, on).await {
                    Ok(()) => {
                        toasts.say(said(tie, on, &name));
                        let whole =
                            tie == Tie::Block || profile.relation.is_some_and(|r| r.blocked);
                        let next = (!whole).then(|| changed(&profile, tie, on));
                        // what is in lists is another now
                        library.dispatch(Change::Anew);
                        onchange.emit(next);
                    }
                    Err(why) => toasts.say(why.message()),
                }
                busy.set(false);
            });
        })
    };
    let act = |tie: Tie, on: bool| {
        let set = set.clone();
        Callback::from(move |_: MouseEvent| set.emit((tie, on)))
    };
    let ask = {
        let asking = asking.clone();
        Callback::from(move |_: MouseEvent| asking.set(true))
    };
    let close = {
        let asking = asking.clone();
        Callback::from(move |()| asking.set(false))
    };
    let block = {
        let (set, asking) = (set.clone(), asking.clone());
        Callback::from(move |_: MouseEvent| {
            asking.set(false);
            set.emit((Tie::Block, true));
        })
    };
    let Relation {
        following,
        muted,
        blocked,
        ..
    } = relation;
    let button = html! { <Icon name={IconName::Dots} /> };
    html! {
        <Card profile={profile.clone()}>
            if blocked {
                <p class="note" role="status">{ format!("You block {name}: you see nothing of each other.") }</p>
                <div class="profile-actions">
                    <button type="button" class="button" disabled={*busy} onclick={act(Tie::Block, false)}>{ "Unblock" }</button>
                </div>
            } else {
                if muted {
                    <p class="note" role="status">{ "Muted: nothing of this account comes into your feeds and searches." }</p>
                }
                <div class="profile-actions">
                    <button type="button" class={classes!("button", (!following).then_some("is-primary"))}
                        aria-pressed={following.to_string()} disabled={*busy} onclick={act(Tie::Follow, !following)}>
                        if following { <Icon name={IconName::Check} size={18} />{ "Following" } } else { <Icon name={IconName::Plus} size={18} />{ "Follow" } }
                    </button>
                    <Menu class="profile-menu" label={format!("More about {name}")} {button}>
                        <button type="button" class="menu-item" onclick={act(Tie::Mute, !muted)}>
                            <Icon name={if muted { IconName::Eye } else { IconName::EyeOff }} />{ if muted { "Unmute" } else { "Mute" } }
                        </button>
                        <button type="button" class="menu-item" onclick={ask}><Icon name={IconName::Shield} />{ format!("Block @{handle}") }</button>
                    </Menu>
                </div>
            }
            if *asking {
                <Dialog title={format!("Block {name}?")} onclose={close.clone()}>
                    <p>{ "You won't see anything of each other: no profile, no pictures, no clusters. Follows between you end, and you leave each other's clusters. Nobody is told." }</p>
                    <div class="row">
                        <button type="button" class="button is-danger-filled" onclick={block}>{ "Block" }</button>
                        <button type="button" class="button" data-first="" onclick={close.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    </div>
                </Dialog>
            }
        </Card>
    }
}

/// The profile right after, before the server is asked again.
fn changed(profile: &Profile, tie: Tie, on: bool) -> Profile {
    let mut next = profile.clone();
    if let Some(relation) = &mut next.relation {
        match tie {
            Tie::Follow => {
                let followers = &mut next.counts.followers;
                *followers = match on {
                    true => *followers + 1,
                    false => followers.saturating_sub(1),
                };
                relation.following = on;
            }
            Tie::Mute => relation.muted = on,
            Tie::Block => relation.blocked = on,
        }
    }
    next
}

fn said(tie: Tie, on: bool, name: &str) -> String {
    let what = match (tie, on) {
        (Tie::Follow, true) => "You follow",
        (Tie::Follow, false) => "You no longer follow",
        (Tie::Mute, true) => "You muted",
        (Tie::Mute, false) => "You no longer mute",
        (Tie::Block, true) => "You blocked",
        (Tie::Block, false) => "You no longer block",
    };
    format!("{what} {name}")
}
