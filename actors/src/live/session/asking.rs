//! `search` and `feed`: one at a time for each session, the newest search
//! alone. Answers are large, so at most one waits to be read.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context, SpawnHandle};
use protocol::limits::WS_ASKED;
use protocol::ws::ServerFrame;
use protocol::{ErrorCode, Problem};

use super::Session;
use crate::live::deeds::Ask;
use crate::live::outgoing::Outgoing;

/// When a slow client may have read the last answer.
const AGAIN: Duration = Duration::from_millis(50);

/// What a session was asked for and has not answered yet.
#[derive(Default)]
pub(super) struct Asked {
    waiting: VecDeque<(u64, Ask)>,
    at_work: Option<AtWork>,
    /// The last answer; gone when the transport has taken it.
    unread: Weak<ServerFrame>,
    timer: bool,
}

struct AtWork {
    id: u64,
    search: bool,
    task: SpawnHandle,
}

impl Session {
    pub(super) fn ask(&mut self, id: u64, ask: Ask, ctx: &mut Context<Self>) {
        if is_search(&ask) {
            self.supersede(ctx);
        }
        if self.asked.waiting.len() >= WS_ASKED {
            let detail = format!("at most {WS_ASKED} pages wait: read what was asked for first");
            let problem = Problem::new(ErrorCode::RateLimited, detail).retry_after(1);
            return self.refuse(id, problem, ctx);
        }
        self.asked.waiting.push_back((id, ask));
        self.next_asked(ctx);
    }

    /// A newer search takes the place of those that are not answered.
    fn supersede(&mut self, ctx: &mut Context<Self>) {
        let mut old = Vec::new();
        if let Some(at_work) = self.asked.at_work.take_if(|work| work.search) {
            ctx.cancel_future(at_work.task);
            old.push(at_work.id);
        }
        self.asked.waiting.retain(|(id, ask)| {
            if is_search(ask) {
                old.push(*id);
            }
            !is_search(ask)
        });
        for id in old {
            let problem = Problem::new(ErrorCode::Conflict, "a newer search took its place");
            self.refuse(id, problem, ctx);
        }
    }

    fn next_asked(&mut self, ctx: &mut Context<Self>) {
        if self.asked.at_work.is_some() || self.asked.waiting.is_empty() {
            return;
        }
        if self.asked.unread.strong_count() > 0 {
            if !std::mem::replace(&mut self.asked.timer, true) {
                ctx.run_later(AGAIN, |session, ctx| {
                    session.asked.timer = false;
                    session.next_asked(ctx);
                });
            }
            return;
        }
        let Some(opened) = &self.opened else {
            return;
        };
        let Some((id, ask)) = self.asked.waiting.pop_front() else {
            return;
        };
        let (deeds, viewer, search) = (self.deeds.clone(), opened.viewer.clone(), is_search(&ask));
        let work = async move { deeds.find(&viewer, ask).await };
        // not `wait`: events go on meanwhile
        let task = ctx.spawn(
            wrap_future(work).map(move |found, session: &mut Self, ctx| {
                session.asked.at_work = None;
                match found {
                    Ok(data) => {
                        let frame = Arc::new(ServerFrame::Found { id, data });
                        session.asked.unread = Arc::downgrade(&frame);
                        session.push(Outgoing::Own(frame), ctx);
                    }
                    Err(error) => session.refuse(id, error.problem(), ctx),
                }
                session.next_asked(ctx);
            }),
        );
        self.asked.at_work = Some(AtWork { id, search, task });
    }
}

fn is_search(ask: &Ask) -> bool {
    matches!(ask, Ask::Search(_))
}
