use super::*;
use crate::search::token::typed;
use crate::store::testing::cluster;

fn hint(name: &str, alias: Option<&str>) -> TagHint {
    TagHint {
        name: name.into(),
        category: "animal".into(),
        count: 12,
        alias: alias.map(str::to_owned),
    }
}

fn offered(text: &str, tags: &[TagHint]) -> Vec<Group> {
    let clusters = [
        Rc::new(cluster(1, "Blue doors")),
        Rc::new(cluster(2, "Café")),
    ];
    let known = Known {
        tags,
        clusters: &clusters,
        recent: &["cats".to_owned(), "Doors".to_owned()],
        saved: &["cats order:newest".to_owned()],
        handle: "ada",
        today: "2026-11-27",
    };
    groups(text, &typed(text, text.len()), &known)
}

fn names(groups: &[Group]) -> Vec<&str> {
    let all = groups.iter().flat_map(|g| &g.offers);
    all.map(|o| o.name.as_str()).collect()
}

#[test]
fn an_empty_field_offers_what_was_searched_for() {
    let groups = offered("", &[]);
    assert_eq!(names(&groups), ["cats order:newest", "cats", "Doors"]);
    assert_eq!(groups[0].title, "Saved searches");
}

#[test]
fn a_word_may_be_a_tag_a_key_or_an_old_search() {
    let groups = offered("ca", &[hint("cat", Some("catty"))]);
    assert_eq!(names(&groups), ["cats order:newest", "cats", "cat"]);
    let tag = &groups[1].offers[0];
    assert_eq!(
        (tag.alias.as_deref(), &*tag.about),
        (Some("catty"), "animal · 12 pictures")
    );
    let groups = offered("-st", &[]);
    let Act::Key { from, text } = &groups[0].offers[0].act else {
        panic!("{groups:?}");
    };
    assert_eq!((*from, text.as_str()), (0, "-style:"));
}

#[test]
fn a_tag_of_two_words_takes_the_place_of_both() {
    let act = |text: &str, hint: TagHint| {
        let groups = offered(text, &[hint]);
        let tags = groups.into_iter().find(|group| group.title == "Tags");
        tags.expect("tags").offers.remove(0).act
    };
    let filter = |from, text: &str| Act::Filter {
        from,
        text: text.into(),
    };
    assert_eq!(
        act("big tiger c", hint("tiger cat", None)),
        filter(4, "tag:tiger_cat")
    );
    assert_eq!(act("blue c", hint("cat", None)), filter(5, "tag:cat"));
    assert_eq!(act("-tag:c", hint("cat", None)), filter(0, "-tag:cat"));
}

#[test]
fn keys_list_what_may_stand_behind_them() {
    assert_eq!(
        names(&offered("style:", &[])),
        ["photo", "illustration", "screenshot"]
    );
    assert_eq!(names(&offered("order:n", &[])), ["newest"]);
    assert_eq!(names(&offered("user:", &[])), ["ada"]);
    assert_eq!(
        names(&offered("after:this m", &[])),
        Vec::<&str>::new(),
        "spaces end a value"
    );
    assert_eq!(names(&offered("after:2026-11-", &[])), ["2026-11-27"]);
    let colours = offered("color:bl", &[]);
    assert_eq!(names(&colours), ["blue", "black"]);
    assert_eq!(
        colours[0].offers[0].act,
        Act::Filter {
            from: 0,
            text: "color:#2b5fb8".into()
        }
    );
}

#[test]
fn clusters_are_found_by_name_and_written_by_id() {
    let groups = offered("cluster:cafe", &[]);
    let cafe = &groups[0].offers[0];
    assert_eq!(cafe.name, "Café");
    let Act::Filter { text, .. } = &cafe.act else {
        panic!("{cafe:?}")
    };
    assert_eq!(*text, format!("cluster:{}", cluster(2, "").id));
    assert_eq!(names(&offered("cluster:do", &[])), ["Blue doors"]);
}

#[test]
fn an_address_is_searched_as_a_picture() {
    let groups = offered(" https://example.org/a.jpg ", &[hint("cat", None)]);
    assert_eq!(groups.len(), 1);
    assert_eq!(
        groups[0].offers[0].act,
        Act::Picture("https://example.org/a.jpg".into())
    );
    assert_eq!(address("https://"), None);
    assert_eq!(address("see https://example.org"), None);
}
