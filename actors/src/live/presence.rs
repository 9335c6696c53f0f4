//! Who looks at a topic just now. Pure data, kept by the topic's actor.

use std::collections::HashSet;

use protocol::SocketId;
use protocol::element::Owner;
use protocol::limits::PRESENCE_PEOPLE;
use protocol::ws::Signal;

/// Accounts in the order in which they came, each with the connections that
/// say so.
#[derive(Debug, Default)]
pub struct Present(Vec<Person>);

#[derive(Debug)]
struct Person {
    who: Owner,
    sockets: HashSet<SocketId>,
}

impl Present {
    /// Somebody looks, by this connection; once per account, however many.
    pub fn come(&mut self, socket: SocketId, who: Owner) {
        if let Some(person) = self.0.iter_mut().find(|p| p.who.id == who.id) {
            person.who = who;
            person.sockets.insert(socket);
        } else if self.0.len() < PRESENCE_PEOPLE {
            self.0.push(Person {
                who,
                sockets: HashSet::from([socket]),
            });
        }
    }

    /// This connection looks no longer.
    pub fn go(&mut self, socket: &SocketId) {
        for person in &mut self.0 {
            person.sockets.remove(socket);
        }
        self.0.retain(|person| !person.sockets.is_empty());
    }

    pub fn people(&self) -> Vec<Owner> {
        self.0.iter().map(|person| person.who.clone()).collect()
    }

    /// These, and behind them those who are present by other servers alone.
    pub fn signal(&self, beside: &[Owner]) -> Signal {
        let mut people = self.people();
        for who in beside {
            let known = people.iter().any(|other| other.id == who.id);
            if !known && people.len() < PRESENCE_PEOPLE {
                people.push(who.clone());
            }
        }
        Signal::Presence { people }
    }
}

#[cfg(test)]
mod tests {
    use protocol::UserId;

    use super::*;

    fn who(n: u64) -> Owner {
        Owner {
            id: UserId::from_parts(n, 0),
            handle: format!("user{n}").parse().unwrap(),
            display_name: String::new(),
        }
    }

    fn socket(n: u64) -> SocketId {
        SocketId::from_parts(n, 0)
    }

    fn people(present: &Present) -> Vec<Owner> {
        match present.signal(&[]) {
            Signal::Presence { people } => people,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_account_is_there_once_until_its_last_connection_goes() {
        let mut present = Present::default();
        present.come(socket(1), who(1));
        present.come(socket(2), who(2));
        present.come(socket(3), who(1));
        assert_eq!(people(&present), [who(1), who(2)]);
        present.go(&socket(1));
        assert_eq!(people(&present), [who(1), who(2)]);
        present.go(&socket(3));
        assert_eq!(people(&present), [who(2)]);
        present.go(&socket(9));
        present.go(&socket(2));
        assert!(present.signal(&[]).is_nothing());
    }

    #[test]
    fn who_is_there_by_two_servers_is_there_once() {
        let mut present = Present::default();
        present.come(socket(1), who(1));
        let Signal::Presence { people } = present.signal(&[who(2), who(1)]) else {
            panic!("it is about presence");
        };
        assert_eq!(people, [who(1), who(2)]);
    }

    #[test]
    fn no_more_are_named_than_may_be() {
        let mut present = Present::default();
        for n in 0..PRESENCE_PEOPLE as u64 + 5 {
            present.come(socket(n), who(n));
        }
        assert_eq!(people(&present).len(), PRESENCE_PEOPLE);
    }
}
