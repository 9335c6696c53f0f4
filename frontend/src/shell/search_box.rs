//! The search field that is always there, with what was searched for before.

use gloo::timers::callback::Timeout;
use protocol::limits;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement};
use yew::prelude::*;

use super::keys::SEARCH_ID;
use crate::controls::{Icon, IconName};
use crate::nav::{Route, use_go};
use crate::store::kept;
use crate::visual::{PictureButton, picture_in};

/// On the results' page they follow the words after this pause, in milliseconds.
const PAUSE_MS: u32 = 350;
/// Fewer letters find everything.
const SHORTEST: usize = 2;

#[component]
pub fn SearchBox() -> Html {
    let go = use_go();
    let node = use_node_ref();
    let searching = go.here.route == Route::Search;
    let words = if searching {
        go.here.words()
    } else {
        String::new()
    };
    let text = use_state_eq(|| words.clone());
    let open = use_state_eq(|| false);
    let chosen = use_state_eq(|| None::<usize>);
    let pause = use_mut_ref(|| None::<Timeout>);
    // what was typed here is newer than the address that follows it; any other
    // change of the address (Back, a tag's link) goes into the field
    let sent = use_mut_ref(|| words.clone());
    use_effect_with(words, {
        let (text, sent) = (text.clone(), sent.clone());
        move |words| {
            if sent.replace(words.clone()) != *words {
                text.set(words.clone());
            }
        }
    });
    let recent: Vec<String> = if *open {
        let typed = text.trim().to_lowercase();
        let fits =
            |old: &String| old.to_lowercase().starts_with(&typed) && *old.to_lowercase() != typed;
        kept::searches().into_iter().filter(fits).collect()
    } else {
        Vec::new()
    };

    let submit = {
        let (go, open, text, chosen, pause) = (
            go.clone(),
            open.clone(),
            text.clone(),
            chosen.clone(),
            pause.clone(),
        );
        let sent = sent.clone();
        Callback::from(move |words: String| {
            pause.replace(None);
            let words = words.trim().to_owned();
            open.set(false);
            chosen.set(None);
            if words.is_empty() {
                return;
            }
            kept::remember_search(&words);
            text.set(words.clone());
            sent.replace(words.clone());
            go.search(&words, go.here.route == Route::Search);
        })
    };
    let oninput = {
        let (text, open, chosen, go) = (text.clone(), open.clone(), chosen.clone(), go.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let words = input.value();
            text.set(words.clone());
            chosen.set(None);
            open.set(true);
            if searching && words.trim().chars().count() >= SHORTEST {
                let (go, sent) = (go.clone(), sent.clone());
                let later = Timeout::new(PAUSE_MS, move || {
                    sent.replace(words.trim().to_owned());
                    go.search(words.trim(), true);
                });
                pause.replace(Some(later));
            }
        })
    };
    let clear = {
        let (text, node, open) = (text.clone(), node.clone(), open.clone());
        Callback::from(move |_: MouseEvent| {
            text.set(String::new());
            open.set(true);
            if let Some(input) = node.cast::<HtmlInputElement>() {
                let _ = input.focus();
            }
        })
    };
    let onkeydown = {
        let (recent, chosen, open, text, submit) = (
            recent.clone(),
            chosen.clone(),
            open.clone(),
            text.clone(),
            submit.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let last = recent.len().checked_sub(1);
            match (event.key().as_str(), last) {
                ("ArrowDown", Some(last)) => {
                    event.prevent_default();
                    chosen.set(Some(chosen.map_or(0, |at| (at + 1).min(last))));
                }
                ("ArrowUp", Some(_)) => {
                    event.prevent_default();
                    chosen.set(chosen.and_then(|at| at.checked_sub(1)));
                }
                ("Enter", _) => {
                    event.prevent_default();
                    let words = chosen.and_then(|at| recent.get(at).cloned());
                    submit.emit(words.unwrap_or_else(|| (*text).clone()));
                }
                ("Escape", _) => {
                    event.stop_propagation();
                    if *open {
                        open.set(false);
                    } else {
                        let input: HtmlInputElement = event.target_unchecked_into();
                        let _ = input.blur();
                    }
                }
                _ => {}
            }
        })
    };
    let onfocus = {
        let open = open.clone();
        Callback::from(move |_: FocusEvent| open.set(true))
    };
    let onblur = {
        let open = open.clone();
        Callback::from(move |_: FocusEvent| open.set(false))
    };
    let onsubmit = {
        let (text, submit) = (text.clone(), submit.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            submit.emit((*text).clone());
        })
    };
    // a picture in the field is searched by; anywhere else it is saved
    let onpaste = {
        let go = go.clone();
        Callback::from(move |event: Event| {
            let event: ClipboardEvent = event.unchecked_into();
            if let Some(file) = picture_in(event.clipboard_data()) {
                event.prevent_default();
                go.look_at_file(file);
            }
        })
    };
    let ondrop = {
        let go = go.clone();
        Callback::from(move |event: DragEvent| {
            if let Some(file) = picture_in(event.data_transfer()) {
                event.prevent_default();
                go.look_at_file(file);
            }
        })
    };
    let listed = *open && !recent.is_empty();
    html! {
        <form class="search" role="search" action="/search" {onsubmit} {onpaste} {ondrop}>
            <Icon name={IconName::Search} class="search-icon" />
            <input
                ref={node} id={SEARCH_ID} name="q" type="text" inputmode="search" enterkeyhint="search"
                placeholder="Search what pictures show"
                role="combobox" aria-label="Search" aria-autocomplete="list" aria-controls="search-list"
                aria-expanded={listed.to_string()}
                aria-activedescendant={chosen.filter(|_| listed).map(|at| format!("search-{at}"))}
                autocomplete="off" maxlength={limits::QUERY_MAX.to_string()}
                value={(*text).clone()} {oninput} {onkeydown} {onfocus} {onblur}
            />
            if text.is_empty() {
                <kbd class="search-key" aria-hidden="true">{ "/" }</kbd>
            } else {
                <button type="button" class="icon-button search-clear" aria-label="Clear search" onclick={clear}><Icon name={IconName::Close} size={18} /></button>
            }
            <PictureButton />
            <ul class="search-list" id="search-list" role="listbox" aria-label="Recent searches" hidden={!listed}>
                { for recent.iter().enumerate().map(|(index, words)| {
                    let (submit, words) = (submit.clone(), words.clone());
                    let shown = words.clone();
                    // before the field loses the focus and the list goes
                    let onmousedown = Callback::from(move |event: MouseEvent| {
                        event.prevent_default();
                        submit.emit(words.clone());
                    });
                    html! {
                        <li id={format!("search-{index}")} role="option" aria-selected={(*chosen == Some(index)).to_string()} {onmousedown}>
                            <Icon name={IconName::Clock} size={16} />{ shown }
                        </li>
                    }
                }) }
            </ul>
        </form>
    }
}
