//! The field for the address of a picture elsewhere.

use yew::prelude::*;

use crate::controls::{Field, Icon, IconName};
use crate::nav::use_go;

/// Longest address that is asked about, in characters.
const LONGEST: usize = 2_000;

#[derive(Properties, PartialEq)]
pub struct AddressFieldProps {
    /// What it begins with.
    #[prop_or_default]
    pub url: String,
    /// What was wrong with that.
    #[prop_or_default]
    pub error: Option<AttrValue>,
}

#[component]
pub fn AddressField(props: &AddressFieldProps) -> Html {
    let go = use_go();
    let typed = use_state_eq(|| props.url.clone());
    let empty = use_state_eq(|| false);
    let oninput = {
        let (typed, empty) = (typed.clone(), empty.clone());
        Callback::from(move |text| {
            empty.set(false);
            typed.set(text);
        })
    };
    let onsubmit = {
        let (typed, empty) = (typed.clone(), empty.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match complete(&typed) {
                Some(url) => go.look_at_address(&url),
                None => empty.set(true),
            }
        })
    };
    // what was said of another address says nothing of this one
    let told = props.error.clone().filter(|_| *typed == props.url);
    let error = if *empty {
        Some(AttrValue::from("Type or paste an address first."))
    } else {
        told
    };
    html! {
        <form class="look-address" {onsubmit} novalidate={true}>
            <Field name="look-url" label="Address of a picture or a page" value={(*typed).clone()} {oninput} {error}
                autocomplete="url" longest={LONGEST} />
            <button type="submit" class="button"><Icon name={IconName::Look} size={18} />{ "Look" }</button>
        </form>
    }
}

/// As people type it: `example.org/a.jpg` means the web.
pub fn complete(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let has_scheme = typed.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    if has_scheme {
        Some(typed.to_owned())
    } else {
        Some(format!("https://{typed}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_type_them() {
        let completed = |text| complete(text).unwrap_or_default();
        assert_eq!(
            completed(" example.org/a.jpg "),
            "https://example.org/a.jpg"
        );
        assert_eq!(completed("http://nas:81/a"), "http://nas:81/a");
        // what the server refuses is for the server to refuse
        assert_eq!(completed("ftp://a/b"), "ftp://a/b");
        assert_eq!(completed("a/b?c=d://e"), "https://a/b?c=d://e");
        assert_eq!(complete("  "), None);
    }
}
