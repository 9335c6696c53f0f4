//! How the picture scores, and what the score is made of.

use std::rc::Rc;

use protocol::element::{Element, QualityPart};
use yew::prelude::*;

use crate::words;

#[derive(Properties, PartialEq)]
pub struct QualityProps {
    pub element: Rc<Element>,
}

#[component]
pub fn Quality(props: &QualityProps) -> Html {
    let Some(percentile) = props.element.quality else {
        return Html::default();
    };
    let parts = props.element.quality_parts.as_ref();
    html! {
        <section class="block">
            <h2>{ "Quality" }</h2>
            <div class="quality">
                <p class="quality-whole">
                    <strong>{ format!("{percentile:.0}") }</strong>
                    <span>{ format!("scores higher than {percentile:.0} % of the pictures it is compared with") }</span>
                </p>
                if let Some(quality) = parts {
                    <dl class="measures">
                        { for quality.parts.iter().map(part) }
                        if let Some(taste) = quality.taste {
                            { row("Taste here", "How well it fits what people here keep", taste * 100.0) }
                        }
                    </dl>
                    <p class="model-note">{ format!("Measured by {}", quality.formula) }</p>
                }
            </div>
        </section>
    }
}

fn part(part: &QualityPart) -> Html {
    let value = format!("measured {:.3}", part.value);
    row(words::quality_part(&part.name), &value, part.percentile)
}

/// A bar for the eye beside its number.
fn row(name: &str, title: &str, percentile: f32) -> Html {
    let percentile = percentile.clamp(0.0, 100.0);
    html! {
        <div class="measure" title={title.to_owned()}>
            <dt>{ name.to_owned() }</dt>
            <dd>
                <span class="measure-bar" aria-hidden="true"><span style={format!("width:{percentile:.1}%")}></span></span>
                <span class="measure-number">{ format!("{percentile:.0}") }</span>
            </dd>
        </div>
    }
}
