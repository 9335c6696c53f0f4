//! Pictures that were left as they were, each with the reason.

use yew::prelude::*;

use super::tally::{Failed, pictures};
use crate::controls::Dialog;
use crate::picture::{Picture, alt_text};
use crate::store::use_library;

#[derive(Properties, PartialEq)]
pub struct FailuresProps {
    pub failed: Vec<Failed>,
    pub onclose: Callback<()>,
}

#[component]
pub fn Failures(props: &FailuresProps) -> Html {
    let library = use_library();
    html! {
        <Dialog title={format!("{} left as before", pictures(props.failed.len()))} onclose={props.onclose.clone()}>
            <ul class="failures">
                { for props.failed.iter().map(|failed| {
                    let element = library.element(&failed.id);
                    let name = element.as_deref().map_or_else(|| "A picture".to_owned(), alt_text);
                    html! {
                        <li key={failed.id.to_string()} class="failure">
                            <span class="failure-picture">
                                if let Some(element) = element { <Picture {element} sizes="56px" decorative={true} /> }
                            </span>
                            <span class="failure-text"><b>{ name }</b><span>{ failed.why.clone() }</span></span>
                        </li>
                    }
                }) }
            </ul>
            <div class="row is-end"><button type="button" class="button is-primary" onclick={props.onclose.reform(|_: MouseEvent| ())}>{ "OK" }</button></div>
        </Dialog>
    }
}
