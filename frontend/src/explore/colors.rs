//! Pictures by colour: `/explore/colors` and `/explore/colors/{hex}`.

use protocol::query::{Filter, Query, parse};
use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::page::Back;
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route, use_go};
use crate::store::ListKey;
use crate::words::{COLORS, color_name};

#[derive(Properties, PartialEq)]
pub struct ColorsPageProps {
    /// As it stands in the address.
    #[prop_or_default]
    pub hex: Option<String>,
}

#[component]
pub fn ColorsPage(props: &ColorsPageProps) -> Html {
    let color = props.hex.as_deref().and_then(read);
    let name = color
        .as_deref()
        .map(|hex| color_name(hex).unwrap_or(hex).to_owned());
    let title = match &name {
        Some(name) => format!("Pictures in {name}"),
        None => "Pictures by colour".to_owned(),
    };
    use_title(title.clone());
    let empty = html! {
        <Empty title="No picture in this colour" text="Try one beside it." icon={IconName::Compass} />
    };
    html! {
        <>
            <header class="explore-head">
                <Back />
                <h1>{ title }</h1>
                <Palette chosen={color.clone()} />
            </header>
            if let Some(hex) = color {
                <Feed list_key={ListKey::Search(format!("color:{hex}"))} label="Pictures in this colour" {empty} reasons={true} />
            } else {
                <Empty title="Choose a colour" text="Pictures that have it come first, the nearest before the others." icon={IconName::Compass} />
            }
        </>
    }
}

/// The colour of an address, as `#rrggbb`.
fn read(text: &str) -> Option<String> {
    let words = format!("color:#{}", text.trim_start_matches('#'));
    match parse(&words).0 {
        Query::Filter(filter @ Filter::Color(_)) => Some(filter.write().1),
        _ => None,
    }
}

#[derive(Properties, PartialEq)]
pub struct PaletteProps {
    #[prop_or_default]
    pub chosen: Option<String>,
}

/// Colours with a name, and any other.
#[component]
pub fn Palette(props: &PaletteProps) -> Html {
    let go = use_go();
    let own = props
        .chosen
        .as_deref()
        .filter(|hex| color_name(hex).is_none());
    let row = use_node_ref();
    // on a phone the row is longer than the window
    use_effect_with(props.chosen.clone(), {
        let row = row.clone();
        move |_| {
            let row = row.cast::<web_sys::Element>();
            let current =
                row.and_then(|row| row.query_selector("[aria-current], .is-on").ok().flatten());
            if let Some(current) = current {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                options.set_inline(web_sys::ScrollLogicalPosition::Center);
                current.scroll_into_view_with_scroll_into_view_options(&options);
            }
        }
    });
    let onchange = Callback::from(move |event: Event| {
        let hex = event.target_unchecked_into::<HtmlInputElement>().value();
        go.to(&Route::color(&hex));
    });
    html! {
        <div class="palette" ref={row} role="group" aria-label="Colours">
            { for COLORS.iter().map(|(name, hex)| {
                let current = props.chosen.as_deref() == Some(hex);
                html! {
                    <Link key={*hex} to={Route::color(hex)} class="palette-color" {current} label={*name} title={*name}>
                        <span style={format!("background:{hex}")}>if current { <Icon name={IconName::Check} size={18} /> }</span>
                    </Link>
                }
            }) }
            <label class={classes!("palette-own", own.is_some().then_some("is-on"))} title="Any other colour">
                <input type="color" aria-label="Any other colour" value={props.chosen.clone().unwrap_or_else(|| "#4d41b4".into())} {onchange} />
                <span aria-hidden="true">{ own.map_or_else(|| "Any other".to_owned(), str::to_owned) }</span>
            </label>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_of_addresses_are_read_as_the_search_reads_them() {
        assert_eq!(read("C04020").as_deref(), Some("#c04020"));
        assert_eq!(read("#fff").as_deref(), Some("#ffffff"));
        assert_eq!(read("blue"), None);
        assert_eq!(read("fff x"), None);
    }
}
