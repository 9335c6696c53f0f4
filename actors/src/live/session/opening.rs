//! `identify` and `resume`.

use std::collections::BTreeSet;

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context};
use protocol::limits::WS_TOPICS;
use protocol::ws::{CloseCode, Credentials, Position, Ready, Reload, Resume, ServerFrame};
use protocol::{SocketId, Topic};

use super::{Opened, Session};
use crate::live::hub::{Attach, Parked, Subscribe, TakeOver};
use crate::live::journal::Mark;
use crate::live::signals::Told;
use crate::{PlatformError, Viewer};

/// How a session came to be.
struct Found {
    viewer: Viewer,
    socket: SocketId,
    /// The session that was cut, if it is still known.
    parked: Option<Parked>,
}

impl Session {
    pub(super) fn identify(&mut self, credentials: Credentials, ctx: &mut Context<Self>) {
        self.open(credentials, None, ctx);
    }

    pub(super) fn resume(&mut self, resume: Resume, ctx: &mut Context<Self>) {
        self.open(resume.credentials.clone(), Some(resume), ctx);
    }

    fn open(&mut self, credentials: Credentials, resume: Option<Resume>, ctx: &mut Context<Self>) {
        let (accounts, hub, cookie) =
            (self.accounts.clone(), self.hub.clone(), self.cookie.clone());
        let (wanted, me) = (resume.as_ref().map(|r| r.session.clone()), ctx.address());
        let work = async move {
            let viewer = match credentials.token {
                Some(token) => accounts.authenticate(&token).await?,
                // The cookie was good at the handshake; a login that was ended
                // since then closes the socket by itself.
                None => cookie,
            };
            let Some(viewer) = viewer else {
                return Ok(Err(CloseCode::Unauthenticated));
            };
            let gone = |_| PlatformError::Gone("the hub");
            let mut parked = match wanted.clone() {
                Some(socket) => hub.send(TakeOver(socket)).await.map_err(gone)?,
                None => None,
            };
            // A session id is no proof of anything: the login must fit.
            parked = parked.filter(|p| p.user == viewer.user.id);
            let socket = match (&parked, wanted) {
                (Some(_), Some(socket)) => socket,
                _ => SocketId::from_parts(crate::platform::now_millis() as u64, rand::random()),
            };
            let attach = Attach {
                socket: socket.clone(),
                user: viewer.user.id.clone(),
                login: viewer.login.clone(),
                session: me,
            };
            if !hub.send(attach).await.map_err(gone)? {
                return Ok(Err(CloseCode::RateLimited));
            }
            Ok::<_, PlatformError>(Ok(Found {
                viewer,
                socket,
                parked,
            }))
        };
        ctx.wait(
            wrap_future(work).map(move |found, session: &mut Self, ctx| match found {
                Ok(Ok(found)) => session.opened_as(found, resume, ctx),
                Ok(Err(code)) => session.close(code, ctx),
                Err(error) => {
                    tracing::warn!(%error, "session cannot be opened");
                    session.close(CloseCode::GoingAway, ctx);
                }
            }),
        );
    }

    fn opened_as(&mut self, found: Found, resume: Option<Resume>, ctx: &mut Context<Self>) {
        let Found {
            viewer,
            socket,
            parked,
        } = found;
        let journal = parked.map(|p| p.journal);
        let resumed = journal.is_some();
        self.opened = Some(Opened {
            socket: socket.clone(),
            user: viewer.user.clone(),
            scope: viewer.scope(),
            login: viewer.login.clone(),
            viewer: viewer.clone(),
            journal: journal.unwrap_or_default(),
            member: BTreeSet::new(),
        });
        match resume {
            Some(resume) if resumed => self.replay(resume.seq, ctx),
            other => {
                let user = viewer.user;
                self.send(
                    |seq| {
                        ServerFrame::Ready(Ready {
                            seq,
                            session: socket,
                            user,
                        })
                    },
                    ctx,
                );
                self.take_up(other.map(|r| r.topics).unwrap_or_default(), ctx);
            }
        }
    }

    /// The session is known: what was sent but not seen, then what happened
    /// since the cut.
    fn replay(&mut self, seen: u64, ctx: &mut Context<Self>) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let topics: Vec<Topic> = opened.journal.marks.keys().cloned().collect();
        // told again as they are now, once the topics are joined
        opened.journal.signals.values_mut().for_each(Told::cut);
        match opened.journal.after(seen) {
            Some(frames) => {
                let replayed = frames.len() as u64;
                // Tells of the replay, so it comes before it and repeats the
                // client's own number.
                self.say(
                    ServerFrame::Resumed {
                        seq: seen,
                        replayed,
                    },
                    ctx,
                );
                for frame in frames {
                    self.push(frame, ctx);
                }
            }
            None => self.send(
                |seq| {
                    ServerFrame::Reload(Reload {
                        seq,
                        topics: topics.clone(),
                    })
                },
                ctx,
            ),
        }
        self.join(topics, ctx);
    }

    /// The session is not known (any more): what is subscribed to and how far
    /// it was seen is what the client says.
    fn take_up(&mut self, positions: Vec<Position>, ctx: &mut Context<Self>) {
        let Some(opened) = &mut self.opened else {
            return;
        };
        let (mut allowed, mut refused) = (BTreeSet::new(), Vec::new());
        for (count, position) in positions.into_iter().enumerate() {
            // Elements are checked when their history is read: see `catch_up`.
            let fine = match &position.topic {
                Topic::User(id) | Topic::Feed(id) => *id == opened.user.id,
                Topic::Explore | Topic::Element(_) | Topic::Cluster(_) => true,
                Topic::Tags | Topic::Accounts | Topic::Nodes => false,
            };
            if !fine || count >= WS_TOPICS {
                refused.push(position.topic);
            } else {
                allowed.insert(position.topic.clone());
                let mark = Mark {
                    epoch: position.epoch,
                    offset: position.offset,
                };
                opened.journal.marks.insert(position.topic, mark);
            }
        }
        if !refused.is_empty() {
            // fetching them will say what is the matter
            self.send(
                |seq| {
                    ServerFrame::Reload(Reload {
                        seq,
                        topics: refused,
                    })
                },
                ctx,
            );
        }
        self.join(allowed.into_iter().collect(), ctx);
    }

    fn join(&mut self, topics: Vec<Topic>, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        for topic in &topics {
            self.hub.do_send(Subscribe {
                socket: opened.socket.clone(),
                topic: topic.clone(),
                session: ctx.address().recipient(),
            });
        }
        for topic in topics {
            self.catch_up(topic, ctx);
        }
    }
}
