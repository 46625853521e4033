//! What goes out: frames are gathered and flushed together, and a client that takes nothing for
//! too long is let go.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use chat_core::{DeviceId, Event, Fault, UserId};
use chat_protocol::Envelope;
use futures_util::{SinkExt as _, future::poll_immediate};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::watch,
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error as SocketError, Message as Frame, Utf8Bytes, protocol::CloseFrame},
};

use super::{Connection, End, Stream};
use crate::{accounts::Accounts, counters};

/// How long a client may take nothing while there is something to take.
const WRITE_PATIENCE: Duration = Duration::from_secs(60);

/// How long a client may take to answer our close.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

/// What is read and thrown away after a close, so that the close is not lost to a reset.
const CLOSE_DISCARD: usize = 4 * 1024 * 1024;

impl<S: Stream> Connection<S> {
    /// Sends one event; it leaves with the next flush.
    pub(super) async fn tell(
        &mut self,
        event: &Event<'_>,
        reference: Option<&str>,
    ) -> Result<(), End> {
        match self.dialect.encode(event, reference) {
            Some(said) => self.send_with(said, reference).await,
            None => Ok(()),
        }
    }

    /// Sends an error that belongs to no chat.
    pub(super) async fn refuse(
        &mut self,
        fault: Fault,
        reference: Option<&str>,
    ) -> Result<(), End> {
        counters::told_error(fault.code);
        let error = Event::Error {
            fault: &fault,
            chat: None,
            message: None,
        };
        self.tell(&error, reference).await
    }

    /// Sends what was encoded without a reference; it leaves with the next flush. Nothing said is
    /// nothing sent.
    pub(super) async fn send(&mut self, said: Bytes) -> Result<(), End> {
        if said.is_empty() {
            return Ok(());
        }
        self.send_with(said, None).await
    }

    async fn send_with(&mut self, said: Bytes, reference: Option<&str>) -> Result<(), End> {
        self.sent += 1;
        let frame = self.dialect.seal(said, || Envelope {
            session: &self.id,
            number: self.sent,
            now: self.app.sources.clock.now(),
            user: self.session.user().map(|user| &user.id),
            reference,
        });
        counters::SENT.observe(frame.len() as u64);
        let Ok(text) = Utf8Bytes::try_from(frame) else {
            tracing::error!("a dialect encoded a frame that is not UTF-8");
            return Err(End::Gone);
        };
        self.write(Frame::Text(text)).await
    }

    pub(super) async fn write(&mut self, frame: Frame) -> Result<(), End> {
        let (socket, accounts, who) = self.socket_of();
        patiently(socket.feed(frame), accounts, who).await
    }

    pub(super) async fn flush(&mut self) -> Result<(), End> {
        // The client's close is answered by the flush that reports it.
        let (socket, accounts, who) = self.socket_of();
        patiently(socket.flush(), accounts, who).await
    }

    /// The socket, and what may take it from whom.
    fn socket_of(
        &mut self,
    ) -> (
        &mut WebSocketStream<S>,
        Option<&watch::Receiver<Accounts>>,
        Who<'_>,
    ) {
        let user = self.session.user();
        let who = user.map(|user| (&user.id, self.device.as_ref()));
        (&mut self.socket, self.accounts.as_ref(), who)
    }
}

/// Whoever is signed in, and on which device.
type Who<'a> = Option<(&'a UserId, Option<&'a DeviceId>)>;

/// Waits for a socket to take something, but not for ever, and no longer than its person may be
/// here. One that takes it at once costs no timer.
async fn patiently(
    work: impl Future<Output = Result<(), SocketError>> + Send,
    accounts: Option<&watch::Receiver<Accounts>>,
    who: Who<'_>,
) -> Result<(), End> {
    let mut work = pin!(work);
    let done = match poll_immediate(&mut work).await {
        Some(done) => done,
        None => {
            // Boxed, like all that is seldom awaited.
            let shut_out = Box::pin(shut_out(accounts.cloned(), who));
            tokio::select! {
                done = timeout(WRITE_PATIENCE, work) => done.map_err(|_| End::Gone)?,
                () = shut_out => return Err(End::Gone),
            }
        }
    };
    done.map_err(|_| End::Gone)
}

/// Waits until the person may no longer be here. Who does not read cannot be told why.
async fn shut_out(accounts: Option<watch::Receiver<Accounts>>, who: Who<'_>) {
    let (Some(mut accounts), Some((user, device))) = (accounts, who) else {
        return std::future::pending().await;
    };
    // An error is the end of the server, which closes the connection by itself.
    let out = |now: &Accounts| now.shuts_out(user, device);
    if accounts.wait_for(out).await.is_ok() {
        return;
    }
    std::future::pending().await
}

/// Says why, waits a moment for the client's word, and lets go.
pub(crate) async fn finish<S: Stream>(socket: &mut WebSocketStream<S>, end: End) {
    let End::Close(code, reason) = end else {
        return;
    };
    let frame = CloseFrame {
        code,
        reason: Utf8Bytes::from_static(reason),
    };
    let deadline = Instant::now() + CLOSE_PATIENCE;
    let closed = timeout_at(deadline, socket.close(Some(frame))).await;
    if !matches!(closed, Ok(Ok(()))) {
        return;
    }
    let stream = socket.get_mut();
    // It is the server that ends the TCP connection (RFC 6455, section 7.1.1), at first only our
    // half: closing a socket with unread bytes resets it, and the close frame with it.
    if !matches!(timeout_at(deadline, stream.shutdown()).await, Ok(Ok(()))) {
        return;
    }
    let mut scrap = [0; 2_048];
    let mut discarded = 0;
    while discarded < CLOSE_DISCARD {
        match timeout_at(deadline, stream.read(&mut scrap)).await {
            Ok(Ok(read)) if read > 0 => discarded += read,
            _ => return,
        }
    }
}
