//! The picture's dominant colours, as wide as their share.

use protocol::element::Swatch;
use yew::prelude::*;

use crate::store::use_toasts;

#[derive(Properties, PartialEq)]
pub struct ColorsProps {
    pub colors: Vec<Swatch>,
}

#[component]
pub fn Colors(props: &ColorsProps) -> Html {
    let toasts = use_toasts();
    if props.colors.is_empty() {
        return Html::default();
    }
    html! {
        <section class="block">
            <h2>{ "Colours" }</h2>
            <ul class="swatches">
                { for props.colors.iter().map(|swatch| {
                    let (hex, toasts) = (swatch.hex.clone(), toasts.clone());
                    let label = format!("Copy {hex}");
                    let style = format!("background:{hex}");
                    let grow = format!("flex-grow:{:.3}", swatch.share.max(0.08));
                    let onclick = Callback::from(move |_: MouseEvent| {
                        // without the permission nothing is copied and nothing is said
                        let _ = gloo::utils::window().navigator().clipboard().write_text(&hex);
                        toasts.say(format!("{hex} copied"));
                    });
                    html! {
                        <li style={grow}><button type="button" class="swatch" {style} title={swatch.hex.clone()} aria-label={label} {onclick}></button></li>
                    }
                }) }
            </ul>
        </section>
    }
}
