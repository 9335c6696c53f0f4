//! What the menu offers.

use yew::prelude::*;
use yew_router::Routable;

use super::asked::About;
use super::influence::InfluenceItems;
use crate::controls::{Icon, IconName, use_copy};
use crate::element::use_remover;
use crate::grid::less::use_see_less;
use crate::nav::{Route, use_go};
use crate::sensitive::use_exposure;
use crate::store::{ListKey, SelectionChange, use_like, use_selection, use_user};

#[derive(Properties, PartialEq)]
pub struct ItemsProps {
    pub about: About,
    /// Something was chosen.
    pub onclose: Callback<()>,
}

#[component]
pub fn Items(props: &ItemsProps) -> Html {
    let element = &props.about.element;
    let (go, copy) = (use_go(), use_copy("Link copied"));
    let (less, remover) = (use_see_less(), use_remover());
    let (liked, like) = use_like(&element.id, true);
    let selection = use_selection();
    let selected = selection.now().has(&element.id);
    let mine = use_user().is_some_and(|user| user.id == element.owner.id);
    let covered = use_exposure(element).is_covered();
    let home = props.about.list == ListKey::Home;
    let path = Route::element(&element.id).to_path();

    // the menu goes first: what is done may take its card away
    let item = |icon: IconName, text: &'static str, run: Callback<()>| {
        let close = props.onclose.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            close.emit(());
            run.emit(());
        });
        html! {
            <button type="button" role="menuitem" tabindex="-1" class="menu-item" {onclick}><Icon name={icon} size={18} />{ text }</button>
        }
    };
    let select = {
        let (list, id) = (props.about.list.clone(), element.id.clone());
        Callback::from(move |()| {
            selection.tell(SelectionChange::Toggle(list.clone(), id.clone()));
        })
    };
    let look = {
        let (go, element) = (go.clone(), element.clone());
        Callback::from(move |()| go.look(element.clone()))
    };
    let copy_link = {
        let path = path.clone();
        Callback::from(move |()| {
            let origin = gloo::utils::window().location().origin();
            copy.emit(format!("{}{path}", origin.unwrap_or_default()));
        })
    };
    let see_less = {
        let id = element.id.clone();
        Callback::from(move |()| less.emit(id.clone()))
    };
    let remove = {
        let id = element.id.clone();
        Callback::from(move |()| remover.remove(&id, Callback::noop()))
    };
    let close = props.onclose.reform(|_: MouseEvent| ());
    let like = like.reform(|_: MouseEvent| ());
    html! {
        <>
            <button type="button" role="menuitemcheckbox" tabindex="-1" aria-checked={liked.to_string()}
                class={classes!("menu-item", "menu-like", liked.then_some("is-liked"))} onclick={like}>
                <Icon name={IconName::Heart} size={18} />{ if liked { "Liked" } else { "Like" } }
            </button>
            { item(IconName::Check, if selected { "Deselect" } else { "Select" }, select) }
            if !covered && !element.media.is_empty() {
                { item(IconName::Look, "Search in this picture", look) }
            }
            { item(IconName::Link, "Copy link", copy_link) }
            <a role="menuitem" tabindex="-1" class="menu-item" href={path} target="_blank" rel="noopener" onclick={close}>
                <Icon name={IconName::Share} size={18} />{ "Open in a new tab" }
            </a>
            if home && !mine {
                { item(IconName::Less, "See less like this", see_less) }
            }
            if let (true, Some(cluster)) = (home, &props.about.because) {
                <InfluenceItems cluster={cluster.clone()} />
            }
            if mine {
                <hr role="separator" />
                { item(IconName::Trash, "Delete", remove) }
            }
        </>
    }
}
