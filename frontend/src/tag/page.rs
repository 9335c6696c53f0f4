//! The page at `/t/{name}`.

use std::rc::Rc;

use protocol::ErrorCode;
use protocol::query::Filter;
use protocol::tag::TagPage;
use protocol::value::TagName;
use yew::prelude::*;

use super::edit::Edit;
use super::head::{Neighbours, TagHead};
use super::history::History;
use super::known::use_tag;
use crate::controls::{Empty, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route, SearchLink, use_go};
use crate::pages::NowherePage;
use crate::store::ListKey;

#[derive(Properties, PartialEq)]
pub struct TagViewProps {
    pub name: String,
}

#[component]
pub fn TagView(props: &TagViewProps) -> Html {
    match props.name.parse::<TagName>() {
        Ok(name) => html! { <Known {name} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

/// What lies over the page.
#[derive(Clone, Copy, PartialEq)]
enum Over {
    Nothing,
    Edit,
    History,
}

#[derive(Properties, PartialEq)]
struct KnownProps {
    name: TagName,
}

#[component]
fn Known(props: &KnownProps) -> Html {
    let go = use_go();
    let known = use_tag(&props.name);
    let over = use_state_eq(|| Over::Nothing);
    use_title(props.name.to_string());
    // another word for it, or the name it had: the address follows
    let named = known.page.as_ref().map(|page| page.name.clone());
    use_effect_with((named, props.name.clone()), {
        let go = go.clone();
        move |(named, asked)| {
            if let Some(name) = named.as_ref().filter(|name| *name != asked) {
                go.replace(&Route::tag(name.as_str()));
            }
        }
    });
    let show = |what: Over| {
        let over = over.clone();
        Callback::from(move |()| over.set(what))
    };
    let Some(page) = known.page.clone() else {
        return match &known.failure {
            Some(why) if why.code() == Some(ErrorCode::NotFound) => missing(&props.name),
            Some(why) => html! {
                <Empty page={true} title="This didn't load" text={why.message()} icon={IconName::Alert}>
                    <button type="button" class="button is-primary" onclick={known.retry.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
                </Empty>
            },
            None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        };
    };
    // merged into another: that one is shown from now on
    let changed = {
        let (put, over) = (known.put.clone(), over.clone());
        Callback::from(move |page: TagPage| {
            if *over == Over::Edit {
                over.set(Over::Nothing);
            }
            put.emit(page);
        })
    };
    html! {
        <div class="tag-page">
            <TagHead page={page.clone()} onedit={show(Over::Edit)} onhistory={show(Over::History)} />
            <Neighbours page={page.clone()} />
            <Pictures page={page.clone()} />
            if *over == Over::Edit {
                <Edit page={page.clone()} onclose={show(Over::Nothing)} changed={known.put.clone()} done={changed} />
            }
            if *over == Over::History {
                <History {page} onclose={show(Over::Nothing)} changed={known.put.clone()} />
            }
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct PicturesProps {
    page: Rc<TagPage>,
}

/// Everything that carries it.
#[component]
fn Pictures(props: &PicturesProps) -> Html {
    let name = &props.page.name;
    let words = Filter::Tag(name.clone()).to_string();
    let empty = html! {
        <Empty title="Nothing carries this tag" text="Tag a picture with it, and it appears here." icon={IconName::Tag}>
            <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
        </Empty>
    };
    html! {
        <section aria-labelledby="tag-pictures">
            <div class="section-head">
                <h2 id="tag-pictures">{ "Pictures" }</h2>
                <SearchLink words={words.clone()} class="text-button">{ "Narrow in search" }</SearchLink>
            </div>
            <Feed list_key={ListKey::Search(words)} label={format!("Pictures of {name}")} {empty} />
        </section>
    }
}

fn missing(name: &TagName) -> Html {
    html! {
        <Empty page={true} title={format!("Nobody uses the tag “{name}”")} text="Search for it as a word instead, or tag a picture with it." icon={IconName::Tag}>
            <SearchLink words={name.to_string()} class="button is-primary">{ "Search for it" }</SearchLink>
        </Empty>
    }
}
