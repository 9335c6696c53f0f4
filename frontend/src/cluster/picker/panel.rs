//! The open pop-over: its field, its keys, what choosing does.

use protocol::cluster::NewCluster;
use protocol::element::Visibility;
use protocol::limits;
use web_sys::HtmlInputElement;
use yew::platform::spawn_local;
use yew::prelude::*;

use super::asked::{Asked, use_picking};
use super::list::{LIST_ID, Rows, row_id};
use super::position::use_position;
use super::rows::{Row, Suggested, first_choice, groups, row_of};
use crate::api;
use crate::cluster::saver::use_saver;
use crate::cluster::visibility;
use crate::controls::{Icon, IconName, use_press_outside};
use crate::store::{Phase, kept, use_clusters};

#[derive(Properties, PartialEq)]
pub struct PanelProps {
    pub asked: Asked,
}

#[component]
pub fn Panel(props: &PanelProps) -> Html {
    let element = props.asked.element.clone();
    let (picking, clusters, saver) = (use_picking(), use_clusters(), use_saver());
    let (panel, field) = (use_node_ref(), use_node_ref());
    let typed = use_state_eq(String::new);
    let moved = use_state_eq(|| None::<usize>);
    let visibility = use_state_eq(kept::cluster_visibility);
    let refused = use_state_eq(|| None::<AttrValue>);
    let creating = use_state_eq(|| false);
    let suggested = use_state_eq(|| Suggested::Waiting);
    let style = use_position(&props.asked.button);
    use_press_outside(
        panel.clone(),
        props.asked.button.clone(),
        Callback::from({
            let picking = picking.clone();
            move |()| picking.close()
        }),
    );
    use_effect_with(element.clone(), {
        let (clusters, suggested, field) = (clusters.clone(), suggested.setter(), field.clone());
        move |element| {
            focus(&field);
            clusters.load_mine(Some(element.clone()));
            let element = element.clone();
            spawn_local(async move {
                // without a suggestion the list is as good as ever
                let first = api::clusters::suggest(&element).await.ok();
                let first = first.and_then(|all| all.items.into_iter().next());
                suggested.set(first.map_or(Suggested::None, |first| {
                    Suggested::This(first.cluster.id, first.reason)
                }));
            });
        }
    });

    let all = clusters.now().editable();
    let groups = groups(&typed, &all, &suggested);
    let rows: Vec<Row> = groups.iter().flat_map(|group| group.rows.clone()).collect();
    let last = rows.len().saturating_sub(1);
    let begin = props.asked.at.as_ref().filter(|_| typed.is_empty());
    let begin = begin.and_then(|id| row_of(&groups, id));
    let active = moved
        .or(begin)
        .unwrap_or_else(|| first_choice(&groups))
        .min(last);
    use_effect_with(active, |active| scroll_to(*active));

    let leave = {
        let (picking, button) = (picking.clone(), props.asked.button.clone());
        Callback::from(move |()| {
            picking.close();
            // a button that is gone leaves the focus to the page
            let _ = button.focus();
        })
    };
    let create = {
        let (saver, element, field) = (saver.clone(), element.clone(), field.clone());
        let (typed, moved, refused) = (typed.clone(), moved.clone(), refused.clone());
        let (creating, visibility) = (creating.clone(), *visibility);
        Callback::from(move |name: String| {
            if *creating {
                return;
            }
            creating.set(true);
            refused.set(None);
            let new = NewCluster {
                name,
                description: String::new(),
                visibility,
                elements: vec![element.clone()],
            };
            let (saver, element, field) = (saver.clone(), element.clone(), field.clone());
            let (typed, moved) = (typed.clone(), moved.clone());
            let (refused, creating) = (refused.clone(), creating.clone());
            spawn_local(async move {
                match saver.create(&element, &new).await {
                    Ok(()) => {
                        typed.set(String::new());
                        moved.set(None);
                        focus(&field);
                    }
                    Err(why) => refused.set(Some(why.message().into())),
                }
                creating.set(false);
            });
        })
    };
    let choose = {
        let (rows, clusters, element) = (rows.clone(), clusters.clone(), element.clone());
        let (create, moved) = (create.clone(), moved.clone());
        Callback::from(move |index: usize| match rows.get(index) {
            Some(Row::Create(name)) => create.emit(name.clone()),
            Some(Row::Cluster { cluster, .. }) => {
                moved.set(Some(index));
                let held = clusters.now().mark(&element, &cluster.id).held();
                saver.keep(&element, cluster, !held);
            }
            Some(Row::Waiting) | None => {}
        })
    };
    let oninput = {
        let (typed, moved, refused) = (typed.clone(), moved.clone(), refused.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            typed.set(input.value());
            moved.set(None);
            refused.set(None);
        })
    };
    let onkeydown = {
        let (leave, choose, moved) = (leave.clone(), choose.clone(), moved.clone());
        let empty = typed.is_empty();
        Callback::from(move |event: KeyboardEvent| {
            // what is typed here concerns nothing below
            event.stop_propagation();
            let in_field = event.target_dyn_into::<HtmlInputElement>().is_some();
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            match event.key().as_str() {
                "Escape" => {
                    event.prevent_default();
                    leave.emit(());
                }
                _ if !in_field || event.is_composing() => {}
                "ArrowDown" => {
                    event.prevent_default();
                    moved.set(Some(if active == last { 0 } else { active + 1 }));
                }
                "ArrowUp" => {
                    event.prevent_default();
                    moved.set(Some(active.checked_sub(1).unwrap_or(last)));
                }
                "Enter" => {
                    event.prevent_default();
                    choose.emit(active);
                }
                key if empty && plain => {
                    if let Some(index) = numbered(key) {
                        event.prevent_default();
                        choose.emit(index);
                    }
                }
                _ => {}
            }
        })
    };
    let switch = {
        let visibility = visibility.clone();
        Callback::from(move |_: MouseEvent| {
            let other = match *visibility {
                Visibility::Private => Visibility::Public,
                _ => Visibility::Private,
            };
            kept::set_cluster_visibility(other);
            visibility.set(other);
        })
    };
    let creates = matches!(rows.first(), Some(Row::Create(_)));
    let (phase, loaded) = (clusters.now().phase().clone(), clusters.now().loaded());
    let retry = {
        let clusters = clusters.clone();
        Callback::from(move |_: MouseEvent| clusters.load_mine(Some(element.clone())))
    };
    html! {
        <>
            <div class="picker-shade" aria-hidden="true"></div>
            <div class="picker" ref={panel} role="dialog" aria-label="Save to a cluster" {style} {onkeydown}>
                <div class="picker-head">
                    <h2>{ "Save to" }</h2>
                    <button type="button" class="button is-small" onclick={leave.reform(|_: MouseEvent| ())}>{ "Done" }</button>
                </div>
                <div class="picker-field">
                    <Icon name={IconName::Search} size={18} />
                    <input ref={field} type="text" role="combobox" aria-label="Find a cluster, or name a new one"
                        placeholder="Find or name a cluster" aria-autocomplete="list" aria-expanded="true"
                        aria-controls={LIST_ID} aria-activedescendant={(!rows.is_empty()).then(|| row_id(active))}
                        autocomplete="off" enterkeyhint="done" maxlength={limits::CLUSTER_NAME_MAX.to_string()}
                        value={(*typed).clone()} {oninput} />
                </div>
                <div class="picker-rows">
                    <Rows element={props.asked.element.clone()} {groups} {active} numbered={typed.is_empty()}
                        refused={(*refused).clone()} onchoose={choose} />
                    if creates {
                        <button type="button" class="picker-switch" role="switch" aria-checked={(*visibility == Visibility::Public).to_string()}
                            aria-label="The new cluster is public" title={visibility::words(*visibility).1} onclick={switch}>
                            <Icon name={visibility::icon(*visibility)} size={14} />{ visibility::words(*visibility).0 }
                        </button>
                    }
                    { note(&phase, loaded, rows.is_empty(), retry) }
                </div>
            </div>
        </>
    }
}

/// What there is to say where rows are missing.
fn note(phase: &Phase, loaded: bool, empty: bool, retry: Callback<MouseEvent>) -> Html {
    match phase {
        Phase::Failed(why) => html! {
            <p class="picker-note is-bad" role="alert">
                { why.clone() }<button type="button" class="button is-small" onclick={retry}>{ "Try again" }</button>
            </p>
        },
        _ if empty && loaded => html! {
            <p class="picker-note">{ "No clusters yet. Type a name above and press Enter to make your first." }</p>
        },
        _ if empty => {
            html! { <p class="picker-note" role="status">{ "Looking up your clusters…" }</p> }
        }
        _ => Html::default(),
    }
}

/// The row that a number key means.
fn numbered(key: &str) -> Option<usize> {
    let number: usize = key.parse().ok()?;
    number.checked_sub(1).filter(|index| *index < 9)
}

fn focus(field: &NodeRef) {
    if let Some(input) = field.cast::<HtmlInputElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = input.focus_with_options(&options);
    }
}

fn scroll_to(index: usize) {
    let row = gloo::utils::document().get_element_by_id(&row_id(index));
    if let Some(row) = row {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    }
}
