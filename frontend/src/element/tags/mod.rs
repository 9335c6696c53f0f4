//! Tags: what models suggest, what people say, and the way to say it.

mod adding;
mod chip;
mod saying;
mod standing;

use std::rc::Rc;

use protocol::element::{Element, State, Tag, TagState};
use protocol::value::TagName;
use yew::prelude::*;

use self::adding::Adding;
use self::chip::Chip;
use self::saying::{use_return_of_focus, use_saying};
use self::standing::{Standing, Word, groups, with};
use crate::controls::focusable;

/// Tags that are shown before somebody asks for all.
const FIRST: usize = 12;

/// The button that opens and ends the editing; the key `e` presses it.
pub const EDIT_SELECTOR: &str = ".tags-edit";

#[derive(Properties, PartialEq)]
pub struct TagsProps {
    pub element: Rc<Element>,
    pub mine: bool,
    pub changed: Callback<Element>,
}

#[component]
pub fn Tags(props: &TagsProps) -> Html {
    let all = use_state_eq(|| false);
    let editing = use_state_eq(|| false);
    let section = use_node_ref();
    let saying = use_saying(&props.element.id, props.changed.clone());
    let keep_focus = use_return_of_focus(section.clone());
    use_effect_with(props.element.id.clone(), {
        let (all, editing) = (all.clone(), editing.clone());
        move |_| {
            all.set(false);
            editing.set(false);
        }
    });
    let groups = groups(with(&props.element.tags, &saying.pending()));
    let nothing = groups.shown.is_empty() && groups.unsure.is_empty();
    if nothing && !props.mine && props.element.state == State::Processing {
        return Html::default();
    }
    let onword = props.mine.then(|| {
        let (saying, element) = (saying.clone(), props.element.clone());
        Callback::from(move |(tag, word): (Tag, Word)| {
            keep_focus.emit(());
            let before = element.tags.iter().find(|t| t.name == tag.name).cloned();
            saying.say(tag.name, word, before);
        })
    });
    let onadd = {
        let (saying, element) = (saying.clone(), props.element.clone());
        Callback::from(move |name: TagName| {
            let before = element.tags.iter().find(|t| t.name == name).cloned();
            if before.as_ref().is_none_or(|t| t.state != TagState::Fact) {
                saying.say(name, Word::Put(TagState::Fact), before);
            }
        })
    };
    let toggle = {
        let editing = editing.clone();
        Callback::from(move |_: MouseEvent| editing.set(!*editing))
    };
    let leave = {
        let (editing, section) = (editing.clone(), section.clone());
        Callback::from(move |()| {
            editing.set(false);
            focus_edit(&section);
        })
    };
    let hidden = match *all || *editing {
        true => 0,
        false => groups.shown.len().saturating_sub(FIRST),
    };
    let show_all = Callback::from(move |_: MouseEvent| all.set(true));
    let list = |tags: &[Tag]| -> Html {
        let one = |tag: &Tag| {
            html! {
                <li key={tag.name.to_string()}><Chip tag={tag.clone()} editing={*editing} onword={onword.clone()} /></li>
            }
        };
        tags.iter().map(one).collect()
    };
    let by_model = |tag: &Tag| matches!(Standing::of(tag), Standing::Sure | Standing::Suggested);
    html! {
        <section class="block" ref={section}>
            <div class="block-head">
                <h2>{ "Tags" }</h2>
                if props.mine {
                    <button type="button" class="text-button tags-edit" aria-expanded={editing.to_string()} title="Edit tags (e)" onclick={toggle}>
                        { if *editing { "Done" } else { "Edit tags" } }
                    </button>
                }
            </div>
            if *editing {
                <Adding {onadd} onleave={leave} />
            }
            if nothing {
                <p class="quiet">{ "No tags yet" }</p>
            }
            if !groups.shown.is_empty() {
                <ul class="tags" aria-label="Tags">
                    { list(&groups.shown[..groups.shown.len() - hidden]) }
                    if hidden > 0 {
                        <li key="+"><button type="button" class="tag is-more" onclick={show_all} aria-label={format!("Show {hidden} more tags")}>{ format!("+ {hidden}") }</button></li>
                    }
                </ul>
            }
            if groups.shown.iter().any(by_model) {
                <p class="tag-legend" aria-hidden="true">
                    <span class="tag-swatch is-fact"></span>{ "a person says so" }
                    <span class="tag-swatch is-sure"></span>{ "a model is sure" }
                    <span class="tag-swatch is-suggested"></span>{ "suggested" }
                </p>
            }
            <Fold title="unsure" count={groups.unsure.len()} open={props.mine}>{ list(&groups.unsure) }</Fold>
            if props.mine {
                <Fold title="rejected" count={groups.rejected.len()} open={false}>{ list(&groups.rejected) }</Fold>
            }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct FoldProps {
    title: &'static str,
    count: usize,
    /// At the start.
    open: bool,
    children: Html,
}

/// Tags that are not to be in the way.
#[component]
fn Fold(props: &FoldProps) -> Html {
    if props.count == 0 {
        return Html::default();
    }
    html! {
        <details class="fold" open={props.open}>
            <summary>{ format!("{} ({})", props.title, props.count) }</summary>
            <ul class="tags">{ props.children.clone() }</ul>
        </details>
    }
}

fn focus_edit(section: &NodeRef) {
    if let Some(root) = section.cast::<web_sys::Element>() {
        focusable::focus(focusable::shown(&root, EDIT_SELECTOR).first());
    }
}
