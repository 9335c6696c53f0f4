//! What somebody looks at, and what the server knows of it.

use std::collections::BTreeSet;

use protocol::Topic;

#[derive(Debug, Default)]
pub struct Looking {
    here: BTreeSet<Topic>,
    /// As the server was told in this session.
    told: BTreeSet<Topic>,
}

impl Looking {
    pub fn look(&mut self, topic: Topic, here: bool) {
        match here {
            true => self.here.insert(topic),
            false => self.here.remove(&topic),
        };
    }

    /// Nobody listens to it any more: the server knows that it ends with that.
    pub fn forget(&mut self, topic: &Topic) {
        self.here.remove(topic);
        self.told.remove(topic);
    }

    /// As for a server that was told nothing.
    pub fn anew(self) -> Self {
        Self {
            here: self.here,
            told: BTreeSet::new(),
        }
    }

    /// What the server is to be told now of the topics that it listens about;
    /// it counts as told.
    pub fn changes(&mut self, heard: impl Fn(&Topic) -> bool) -> Vec<(Topic, bool)> {
        let differing = self.here.symmetric_difference(&self.told);
        let topics: Vec<Topic> = differing.filter(|topic| heard(topic)).cloned().collect();
        let tell = |topic: Topic| {
            let here = self.here.contains(&topic);
            match here {
                true => self.told.insert(topic.clone()),
                false => self.told.remove(&topic),
            };
            (topic, here)
        };
        topics.into_iter().map(tell).collect()
    }
}
