//! AV1 decoding in a process of its own.
//!
//! The AV1 decoder calls itself through C interfaces, so a panic inside it cannot unwind and
//! aborts the process. A hostile upload must not take the server along: a program that calls
//! [`isolate_decoders`] first thing in its `main` starts itself again for every AVIF file.
//! The child reads the file from its input, writes the pixels to its output, and has
//! neither the parent's environment nor its files. Without the call, decoding stays in the
//! process; that is for tools and tests.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use crate::error::damaged;
use crate::{Limits, MediaError, Picture, avif};

/// A decoder that is not done by then is never done.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a child is started with, followed by its limits.
const CHILD: &str = "--asterism-decode-avif";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Makes AVIF decoding survive crashes of the decoder. To be called before anything else
/// in `main`: in a child it decodes one file and never returns, otherwise it remembers the
/// running program as the one to start.
pub fn isolate_decoders() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == CHILD) {
        let mut number = || arguments.next()?.to_str()?.parse::<u64>().ok();
        let (Some(pixels), Some(side)) = (number(), number()) else {
            std::process::exit(2);
        };
        let limits = Limits {
            pixels,
            side: u32::try_from(side).unwrap_or(u32::MAX),
            ..Limits::default()
        };
        std::process::exit(i32::from(answer(&limits).is_err()));
    }
    if let Ok(program) = std::env::current_exe() {
        // a second call changes nothing
        let _ = PROGRAM.set(program);
    }
}

/// Decodes in a child if [`isolate_decoders`] was called, else here.
pub(crate) fn decode_avif(bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    match PROGRAM.get() {
        Some(program) => ask_child(program, bytes, limits),
        None => avif::decode(bytes, limits),
    }
}

fn ask_child(program: &Path, bytes: &[u8], limits: &Limits) -> Result<Picture, MediaError> {
    let mut child = Command::new(program)
        .arg(CHILD)
        .arg(limits.pixels.to_string())
        .arg(limits.side.to_string())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| damaged(format!("its decoder could not be started: {error}")))?;
    let reply = exchange(&mut child, bytes, limits);
    // harmless when it has ended; and a child nobody waits for stays in the process table
    let _ = child.kill();
    let _ = child.wait();
    read_reply(&reply?)
}

/// Sends the file and collects the reply, for as long as patience lasts.
fn exchange(child: &mut Child, bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, MediaError> {
    let gone = || damaged("the decoder gave up on it");
    let output = child.stdout.take().ok_or_else(gone)?;
    let most = limits.pixels.saturating_mul(4).saturating_add(HEAD as u64);
    let (done, reply) = mpsc::channel();
    std::thread::spawn(move || {
        let mut reply = Vec::new();
        let complete = output.take(most).read_to_end(&mut reply);
        // the receiver may have lost its patience
        let _ = done.send(complete.map(|_| reply));
    });
    let mut input = child.stdin.take().ok_or_else(gone)?;
    input.write_all(bytes).map_err(|_| gone())?;
    drop(input);
    match reply.recv_timeout(PATIENCE) {
        Ok(Ok(reply)) => Ok(reply),
        Ok(Err(_)) => Err(gone()),
        Err(_) => Err(damaged("decoding it takes too long")),
    }
}

/// Kind of reply, width, height.
const HEAD: usize = 9;
const RGB: u8 = 3;
const RGBA: u8 = 4;
const TRUNCATED: u8 = 1;
const DAMAGED: u8 = 2;

fn read_reply(reply: &[u8]) -> Result<Picture, MediaError> {
    let Some((head, body)) = reply.split_at_checked(HEAD) else {
        return Err(damaged("the decoder gave up on it"));
    };
    let number =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    match head[0] {
        RGB => Picture::from_rgb(number(1), number(5), body.to_vec()),
        RGBA => Picture::from_rgba(number(1), number(5), body.to_vec()),
        TRUNCATED => Err(MediaError::Truncated),
        DAMAGED => Err(damaged(String::from_utf8_lossy(body))),
        _ => Err(damaged("its decoder answers nonsense")),
    }
}

/// The child's side.
fn answer(limits: &Limits) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    let mut head = [0; HEAD];
    let mut body = Vec::new();
    match avif::decode(&bytes, limits) {
        Ok(picture) => {
            head[0] = if picture.has_alpha() { RGBA } else { RGB };
            head[1..5].copy_from_slice(&picture.width().to_le_bytes());
            head[5..9].copy_from_slice(&picture.height().to_le_bytes());
            body = picture.into_pixels();
        }
        Err(MediaError::Truncated) => head[0] = TRUNCATED,
        Err(MediaError::Damaged { reason }) => {
            head[0] = DAMAGED;
            body = reason.into_bytes();
        }
        Err(other) => {
            head[0] = DAMAGED;
            body = other.code().into();
        }
    }
    let mut output = std::io::stdout().lock();
    output.write_all(&head)?;
    output.write_all(&body)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_that_dies_or_talks_nonsense_is_damage() {
        let limits = Limits::default();
        for program in ["/bin/false", "/bin/echo", "/does/not/exist"] {
            let outcome = ask_child(Path::new(program), b"picture", &limits);
            assert!(
                matches!(outcome, Err(MediaError::Damaged { .. })),
                "{program}"
            );
        }
    }
}
