//! What happens to the client, and what it does about it.

use protocol::Topic;
use protocol::event::Event;
use protocol::ws::{ClientFrame, ServerFrame, Signal};

/// What the page tells people about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Never connected so far.
    #[default]
    Starting,
    Online,
    /// Cut off; an attempt will be made.
    Offline,
    /// Connected again, what was missed is on its way.
    CatchingUp,
}

/// What happened to the client.
#[derive(Debug)]
pub enum Input {
    Start,
    /// The account has left.
    Stop,
    Opened,
    Frame(ServerFrame),
    Closed(u16),
    /// The wait is over, or the network is back.
    RetryNow,
    /// The heartbeat's interval has passed.
    Beat,
    Watch(Topic),
    Unwatch(Topic),
    /// Somebody looks at what a topic is about, or looks away.
    Here(Topic, bool),
}

/// What is to be done about it, in this order.
#[derive(Debug, PartialEq)]
pub enum Action {
    Connect,
    Disconnect,
    Send(ClientFrame),
    /// Hand in `RetryNow` after so many milliseconds.
    Wait(u32),
    /// Hand in `Beat` every so many milliseconds from now on.
    BeatEvery(u32),
    Show(Status),
    Deliver(Topic, Event),
    /// How something about a topic stands now.
    Signal(Topic, Signal),
    /// How it stood is out of date: nothing is heard about it any more.
    Quiet(Topic),
    /// Fetch the content of these topics anew.
    Reload(Vec<Topic>),
    /// The login has ended.
    SignedOut,
}
