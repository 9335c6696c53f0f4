//! Who can see an element or a cluster, in words.

use db::{ClusterAudience, ElementAudience};
use protocol::element::{Audience, Through, Visibility};
use protocol::label::FLAGS;

/// Clusters that are told of by name, one sentence each.
const NAMED: usize = 12;

/// Of an element: the most open way first.
pub fn of_element(found: ElementAudience) -> Audience {
    let mut says = Vec::new();
    let shows = || found.clusters.iter().filter(|through| through.shows);
    if found.listed {
        says.push("Everybody with an account here finds it in lists and search.".to_owned());
        let kinds: Vec<&str> = found.flags.iter().map(|flag| kind(flag)).collect();
        if !kinds.is_empty() {
            says.push(format!(
                "Accounts that hide {} pictures find it in none; its address still opens it.",
                kinds.join(" or ")
            ));
        }
    } else if found.direct {
        says.push(
            "Whoever has its address opens it; no list or search of others shows it.".to_owned(),
        );
    }
    if !found.listed {
        says.extend(shows().take(NAMED).map(through));
        let rest = shows().count().saturating_sub(NAMED);
        if rest > 0 {
            let more = match rest {
                1 => "1 more cluster shows it.".to_owned(),
                n => format!("{n} more clusters show it."),
            };
            says.push(more);
        }
        if found.elsewhere > 0 {
            says.push(format!(
                "You put it into {} that you no longer see: whoever sees those sees it there.",
                clusters(found.elsewhere)
            ));
        }
    }
    if !found.direct && found.moderated {
        says.push("Moderators see it, as you asked for their word on a label.".to_owned());
    }
    if says.is_empty() {
        says.push("You alone see it.".to_owned());
    }
    if !found.direct && !found.clusters.is_empty() {
        says.push("The clusters that hold it show it to nobody but you.".to_owned());
    }
    Audience {
        visibility: found.visibility,
        says,
        clusters: found.clusters,
        people: found.people,
    }
}

/// Of a cluster.
pub fn of_cluster(found: ClusterAudience) -> Audience {
    let others = found.members.len().saturating_sub(1);
    let members = match others {
        0 => None,
        1 => Some("1 other account is a member of it.".to_owned()),
        n => Some(format!("{n} other accounts are members of it.")),
    };
    let mut says = match (found.visibility, &members) {
        (Visibility::Public, _) => {
            vec!["Everybody with an account here finds it in lists.".to_owned()]
        }
        (Visibility::Unlisted, _) => {
            vec!["Whoever has its address opens it; no list of others shows it.".to_owned()]
        }
        (Visibility::Private, None) => vec!["You alone see it.".to_owned()],
        (Visibility::Private, Some(_)) => vec!["Only its members see it.".to_owned()],
    };
    says.extend(members);
    if found.invitations > 0 {
        let links = match found.invitations {
            1 => "1 invitation is open: whoever opens its link".to_owned(),
            n => format!("{n} invitations are open: whoever opens one of their links"),
        };
        says.push(format!("{links} becomes a member."));
    }
    if found.visibility != Visibility::Private || others > 0 {
        says.push("Private pictures in it are shown to those who saved them alone.".to_owned());
    }
    Audience {
        visibility: found.visibility,
        says,
        clusters: Vec::new(),
        people: found.members,
    }
}

fn through(through: &Through) -> String {
    let name = &through.cluster.name;
    match through.visibility {
        Visibility::Public => format!("Everybody sees it in the public cluster “{name}”."),
        Visibility::Unlisted => {
            format!("Whoever has the address of the cluster “{name}” sees it there.")
        }
        Visibility::Private => format!("Members of the cluster “{name}” see it there."),
    }
}

fn clusters(count: usize) -> String {
    match count {
        1 => "1 cluster".to_owned(),
        n => format!("{n} clusters"),
    }
}

/// A flag in words.
fn kind(flag: &str) -> &str {
    match FLAGS.iter().position(|known| *known == flag) {
        Some(0) => "sensitive",
        Some(1) => "explicit",
        Some(2) => "AI-made",
        _ => flag,
    }
}

#[cfg(test)]
mod tests {
    use protocol::ClusterId;
    use protocol::cluster::ClusterRef;

    use super::*;

    fn held(name: &str, visibility: Visibility, shows: bool) -> Through {
        Through {
            cluster: ClusterRef {
                id: ClusterId::from_parts(1, 1),
                name: name.to_owned(),
            },
            visibility,
            shows,
        }
    }

    fn element(visibility: Visibility, clusters: Vec<Through>) -> ElementAudience {
        ElementAudience {
            visibility,
            listed: visibility == Visibility::Public,
            direct: visibility != Visibility::Private,
            flags: Vec::new(),
            moderated: false,
            clusters,
            elsewhere: 0,
            people: Vec::new(),
        }
    }

    #[test]
    fn the_most_open_way_is_said_first() {
        let says = |found| of_element(found).says;
        assert_eq!(
            says(element(Visibility::Private, vec![])),
            ["You alone see it."]
        );
        let hidden = held("Trip", Visibility::Private, false);
        let said = says(element(Visibility::Private, vec![hidden]));
        assert_eq!(said.len(), 2);
        assert!(said[1].contains("nobody but you"));
        let open = vec![held("Doors", Visibility::Public, true)];
        let said = says(element(Visibility::Unlisted, open.clone()));
        assert!(said[0].starts_with("Whoever has its address"), "{said:?}");
        assert!(said[1].contains("public cluster “Doors”"), "{said:?}");
        let said = says(element(Visibility::Public, open));
        assert_eq!(said.len(), 1, "everybody is everybody: {said:?}");
        let mut flagged = element(Visibility::Public, vec![]);
        flagged.flags = vec!["nsfw:explicit".to_owned()];
        assert!(says(flagged)[1].contains("hide explicit pictures"));
    }

    #[test]
    fn many_clusters_are_counted() {
        let many = (0..NAMED + 3).map(|n| held(&n.to_string(), Visibility::Private, true));
        let said = of_element(element(Visibility::Unlisted, many.collect())).says;
        assert_eq!(said.len(), 1 + NAMED + 1);
        assert_eq!(
            said.last().map(String::as_str),
            Some("3 more clusters show it.")
        );
    }
}
