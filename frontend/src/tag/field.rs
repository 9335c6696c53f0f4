//! A field for a tag that knows the vocabulary: a combobox.

use protocol::limits;
use protocol::tag::TagHint;
use protocol::value::TagName;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::search::{Beginning, use_hinted};
use crate::words;

#[derive(Properties, PartialEq)]
pub struct TagFieldProps {
    /// Also the `id`.
    pub name: AttrValue,
    pub label: AttrValue,
    #[prop_or(AttrValue::Static("Type a tag"))]
    pub placeholder: AttrValue,
    /// The label is for those who don't see the field.
    #[prop_or_default]
    pub bare: bool,
    #[prop_or_default]
    pub autofocus: bool,
    /// Why the last choice was refused.
    #[prop_or_default]
    pub error: Option<AttrValue>,
    pub onchoose: Callback<TagName>,
}

#[component]
pub fn TagField(props: &TagFieldProps) -> Html {
    let node = use_node_ref();
    let typed = use_state_eq(String::new);
    let active = use_state_eq(|| None::<usize>);
    let open = use_state_eq(|| false);
    let wrong = use_state_eq(|| None::<AttrValue>);
    let asked = Some(typed.trim().to_owned()).filter(|t| *open && !t.is_empty());
    let hinted = use_hinted(asked.map(|one| Beginning { one, two: None }));
    let hints = if *open {
        hinted.tags.clone()
    } else {
        Default::default()
    };
    use_effect_with((), {
        let (node, wanted) = (node.clone(), props.autofocus);
        move |()| {
            if let (true, Some(input)) = (wanted, node.cast::<HtmlInputElement>()) {
                // what cannot take the focus leaves it where it is
                let _ = input.focus();
            }
        }
    });
    let choose = {
        let (typed, active, open, wrong) =
            (typed.clone(), active.clone(), open.clone(), wrong.clone());
        let (tell, node) = (props.onchoose.clone(), node.clone());
        move |text: &str| match text.parse::<TagName>() {
            Ok(name) => {
                typed.set(String::new());
                active.set(None);
                open.set(false);
                wrong.set(None);
                if let Some(input) = node.cast::<HtmlInputElement>() {
                    // the same text again would not be set by itself
                    input.set_value("");
                }
                tell.emit(name);
            }
            Err(_) if text.trim().is_empty() => {}
            Err(why) => wrong.set(Some(format!("“{text}” can't be a tag: {why}.").into())),
        }
    };
    let oninput = {
        let (typed, active, open, wrong) =
            (typed.clone(), active.clone(), open.clone(), wrong.clone());
        Callback::from(move |event: InputEvent| {
            typed.set(event.target_unchecked_into::<HtmlInputElement>().value());
            active.set(None);
            wrong.set(None);
            open.set(true);
        })
    };
    let onkeydown = {
        let (hints, active, open, typed, choose) = (
            hints.clone(),
            active.clone(),
            open.clone(),
            typed.clone(),
            choose.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let last = hints.len().checked_sub(1);
            match (event.key().as_str(), last) {
                _ if event.is_composing() => return,
                ("ArrowDown", Some(last)) => {
                    active.set(Some(active.map_or(0, |at| (at + 1).min(last))));
                }
                ("ArrowUp", Some(_)) => active.set(active.and_then(|at| at.checked_sub(1))),
                ("Enter", _) | (",", _) => {
                    let chosen = active.and_then(|at| hints.get(at));
                    choose(chosen.map_or(typed.as_str(), |hint| &hint.name));
                }
                ("Tab", _) if active.is_some() => {
                    let chosen = active.and_then(|at| hints.get(at));
                    chosen.iter().for_each(|hint| choose(&hint.name));
                }
                ("Escape", Some(_)) => {
                    event.stop_propagation();
                    open.set(false);
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onblur = {
        let open = open.clone();
        Callback::from(move |_: FocusEvent| open.set(false))
    };
    let list = format!("{}-tags", props.name);
    let note = format!("{}-note", props.name);
    let option = |at: usize| format!("{}-tag-{at}", props.name);
    let shown = *open && !hints.is_empty();
    let error = (*wrong).clone().or_else(|| props.error.clone());
    html! {
        <div class={classes!("field", "tag-field", error.is_some().then_some("is-wrong"))}>
            <label for={props.name.clone()} class={classes!(props.bare.then_some("unseen"))}>{ &props.label }</label>
            <div class="field-box">
                <input ref={node} id={props.name.clone()} type="text" role="combobox" autocomplete="off" autocapitalize="none" spellcheck="false"
                    placeholder={props.placeholder.clone()} enterkeyhint="done" maxlength={limits::TAG_MAX.to_string()}
                    data-first={props.autofocus.then_some("")}
                    aria-autocomplete="list" aria-expanded={shown.to_string()} aria-controls={list.clone()}
                    aria-activedescendant={active.filter(|_| shown).map(option)}
                    aria-invalid={error.is_some().then_some("true")} aria-describedby={error.is_some().then(|| note.clone())}
                    value={(*typed).clone()} {oninput} {onkeydown} {onblur} />
                <div class={classes!("tag-list", hinted.stale.then_some("is-stale"))} id={list} role="listbox" aria-label="Tags" hidden={!shown}>
                    { for hints.iter().enumerate().map(|(at, hint)| {
                        let (choose, name) = (choose.clone(), hint.name.clone());
                        let onclick = Callback::from(move |_: MouseEvent| choose(&name));
                        row(hint, option(at), *active == Some(at), onclick)
                    }) }
                </div>
            </div>
            if let Some(error) = error {
                <p class="field-error" id={note} role="alert">{ error }</p>
            }
        </div>
    }
}

fn row(hint: &TagHint, id: String, active: bool, onclick: Callback<MouseEvent>) -> Html {
    // the field keeps the focus
    let hold = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <div key={hint.name.clone()} class="search-row" {id} role="option" aria-selected={active.to_string()} onmousedown={hold} {onclick}>
            <Icon name={IconName::Tag} size={16} />
            <span class="search-name">{ hint.name.clone() }</span>
            if let Some(alias) = &hint.alias {
                <span class="search-alias"><span aria-hidden="true">{ "← " }</span><span class="unseen">{ "also called " }</span>{ alias.clone() }</span>
            }
            <span class="search-about">{ words::count(hint.count.into(), "picture") }</span>
        </div>
    }
}
