//! What a client asks for once the session is open.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::limits::WS_TOPICS;
use protocol::ws::{ClientFrame, CloseCode, Reply, ServerFrame};
use protocol::{ErrorCode, Problem, Topic};

use super::Session;
use crate::live::deeds::{Ask, Deed};
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
            (ClientFrame::Like(wish), true) => self.act(wish.id, Deed::Like(wish.arg), ctx),
            (ClientFrame::Save(wish), true) => self.act(wish.id, Deed::Save(wish.arg), ctx),
            (ClientFrame::Unsave(wish), true) => self.act(wish.id, Deed::Unsave(wish.arg), ctx),
            (ClientFrame::Search(wish), true) => self.ask(wish.id, Ask::Search(wish.arg), ctx),
            (ClientFrame::Feed(wish), true) => self.ask(wish.id, Ask::Feed(wish.arg), ctx),
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
        let (db, hub, viewer) = (self.db.clone(), self.hub.clone(), opened.scope.clone());
        let wish = Subscribe {
            socket: opened.socket.clone(),
            topic: topic.clone(),
            session: ctx.address().recipient(),
        };
        let asked = topic.clone();
        let work = async move {
            let sight = sight(&db, &viewer, &asked).await?;
            if sight == Sight::None {
                return Err(crate::PlatformError::not_found("topic"));
            }
            // Join first, then ask where the topic stands: what is published in
            // between is not later than the answer and is skipped.
            hub.send(wish)
                .await
                .map_err(|_| crate::PlatformError::Gone("the hub"))?;
            let offset = db.position(&asked).await?;
            let mark = Mark {
                epoch: db.epoch().to_owned(),
                offset,
            };
            Ok((mark, sight))
        };
        // `wait`: nothing else is handled meanwhile, so order is kept.
        ctx.wait(
            wrap_future(work).map(move |mark, session: &mut Self, ctx| match mark {
                Err(error) => session.refuse(id, error.problem(), ctx),
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
                    placed: None,
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
        let (db, user) = (self.db.clone(), opened.user.id.clone());
        let work = async move { db.mark_notifications_read(&user, up_to).await };
        ctx.wait(
            wrap_future(work).map(move |read, session: &mut Self, ctx| match read {
                Ok(_) => session.done(id, ctx),
                Err(error) => {
                    let error = crate::PlatformError::from(error);
                    session.refuse(id, error.problem(), ctx);
                }
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
                    ..Reply::default()
                })
            },
            ctx,
        );
    }
}

/// How an account stands to a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sight {
    /// It may not listen to it, or there is no such thing.
    None,
    Listener,
    /// It belongs to the cluster.
    Member,
}

/// What the account may hear of the topic.
pub(super) async fn sight(
    db: &db::Db,
    viewer: &db::Viewer,
    topic: &Topic,
) -> Result<Sight, crate::PlatformError> {
    let may = |may| if may { Sight::Listener } else { Sight::None };
    Ok(match topic {
        Topic::Explore => Sight::Listener,
        Topic::Tags | Topic::Accounts | Topic::Nodes => Sight::None,
        Topic::User(id) | Topic::Feed(id) => may(viewer.id() == Some(id)),
        Topic::Element(id) => may(db.element(viewer, id).await?.is_some()),
        Topic::Cluster(id) => match db.cluster_sight(viewer, id).await? {
            None => Sight::None,
            Some(None) => Sight::Listener,
            Some(Some(_)) => Sight::Member,
        },
    })
}
