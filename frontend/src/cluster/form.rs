//! What a cluster is called and who sees it: the fields of the dialogs that
//! make and change one.

use protocol::element::Visibility;
use protocol::limits;
use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

use super::visibility::{icon, words};
use crate::controls::{Field, Icon};

#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub visibility: Visibility,
}

#[derive(Properties, PartialEq)]
pub struct FieldsProps {
    pub draft: Draft,
    pub onchange: Callback<Draft>,
    /// What the server said of the name.
    #[prop_or_default]
    pub error: Option<AttrValue>,
}

#[component]
pub fn Fields(props: &FieldsProps) -> Html {
    let draft = &props.draft;
    let name = {
        let (draft, tell) = (draft.clone(), props.onchange.clone());
        Callback::from(move |name| {
            tell.emit(Draft {
                name,
                ..draft.clone()
            });
        })
    };
    let description = {
        let (draft, tell) = (draft.clone(), props.onchange.clone());
        Callback::from(move |event: InputEvent| {
            let area: HtmlTextAreaElement = event.target_unchecked_into();
            tell.emit(Draft {
                description: area.value(),
                ..draft.clone()
            });
        })
    };
    html! {
        <>
            <Field name="cluster-name" label="Name" value={draft.name.clone()} oninput={name} autocomplete="off"
                autofocus={true} longest={limits::CLUSTER_NAME_MAX} error={props.error.clone()} />
            <div class="field">
                <label for="cluster-description">{ "Description" }<span class="field-optional">{ "optional" }</span></label>
                <textarea id="cluster-description" rows="2" maxlength={limits::DESCRIPTION_MAX.to_string()}
                    value={draft.description.clone()} oninput={description} />
            </div>
            <fieldset class="choices">
                <legend>{ "Who can see it" }</legend>
                { for [Visibility::Private, Visibility::Unlisted, Visibility::Public].map(|option| {
                    let (draft, tell) = (draft.clone(), props.onchange.clone());
                    let chosen = draft.visibility == option;
                    let onchange = Callback::from(move |_: Event| {
                        tell.emit(Draft { visibility: option, ..draft.clone() });
                    });
                    let (name, about) = words(option);
                    html! {
                        <label class={classes!("choice", chosen.then_some("is-chosen"))}>
                            <input type="radio" name="cluster-visibility" checked={chosen} {onchange} />
                            <Icon name={icon(option)} />
                            <span><b>{ name }</b><small>{ about }</small></span>
                        </label>
                    }
                }) }
            </fieldset>
        </>
    }
}
