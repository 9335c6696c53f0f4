//! Events on their way to the client, without gap and without repetition.

use std::sync::Arc;

use actix::fut::wrap_future;
use actix::{ActorFutureExt, AsyncContext, Context, Handler};
use db::{History, Published};
use protocol::event::{ElementGone, Event};
use protocol::ws::{Reload, ServerFrame};
use protocol::{ElementId, Topic};

use super::Session;
use super::commands::{Sight, sight};
use crate::PlatformError;
use crate::live::hub::Unsubscribe;
use crate::live::journal::Mark;
use crate::live::outgoing::Broadcast;
use crate::live::topic::Delivery;
use crate::search::access;

/// Events that are read from the history at once.
const PAGE: usize = 200;
/// Whoever missed more than this is told to reload instead.
const MOST_MISSED: u64 = 1_000;

/// What was found for a topic that has to be caught up with.
enum Missed {
    Events {
        events: Vec<Published>,
        more: bool,
    },
    /// Too much or too long ago: the topic stands here now.
    Gone(Mark),
    /// May not be seen (any more).
    Hidden,
}

impl Handler<Delivery> for Session {
    type Result = ();

    fn handle(&mut self, delivery: Delivery, ctx: &mut Self::Context) {
        let told = match delivery {
            Delivery::Event(event) => event,
            Delivery::Now(topic, now) => return self.hear(&topic, now, ctx),
        };
        let event = told.event();
        let Some(mark) = self
            .opened
            .as_ref()
            .and_then(|o| o.journal.marks.get(&event.topic))
        else {
            return;
        };
        if event.epoch == mark.epoch && event.offset <= mark.offset {
            return;
        }
        // one that only holds a place is read from the history
        if event.whole && event.epoch == mark.epoch && event.offset == mark.offset + 1 {
            self.emit(told, ctx);
        } else {
            let topic = event.topic.clone();
            self.catch_up(topic, ctx);
        }
    }
}

impl Session {
    /// Reads what the client has not seen of a topic. Nothing else is handled
    /// meanwhile, so that order is kept.
    pub(super) fn catch_up(&mut self, topic: Topic, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        let Some(mark) = opened.journal.marks.get(&topic).cloned() else {
            return;
        };
        let (db, viewer, asked) = (self.db.clone(), opened.scope.clone(), topic.clone());
        let work = async move { missed(&db, &viewer, &asked, &mark).await };
        ctx.wait(
            wrap_future(work).map(move |missed, session: &mut Self, ctx| match missed {
                Ok((Missed::Events { events, more }, sight)) => {
                    session.belongs(&topic, sight == Sight::Member, ctx);
                    for event in events {
                        session.emit(Arc::new(Broadcast::new(Arc::new(event))), ctx);
                    }
                    if more {
                        session.catch_up(topic, ctx);
                    }
                }
                Ok((Missed::Gone(mark), sight)) => {
                    session.belongs(&topic, sight == Sight::Member, ctx);
                    session.mark(&topic, mark);
                    session.send(
                        |seq| {
                            ServerFrame::Reload(Reload {
                                seq,
                                topics: vec![topic],
                            })
                        },
                        ctx,
                    );
                }
                Ok((Missed::Hidden, _)) => session.withdraw(topic, ctx),
                Err(error) => {
                    tracing::warn!(%error, "missed events cannot be read");
                    session.close(protocol::ws::CloseCode::GoingAway, ctx);
                }
            }),
        );
    }

    /// Looks up how the account stands to a topic after what was just told.
    fn recheck(&mut self, topic: Topic, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        let (db, viewer, asked) = (self.db.clone(), opened.scope.clone(), topic.clone());
        let work = async move { sight(&db, &viewer, &asked).await };
        ctx.wait(
            wrap_future(work).map(move |seen, session: &mut Self, ctx| match seen {
                Ok(Sight::None) => session.withdraw(topic, ctx),
                Ok(seen) => session.belongs(&topic, seen == Sight::Member, ctx),
                Err(error) => {
                    tracing::warn!(%error, "it cannot be told who may listen");
                    session.close(protocol::ws::CloseCode::GoingAway, ctx);
                }
            }),
        );
    }

    /// The account may no longer listen: fetching says so.
    fn withdraw(&mut self, topic: Topic, ctx: &mut Context<Self>) {
        self.forget(topic.clone());
        self.send(
            |seq| {
                ServerFrame::Reload(Reload {
                    seq,
                    topics: vec![topic],
                })
            },
            ctx,
        );
    }

    /// Sends an event. One that shows what the account may no longer see
    /// becomes a removal, and ends the subscription to the element.
    fn emit(&mut self, told: Arc<Broadcast>, ctx: &mut Context<Self>) {
        let Published { topic, event, .. } = &**told.event();
        let hidden = self.hides(topic, event);
        // whoever may see a cluster may have changed with it
        let recheck = matches!(topic, Topic::Cluster(_))
            && matches!(event, Event::ClusterChanged(_) | Event::ClusterRemoved(_));
        let shown = match &hidden {
            Some(id) => Arc::new(Broadcast::new(Arc::new(Published {
                event: Event::ElementRemoved(ElementGone { id: id.clone() }),
                ..Published::clone(told.event())
            }))),
            None => told.clone(),
        };
        if let Some(opened) = &mut self.opened {
            if let Some(mark) = opened.journal.marks.get_mut(topic) {
                mark.offset = told.event().offset;
                if mark.epoch != told.event().epoch {
                    mark.epoch.clone_from(&told.event().epoch);
                }
            }
            let frame = opened.journal.record_event(shown);
            self.push(frame, ctx);
        }
        if recheck {
            self.recheck(topic.clone(), ctx);
        } else if hidden.is_some_and(|id| *topic == Topic::Element(id)) {
            self.forget(topic.clone());
        }
    }

    /// The element that an event would show to somebody who may not see it, or
    /// who wants to see nothing of its kind where everybody's come by.
    fn hides(&self, topic: &Topic, event: &Event) -> Option<ElementId> {
        let (Event::ElementAdded(element)
        | Event::ElementReady(element)
        | Event::ElementChanged(element)) = event
        else {
            return None;
        };
        let opened = self.opened.as_ref()?;
        let seen = match topic {
            Topic::Explore => opened.scope.lists(&access(element)),
            _ => opened.scope.opens(&access(element)),
        };
        (!seen).then(|| element.id.clone())
    }

    /// How the account stands is different: reads it again, and looks whether it
    /// may still hear what it listens to.
    pub(super) fn rescope(&mut self, ctx: &mut Context<Self>) {
        let Some(opened) = &self.opened else {
            return;
        };
        let (accounts, login) = (self.accounts.clone(), opened.login.clone());
        let work = async move { accounts.refreshed(&login).await };
        // `wait`: nothing is told meanwhile by what was
        ctx.wait(wrap_future(work).map(|found, session: &mut Self, ctx| {
            let viewer = match found {
                Ok(Some(viewer)) => viewer,
                // the login is over, and says so itself
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, "a session cannot be brought up to date");
                    return session.close(protocol::ws::CloseCode::GoingAway, ctx);
                }
            };
            let Some(opened) = &mut session.opened else {
                return;
            };
            opened.scope = viewer.scope();
            opened.user = viewer.user.clone();
            opened.viewer = viewer;
            let topics: Vec<Topic> = opened.journal.marks.keys().cloned().collect();
            for topic in topics {
                if matches!(topic, Topic::Element(_) | Topic::Cluster(_)) {
                    session.catch_up(topic, ctx);
                }
            }
        }));
    }

    /// Ends a subscription from our side.
    fn forget(&mut self, topic: Topic) {
        if let Some(opened) = &mut self.opened {
            opened.journal.leave(&topic);
            opened.member.remove(&topic);
            let socket = opened.socket.clone();
            self.hub.do_send(Unsubscribe { socket, topic });
        }
    }

    fn mark(&mut self, topic: &Topic, mark: Mark) {
        if let Some(slot) = self
            .opened
            .as_mut()
            .and_then(|o| o.journal.marks.get_mut(topic))
        {
            *slot = mark;
        }
    }
}

async fn missed(
    db: &db::Db,
    viewer: &db::Viewer,
    topic: &Topic,
    mark: &Mark,
) -> Result<(Missed, Sight), PlatformError> {
    let sight = sight(db, viewer, topic).await?;
    if sight == Sight::None {
        return Ok((Missed::Hidden, sight));
    }
    let now = Mark {
        epoch: db.epoch().to_owned(),
        offset: db.position(topic).await?,
    };
    if now.epoch != mark.epoch || mark.offset > now.offset || now.offset - mark.offset > MOST_MISSED
    {
        return Ok((Missed::Gone(now), sight));
    }
    let missed = match db.history(topic, mark.offset, PAGE).await? {
        History::Events(events) => Missed::Events {
            more: events.len() == PAGE,
            events,
        },
        History::TooOld => Missed::Gone(now),
    };
    Ok((missed, sight))
}
