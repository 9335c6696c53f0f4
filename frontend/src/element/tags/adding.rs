//! A small field for tags that no model found.

use protocol::limits;
use protocol::value::TagName;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::controls::{Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct AddingProps {
    pub onadd: Callback<TagName>,
    pub onleave: Callback<()>,
}

#[component]
pub fn Adding(props: &AddingProps) -> Html {
    let field = use_node_ref();
    let error = use_state_eq(|| None::<String>);
    use_effect_with((), {
        let field = field.clone();
        move |()| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let _ = input.focus();
            }
        }
    });
    let onsubmit = {
        let (field, error, onadd) = (field.clone(), error.clone(), props.onadd.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            match read(&input.value()) {
                Ok(names) => {
                    input.set_value("");
                    error.set(None);
                    names.into_iter().for_each(|name| onadd.emit(name));
                }
                Err(why) => error.set(Some(why)),
            }
        })
    };
    let onkeydown = {
        let leave = props.onleave.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.prevent_default();
                event.stop_propagation();
                leave.emit(());
            }
        })
    };
    html! {
        <form class="tag-add" {onsubmit}>
            <input ref={field} id="add-tag" class="small-field" aria-label="Add a tag" placeholder="Add a tag"
                autocomplete="off" autocapitalize="none" enterkeyhint="done" maxlength={limits::QUERY_MAX.to_string()}
                aria-invalid={error.is_some().then_some("true")} aria-describedby={error.is_some().then_some("add-tag-error")}
                {onkeydown} />
            <button type="submit" class="button is-small"><Icon name={IconName::Plus} size={16} />{ "Add" }</button>
            if let Some(why) = &*error {
                <p class="field-error" id="add-tag-error" role="alert">{ why.clone() }</p>
            }
        </form>
    }
}

/// One tag or several between commas; all of them or none.
fn read(text: &str) -> Result<Vec<TagName>, String> {
    let parts: Vec<_> = text
        .split(',')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .collect();
    if parts.is_empty() {
        return Err("Type a tag first.".into());
    }
    let read = |part: &&str| {
        part.parse::<TagName>()
            .map_err(|why| format!("“{part}” can't be a tag: {why}."))
    };
    parts.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_tags_are_added_at_once_or_none() {
        let names = read(" Tiger Cat, tom ,").expect("two tags");
        let texts: Vec<_> = names.iter().map(TagName::as_str).collect();
        assert_eq!(texts, ["tiger cat", "tom"]);
        assert!(read("cat, <b>").is_err() && read(" , ").is_err());
    }
}
