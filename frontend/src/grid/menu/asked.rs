//! Which card the menu is open for, and where.

use std::rc::Rc;

use protocol::cluster::ClusterRef;
use protocol::element::Element;
use protocol::search::Why;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::controls::Area;
use crate::store::ListKey;

/// A card.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    pub element: Rc<Element>,
    pub list: ListKey,
    pub why: Rc<[Why]>,
    /// The viewer's cluster that brought it.
    pub because: Option<Rc<ClusterRef>>,
}

#[derive(Clone, PartialEq)]
pub struct Asked {
    pub about: About,
    /// It stands beside this.
    pub area: Area,
    /// Gets the focus back.
    pub opener: HtmlElement,
}

#[derive(Clone, PartialEq)]
pub struct CardMenu {
    pub asked: Option<Asked>,
    set: UseStateSetter<Option<Asked>>,
}

impl CardMenu {
    pub fn is_open_for(&self, about: &About) -> bool {
        let asked = self.asked.as_ref();
        asked.is_some_and(|asked| is_same(&asked.about, about))
    }

    pub fn open(&self, about: &About, area: Area, opener: HtmlElement) {
        self.set.set(Some(Asked {
            about: about.clone(),
            area,
            opener,
        }));
    }

    /// Opens it, or closes it where it is open.
    pub fn toggle(&self, about: &About, area: Area, opener: HtmlElement) {
        if self.is_open_for(about) {
            self.close();
        } else {
            self.open(about, area, opener);
        }
    }

    pub fn close(&self) {
        self.set.set(None);
    }
}

/// The same card, whatever has become of its picture meanwhile.
fn is_same(one: &About, other: &About) -> bool {
    one.element.id == other.element.id && one.list == other.list
}

#[derive(Properties, PartialEq)]
pub struct ProviderProps {
    pub children: Html,
}

#[component]
pub fn CardMenuProvider(props: &ProviderProps) -> Html {
    let asked = use_state_eq(|| None::<Asked>);
    let menu = CardMenu {
        asked: (*asked).clone(),
        set: asked.setter(),
    };
    html! {
        <ContextProvider<CardMenu> context={menu}>{ props.children.clone() }</ContextProvider<CardMenu>>
    }
}

#[hook]
pub fn use_card_menu() -> CardMenu {
    use_context::<CardMenu>().expect("CardMenuProvider stands above every page")
}
