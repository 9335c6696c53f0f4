//! Cuts connections that nobody reads.
//!
//! A socket's actor runs only while there is room to write. A peer that
//! stopped reading therefore cannot be closed from inside: this is the second
//! handle to its connection, held by a task of its own.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Extensions;
use protocol::limits::WS_HEARTBEAT_MS;
use socket2::SockRef;

/// What the system may hold of frames that a slow peer has not read yet; left
/// to itself it takes megabytes. Linux counts its own overhead and doubles it.
const SEND_BUFFER_BYTES: usize = 32 * 1024;
/// Intervals without a sign of life before the connection is cut.
const SILENT_INTERVALS: u32 = 3;

/// The second handle of one connection.
#[derive(Clone)]
pub struct Lifeline(Option<Arc<TcpStream>>);

impl Lifeline {
    /// For `HttpServer::on_connect`: keeps a second handle with the connection.
    pub fn attach(connection: &dyn Any, data: &mut Extensions) {
        let tcp = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
        let second = tcp.and_then(|tcp| tcp.as_fd().try_clone_to_owned().ok());
        data.insert(Lifeline(second.map(|fd| Arc::new(TcpStream::from(fd)))));
    }

    /// Of the connection that a request came on.
    pub fn of(req: &HttpRequest) -> Self {
        let kept = req.conn_data::<Lifeline>().cloned();
        kept.unwrap_or(Lifeline(None))
    }

    /// Keeps the system from buffering much for a peer that reads slowly.
    pub fn bound_buffer(&self) {
        if let Some(tcp) = &self.0
            && let Err(error) = SockRef::from(tcp.as_ref()).set_send_buffer_size(SEND_BUFFER_BYTES)
        {
            tracing::debug!(%error, "send buffer not bounded");
        }
    }

    /// Cuts the connection unless the pulse beats. Ends when the pulse is gone.
    pub async fn watch(self, pulse: Pulse) {
        let Some(tcp) = self.0 else {
            return;
        };
        let watched = Arc::downgrade(&pulse.0);
        drop(pulse);
        let (mut last, mut silent) = (0, 0);
        loop {
            actix_web::rt::time::sleep(Duration::from_millis(WS_HEARTBEAT_MS)).await;
            let Some(beats) = watched.upgrade().map(|p| p.load(Ordering::Relaxed)) else {
                return;
            };
            silent = if beats == last { silent + 1 } else { 0 };
            last = beats;
            if silent >= SILENT_INTERVALS {
                tracing::info!("connection cut, its peer reads nothing");
                // it may be gone already
                let _ = tcp.shutdown(Shutdown::Both);
                return;
            }
        }
    }
}

/// Beats whenever the socket's actor runs.
#[derive(Clone, Default)]
pub struct Pulse(Arc<AtomicU64>);

impl Pulse {
    pub fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
