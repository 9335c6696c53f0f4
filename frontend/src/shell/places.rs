//! Pages of the account, as its menu and its profile list them.

use protocol::account::Role;

use crate::controls::IconName;
use crate::nav::Route;

/// One page in a list of links.
pub struct Place {
    pub route: Route,
    pub icon: IconName,
    pub name: &'static str,
}

const fn place(route: Route, icon: IconName, name: &'static str) -> Place {
    Place { route, icon, name }
}

/// What every account has.
pub static OWN: [Place; 4] = [
    place(Route::Cameras, IconName::Look, "Cameras"),
    place(Route::Settings, IconName::Sliders, "Settings"),
    place(Route::Sessions, IconName::Device, "Sessions"),
    place(Route::Credits, IconName::Heart, "Credits"),
];

static MODERATORS: [Place; 1] = [place(Route::Reviews, IconName::Shield, "Review queue")];
static ADMINS: [Place; 2] = [
    place(Route::Models, IconName::Chip, "Models"),
    place(Route::Jobs, IconName::List, "Jobs"),
];

/// What only some may do.
pub fn duties(role: Role) -> impl Iterator<Item = &'static Place> {
    let moderates = role >= Role::Moderator;
    let operates = role >= Role::Admin;
    let moderators = MODERATORS.iter().filter(move |_| moderates);
    moderators.chain(ADMINS.iter().filter(move |_| operates))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(role: Role) -> Vec<&'static str> {
        duties(role).map(|place| place.name).collect()
    }

    #[test]
    fn duties_are_listed_for_those_who_have_them() {
        assert!(names(Role::Member).is_empty());
        assert_eq!(names(Role::Moderator), ["Review queue"]);
        assert_eq!(names(Role::Admin), ["Review queue", "Models", "Jobs"]);
    }
}
