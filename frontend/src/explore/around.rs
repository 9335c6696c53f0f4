//! What stands near a tag: `/explore/tags/{name}`. Every neighbour leads on.

use protocol::ErrorCode;
use protocol::query::Filter;
use protocol::value::TagName;
use yew::prelude::*;

use super::page::{Back, failed};
use crate::controls::{Empty, Icon, IconName, use_title};
use crate::grid::Feed;
use crate::nav::{Link, Route, TagLink};
use crate::pages::NowherePage;
use crate::store::ListKey;
use crate::tag::{Neighbours, use_tag};

#[derive(Properties, PartialEq)]
pub struct AroundPageProps {
    pub name: String,
}

#[component]
pub fn AroundPage(props: &AroundPageProps) -> Html {
    match props.name.parse::<TagName>() {
        Ok(name) => html! { <Around {name} /> },
        Err(_) => html! { <NowherePage /> },
    }
}

#[derive(Properties, PartialEq)]
struct AroundProps {
    name: TagName,
}

#[component]
fn Around(props: &AroundProps) -> Html {
    let known = use_tag(&props.name);
    use_title(format!("Around {}", props.name));
    let Some(page) = known.page.clone() else {
        return match &known.failure {
            Some(why) if why.code() == Some(ErrorCode::NotFound) => html! {
                <Empty page={true} title={format!("Nobody uses the tag “{}”", props.name)} icon={IconName::Tag}>
                    <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
                </Empty>
            },
            Some(why) => failed(&why.message(), known.retry.clone()),
            None => html! { <div class="detail-loading" role="status" aria-label="Loading"></div> },
        };
    };
    let name = page.name.to_string();
    let words = Filter::Tag(page.name.clone()).to_string();
    let empty = html! {
        <Empty title="Nothing carries this tag" icon={IconName::Tag}>
            <Link to={Route::Explore} class="button is-primary">{ "Explore instead" }</Link>
        </Empty>
    };
    html! {
        <>
            <header class="explore-head">
                <Back />
                <h1>{ format!("Around “{name}”") }</h1>
                <Neighbours page={page.clone()} walking={true} />
                <p class="explore-more"><TagLink name={name.clone()} class="text-button"><Icon name={IconName::Tag} size={16} />{ format!("About “{name}”") }</TagLink></p>
            </header>
            <Feed list_key={ListKey::Search(words)} label={format!("Pictures of {name}")} {empty} />
        </>
    }
}
