//! Addresses of the app, and going there.

mod links;
mod visual;

pub use links::{Link, SearchLink, TagLink, plain_click};
pub use visual::Given;

use protocol::value::Handle;
use protocol::{ClusterId, ElementId};
use yew::prelude::*;
use yew_router::prelude::*;

use crate::store::{ListKey, scroll};

#[derive(Debug, Clone, PartialEq, Eq, Routable)]
pub enum Route {
    #[at("/")]
    Home,
    #[at("/explore")]
    Explore,
    #[at("/explore/topics")]
    Topics,
    #[at("/explore/topics/:id")]
    Topic { id: String },
    #[at("/explore/clusters")]
    Rising,
    #[at("/explore/colors")]
    Colors,
    #[at("/explore/colors/:hex")]
    Color { hex: String },
    #[at("/explore/tags/:name")]
    Around { name: String },
    #[at("/t/:name")]
    Tag { name: String },
    #[at("/search")]
    Search,
    #[at("/search/visual")]
    Visual,
    #[at("/e/:id")]
    Element { id: String },
    #[at("/u/:handle")]
    Profile { handle: String },
    #[at("/u/:handle/clusters")]
    ProfileClusters { handle: String },
    #[at("/u/:handle/likes")]
    ProfileLikes { handle: String },
    #[at("/clusters")]
    Clusters,
    #[at("/clusters/followed")]
    Followed,
    #[at("/c/:id")]
    Cluster { id: String },
    #[at("/join/:token")]
    Join { token: String },
    #[at("/cameras")]
    Cameras,
    #[at("/notifications")]
    Notifications,
    #[at("/settings")]
    Settings,
    #[at("/settings/sessions")]
    Sessions,
    #[at("/settings/profile")]
    EditProfile,
    #[at("/settings/people")]
    People,
    #[at("/settings/data")]
    Leave,
    #[at("/account-deleted")]
    Receipt,
    #[at("/admin/reviews")]
    Reviews,
    #[at("/admin/models")]
    Models,
    #[at("/admin/jobs")]
    Jobs,
    #[at("/credits")]
    Credits,
    #[at("/sign-in")]
    SignIn,
    #[at("/sign-up")]
    SignUp,
    #[not_found]
    #[at("/404")]
    Nowhere,
}

impl Route {
    pub fn element(id: &ElementId) -> Self {
        Route::Element { id: id.to_string() }
    }

    pub fn cluster(id: &ClusterId) -> Self {
        Route::Cluster { id: id.to_string() }
    }

    /// Explore or a page below it.
    pub fn explores(&self) -> bool {
        use Route::{Around, Color, Colors, Explore, Rising, Topic, Topics};
        matches!(
            self,
            Explore | Topics | Topic { .. } | Rising | Colors | Color { .. } | Around { .. }
        )
    }

    /// The clusters of whoever looks, or those that they follow.
    pub fn collects(&self) -> bool {
        matches!(self, Route::Clusters | Route::Followed)
    }

    /// Spaces look better as they are typed.
    pub fn tag(name: &str) -> Self {
        Route::Tag {
            name: name.replace(' ', "_"),
        }
    }

    /// What stands near a tag.
    pub fn around(name: &str) -> Self {
        Route::Around {
            name: name.replace(' ', "_"),
        }
    }

    /// `#rrggbb`, or without the sign.
    pub fn color(hex: &str) -> Self {
        Route::Color {
            hex: hex.trim_start_matches('#').to_owned(),
        }
    }

    pub fn profile(handle: &Handle) -> Self {
        Route::Profile {
            handle: handle.to_string(),
        }
    }
}

/// Kept with a history entry whose element lies over a page. An entry without
/// it (an address that was typed or reloaded) shows the element's own page.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// The page below.
    pub below: Place,
    /// The list it was opened from: gives the neighbours.
    pub list: Option<ListKey>,
    /// History entries between the page below and this one.
    pub depth: isize,
}

/// A page with its query.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    pub route: Route,
    pub query: String,
    /// The picture to search by, where it came along.
    pub given: Option<Given>,
}

impl Place {
    /// The words that are searched for.
    pub fn words(&self) -> String {
        words(&self.query)
    }
}

/// Where the page is and what it can go to.
#[derive(Clone, PartialEq)]
pub struct Go {
    navigator: Navigator,
    /// The page that is shown, below any element.
    pub here: Place,
    /// What lies over it.
    pub opened: Option<(String, Opened)>,
}

#[hook]
pub fn use_go() -> Go {
    let navigator = use_navigator().expect("the router stands above everything");
    let location = use_location().expect("the router stands above everything");
    let shown = Place {
        route: Route::recognize(location.path()).unwrap_or(Route::Nowhere),
        query: location.query_str().to_owned(),
        given: location.state::<Given>().map(|given| (*given).clone()),
    };
    let over = match &shown.route {
        Route::Element { id } => location.state::<Opened>().map(|over| (id.clone(), over)),
        _ => None,
    };
    match over {
        Some((id, opened)) => Go {
            navigator,
            here: opened.below.clone(),
            opened: Some((id, (*opened).clone())),
        },
        None => Go {
            navigator,
            here: shown,
            opened: None,
        },
    }
}

impl Go {
    /// Opens a page; the one that is shown already goes back to its top.
    pub fn to(&self, route: &Route) {
        if self.opened.is_none() && self.here.route == *route && self.here.query.is_empty() {
            gloo::utils::window().scroll_to_with_x_and_y(0.0, 0.0);
            return;
        }
        scroll::opened_anew();
        self.navigator.push(route);
    }

    /// Opens a page from wherever one is by then: for what is pressed later,
    /// elsewhere.
    pub fn open(&self, route: &Route) {
        scroll::opened_anew();
        self.navigator.push(route);
    }

    pub fn replace(&self, route: &Route) {
        scroll::opened_anew();
        self.navigator.replace(route);
    }

    /// Shows the results for these words. While somebody types (`replace`) the
    /// history keeps one entry for the whole search.
    pub fn search(&self, words: &str, replace: bool) {
        scroll::opened_anew();
        let query = [("q", words)];
        // a list of two texts always encodes
        let _ = if replace {
            self.navigator.replace_with_query(&Route::Search, query)
        } else {
            self.navigator.push_with_query(&Route::Search, query)
        };
    }

    /// Opens an element over the page that is shown.
    pub fn element(&self, id: &ElementId, list: Option<ListKey>) {
        let depth = self.opened.as_ref().map_or(0, |(_, over)| over.depth);
        let opened = Opened {
            below: self.here.clone(),
            list,
            depth: depth + 1,
        };
        self.navigator.push_with_state(&Route::element(id), opened);
    }

    /// Shows a neighbour in place of the element that is open.
    pub fn neighbour(&self, id: &ElementId) {
        if let Some((_, opened)) = &self.opened {
            self.navigator
                .replace_with_state(&Route::element(id), opened.clone());
        }
    }

    /// Closes what lies over the page.
    pub fn close(&self) {
        match &self.opened {
            Some((_, opened)) => self.navigator.go(-opened.depth),
            None => self.to(&Route::Home),
        }
    }
}

/// The `q` of a query string.
pub fn words(query: &str) -> String {
    let query = query.trim_start_matches('?');
    let value = query.split('&').find_map(|pair| pair.strip_prefix("q="));
    let plain = value.unwrap_or_default().replace('+', " ");
    js_sys::decode_uri_component(&plain)
        .map(String::from)
        .unwrap_or(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_tag_has_an_address() {
        for name in [
            "tiger cat",
            "rock & roll",
            "st. bernard (dog)",
            "ac/dc",
            "é",
        ] {
            let path = Route::tag(name).to_path();
            let Some(Route::Tag { name: read }) = Route::recognize(&path) else {
                panic!("{path}");
            };
            assert_eq!(read.replace('_', " "), name, "{path}");
        }
        assert_eq!(Route::tag("tiger cat").to_path(), "/t/tiger_cat");
        assert!(Route::color("#c04020").explores() && !Route::Home.explores());
    }
}
