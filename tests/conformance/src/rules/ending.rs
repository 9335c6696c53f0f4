//! 8: the end.

use std::time::{Duration, Instant};

use crate::check::{Check, ensure, same};
use crate::socket::Came;
use crate::world::World;

/// How long the sockets of an ended login may stay open.
const SECOND: Duration = Duration::from_secs(1);

pub fn revoked(world: &World) -> Check {
    let other = world.bob.log_in()?;
    let (mut here, mut there) = (world.open(&world.bob)?, world.open(&other)?);
    let frame = there.resume(&other.token);
    let start = Instant::now();
    other.call("POST", "/api/v1/auth/logout", None)?.ok()?;
    there.closed(4020, SECOND * 3)?;
    ensure(start.elapsed() < SECOND, || {
        format!("closed after {} ms", start.elapsed().as_millis())
    })?;
    same(
        "what the other login hears",
        here.come(SECOND / 2)?,
        Came::Nothing,
    )?;
    // and there is no way back
    let mut next = world.connect()?;
    next.send(&frame)?;
    next.closed(4020, SECOND * 3)
}

pub fn revoked_while_cut(world: &World) -> Check {
    let other = world.bob.log_in()?;
    let socket = world.open(&other)?;
    let frame = socket.resume(&other.token);
    drop(socket);
    other.call("POST", "/api/v1/auth/logout", None)?.ok()?;
    let mut next = world.connect()?;
    next.send(&frame)?;
    next.closed(4020, SECOND * 3)
}

pub fn stops(world: &World) -> Check {
    let operator = world.operator()?;
    let mut socket = world.open(&world.ada)?;
    operator.stop()?;
    let end = socket.closed(4010, SECOND * 3);
    operator.start()?;
    end?;
    let mut next = world.connect()?;
    next.continues(&socket.known);
    next.send(&next.resume(&world.ada.token))?;
    next.ready().map(drop)
}
