//! The search field that is always there: chips for filters, a list of what
//! may be meant, help.

use protocol::limits;
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement, Node};
use yew::prelude::*;

use super::acting::Acting;
use super::chip::{ChipText, text as chip_text};
use super::help::SearchHelp;
use super::hinted::{Beginning, Hinted, use_hinted};
use super::keys::{Offered, on_chip_key, on_key};
use super::list::{LIST_ID, Offers, offer_id};
use super::offers::{Group, Known, address, groups};
use super::pieces::Pieces;
use super::state::{Change, FieldState};
use super::token::{Typed, byte_at, typed, unit_at};
use crate::controls::{Icon, IconName};
use crate::nav::{Go, Route, use_go};
use crate::shell::keys::SEARCH_ID;
use crate::store::{kept, use_clusters, use_user};
use crate::visual::{PictureButton, picture_in};
use crate::words;

#[component]
pub fn SearchBox() -> Html {
    let clusters = use_clusters();
    let form = use_node_ref();
    let acting = use_acting();
    let state = acting.state.clone();
    let here = typed(&state.pieces.text, state.caret.min(state.pieces.text.len()));
    let asked = Beginning::of(&here).filter(|_| state.open && !state.help);
    let hinted = use_hinted(asked);
    let offered = use_offered(&state, &here, &hinted);
    let all: Vec<_> = offered.iter().flat_map(|g| g.offers.clone()).collect();
    // an address is no words to search for
    let address = address(&state.pieces.text).is_some() && !all.is_empty();
    let active = state.chosen.or(address.then_some(0));
    let active = active.filter(|at| *at < all.len());
    use_effect_with(active, |active| scroll_to(*active));
    let offers = Offered {
        all,
        active,
        to: here.to,
    };

    let oninput = {
        let acting = acting.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let text = input.value();
            let caret = byte_at(&text, selection(&input));
            let composing = event.is_composing();
            if !composing {
                let mut next = acting.state.pieces.clone();
                let typed = Pieces::typed(&text, caret).0;
                next.text = typed.text;
                typed.chips.into_iter().for_each(|chip| next.put(chip));
                acting.follow(&next);
            }
            acting.tell(Change::Typed {
                text,
                caret,
                composing,
            });
        })
    };
    let onselect = {
        let acting = acting.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            acting.tell(Change::Caret(byte_at(&input.value(), selection(&input))));
        })
    };
    let tell = |change: fn() -> Change| {
        let acting = acting.clone();
        Callback::from(move |()| acting.tell(change()))
    };
    let onfocusout = {
        let (acting, form) = (acting.clone(), form.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target();
            let to = to.and_then(|to| to.dyn_into::<Node>().ok());
            let inside = form
                .get()
                .is_some_and(|f| to.is_some() && f.contains(to.as_ref()));
            if !inside {
                acting.tell(Change::Close);
            }
        })
    };
    let onsubmit = {
        let acting = acting.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            acting.submit(&acting.state.pieces);
        })
    };
    let clear = {
        let acting = acting.clone();
        Callback::from(move |_: MouseEvent| acting.clear())
    };
    let (onpaste, ondrop) = pictures(&acting.go);
    let listed = state.open && !state.help && !offers.all.is_empty();
    let suggestions = listed.then(|| words::count(offers.all.len() as i64, "suggestion"));
    let on_chip_key = on_chip_key(&acting, &form);
    html! {
        <form class="search" role="search" action="/search" ref={form.clone()} {onsubmit} {onpaste} {ondrop} {onfocusout}>
            <div class="search-box">
                <Icon name={IconName::Search} class="search-icon" />
                <div class="search-pieces">
                    { for state.pieces.chips.iter().enumerate().map(|(index, chip)| {
                        let label = format!("Remove filter: {}", chip_text(chip, &clusters));
                        let acting = acting.clone();
                        let onclick = Callback::from(move |_: MouseEvent| acting.remove(index));
                        let onkeydown = on_chip_key.reform(move |event| (index, event));
                        html! {
                            <button key={chip.write()} type="button" class={classes!("search-chip", chip.not.then_some("is-not"))} aria-label={label.clone()} title={label} {onclick} {onkeydown}>
                                <ChipText chip={chip.clone()} /><Icon name={IconName::Close} size={14} />
                            </button>
                        }
                    }) }
                    <input
                        ref={acting.node.clone()} id={SEARCH_ID} name="q" type="text" inputmode="search" enterkeyhint="search"
                        placeholder={if state.pieces.chips.is_empty() { "Search what pictures show" } else { "" }}
                        role="combobox" aria-label="Search" aria-autocomplete="list" aria-controls={LIST_ID}
                        aria-expanded={listed.to_string()}
                        aria-activedescendant={active.filter(|_| listed).map(offer_id)}
                        autocomplete="off" autocapitalize="none" spellcheck="false" maxlength={limits::QUERY_MAX.to_string()}
                        value={state.pieces.text.clone()} {oninput} {onselect} onkeydown={on_key(&acting, &offers, &form)}
                        onfocus={tell(|| Change::Open).reform(|_: FocusEvent| ())}
                        onclick={tell(|| Change::Open).reform(|_: MouseEvent| ())}
                    />
                </div>
                if state.pieces.is_empty() {
                    <kbd class="search-key" aria-hidden="true">{ "/" }</kbd>
                } else {
                    <button type="button" class="icon-button search-clear" aria-label="Clear search" onclick={clear}><Icon name={IconName::Close} size={18} /></button>
                }
                <PictureButton />
            </div>
            { pop(&acting, &offers, offered, hinted.stale, listed) }
            <span class="unseen" role="status">{ suggestions.unwrap_or_default() }</span>
        </form>
    }
}

/// What hangs below the field.
fn pop(acting: &Acting, offers: &Offered, groups: Vec<Group>, stale: bool, listed: bool) -> Html {
    let help = |shown: bool| {
        let acting = acting.clone();
        Callback::from(move |()| acting.help(shown))
    };
    let ontry = {
        let acting = acting.clone();
        Callback::from(move |text: AttrValue| acting.try_out(&text))
    };
    let onchoose = {
        let (acting, offers) = (acting.clone(), offers.clone());
        Callback::from(move |index: usize| {
            if let Some(offer) = offers.all.get(index) {
                acting.choose(&offer.act, offers.to, true);
            }
        })
    };
    let keep = |act: fn(&str)| {
        let acting = acting.clone();
        Callback::from(move |words: String| {
            act(&words);
            acting.tell(Change::Kept);
        })
    };
    let state = &acting.state;
    html! {
        <div class="search-pop" hidden={!state.open}>
            if state.help {
                <SearchHelp {ontry} onclose={help(false)} />
            }
            <Offers {groups} active={offers.active} {stale} hidden={!listed} {onchoose}
                onstar={keep(kept::toggle_saved)} onforget={keep(kept::forget_search)} />
            if !state.help {
                <div class="search-foot">
                    <span class="search-ways" aria-hidden="true"><kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ "choose" }<kbd>{ "Tab" }</kbd>{ "complete" }</span>
                    <button type="button" class="text-button" onclick={help(true).reform(|_: MouseEvent| ())}><Icon name={IconName::Help} size={16} />{ "How to search" }</button>
                </div>
            }
        </div>
    }
}

/// The field's state, which follows the address and is followed by it.
#[hook]
fn use_acting() -> Acting {
    let go = use_go();
    let words = if go.here.route == Route::Search {
        go.here.words()
    } else {
        String::new()
    };
    let state = use_reducer({
        let words = words.clone();
        move || FieldState {
            pieces: Pieces::read(&words),
            ..FieldState::default()
        }
    });
    // what was typed here is newer than the address that follows it; any other
    // change of the address (Back, a tag's link) goes into the field
    let sent = use_mut_ref(|| words.clone());
    use_effect_with(words, {
        let (state, sent) = (state.dispatcher(), sent.clone());
        move |words| {
            if sent.replace(words.clone()) != *words {
                let pieces = Pieces::read(words);
                let end = pieces.text.len();
                state.dispatch(Change::Put(pieces, end));
            }
        }
    });
    let node = use_node_ref();
    use_effect_with(state.moved, {
        let (node, caret, text) = (node.clone(), state.caret, state.pieces.text.clone());
        move |_| {
            let unit = unit_at(&text, caret) as u32;
            if let Some(input) = node.cast::<HtmlInputElement>() {
                // a field that is not shown has no caret
                let _ = input.set_selection_range(unit, unit);
            }
        }
    });
    // the end, where somebody types, stays in sight
    use_effect_with(state.pieces.chips.len(), {
        let node = node.clone();
        move |_| {
            let input = node.cast::<web_sys::Element>();
            if let Some(row) = input.and_then(|input| input.parent_element()) {
                row.set_scroll_left(row.scroll_width());
            }
        }
    });
    Acting {
        go,
        state,
        node,
        sent,
        pause: use_mut_ref(|| None),
    }
}

/// What is offered for what is typed.
#[hook]
fn use_offered(state: &FieldState, here: &Typed, hinted: &Hinted) -> Vec<Group> {
    let clusters = use_clusters();
    let handle = use_user().map(|user| user.handle.to_string());
    if !state.open || state.help {
        return Vec::new();
    }
    let known = Known {
        tags: &hinted.tags,
        clusters: &clusters.now().mine(),
        recent: &kept::searches(),
        saved: &kept::saved(),
        handle: handle.as_deref().unwrap_or_default(),
        // UTC, as the server counts days
        today: &words::date(js_sys::Date::now() as i64),
    };
    groups(&state.pieces.text, here, &known)
}

/// A picture in the field is searched by; anywhere else it is saved.
fn pictures(go: &Go) -> (Callback<Event>, Callback<DragEvent>) {
    let paste = {
        let go = go.clone();
        Callback::from(move |event: Event| {
            let event: ClipboardEvent = event.unchecked_into();
            if let Some(file) = picture_in(event.clipboard_data()) {
                event.prevent_default();
                go.look_at_file(file);
            }
        })
    };
    let go = go.clone();
    let drop = Callback::from(move |event: DragEvent| {
        if let Some(file) = picture_in(event.data_transfer()) {
            event.prevent_default();
            go.look_at_file(file);
        }
    });
    (paste, drop)
}

fn selection(input: &HtmlInputElement) -> usize {
    let end = input.selection_end().ok().flatten();
    end.map_or(usize::MAX, |end| end as usize)
}

fn scroll_to(active: Option<usize>) {
    let row = active.and_then(|at| gloo::utils::document().get_element_by_id(&offer_id(at)));
    if let Some(row) = row {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
