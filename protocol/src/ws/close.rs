//! Why the server closed a connection, and what the client should do.

/// Close codes of the private range. The tens digit is the advice:
/// 400x retry now, 401x retry later, 402x re-authenticate, 403x stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseCode {
    /// Too slow to read; resume at once.
    SlowConsumer,
    /// No heartbeat; resume at once.
    HeartbeatMissed,
    /// The server stops; resume with backoff and jitter.
    GoingAway,
    /// Too many frames or connections; wait for the seconds in the reason.
    RateLimited,
    /// No valid login, or it was revoked.
    Unauthenticated,
    /// `identify` did not come in time.
    IdentifyTimeout,
    /// A frame was not of the protocol: a bug of the client.
    BadFrame,
    /// A frame was larger than allowed.
    FrameTooLarge,
}

impl CloseCode {
    pub const ALL: [CloseCode; 8] = [
        CloseCode::SlowConsumer,
        CloseCode::HeartbeatMissed,
        CloseCode::GoingAway,
        CloseCode::RateLimited,
        CloseCode::Unauthenticated,
        CloseCode::IdentifyTimeout,
        CloseCode::BadFrame,
        CloseCode::FrameTooLarge,
    ];

    pub fn code(self) -> u16 {
        match self {
            CloseCode::SlowConsumer => 4000,
            CloseCode::HeartbeatMissed => 4001,
            CloseCode::GoingAway => 4010,
            CloseCode::RateLimited => 4011,
            CloseCode::Unauthenticated => 4020,
            CloseCode::IdentifyTimeout => 4021,
            CloseCode::BadFrame => 4030,
            CloseCode::FrameTooLarge => 4031,
        }
    }

    /// The text that goes with the code.
    pub fn reason(self) -> &'static str {
        match self {
            CloseCode::SlowConsumer => "slow consumer: resume",
            CloseCode::HeartbeatMissed => "no heartbeat: resume",
            CloseCode::GoingAway => "server stops: resume later",
            CloseCode::RateLimited => "too many: retry later",
            CloseCode::Unauthenticated => "log in again",
            CloseCode::IdentifyTimeout => "identify came too late: log in again",
            CloseCode::BadFrame => "not a frame of this protocol",
            CloseCode::FrameTooLarge => "frame too large",
        }
    }

    /// May a client come back with `resume`?
    pub fn resumable(self) -> bool {
        self.code() < 4020
    }
}
