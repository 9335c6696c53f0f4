//! The face of a cluster: up to four of its pictures.

use protocol::cluster::CoverPicture;
use yew::prelude::*;

use crate::controls::{Icon, IconName};
use crate::picture::{placeholder_of, srcset_of};

#[derive(Properties, PartialEq)]
pub struct CoverProps {
    pub pictures: Vec<CoverPicture>,
    /// One picture alone, as large as an icon.
    #[prop_or_default]
    pub small: bool,
}

/// Fills its parent. Says nothing itself: the name stands beside it.
#[component]
pub fn Cover(props: &CoverProps) -> Html {
    let shown = if props.small { 1 } else { 4 };
    let pictures: Vec<_> = props.pictures.iter().take(shown).collect();
    if pictures.is_empty() {
        return html! {
            <span class="cover is-empty" aria-hidden="true"><Icon name={IconName::Stack} size={if props.small { 18 } else { 32 }} /></span>
        };
    }
    let sizes = if props.small {
        "48px"
    } else {
        "(min-width: 720px) 220px, 50vw"
    };
    html! {
        <span class={format!("cover has-{}", pictures.len())} aria-hidden="true">
            { for pictures.into_iter().map(|picture| {
                let file = srcset_of(&picture.media);
                html! {
                    <span class="cover-part" key={picture.element.to_string()} style={placeholder_of(&picture.thumbhash)}>
                        if let Some((src, srcset)) = file {
                            <img {src} {srcset} {sizes} alt="" loading="lazy" decoding="async" draggable="false"
                                width={picture.width.max(1).to_string()} height={picture.height.max(1).to_string()} />
                        }
                    </span>
                }
            }) }
        </span>
    }
}
