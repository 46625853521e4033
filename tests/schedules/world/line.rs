//! A line between a client and the server: a pipe with a real WebSocket at both ends. Frames of the
//! client wait at its end until they are let through; frames of the server fill the pipe until the
//! client reads. A line that is cut loses both, or goes on delivering upwards for a while.

use std::collections::VecDeque;

use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message as Frame, protocol::Role},
};

use super::server::Server;

/// One connection, seen from the client.
pub(crate) struct Line {
    socket: WebSocketStream<DuplexStream>,
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
