//! What a client asks for once the session is open.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::limits::WS_TOPICS;
use protocol::ws::{ClientFrame, CloseCode, Reply, ServerFrame};
use protocol::{ErrorCode, Problem, Topic};

use super::Session;
use crate::live::ground::Sight;
use crate::live::hub::{Subscribe, Unsubscribe};
use crate::live::journal::Mark;

impl Session {
    pub(super) fn command(&mut self, frame: ClientFrame, ctx: &mut Context<Self>) {
        match (frame, self.opened.is_some()) {
            (ClientFrame::Identify(credentials), false) => self.identify(credentials, ctx),
            (ClientFrame::Resume(resume), false) => self.resume(resume, ctx),
            (ClientFrame::Subscribe(wish), true) => self.subscribe(wish.id, wish.arg.topic, ctx),
            (ClientFrame::Unsubscribe(wish), true) => {
                self.unsubscribe(wish.id, wish.arg.topic, ctx)
            }
            (ClientFrame::Presence(wish), true) => {
                self.presence(wish.id, wish.arg.topic, wish.arg.here, ctx);
            }
            (ClientFrame::MarkRead(wish), true) => self.mark_read(wish.id, wish.arg.up_to, ctx),
            (ClientFrame::Ping(ping), true) => self.say(ServerFrame::Pong { id: ping.id }, ctx),
            // Identified twice, or a command before identifying.
            _ => self.close(CloseCode::BadFrame, ctx),
        }
    }

    fn subscribe(&mut self, id: u64, topic: Topic, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        if let Some(mark) = opened.journal.marks.get(&topic).cloned() {
            // Asked for again: it goes on from where it stands, since what is
            // on its way would be lost to a later offset.
            return self.subscribed(id, mark, ctx);
        }
        if opened.journal.marks.len() >= WS_TOPICS {
            let problem = Problem::new(
                ErrorCode::RateLimited,
                format!("at most {WS_TOPICS} topics: unsubscribe from some"),
            );
            return self.refuse(id, problem, ctx);
        }
        let (ground, hub, viewer) = (self.ground.clone(), self.hub.clone(), opened.scope.clone());
        let wish = Subscribe {
            socket: opened.socket.clone(),
            topic: topic.clone(),
            session: ctx.address().recipient(),
        };
        let asked = topic.clone();
        let work = async move {
            let sight = ground.sight(&viewer, &asked).await?;
            if sight == Sight::None {
                return Err(crate::PlatformError::not_found("topic"));
            }
            // Join first, then ask where the topic stands: what is published in
            // between is not later than the answer and is skipped.
            hub.send(wish)
                .await
                .map_err(|_| crate::PlatformError::Gone("the hub"))?;
            let offset = ground.position(&asked).await?;
            let mark = Mark {
                epoch: ground.epoch(),
                offset,
            };
            Ok((mark, sight))
        };
        // `wait`: nothing else is handled meanwhile, so order is kept.
        ctx.wait(
            wrap_future(work).map(move |mark, session: &mut Self, ctx| match mark {
                Err(error) => {
                    if let Some(opened) = &session.opened {
                        // it may have been joined before it failed
                        let socket = opened.socket.clone();
                        session.hub.do_send(Unsubscribe { socket, topic });
                    }
                    session.refuse(id, error.problem(), ctx);
                }
                Ok((mark, sight)) => {
                    if let Some(opened) = &mut session.opened {
                        // signals come anew right after the reply
                        opened.journal.signals.remove(&topic);
                        opened.journal.marks.insert(topic.clone(), mark.clone());
                    }
                    session.belongs(&topic, sight == Sight::Member, ctx);
                    session.subscribed(id, mark, ctx);
                }
            }),
        );
    }

    fn subscribed(&mut self, id: u64, mark: Mark, ctx: &mut Context<Self>) {
        let (epoch, offset) = (Some(mark.epoch), Some(mark.offset));
        self.send(
            |seq| {
                ServerFrame::Ok(Reply {
                    seq,
                    id,
                    epoch,
                    offset,
                })
            },
            ctx,
        );
    }

    fn unsubscribe(&mut self, id: u64, topic: Topic, ctx: &mut Context<Self>) {
        if let Some(opened) = &mut self.opened
            && opened.journal.leave(&topic)
        {
            opened.member.remove(&topic);
            let socket = opened.socket.clone();
            self.hub.do_send(Unsubscribe { socket, topic });
        }
        self.done(id, ctx);
    }

    /// The account has read its notifications up to there.
    fn mark_read(&mut self, id: u64, up_to: u64, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        let (ground, user) = (self.ground.clone(), opened.user.id.clone());
        let work = async move { ground.mark_read(&user, up_to).await };
        ctx.wait(
            wrap_future(work).map(move |read, session: &mut Self, ctx| match read {
                Ok(()) => session.done(id, ctx),
                Err(error) => session.refuse(id, error.problem(), ctx),
            }),
        );
    }

    /// A command was carried out of which there is no more to say.
    pub(super) fn done(&mut self, id: u64, ctx: &mut Context<Self>) {
        self.send(
            |seq| {
                ServerFrame::Ok(Reply {
                    seq,
                    id,
                    epoch: None,
                    offset: None,
                })
            },
            ctx,
        );
    }
}
