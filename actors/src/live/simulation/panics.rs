//! Handlers that panic on request, without a word on the terminal.

use std::panic::resume_unwind;

use actix::{Context, Handler, Message};

use crate::live::{Hub, Session, TopicActor};

/// Whose handler panics.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    Hub,
    Topics,
    Sessions,
}

#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Break(pub Part);

impl Handler<Break> for Hub {
    type Result = ();

    fn handle(&mut self, what: Break, _: &mut Context<Self>) {
        let (topics, sessions) = self.all();
        match what.0 {
            Part::Hub => resume_unwind(Box::new("a hub that panics")),
            Part::Topics => topics.for_each(|topic| topic.do_send(Break(what.0))),
            Part::Sessions => sessions.for_each(|session| session.do_send(Break(what.0))),
        }
    }
}

impl Handler<Break> for TopicActor {
    type Result = ();

    fn handle(&mut self, _: Break, _: &mut Context<Self>) {
        resume_unwind(Box::new("a topic that panics"));
    }
}

impl Handler<Break> for Session {
    type Result = ();

    fn handle(&mut self, _: Break, _: &mut Context<Self>) {
        resume_unwind(Box::new("a session that panics"));
    }
}
