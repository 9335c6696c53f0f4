//! What a client asks for once the session is open.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::limits::WS_TOPICS;
use protocol::ws::{ClientFrame, CloseCode, Reply, ServerFrame};
use protocol::{ErrorCode, Problem, Topic};

use super::Session;
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
            (ClientFrame::Ping(ping), true) => self.say(ServerFrame::Pong { id: ping.id }, ctx),
            // Identified twice, or a command before identifying.
            _ => self.close(CloseCode::BadFrame, ctx),
        }
    }

    fn subscribe(&mut self, id: u64, topic: Topic, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        if !opened.journal.marks.contains_key(&topic) && opened.journal.marks.len() >= WS_TOPICS {
            let problem = Problem::new(
                ErrorCode::RateLimited,
                format!("at most {WS_TOPICS} topics: unsubscribe from some"),
            );
            return self.refuse(id, problem, ctx);
        }
        let (db, hub, user) = (self.db.clone(), self.hub.clone(), opened.user.clone());
        let wish = Subscribe {
            socket: opened.socket.clone(),
            topic: topic.clone(),
            session: ctx.address().recipient(),
        };
        let asked = topic.clone();
        let work = async move {
            if !may_listen(&db, &user, &asked).await? {
                return Err(crate::PlatformError::not_found("topic"));
            }
            // Join first, then ask where the topic stands: what is published in
            // between is not later than the answer and is skipped.
            hub.send(wish)
                .await
                .map_err(|_| crate::PlatformError::Gone("the hub"))?;
            let offset = db.position(&asked).await?;
            Ok(Mark {
                epoch: db.epoch().to_owned(),
                offset,
            })
        };
        // `wait`: nothing else is handled meanwhile, so order is kept.
        ctx.wait(
            wrap_future(work).map(move |mark, session: &mut Self, ctx| match mark {
                Err(error) => session.refuse(id, error.problem(), ctx),
                Ok(mark) => {
                    let (epoch, offset) = (Some(mark.epoch.clone()), Some(mark.offset));
                    if let Some(opened) = &mut session.opened {
                        opened.journal.marks.insert(topic, mark);
                    }
                    session.send(
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
            }),
        );
    }

    fn unsubscribe(&mut self, id: u64, topic: Topic, ctx: &mut Context<Self>) {
        if let Some(opened) = &mut self.opened
            && opened.journal.marks.remove(&topic).is_some()
        {
            let socket = opened.socket.clone();
            self.hub.do_send(Unsubscribe { socket, topic });
        }
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

/// May this account listen to the topic?
async fn may_listen(
    db: &db::Db,
    user: &protocol::UserId,
    topic: &Topic,
) -> Result<bool, crate::PlatformError> {
    Ok(match topic {
        Topic::Explore => true,
        Topic::Tags => false,
        Topic::User(id) | Topic::Feed(id) => id == user,
        Topic::Element(id) => db
            .element(&db::Viewer::user(user.clone()), id)
            .await?
            .is_some(),
        Topic::Cluster(id) => db
            .cluster(&db::Viewer::user(user.clone()), id, None)
            .await?
            .is_some(),
    })
}
