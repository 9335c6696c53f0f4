//! Where a picture came from: always in sight.

use std::rc::Rc;

use protocol::element::{Element, Source};
use yew::prelude::*;

use crate::controls::{Icon, IconName};

#[derive(Properties, PartialEq)]
pub struct SourceLineProps {
    pub element: Rc<Element>,
}

#[component]
pub fn SourceLine(props: &SourceLineProps) -> Html {
    html! {
        <p class="detail-source">
            <Icon name={IconName::Link} size={16} /><span class="unseen">{ "Source: " }</span>{ link(&props.element.source) }
        </p>
    }
}

/// The place on the web, if there is one, by its host's name; else how it came.
fn link(source: &Source) -> Html {
    let via = match source.via.as_str() {
        "sample" => "From the sample library",
        "import" => "Imported",
        "camera" => "From a camera",
        _ => "Uploaded",
    };
    if let Some(device) = source.device.as_deref() {
        return html! { { format!("From the camera {device}") } };
    }
    match source.url.as_deref().map(str::trim) {
        Some(url) if is_web(url) => {
            html! { <a href={url.to_owned()} target="_blank" rel="noopener noreferrer">{ host(url) }</a> }
        }
        Some(named) if !named.is_empty() => html! { { format!("{via}, {named}") } },
        _ => html! { { via } },
    }
}

fn is_web(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    lower.starts_with("https://") || lower.starts_with("http://")
}

/// `https://www.example.org/doors/7` → `example.org`
fn host(url: &str) -> String {
    let host = url.split('/').nth(2).unwrap_or(url);
    host.strip_prefix("www.").unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_web_are_links() {
        assert!(is_web("HTTPS://example.org/a") && is_web("http://example.org"));
        assert!(!is_web("javascript:alert(1)") && !is_web("skimage"));
        assert_eq!(host("https://www.example.org/doors/7"), "example.org");
    }
}
