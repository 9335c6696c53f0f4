//! Who else looks at the cluster just now. Members alone are told.

use protocol::element::Owner;
use protocol::{ClusterId, Topic};
use yew::prelude::*;

use crate::element::initial;
use crate::live::{Status, others, use_live, use_presence, use_signal};
use crate::store::use_user;
use crate::words;

/// Faces that are shown; the rest is a number.
const SHOWN: usize = 5;

#[derive(Properties, PartialEq)]
pub struct PresenceProps {
    pub id: ClusterId,
}

/// Keeps its place while nobody is there: nothing moves when somebody comes.
#[component]
pub fn Presence(props: &PresenceProps) -> Html {
    let topic = Topic::Cluster(props.id.clone());
    let signal = use_signal(Some(topic.clone()));
    use_presence(Some(topic));
    let me = use_user().map(|user| user.id);
    let online = use_live().status == Status::Online;
    let people = match online {
        true => others(signal.as_deref(), me.as_ref()),
        // nobody knows who is there while the line is cut
        false => Vec::new(),
    };
    let hidden = people.len().saturating_sub(SHOWN);
    html! {
        <div class="presence" role="status">
            if !people.is_empty() {
                <ul class="presence-faces" aria-hidden="true">
                    { for people.iter().take(SHOWN).map(|one| html! {
                        <li key={one.id.to_string()} class="avatar" title={one.display_name.clone()}>{ initial(&one.display_name) }</li>
                    }) }
                    if hidden > 0 {
                        <li key="+" class="avatar">{ format!("+{hidden}") }</li>
                    }
                </ul>
                <span>{ told(&people) }</span>
            }
        </div>
    }
}

/// "Bob is here, too", "Bob and Eve are here, too".
fn told(people: &[Owner]) -> String {
    let mut names: Vec<String> = people.iter().map(|one| one.display_name.clone()).collect();
    if names.len() > 3 {
        let more = names.split_off(2).len();
        names.push(format!("{more} others"));
    }
    let verb = if people.len() == 1 { "is" } else { "are" };
    format!("{} {verb} here, too", words::listed(&names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::element;

    fn people(names: &[&str]) -> Vec<Owner> {
        let one = |name: &&str| Owner {
            display_name: (*name).into(),
            ..element(1).owner
        };
        names.iter().map(one).collect()
    }

    #[test]
    fn few_are_named_and_many_are_counted() {
        assert_eq!(told(&people(&["Bob"])), "Bob is here, too");
        let three = told(&people(&["Bob", "Eve", "Ida"]));
        assert_eq!(three, "Bob, Eve and Ida are here, too");
        let five = told(&people(&["Bob", "Eve", "Ida", "Max", "Ute"]));
        assert_eq!(five, "Bob, Eve and 3 others are here, too");
    }
}
