//! The tags of several pictures at once.

use std::rc::Rc;

use protocol::element::{Element, Tag, TagBand, TagState};
use protocol::tag::BulkTags;
use protocol::value::TagName;
use protocol::{ChangeId, ElementId, limits};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::tally::{Failed, Tally, pictures};
use crate::api::{self, Failure};
use crate::controls::{Dialog, Icon, IconName};
use crate::picture::alt_text;
use crate::store::{Loader, Toasts, use_library, use_loader, use_toasts};
use crate::tag::TagField;

/// What is to be done with one tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Add,
    Remove,
}

#[derive(Properties, PartialEq)]
pub struct TagsOfProps {
    pub ids: Rc<Vec<ElementId>>,
    pub onclose: Callback<()>,
    pub failed: Callback<Vec<Failed>>,
}

#[component]
pub fn TagsOf(props: &TagsOfProps) -> Html {
    let (library, loader, toasts) = (use_library(), use_loader(), use_toasts());
    let wishes = use_state_eq(Vec::<(TagName, Wish)>::new);
    let busy = use_state_eq(|| false);
    let error = use_state_eq(|| None::<String>);
    let elements: Vec<Rc<Element>> = props
        .ids
        .iter()
        .filter_map(|id| library.element(id))
        .collect();
    let known = counts(&elements);
    let title = match &elements[..] {
        [one] => format!("Tags of “{}”", alt_text(one)),
        _ => format!("Tags of {}", pictures(props.ids.len())),
    };
    let wish = {
        let wishes = wishes.clone();
        Callback::from(move |(name, wish): (TagName, Option<Wish>)| {
            let mut next = (*wishes).clone();
            next.retain(|(old, _)| *old != name);
            next.extend(wish.map(|wish| (name, wish)));
            wishes.set(next);
        })
    };
    let onadd = wish.reform(|name: TagName| (name, Some(Wish::Add)));
    let apply = {
        let (wishes, busy, error) = (wishes.clone(), busy.clone(), error.clone());
        let (ids, close, failed) = (
            props.ids.clone(),
            props.onclose.clone(),
            props.failed.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            if *busy {
                return;
            }
            busy.set(true);
            error.set(None);
            let changing = Changing {
                loader: loader.clone(),
                toasts: toasts.clone(),
                failed: failed.clone(),
            };
            let (wishes, ids) = ((*wishes).clone(), ids.clone());
            let (busy, error, close) = (busy.clone(), error.clone(), close.clone());
            spawn_local(async move {
                match changing.send(&ids, &wishes).await {
                    Ok(()) => close.emit(()),
                    Err(why) => {
                        error.set(Some(why.message()));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let wish_of = |name: &TagName| {
        let said = wishes.iter().find(|(of, _)| of == name);
        said.map(|(_, wish)| *wish)
    };
    let is_known = |name: &TagName| known.iter().any(|(of, _)| of == name);
    let new = wishes
        .iter()
        .filter(|(name, wish)| *wish == Wish::Add && !is_known(name));
    let all = elements.len();
    html! {
        <Dialog {title} onclose={props.onclose.clone()}>
            <TagField name="bulk-tag" label="Add a tag" autofocus={true} placeholder="Add a tag" onchoose={onadd} />
            if !known.is_empty() || !wishes.is_empty() {
                <ul class="tags" aria-label="Tags">
                    { for new.map(|(name, _)| {
                        html! { <li key={name.to_string()}>{ row(name, None, all, Some(Wish::Add), &wish) }</li> }
                    }) }
                    { for known.iter().map(|(name, count)| {
                        html! { <li key={name.to_string()}>{ row(name, Some(*count), all, wish_of(name), &wish) }</li> }
                    }) }
                </ul>
            } else {
                <p class="quiet">{ "No tags yet" }</p>
            }
            if let Some(why) = &*error { <p class="field-error" role="alert">{ why.clone() }</p> }
            <div class="row is-end">
                <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                <button type="button" class="button is-primary" disabled={*busy || wishes.is_empty()} onclick={apply}>
                    { if *busy { "Changing…" } else { "Change tags" } }
                </button>
            </div>
        </Dialog>
    }
}

/// One tag with how many have it and what is to become of it.
fn row(
    name: &TagName,
    count: Option<usize>,
    all: usize,
    wish: Option<Wish>,
    tell: &Callback<(TagName, Option<Wish>)>,
) -> Html {
    let button = |to: Option<Wish>, icon: IconName, class: &'static str, label: String| {
        let name = name.clone();
        let onclick = tell.reform(move |_: MouseEvent| (name.clone(), to));
        html! {
            <button type="button" class={classes!("tag-button", class)} aria-label={label.clone()} title={label} {onclick}><Icon name={icon} size={14} /></button>
        }
    };
    let class = match (wish, count) {
        (Some(Wish::Add), _) => "is-fact",
        (Some(Wish::Remove), _) => "is-rejected",
        (None, Some(count)) if count < all => "is-suggested",
        (None, _) => "is-sure",
    };
    let partly = count.filter(|count| all > 1 && *count < all);
    html! {
        <span class={classes!("tag", "is-editable", class)}>
            <span class="tag-link">
                <span class="tag-name">{ name.to_string() }</span>
                if let (Some(count), None) = (partly, wish) { <span class="tag-score">{ format!("{count} of {all}") }</span> }
                if wish == Some(Wish::Add) { <span class="unseen">{ ", to be added" }</span> }
                if wish == Some(Wish::Remove) { <span class="unseen">{ ", to be removed" }</span> }
            </span>
            if wish.is_some() {
                { button(None, IconName::Undo, "is-accept", format!("Leave {name} as it is")) }
            } else {
                if partly.is_some() { { button(Some(Wish::Add), IconName::Plus, "is-accept", format!("Add {name} to all")) } }
                { button(Some(Wish::Remove), IconName::Close, "is-reject", format!("Remove {name}")) }
            }
        </span>
    }
}

/// Tags that the pictures have, with how many have each, the most frequent
/// first. What waits for a person's word is left to the picture's own page.
fn counts(elements: &[Rc<Element>]) -> Vec<(TagName, usize)> {
    let stands = |tag: &&Tag| {
        let sure = tag.state == TagState::Suggested && tag.band == Some(TagBand::Sure);
        (tag.state == TagState::Fact || sure) && tag.implied_by.is_none()
    };
    let mut all = Vec::<(TagName, usize)>::new();
    for tag in elements.iter().flat_map(|e| &e.tags).filter(stands) {
        match all.iter_mut().find(|(name, _)| *name == tag.name) {
            Some((_, count)) => *count += 1,
            None => all.push((tag.name.clone(), 1)),
        }
    }
    all.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
    all
}

#[derive(Clone)]
struct Changing {
    loader: Loader,
    toasts: Toasts,
    failed: Callback<Vec<Failed>>,
}

impl Changing {
    /// In portions that one request takes.
    async fn send(&self, ids: &[ElementId], wishes: &[(TagName, Wish)]) -> Result<(), Failure> {
        let named = |wanted: Wish| {
            let all = wishes.iter().filter(move |(_, wish)| *wish == wanted);
            all.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let (add, remove) = (named(Wish::Add), named(Wish::Remove));
        let mut tally = Tally::default();
        let mut changes = Vec::new();
        for part in ids.chunks(limits::BULK_IDS) {
            let asked = BulkTags {
                elements: part.to_vec(),
                add: add.clone(),
                remove: remove.clone(),
            };
            match api::tags::bulk(&asked).await {
                Ok(answer) => {
                    changes.push(answer.change);
                    for item in answer.items {
                        tally.take(item.id, item.error.as_ref());
                    }
                }
                // what went through before is told and can be undone
                Err(why) if !changes.is_empty() => {
                    part.iter()
                        .for_each(|id| tally.fail(id.clone(), why.message()));
                }
                Err(why) => return Err(why),
            }
        }
        self.loader.elements(tally.done.clone());
        if !tally.done.is_empty() {
            let (this, done) = (self.clone(), tally.done.clone());
            let undo = Callback::from(move |()| this.undo(changes.clone(), done.clone()));
            self.toasts
                .offer(tally.says("Tags changed on"), "Undo", undo);
        }
        if !tally.failed.is_empty() {
            self.failed.emit(tally.failed);
        }
        Ok(())
    }

    fn undo(&self, changes: Vec<ChangeId>, ids: Vec<ElementId>) {
        let this = self.clone();
        spawn_local(async move {
            let mut tally = Tally::default();
            for change in changes {
                match api::tags::undo_bulk(&change).await {
                    Ok(answer) => {
                        for item in answer.items {
                            tally.take(item.id, item.error.as_ref());
                        }
                    }
                    Err(why) => this.toasts.say(format!("Not undone: {}", why.message())),
                }
            }
            this.loader.elements(ids);
            if !tally.done.is_empty() {
                this.toasts.say(tally.says("Tags taken back on"));
            }
            if !tally.failed.is_empty() {
                this.failed.emit(tally.failed);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::element;
    use protocol::element::TagSource;

    #[test]
    fn what_stands_is_counted_and_what_is_only_suggested_is_not() {
        let tag = |name: &str, state, band| Tag {
            name: name.parse().expect("a tag"),
            source: TagSource::Person,
            score: 1.0,
            state,
            band,
            implied_by: None,
        };
        let with = |n, tags: Vec<Tag>| Rc::new(Element { tags, ..element(n) });
        let fact = |name| tag(name, TagState::Fact, None);
        let sure = tag("cat", TagState::Suggested, Some(TagBand::Sure));
        let maybe = tag("dog", TagState::Suggested, Some(TagBand::Suggested));
        let elements = [
            with(1, vec![fact("sofa"), sure]),
            with(2, vec![fact("cat"), maybe]),
        ];
        let counted: Vec<_> = counts(&elements)
            .into_iter()
            .map(|(n, c)| (n.to_string(), c))
            .collect();
        assert_eq!(counted, [("cat".to_owned(), 2), ("sofa".to_owned(), 1)]);
    }
}
