//! One connection: an actor that carries frames between a WebSocket and its
//! session.
//!
//! Backpressure both ways: actix polls this actor's streams only while there
//! is room to write, so a slow reader fills the session's bounded queue and
//! nothing here; and when the session's mailbox is full the actor waits for
//! it, which stops reading.

use std::time::Duration;

use actix::fut::{ActorFutureExt, wrap_future};
use actix::{Actor, ActorContext, AsyncContext, Recipient, StreamHandler};
use actix_web_actors::ws::{self, CloseReason, Message, ProtocolError, WebsocketContext};
use actors::{Connection, Input, Output};
use futures_util::stream::poll_fn;
use protocol::limits::WS_HEARTBEAT_MS;
use protocol::ws::CloseCode;
use tokio::sync::{mpsc, watch};

use super::codec::{Codec, Unread, Whole};
use super::lifeline::{Lifeline, Pulse};
use super::parts::Parts;

pub struct Socket {
    codec: Codec,
    input: Recipient<Input>,
    /// Taken by the stream when the actor starts.
    output: Option<mpsc::Receiver<Output>>,
    parts: Parts,
    lifeline: Option<Lifeline>,
    pulse: Pulse,
    stopping: watch::Receiver<bool>,
}

type Context = WebsocketContext<Socket>;

impl Socket {
    pub fn new(
        connection: Connection,
        codec: Codec,
        lifeline: Lifeline,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Socket {
            codec,
            input: connection.input,
            output: Some(connection.output),
            parts: Parts::default(),
            lifeline: Some(lifeline),
            pulse: Pulse::default(),
            stopping,
        }
    }

    /// Hands a frame to the session; waits, and stops reading, when it is busy.
    fn hand_in(&self, input: Input, ctx: &mut Context) {
        if let Err(refused) = self.input.try_send(input) {
            match refused {
                actix::dev::SendError::Full(input) => {
                    let sent = self.input.send(input);
                    ctx.wait(wrap_future(async move {
                        // a closed session says so through its output
                        let _ = sent.await;
                    }));
                }
                actix::dev::SendError::Closed(_) => {}
            }
        }
    }

    fn frame(&self, whole: &Whole, ctx: &mut Context) {
        let input = match self.codec.decode(whole) {
            Ok(frame) => Input::Frame(frame),
            Err(Unread { id: Some(id), why }) => Input::Unfit { id, why },
            Err(Unread { id: None, why }) => Input::Malformed(why),
        };
        self.hand_in(input, ctx);
    }

    fn close(&self, code: CloseCode, ctx: &mut Context) {
        ctx.close(Some(CloseReason {
            code: ws::CloseCode::Other(code.code()),
            description: Some(code.reason().to_owned()),
        }));
        ctx.stop();
    }
}

impl Actor for Socket {
    type Context = Context;

    fn started(&mut self, ctx: &mut Context) {
        metrics::gauge!("asterism_ws_connections").increment(1.0);
        if let Some(mut output) = self.output.take() {
            ctx.add_stream(poll_fn(move |cx| output.poll_recv(cx)));
        }
        if let Some(lifeline) = self.lifeline.take() {
            actix_web::rt::spawn(lifeline.watch(self.pulse.clone()));
        }
        ctx.run_interval(Duration::from_millis(WS_HEARTBEAT_MS), |socket, ctx| {
            socket.pulse.beat();
            ctx.ping(b"");
        });
        let mut stopping = self.stopping.clone();
        let stop = wrap_future(async move { stopping.wait_for(|stop| *stop).await.is_ok() });
        ctx.spawn(stop.map(|stop, socket: &mut Socket, ctx: &mut Context| {
            if stop {
                socket.close(CloseCode::GoingAway, ctx);
            }
        }));
    }

    fn stopped(&mut self, _: &mut Context) {
        metrics::gauge!("asterism_ws_connections").decrement(1.0);
        // past a full mailbox too: this must arrive
        self.input.do_send(Input::Closed);
    }
}

/// From the peer.
impl StreamHandler<Result<Message, ProtocolError>> for Socket {
    fn handle(&mut self, message: Result<Message, ProtocolError>, ctx: &mut Context) {
        self.pulse.beat();
        match message {
            Ok(Message::Text(text)) => self.frame(
                &Whole {
                    text: true,
                    bytes: text.into_bytes(),
                },
                ctx,
            ),
            Ok(Message::Binary(bytes)) => self.frame(&Whole { text: false, bytes }, ctx),
            Ok(Message::Continuation(item)) => match self.parts.take(item) {
                Ok(Some(whole)) => self.frame(&whole, ctx),
                Ok(None) => {}
                Err(_) => self.hand_in(Input::TooLarge, ctx),
            },
            Ok(Message::Ping(payload)) => {
                ctx.pong(&payload);
                self.hand_in(Input::Alive, ctx);
            }
            Ok(Message::Pong(_)) => self.hand_in(Input::Alive, ctx),
            Ok(Message::Close(reason)) => {
                ctx.close(reason);
                ctx.stop();
            }
            Ok(Message::Nop) => {}
            // what follows an overlong frame cannot be read: close from here
            Err(ProtocolError::Overflow) => self.close(CloseCode::FrameTooLarge, ctx),
            // a broken connection too, which hears nothing of it; text that is
            // no UTF-8 comes as one
            Err(error) => {
                tracing::debug!(%error, "frame of no websocket");
                self.close(CloseCode::BadFrame, ctx);
            }
        }
    }

    /// The peer has closed its side.
    fn finished(&mut self, ctx: &mut Context) {
        ctx.stop();
    }
}

/// From the session.
impl StreamHandler<Output> for Socket {
    fn handle(&mut self, output: Output, ctx: &mut Context) {
        self.pulse.beat();
        match output {
            Output::Frame(frame) => match self.codec.encode(&frame) {
                Ok(message) => ctx.write_raw(message),
                Err(error) => {
                    tracing::error!(error, "frame not encoded, session cut");
                    self.close(CloseCode::SlowConsumer, ctx);
                }
            },
            Output::Close(code) => self.close(code, ctx),
        }
    }

    /// The session is over and did not say why.
    fn finished(&mut self, ctx: &mut Context) {
        ctx.close(None);
        ctx.stop();
    }
}
