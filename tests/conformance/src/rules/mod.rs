//! The rules, by the numbers of `docs/websocket.md`.

mod acting;
mod ending;
mod frames;
mod handshake;
mod limits;
mod opening;
mod resume;
mod signals;
mod topics;

use crate::check::Check;
use crate::world::World;

/// One statement that can be told from outside.
pub struct Rule {
    /// Its number in `docs/websocket.md`.
    pub id: &'static str,
    pub what: &'static str,
    pub needs: Needs,
    pub check: fn(&World) -> Check,
}

/// What a rule asks of who runs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// A minute of waiting.
    Patience,
    /// A restart, with nobody else there.
    Operator,
}

const fn rule(id: &'static str, what: &'static str, check: fn(&World) -> Check) -> Rule {
    Rule {
        id,
        what,
        needs: Needs::Nothing,
        check,
    }
}

const fn needing(needs: Needs, rule: Rule) -> Rule {
    Rule { needs, ..rule }
}

/// All of them, in the order of their numbers.
pub const RULES: [Rule; 52] = [
    rule(
        "1.1",
        "the first offered encoding that is spoken is taken, JSON where none is offered",
        handshake::encodings,
    ),
    rule(
        "1.2",
        "where only other subprotocols are offered the answer is 400 bad_request",
        handshake::others,
    ),
    rule(
        "1.3",
        "a page of another origin is refused with 403 forbidden",
        handshake::origins,
    ),
    rule(
        "1.4",
        "a request that is no handshake is answered 400 bad_request",
        handshake::no_handshake,
    ),
    rule(
        "1.5",
        "a frame in the other kind of message ends the connection with 4030",
        handshake::mixed,
    ),
    rule(
        "2.1",
        "hello comes first, with the heartbeat and the limits",
        opening::hello,
    ),
    rule(
        "2.2",
        "identify with a token opens a session whose seq begins at 1",
        opening::identify,
    ),
    rule(
        "2.3",
        "identify with the cookie of the handshake opens a session",
        opening::cookie,
    ),
    rule(
        "2.4",
        "no login or a wrong one ends the connection with 4020",
        opening::strangers,
    ),
    rule(
        "2.5",
        "who does not identify in time is closed with 4021",
        opening::silence,
    ),
    rule(
        "2.6",
        "a command before, and opening it twice, end the connection with 4030",
        opening::order,
    ),
    rule(
        "2.7",
        "an account has a bounded number of connections; one more is closed with 4011",
        opening::crowd,
    ),
    rule(
        "3.1",
        "seq grows by one; hello, resumed, found and pong stand outside",
        frames::sequence,
    ),
    rule(
        "3.2",
        "each command gets exactly one reply with its id, in the order of sending",
        frames::replies,
    ),
    rule(
        "3.3",
        "a refused command is answered by a problem object and the session goes on",
        frames::refusals,
    ),
    rule(
        "3.4",
        "a command that is unknown or incomplete is answered bad_request and the session goes on",
        frames::unknown,
    ),
    rule(
        "3.5",
        "what is no frame at all ends the connection with 4030",
        frames::nonsense,
    ),
    rule(
        "3.6",
        "fields that are not known are passed over",
        frames::more_fields,
    ),
    rule(
        "3.7",
        "a command that is sent again changes nothing more",
        frames::again,
    ),
    rule(
        "4.1",
        "events follow the offset of the reply to subscribe, one by one, in one epoch",
        topics::offsets,
    ),
    rule(
        "4.2",
        "subscribe, then fetch: nothing falls in between",
        topics::snapshot,
    ),
    rule(
        "4.3",
        "after unsubscribe no event of the topic comes",
        topics::leave,
    ),
    rule(
        "4.4",
        "topics that are not one's own and topics that do not exist get the same not_found",
        topics::hidden,
    ),
    rule(
        "4.5",
        "one topic more than the limit is refused with rate_limited",
        topics::too_many,
    ),
    rule(
        "4.6",
        "what the account may no longer see comes as element_removed",
        topics::withdrawn,
    ),
    rule("4.7", "both encodings tell the same", topics::encodings),
    rule(
        "5.1",
        "a cut session goes on after the last seq that was seen, nothing twice and nothing missing",
        resume::goes_on,
    ),
    rule(
        "5.2",
        "the session of another account is not known",
        resume::foreign,
    ),
    rule(
        "5.3",
        "a session that is not known becomes a new one, and its topics go on from their offsets",
        resume::unknown,
    ),
    rule(
        "5.4",
        "another epoch, an offset never reached or too old: reload names the topic",
        resume::reload,
    ),
    rule(
        "5.5",
        "a seq that cannot be replayed is answered by reload with all topics",
        resume::out_of_reach,
    ),
    rule(
        "5.6",
        "a session moves to the connection that resumes it; the other is closed with 4001",
        resume::moves,
    ),
    needing(
        Needs::Operator,
        rule(
            "5.7",
            "after the server was killed topics go on from their offsets without a gap",
            resume::restart,
        ),
    ),
    rule(
        "5.8",
        "topics that may not be listened to are named by reload",
        resume::not_yours,
    ),
    rule(
        "6.1",
        "how a topic stands comes after the reply to subscribe, and again after resumed",
        signals::first,
    ),
    rule(
        "6.2",
        "of changes in quick succession the last is told, and not each",
        signals::newest,
    ),
    rule(
        "6.3",
        "presence is for members that have subscribed",
        signals::members,
    ),
    rule("7.1", "a ping of either kind gets its pong", limits::pings),
    needing(
        Needs::Patience,
        rule(
            "7.2",
            "after three silent heartbeats the connection is closed with 4001",
            limits::silence,
        ),
    ),
    rule(
        "7.3",
        "a message above frame_bytes, in one piece or many, ends the connection with 4031",
        limits::oversize,
    ),
    rule(
        "7.4",
        "a flood of frames ends the connection with 4011",
        limits::flood,
    ),
    rule(
        "7.5",
        "who reads too slowly is closed with 4000 and resumes without a gap, or is told to reload",
        limits::slow,
    ),
    rule(
        "8.1",
        "a login that is ended closes its sockets with 4020 within a second, and no others",
        ending::revoked,
    ),
    rule(
        "8.2",
        "a session whose login was ended while it was cut cannot be resumed",
        ending::revoked_while_cut,
    ),
    needing(
        Needs::Operator,
        rule(
            "8.3",
            "a server that stops says so with 4010, and sessions go on with the next",
            ending::stops,
        ),
    ),
    rule(
        "9.1",
        "like likes an element and takes it back; once more changes nothing",
        acting::like,
    ),
    rule(
        "9.2",
        "save puts an element into a cluster, unsave takes it out, and both say where it is",
        acting::save,
    ),
    rule(
        "9.3",
        "what may not be seen or changed is refused as by HTTP, and the session goes on",
        acting::refused,
    ),
    rule(
        "9.4",
        "search is answered by found, as by HTTP and outside of the sequence",
        acting::search,
    ),
    rule("9.5", "feed is answered by a page of it", acting::feed),
    rule(
        "9.6",
        "of searches in quick succession the last is answered, each gets one reply, and a crowd is refused",
        acting::newest,
    ),
    rule(
        "9.7",
        "a command that is sent again after resumed gets the same answer and is carried out once",
        acting::again,
    ),
];

#[cfg(test)]
mod tests;
