//! The mark: three stars, as in ⁂.

use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct LogoProps {
    #[prop_or(28)]
    pub size: u32,
}

#[component]
pub fn Logo(props: &LogoProps) -> Html {
    let size = props.size.to_string();
    html! {
        <svg class="logo" width={size.clone()} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
            <path class="logo-line" d="M16 8.5 8.5 22.5 24 21.5Z" />
            <path class="logo-star" d="M16 2.5c.6 4 2 5.4 6 6-4 .6-5.4 2-6 6-.6-4-2-5.4-6-6 4-.6 5.4-2 6-6Z" />
            <path class="logo-star" d="M8.5 17.5c.5 3.3 1.7 4.5 5 5-3.3.5-4.5 1.7-5 5-.5-3.3-1.7-4.5-5-5 3.3-.5 4.5-1.7 5-5Z" />
            <path class="logo-star" d="M24 17.5c.4 2.7 1.3 3.6 4 4-2.7.4-3.6 1.3-4 4-.4-2.7-1.3-3.6-4-4 2.7-.4 3.6-1.3 4-4Z" />
        </svg>
    }
}
