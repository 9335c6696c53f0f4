//! What stands where there is nothing: why, and the one thing to do about it.

use yew::prelude::*;

use super::{Icon, IconName, Logo};

#[derive(Properties, PartialEq)]
pub struct EmptyProps {
    pub title: AttrValue,
    #[prop_or_default]
    pub text: AttrValue,
    /// The mark of the app where no icon says more.
    #[prop_or_default]
    pub icon: Option<IconName>,
    /// Is it all that the page has to say?
    #[prop_or_default]
    pub page: bool,
    /// The one action.
    #[prop_or_default]
    pub children: Html,
}

#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="empty">
            <div class="empty-mark">
                {
                    match props.icon {
                        Some(name) => html! { <Icon {name} size={28} /> },
                        None => html! { <Logo size={44} /> },
                    }
                }
            </div>
            if props.page { <h1>{ &props.title }</h1> } else { <h2>{ &props.title }</h2> }
            if !props.text.is_empty() {
                <p>{ &props.text }</p>
            }
            { props.children.clone() }
        </div>
    }
}
