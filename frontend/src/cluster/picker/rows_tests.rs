use super::*;
use crate::store::testing::cluster;

fn all(names: &[&str]) -> Vec<Rc<Cluster>> {
    let numbered = names.iter().enumerate();
    numbered
        .map(|(n, name)| Rc::new(cluster(n as u64, name)))
        .collect()
}

fn shown(groups: &[Group]) -> Vec<(&str, Vec<String>)> {
    let name = |row: &Row| match row {
        Row::Create(name) => format!("+{name}"),
        Row::Waiting => "…".into(),
        Row::Cluster { cluster, .. } => cluster.name.clone(),
    };
    groups
        .iter()
        .map(|group| (group.title, group.rows.iter().map(name).collect()))
        .collect()
}

#[test]
fn typing_filters_without_regard_to_case_and_accents() {
    let all = all(&["Old cafés", "Kafka", "Café Noir", "Discafe"]);
    let groups = groups(" CAFE ", &all, &Suggested::None);
    let found = ["Café Noir", "Old cafés", "Discafe"].map(String::from);
    assert_eq!(
        shown(&groups),
        [
            ("", vec!["+CAFE".to_owned()]),
            ("Your clusters", found.into())
        ]
    );
    assert_eq!(
        first_choice(&groups),
        1,
        "what exists is meant before what doesn't"
    );
}

#[test]
fn a_name_that_nothing_has_makes_a_new_cluster() {
    let groups = groups("Doors", &all(&["Cats"]), &Suggested::Waiting);
    assert_eq!(groups.len(), 1);
    assert_eq!(first_choice(&groups), 0);
}

#[test]
fn nothing_moves_when_the_suggestion_comes() {
    let all = all(&["A", "B"]);
    let came = Suggested::This(all[1].id.clone(), "looks like 3 pictures in it".into());
    let waiting = groups("", &all, &Suggested::Waiting);
    let lengths = |groups: &[Group]| groups.iter().map(|g| g.rows.len()).collect::<Vec<_>>();
    for later in [came, Suggested::None] {
        assert_eq!(lengths(&waiting), lengths(&groups("", &all, &later)));
    }
    assert_eq!(waiting[0].rows, [Row::Waiting]);
}

#[test]
fn many_are_listed_by_name_below_the_recent_ones() {
    let all = all(&["Zebras", "émaux", "Doors", "Cats", "Fish", "Boats", "Ants"]);
    let groups = groups("", &all, &Suggested::None);
    let shown = shown(&groups);
    assert_eq!(
        shown[1],
        (
            "Recent",
            ["Zebras", "émaux", "Doors"].map(String::from).into()
        )
    );
    assert_eq!(shown[2].1[4], "émaux");
    assert_eq!(first_choice(&groups), 0);
}

#[test]
fn whoever_has_none_yet_sees_no_rows() {
    assert!(groups("", &[], &Suggested::Waiting).is_empty());
}

#[test]
fn a_save_is_changed_where_its_cluster_stands() {
    let all = all(&["A", "B", "C"]);
    let groups = groups(
        "",
        &all,
        &Suggested::This(all[1].id.clone(), "alike".into()),
    );
    assert_eq!(row_of(&groups, &all[1].id), Some(0), "it is suggested, too");
    assert_eq!(row_of(&groups, &all[0].id), Some(1));
    assert_eq!(row_of(&[], &all[0].id), None);
}
