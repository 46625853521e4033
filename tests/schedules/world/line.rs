//! A line between a client and the server: a pipe with a real WebSocket at both ends. Frames of the
//! client wait at its end until they are let through; frames of the server fill the pipe until the
//! client reads. A line that is cut loses both, or goes on delivering upwards for a while.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message as Frame, protocol::Role},
};

use super::server::Server;

/// One connection, seen from the client.
pub(crate) struct Line {
    socket: WebSocketStream<Counted>,
    upwards: VecDeque<String>,
}

/// What is at the client's end of a line.
pub(crate) enum Arrived {
    Frame(String),
    Nothing,
    /// The server closed, or is gone.
    End,
}

impl Line {
    /// A line to the server whose pipe holds `bytes` in each direction.
    pub(crate) async fn open(server: &Server, bytes: usize) -> Self {
        let (mine, theirs) = duplex(bytes);
        server.accept(theirs);
        let mine = Counted {
            pipe: mine,
            read: 0,
        };
        Self {
            socket: WebSocketStream::from_raw_socket(mine, Role::Client, None).await,
            upwards: VecDeque::new(),
        }
    }

    pub(crate) fn push(&mut self, frame: String) {
        self.upwards.push_back(frame);
    }

    /// Lets up to `frames` of the client's through.
    pub(crate) fn lift(&mut self, frames: usize) {
        for _ in 0..frames {
            let Some(frame) = self.upwards.pop_front() else {
                break;
            };
            // A line that is broken loses what is sent on it; reading finds out.
            let _ = self.socket.feed(Frame::text(frame)).now_or_never();
        }
        let _ = self.socket.flush().now_or_never();
    }

    /// Whether frames of the client still wait here.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.upwards.is_empty()
    }

    /// The bytes that came so far, those of half a frame too.
    pub(crate) fn bytes(&self) -> u64 {
        self.socket.get_ref().read
    }

    /// Reads one frame, if one has come.
    pub(crate) fn read(&mut self) -> Arrived {
        loop {
            match self.socket.next().now_or_never() {
                None => return Arrived::Nothing,
                Some(Some(Ok(Frame::Text(text)))) => return Arrived::Frame(text.to_string()),
                Some(Some(Ok(Frame::Close(_)) | Err(_)) | None) => return Arrived::End,
                Some(Some(Ok(_))) => {}
            }
        }
    }
}

/// The client's end of a pipe, and what came out of it.
struct Counted {
    pipe: DuplexStream,
    read: u64,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.pipe).poll_read(context, buffer))?;
        self.read += (buffer.filled().len() - before) as u64;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.pipe).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.pipe).poll_shutdown(context)
    }
}
