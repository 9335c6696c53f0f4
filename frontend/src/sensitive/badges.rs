//! What viewers should know of a picture that they see.

use std::rc::Rc;

use protocol::element::Element;
use yew::prelude::*;

use crate::words;

#[derive(Properties, PartialEq)]
pub struct BadgesProps {
    pub element: Rc<Element>,
}

#[component]
pub fn Badges(props: &BadgesProps) -> Html {
    let signs: Html = props
        .element
        .labels
        .iter()
        .filter_map(|label| {
            let short = words::badge(label)?;
            let long = words::verdict(label.label, label.verdict);
            let title = format!("{long}. {}", words::reason(label));
            Some(html! {
                <span class="sign" {title}>
                    <span aria-hidden="true">{ short }</span><span class="unseen">{ long }</span>
                </span>
            })
        })
        .collect();
    html! { <span class="signs">{ signs }</span> }
}
