//! Whether a cluster holds an element: what is known, what is wanted, and
//! what is on its way between the two.

/// One element in one cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// As the server said last.
    known: bool,
    /// What is shown: the person's last word.
    wanted: bool,
    sending: bool,
    /// Why the last attempt came to nothing, for people.
    failed: Option<String>,
}

impl Mark {
    pub fn known(&self) -> bool {
        self.known
    }

    pub fn held(&self) -> bool {
        self.wanted
    }

    pub fn sending(&self) -> bool {
        self.sending
    }

    pub fn failed(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// The server's word; while something is on its way, that is newer.
    pub fn learn(&mut self, held: bool) {
        if !self.sending {
            self.known = held;
            self.wanted = held;
        }
    }

    /// Shows what is wanted at once. True: it is to be sent now; otherwise it
    /// follows what is on its way, or nothing changes.
    pub fn want(&mut self, held: bool) -> bool {
        self.failed = None;
        self.wanted = held;
        let send = !self.sending && self.wanted != self.known;
        self.sending |= send;
        send
    }

    /// `sent` went through. Returns what to send next, if the person's mind
    /// has changed meanwhile.
    pub fn done(&mut self, sent: bool) -> Option<bool> {
        self.known = sent;
        self.sending = self.wanted != sent;
        self.sending.then_some(self.wanted)
    }

    /// It did not go through: shows what is so, and why.
    pub fn fail(&mut self, why: String) {
        self.sending = false;
        self.wanted = self.known;
        self.failed = Some(why);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_shows_at_once_and_is_sent_once() {
        let mut mark = Mark::default();
        assert!(mark.want(true) && mark.held() && mark.sending());
        assert!(!mark.want(true));
        assert_eq!(mark.done(true), None);
        assert!(mark.held() && !mark.sending());
    }

    #[test]
    fn a_failure_undoes_what_was_shown_and_says_why() {
        let mut mark = Mark::default();
        mark.want(true);
        mark.fail("Full".into());
        assert!(!mark.held() && !mark.sending());
        assert_eq!(mark.failed(), Some("Full"));
        assert!(mark.want(true), "another attempt is possible");
        assert_eq!(mark.failed(), None);
    }

    #[test]
    fn a_changed_mind_follows_what_is_on_its_way() {
        let mut mark = Mark::default();
        assert!(mark.want(true));
        assert!(!mark.want(false), "one thing at a time");
        assert_eq!(mark.done(true), Some(false));
        assert_eq!(mark.done(false), None);
        assert!(!mark.held());
    }

    #[test]
    fn the_servers_word_does_not_undo_what_is_on_its_way() {
        let mut mark = Mark::default();
        mark.want(true);
        mark.learn(false);
        assert!(mark.held());
        mark.done(true);
        mark.learn(false);
        assert!(!mark.held());
    }
}
