//! `presence`: the account looks at a cluster that it belongs to.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::element::Owner;
use protocol::{ErrorCode, Problem, Topic};

use super::Session;
use crate::live::ground::Sight;
use crate::live::hub::Presence;

impl Session {
    pub(super) fn presence(&mut self, id: u64, topic: Topic, here: bool, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        let listens = opened.journal.marks.contains_key(&topic);
        if !listens || !matches!(topic, Topic::Cluster(_)) {
            // the same answer for clusters that there are and that there are not
            let detail = "presence is for clusters that this session has subscribed to";
            return self.refuse(id, Problem::new(ErrorCode::BadRequest, detail), ctx);
        }
        if !here {
            self.look(&topic, false);
            return self.done(id, ctx);
        }
        let (ground, viewer) = (self.ground.clone(), opened.scope.clone());
        let asked = topic.clone();
        let work = async move { ground.sight(&viewer, &asked).await };
        ctx.wait(
            wrap_future(work).map(move |seen, session: &mut Self, ctx| match seen {
                Err(error) => session.refuse(id, error.problem(), ctx),
                Ok(Sight::Member) => {
                    session.belongs(&topic, true, ctx);
                    session.look(&topic, true);
                    session.done(id, ctx);
                }
                Ok(_) => {
                    session.belongs(&topic, false, ctx);
                    let detail = "only members of a cluster say that they look at it";
                    session.refuse(id, Problem::new(ErrorCode::Forbidden, detail), ctx);
                }
            }),
        );
    }

    /// Whether the account belongs to a topic's cluster, as was just looked
    /// up: who does not is not present there, and hears of nobody who is. Who
    /// was present before a cut is so again.
    pub(super) fn belongs(&mut self, topic: &Topic, member: bool, ctx: &mut Context<Self>) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let before = match member {
            true => !opened.member.insert(topic.clone()),
            false => opened.member.remove(topic),
        };
        if opened.journal.here.contains(topic) && !(before && member) {
            self.look(topic, member);
        }
        if before != member {
            self.signal(topic, ctx);
        }
    }

    fn look(&mut self, topic: &Topic, here: bool) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        match here {
            true => opened.journal.here.insert(topic.clone()),
            false => opened.journal.here.remove(topic),
        };
        let who = here.then(|| Owner {
            id: opened.user.id.clone(),
            handle: opened.user.handle.clone(),
            display_name: opened.user.display_name.clone(),
        });
        self.hub.do_send(Presence {
            socket: opened.socket.clone(),
            topic: topic.clone(),
            who,
        });
    }
}
