//! A client with a bad connection: it comes, goes, dawdles and comes back.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use actix::Recipient;
use protocol::account::User;
use protocol::limits::WS_QUEUE;
use protocol::notification::MarkRead;
use protocol::ws::{ClientFrame, CloseCode, Command, NoArg};
use tokio::sync::mpsc;

use super::books::Books;
use super::memory::Memory;
use super::world::{Flag, Phase, Server, World};
use crate::live::{Connection, Input, Outgoing, Output};
use crate::seed::dice::Dice;
use crate::time;

/// Longest time between two things that it does on its own, in milliseconds.
const RESTLESS: usize = 1_500;
/// The same while all is calm: less than heartbeats allow.
const CALM: usize = 8_000;

/// How a connection ended.
enum End {
    /// It has come to rest: this is the connection.
    Rest(Line),
    Closed(CloseCode),
    Cut,
}

/// A connection to a server that may go away.
struct Line {
    input: Recipient<Input>,
    output: mpsc::Receiver<Output>,
    gone: Flag<bool>,
}

pub(super) struct Device {
    world: Rc<World>,
    books: Books,
    user: User,
    token: String,
    dice: Dice,
    phase: Flag<Phase>,
    pub memory: Memory,
    line: Option<Line>,
    /// Of all that was seen, and when.
    pub digest: u64,
}

impl Device {
    pub fn new(world: Rc<World>, user: User, seed: u64) -> Self {
        let books = world.books.clone();
        Self {
            token: books.log_in(&user),
            memory: Memory::new(books.clone(), user.clone()),
            phase: world.phase.clone(),
            dice: Dice::new(seed),
            world,
            books,
            user,
            line: None,
            digest: 0,
        }
    }

    /// Lives until the world is over, and stays connected then.
    pub async fn live(mut self) -> Self {
        loop {
            let pause = match self.connection().await {
                Some(End::Rest(line)) => {
                    self.line = Some(line);
                    return self;
                }
                Some(End::Closed(CloseCode::SlowConsumer | CloseCode::HeartbeatMissed)) => 10,
                Some(End::Closed(CloseCode::Unauthenticated | CloseCode::IdentifyTimeout)) => {
                    self.token = self.books.log_in(&self.user);
                    500
                }
                Some(End::Closed(CloseCode::BadFrame | CloseCode::FrameTooLarge)) => {
                    panic!("the client did nothing that is not of the protocol")
                }
                Some(End::Cut) => 1_000,
                Some(End::Closed(CloseCode::GoingAway | CloseCode::RateLimited)) | None => 3_000,
            };
            self.nap(pause).await;
        }
    }

    /// All is over: see [`Memory::knows_all`].
    pub fn knows_all(&self) {
        self.memory.knows_all();
        assert!(self.line.is_some(), "it is not connected");
        assert!(
            self.books.is_in_force(&self.token),
            "a session outlives its login"
        );
    }

    async fn nap(&mut self, most: usize) {
        let pause = self.dice.below(most) as u64 + 1;
        time::sleep(Duration::from_millis(pause)).await;
    }

    fn storms(&self) -> bool {
        self.phase.get() == Phase::Storm
    }

    /// One connection; none where there is no server.
    async fn connection(&mut self) -> Option<End> {
        let server = self.world.server()?;
        let mut line = Line::open(&server)?;
        drop(server);
        if self.storms() && self.dice.chance(0.03) {
            self.memory.forget();
        }
        line.say(self.memory.greet(&self.token));
        loop {
            let most = if self.storms() { RESTLESS } else { CALM };
            let pause = Duration::from_millis(self.dice.below(most) as u64 + 1);
            tokio::select! {
                biased;
                () = line.gone.until(true) => return Some(End::Cut),
                () = self.phase.until(Phase::Over) => return Some(End::Rest(line)),
                output = line.output.recv() => match output {
                    Some(Output::Frame(frame)) => self.hear(frame, &line),
                    Some(Output::Close(code)) => return Some(End::Closed(code)),
                    // it panicked: like a connection that is lost
                    None => return Some(End::Cut),
                },
                () = time::sleep(pause) => {
                    if let Some(end) = self.act(&mut line).await {
                        self.world.leave_behind(line.into_rest(end, &mut self.dice));
                        return Some(End::Cut);
                    }
                }
            }
        }
    }

    fn hear(&mut self, frame: Outgoing, line: &Line) {
        let frame = match frame {
            Outgoing::Own(frame) => frame,
            Outgoing::Event { seq, event } => Arc::new(event.frame(seq)),
        };
        let waiting = line.output.len();
        assert!(waiting <= WS_QUEUE + 2, "{waiting} frames wait");
        let seen = format!("{:?} {frame:?}", time::simulated::passed());
        self.digest = seen.bytes().fold(self.digest, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        for says in self.memory.hear(&frame) {
            line.say(says);
        }
    }

    /// Does something; answers how it ends where that ends the connection.
    async fn act(&mut self, line: &mut Line) -> Option<Cut> {
        // a full mailbox hears of the client by what fills it
        let _ = line.input.try_send(Input::Alive);
        if !self.storms() {
            return None;
        }
        match self.dice.below(100) {
            0..=46 => {
                let topic = self.dice.pick(&self.world.topics).clone();
                // mostly comes, now and then goes
                let listens = self.memory.topics().any(|mine| *mine == topic);
                if (!listens || self.dice.chance(0.2))
                    && let Some(frame) = self.memory.turn(&topic)
                {
                    line.say(frame);
                }
            }
            47..=50 if self.memory.is_open() => {
                line.say(ClientFrame::Ping(Command {
                    id: 0,
                    arg: NoArg {},
                }));
            }
            51..=52 if self.memory.is_open() => {
                let arg = MarkRead { up_to: 1 };
                line.say(ClientFrame::MarkRead(Command { id: 0, arg }));
            }
            // stops reading
            53..=57 => self.nap(20_000).await,
            58..=62 => return Some(Cut::Told),
            63..=67 => return Some(Cut::Untold),
            68..=71 => return Some(Cut::HalfOpen),
            _ => {}
        }
        None
    }
}

/// Ways of losing a connection.
enum Cut {
    /// The server is told.
    Told,
    /// It finds out when it says something.
    Untold,
    /// It finds out when nothing comes any more: what it says goes nowhere.
    HalfOpen,
}

/// What is left of a connection for a while.
pub(super) struct Rest {
    pub pause: Duration,
    _ends: (Recipient<Input>, mpsc::Receiver<Output>),
}

impl Line {
    fn open(server: &Server) -> Option<Self> {
        let Connection { input, output } = server.live.open(None).ok()?;
        Some(Self {
            input,
            output,
            gone: server.gone.clone(),
        })
    }

    /// The transport would wait while the session's mailbox is full.
    fn say(&self, frame: ClientFrame) {
        self.input.do_send(Input::Frame(frame));
    }

    fn into_rest(self, cut: Cut, dice: &mut Dice) -> Option<Rest> {
        match cut {
            Cut::Told => {
                self.input.do_send(Input::Closed);
                None
            }
            Cut::Untold => None,
            Cut::HalfOpen => Some(Rest {
                pause: Duration::from_millis(dice.below(60_000) as u64),
                _ends: (self.input, self.output),
            }),
        }
    }
}
