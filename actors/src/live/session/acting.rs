//! `like`, `save` and `unsave`: each is carried out once, however often it is
//! sent.

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::cluster::Placed;
use protocol::ws::{Reply, ServerFrame};

use super::Session;
use crate::live::deeds::Deed;

impl Session {
    pub(super) fn act(&mut self, id: u64, deed: Deed, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        if let Some(placed) = opened.journal.answered(id, &deed) {
            return self.acted(id, placed, ctx);
        }
        let (deeds, viewer, asked) = (self.deeds.clone(), opened.viewer.clone(), deed.clone());
        let work = async move { deeds.act(&viewer, asked).await };
        // `wait`: in the order of sending, and noted before the session is
        // given up to another connection
        ctx.wait(
            wrap_future(work).map(move |done, session: &mut Self, ctx| match done {
                Ok(placed) => {
                    let placed = placed.map(Box::new);
                    if let Some(opened) = &mut session.opened {
                        opened.journal.answer(id, deed, placed.clone());
                    }
                    session.acted(id, placed, ctx);
                }
                // what was refused changed nothing, and may be tried again
                Err(error) => session.refuse(id, error.problem(), ctx),
            }),
        );
    }

    fn acted(&mut self, id: u64, placed: Option<Box<Placed>>, ctx: &mut Context<Self>) {
        self.send(
            |seq| {
                ServerFrame::Ok(Reply {
                    seq,
                    id,
                    placed,
                    ..Reply::default()
                })
            },
            ctx,
        );
    }
}
