//! Changing a tag: everybody describes and sorts it, moderators name it and
//! tie it to others.

use std::rc::Rc;

use protocol::account::Role;
use protocol::limits;
use protocol::tag::{CATEGORIES, TagPage, TagPatch};
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

use super::moderate::Moderate;
use crate::api;
use crate::controls::{Dialog, Field};
use crate::store::{use_role, use_toasts};

#[derive(Properties, PartialEq)]
pub struct EditProps {
    pub page: Rc<TagPage>,
    pub onclose: Callback<()>,
    /// The tag as it is after a change that leaves the dialog open.
    pub changed: Callback<TagPage>,
    /// The tag, or what it became; the dialog is to be closed.
    pub done: Callback<TagPage>,
}

#[component]
pub fn Edit(props: &EditProps) -> Html {
    let toasts = use_toasts();
    let moderates = use_role() >= Role::Moderator;
    let page = &props.page;
    let name = use_state_eq(|| page.name.to_string());
    let category = use_state_eq(|| page.category.clone());
    let description = use_state_eq(|| page.description.clone());
    let busy = use_state_eq(|| false);
    let refused = use_state(|| None::<(Option<String>, AttrValue)>);
    let on = |field: &str| {
        let refused = refused.as_ref();
        let about = refused.filter(|(about, _)| about.as_deref() == Some(field));
        about.map(|(_, why)| why.clone())
    };
    let elsewhere = refused
        .as_ref()
        .filter(|(about, _)| !matches!(about.as_deref(), Some("name" | "category" | "description")))
        .map(|(_, why)| why.clone());
    let onsubmit = {
        let (name, category, description) = (name.clone(), category.clone(), description.clone());
        let (busy, refused, page) = (busy.clone(), refused.clone(), page.clone());
        let (done, close) = (props.done.clone(), props.onclose.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if *busy {
                return;
            }
            let patch = match changes(&page, &name, &category, &description) {
                Ok(patch) if patch == TagPatch::default() => return close.emit(()),
                Ok(patch) => patch,
                Err(why) => return refused.set(Some((Some("name".into()), why.into()))),
            };
            busy.set(true);
            let (tag, busy, refused) = (page.name.clone(), busy.clone(), refused.clone());
            let (done, toasts) = (done.clone(), toasts.clone());
            spawn_local(async move {
                match api::tags::patch(&tag, &patch).await {
                    Ok(page) => {
                        toasts.say("Tag changed");
                        done.emit(page);
                    }
                    Err(why) => {
                        let field = why.field().map(str::to_owned);
                        refused.set(Some((field, why.message().into())));
                        busy.set(false);
                    }
                }
            });
        })
    };
    let choose = {
        let category = category.setter();
        Callback::from(move |event: Event| {
            category.set(event.target_unchecked_into::<HtmlSelectElement>().value());
        })
    };
    let describe = {
        let description = description.setter();
        Callback::from(move |event: InputEvent| {
            description.set(event.target_unchecked_into::<HtmlTextAreaElement>().value());
        })
    };
    let rename = {
        let name = name.setter();
        Callback::from(move |text: String| name.set(text))
    };
    html! {
        <Dialog title={format!("Edit “{}”", page.name)} onclose={props.onclose.clone()}>
            <form class="dialog-form" {onsubmit}>
                if moderates {
                    <Field name="tag-name" label="Name" value={(*name).clone()} oninput={rename} autocomplete="off" longest={limits::TAG_MAX}
                        hint="The name it has now stays as another word for it." error={on("name")} />
                }
                <div class={classes!("field", on("category").is_some().then_some("is-wrong"))}>
                    <label for="tag-category">{ "Category" }</label>
                    <select id="tag-category" class="small-field" onchange={choose}>
                        <option value="" selected={category.is_empty()}>{ "none" }</option>
                        { for CATEGORIES.iter().map(|one| html! { <option value={*one} selected={*category == *one}>{ *one }</option> }) }
                    </select>
                    { error("tag-category-error", on("category")) }
                </div>
                <div class={classes!("field", on("description").is_some().then_some("is-wrong"))}>
                    <label for="tag-description">{ "Description" }<span class="field-optional">{ "optional" }</span></label>
                    <textarea id="tag-description" rows="3" data-first="" placeholder="What it means, and when to use it" maxlength={limits::DESCRIPTION_MAX.to_string()}
                        value={(*description).clone()} oninput={describe} />
                    { error("tag-description-error", on("description")) }
                </div>
                { error("tag-error", elsewhere) }
                <div class="row is-end">
                    <button type="button" class="button" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "Cancel" }</button>
                    <button type="submit" class="button is-primary" disabled={*busy}>{ if *busy { "Saving…" } else { "Save" } }</button>
                </div>
            </form>
            if moderates {
                <Moderate page={page.clone()} changed={props.changed.clone()} merged={props.done.clone()} />
            }
        </Dialog>
    }
}

fn error(id: &'static str, why: Option<AttrValue>) -> Html {
    match why {
        Some(why) => html! { <p class="field-error" {id} role="alert">{ why }</p> },
        None => Html::default(),
    }
}

/// What of a tag is another than it was.
fn changes(
    page: &TagPage,
    name: &str,
    category: &str,
    description: &str,
) -> Result<TagPatch, String> {
    let name = name.parse().map_err(|why| format!("{why}"))?;
    let description = description.trim();
    Ok(TagPatch {
        name: Some(name).filter(|name| *name != page.name),
        category: Some(category.to_owned()).filter(|c| *c != page.category),
        description: Some(description.to_owned()).filter(|d| *d != page.description),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_sent() {
        let page = TagPage {
            id: protocol::TagId::from_parts(1, 1),
            name: "cat".parse().expect("a tag"),
            category: "animal".into(),
            description: "A pet.".into(),
            count: 0,
            aliases: Vec::new(),
            implies: Vec::new(),
            above: Vec::new(),
            below: Vec::new(),
            related: Vec::new(),
        };
        let same = changes(&page, " Cat ", "animal", "A pet. ");
        assert_eq!(same, Ok(TagPatch::default()));
        let patch = changes(&page, "house cat", "animal", "").expect("a patch");
        assert_eq!(
            patch.name.map(|n| n.to_string()).as_deref(),
            Some("house cat")
        );
        assert_eq!(
            (patch.category, patch.description.as_deref()),
            (None, Some(""))
        );
        assert!(changes(&page, "<b>", "animal", "").is_err());
    }
}
