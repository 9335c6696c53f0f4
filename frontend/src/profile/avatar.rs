//! The round picture of an account, or the first letter of its name.

use protocol::element::Media;
use yew::prelude::*;

use crate::element::initial;

#[derive(Properties, PartialEq)]
pub struct AvatarProps {
    pub name: AttrValue,
    pub files: Vec<Media>,
    /// How large it is shown: `is-large`, `is-huge`.
    #[prop_or_default]
    pub class: Classes,
    /// In CSS pixels, to choose a file by.
    #[prop_or(40)]
    pub size: u32,
}

/// Stands beside the name and says nothing that it does not.
#[component]
pub fn Avatar(props: &AvatarProps) -> Html {
    let class = classes!("avatar", props.class.clone());
    let set = |mime: &str| {
        let files = props.files.iter().filter(|file| file.mime == mime);
        let files: Vec<String> = files.map(|f| format!("{} {}w", f.url, f.width)).collect();
        files.join(", ")
    };
    let jpegs = props.files.iter().filter(|file| file.mime == "image/jpeg");
    match jpegs.max_by_key(|file| file.width) {
        None => html! { <span {class} aria-hidden="true">{ initial(&props.name) }</span> },
        Some(file) => {
            let sizes = format!("{}px", props.size);
            html! {
                <picture {class} aria-hidden="true">
                    <source type="image/avif" srcset={set("image/avif")} sizes={sizes.clone()} />
                    <img src={file.url.clone()} srcset={set("image/jpeg")} {sizes} alt="" decoding="async" />
                </picture>
            }
        }
    }
}
