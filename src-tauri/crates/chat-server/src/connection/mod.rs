//! One WebSocket connection: a single task that reads frames, performs what they ask, and tells
//! what its person's feed and the followed answer have to tell. No queue stands between the logs
//! and the socket: what a slow client has not taken stays where it is.

mod deliver;
mod objectives;
mod outgoing;
mod own_chat;
mod perform;
mod resume;
mod sharing;
mod spending;
#[cfg(test)]
mod tests;

pub(crate) use outgoing::finish;

use std::{
    net::IpAddr,
    pin::{Pin, pin},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use chat_core::{
    ChatId, Cursor, DeviceId, ErrorCode, Event, Fault, FeedReader, GenerationId, MessageId,
    ObjectiveId, Reason, Request, Revision, Session, Token,
};
use chat_protocol::Dialect;
use futures_util::StreamExt as _;
use secrecy::ExposeSecret as _;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{mpsc, watch},
    time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error as SocketError, Message as Frame, protocol::frame::coding::CloseCode},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use crate::{
    accounts::Accounts,
    app::{App, SignedIn},
    counters,
    limits::FrameLimit,
};

/// How long a client may take to sign in.
const SIGN_IN_DEADLINE: Duration = Duration::from_secs(10);

/// How often a client that is silent is asked whether it is there.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Heartbeats without a sign of life before a client is taken for dead.
const MISSED_HEARTBEATS: u32 = 2;

/// How long reading pauses, at least, when a client sends too fast: timers are no finer than a
/// millisecond, and the pause lets as many frames through afterwards.
const BREATH: Duration = Duration::from_millis(20);

/// Answers of long requests that may wait for the socket: each is one frame, and a client asks
/// for few at a time.
const LATE_FRAMES: usize = 4;

/// Why a connection ends.
pub(crate) enum End {
    /// The client left, or its socket broke.
    Gone,
    /// We close, saying why.
    Close(CloseCode, &'static str),
}

/// How whoever has no good token is shown out.
const UNAUTHORIZED: End = End::Close(CloseCode::Policy, "Unauthorized");

/// What a WebSocket runs on: a TCP stream, and in the model of the tests a pipe.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync + 'static> Stream for S {}

struct Connection<S> {
    app: Arc<App>,
    dialect: Dialect,
    socket: WebSocketStream<S>,
    session: Session,
    peer: IpAddr,
    /// The device that signed in; open only as long as it is.
    device: Option<DeviceId>,
    frames: FrameLimit,
    feed: Option<FeedReader>,
    /// Tells of accounts that changed, once signed in.
    accounts: Option<watch::Receiver<Accounts>>,
    /// The answers that are told as they are written: one, unless the client waits for some in
    /// several chats.
    following: Vec<Followed>,
    /// Answers that this connection waits for, where it may do so in several chats.
    asked: Vec<own_chat::Asked>,
    /// Objectives in the making that this connection asked for, with the requests' references.
    wishes: Vec<(GenerationId, Option<String>)>,
    /// Objectives told as direct answers, and as of which revision.
    told_objectives: Vec<(ObjectiveId, Revision)>,
    /// The chat of a client that names none.
    own_chat: Option<ChatId>,
    /// This connection's id, and the number of frames it sent.
    id: Box<str>,
    sent: u64,
    /// The references of own messages that the feed has still to tell.
    expected: Vec<(MessageId, Option<String>)>,
    /// Frames of long requests, made on the first one.
    late: Option<(mpsc::Sender<Bytes>, mpsc::Receiver<Bytes>)>,
    /// Frames are not read before this, when the client sends more than it may.
    read_again: Option<Instant>,
    told_draining: bool,
    /// Its client was here before, and said so.
    returned: bool,
}

/// An answer that is told as it is written.
struct Followed {
    cursor: Cursor,
    /// The answer's revision, which this writing of it goes by.
    revision: Revision,
    /// Whether it was told that the model began.
    begun: bool,
}

/// Runs a connection to its end; `closing` asks for it.
///
/// What the future holds is what an idle connection costs, thousands of times over: the connection
/// is made before the future, so that it is in there once, and futures that are seldom awaited are
/// boxed where they are.
pub(crate) fn run<S: Stream>(
    app: Arc<App>,
    socket: WebSocketStream<S>,
    dialect: Dialect,
    token: Option<Token>,
    peer: IpAddr,
    closing: CancellationToken,
) -> impl Future<Output = ()> + Send {
    counters::CONNECTED.add(1);
    app.connections.fetch_add(1, Ordering::Relaxed);
    tracing::debug!(%peer, "a client connected");
    let mut connection = Connection {
        dialect,
        socket,
        session: Session::default(),
        peer,
        device: None,
        frames: app.limits.frames(),
        feed: None,
        accounts: None,
        following: Vec::new(),
        asked: Vec::new(),
        wishes: Vec::new(),
        told_objectives: Vec::new(),
        own_chat: None,
        id: app.sources.ids.fresh().into(),
        sent: 0,
        expected: Vec::new(),
        late: None,
        read_again: None,
        told_draining: false,
        returned: false,
        app,
    };
    async move {
        let end = match connection.serve(token, &closing).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        Box::pin(finish(&mut connection.socket, end)).await;
        connection.app.connections.fetch_sub(1, Ordering::Relaxed);
        tracing::debug!(%peer, "a client left");
    }
}

/// What every connection waits for beside its own news. Kept from one wait to the next: all
/// connections stand in the same two lists, and coming and going at every piece of an answer would
/// have them queue there.
struct Signals<'a, 'token> {
    deadline: Instant,
    heartbeat: Interval,
    draining: Pin<&'a mut WaitForCancellationFuture<'token>>,
    closing: Pin<&'a mut WaitForCancellationFuture<'token>>,
}

/// What woke the connection.
enum Wake {
    Frame(Option<Result<Frame, SocketError>>),
    Late(Bytes),
    News,
    Accounts,
    Heartbeat,
    SignInDeadline,
    ReadAgain,
    Draining,
    Closing,
}

impl<S: Stream> Connection<S> {
    async fn serve(
        &mut self,
        token: Option<Token>,
        closing: &CancellationToken,
    ) -> Result<std::convert::Infallible, End> {
        self.tell(&Event::Connected, None).await?;
        match token {
            Some(token) => Box::pin(self.sign_in(&token, None)).await?,
            None if self.dialect.manners().sign_in_at_handshake => return Err(UNAUTHORIZED),
            None => {}
        }
        let app = Arc::clone(&self.app);
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let draining = pin!(app.draining.cancelled());
        let closing = pin!(closing.cancelled());
        let mut signals = Signals {
            deadline: Instant::now() + SIGN_IN_DEADLINE,
            heartbeat,
            draining,
            closing,
        };
        let mut missed = 0;
        loop {
            // Before anything more is told: a client that did not read for a while may have been
            // shut out meanwhile.
            self.heed_accounts().await?;
            self.deliver().await?;
            self.flush().await?;
            match self.wait(&mut signals).await {
                Wake::Frame(frame) => {
                    missed = 0;
                    // The big future of a request lives only as long as the request.
                    Box::pin(self.receive(frame)).await?;
                }
                Wake::Late(frame) => self.send(frame).await?,
                Wake::News => {}
                Wake::Accounts => Box::pin(self.check_account()).await?,
                Wake::ReadAgain => self.read_again = None,
                Wake::Heartbeat => {
                    if missed == MISSED_HEARTBEATS {
                        return Err(End::Gone);
                    }
                    missed += 1;
                    self.write(Frame::Ping(Bytes::new())).await?;
                }
                Wake::SignInDeadline => {
                    return Err(End::Close(CloseCode::Policy, "sign in within 10 s"));
                }
                Wake::Draining => {
                    self.told_draining = true;
                    self.tell(&Event::Draining, None).await?;
                }
                Wake::Closing => {
                    self.deliver().await?;
                    return Err(End::Close(CloseCode::Away, "going away"));
                }
            }
        }
    }

    async fn wait(&mut self, signals: &mut Signals<'_, '_>) -> Wake {
        let signed_in = self.session.user().is_some();
        tokio::select! {
            frame = self.socket.next(), if self.read_again.is_none() => Wake::Frame(frame),
            () = changed_feed(&mut self.feed) => Wake::News,
            () = changed_log(&mut self.following) => Wake::News,
            frame = late_frame(&mut self.late) => Wake::Late(frame),
            () = changed_accounts(&mut self.accounts) => Wake::Accounts,
            _ = signals.heartbeat.tick() => Wake::Heartbeat,
            () = sleep_until(signals.deadline), if !signed_in => Wake::SignInDeadline,
            () = sleep_until(self.read_again.unwrap_or(signals.deadline)), if self.read_again.is_some() => {
                Wake::ReadAgain
            }
            () = &mut signals.closing => Wake::Closing,
            () = &mut signals.draining, if !self.told_draining => Wake::Draining,
        }
    }

    async fn receive(&mut self, frame: Option<Result<Frame, SocketError>>) -> Result<(), End> {
        let text = match frame {
            None => return Err(End::Gone),
            Some(Err(error)) => return Err(end_of(&error)),
            Some(Ok(Frame::Text(text))) => text,
            Some(Ok(Frame::Binary(_))) => {
                let words = "binary frames are not understood; send text frames with JSON";
                return self
                    .refuse(Fault::invalid(Reason::Malformed, words), None)
                    .await;
            }
            // tungstenite answers pings and closes by itself, on the next read or flush.
            Some(Ok(_)) => return Ok(()),
        };
        counters::RECEIVED.observe(text.len() as u64);
        if let Err(wait) = self.frames.frame(std::time::Instant::now()) {
            // Not refused and not lost: what comes too fast waits in the client's own socket.
            let wait = Duration::from_millis(wait.milliseconds()).max(BREATH);
            self.read_again = Some(Instant::now() + wait);
        }
        match self.dialect.decode(&text) {
            Ok(request) => self.perform(request, text.len()).await,
            Err(error) => {
                if let Some(token) = error
                    .token
                    .as_ref()
                    .filter(|_| self.session.user().is_none())
                {
                    self.sign_in(token, error.reference.as_deref()).await?;
                }
                let reference = error.reference.clone();
                self.refuse(error.into(), reference.as_deref()).await
            }
        }
    }

    /// Verifies a token; a wrong one ends the connection.
    async fn sign_in(&mut self, token: &Token, reference: Option<&str>) -> Result<(), End> {
        // Before the look, so that nothing is missed that changes right after it.
        let accounts = self.app.accounts.subscribe();
        let token = token.expose_secret();
        match self.app.authenticate(token, self.peer).await {
            Ok(Some(SignedIn { user, device })) => {
                self.accounts = Some(accounts);
                self.device = device;
                self.feed = Some(self.app.service.subscribe(&user.id));
                self.tell(&Event::Authenticated(&user), reference).await?;
                self.session.signed_in(user);
                if self.dialect.manners().hears_objectives {
                    self.session.watch_objectives();
                }
                Ok(())
            }
            Ok(None) => {
                counters::REFUSED.add(1);
                if self.dialect.manners().sign_in_at_handshake {
                    return Err(UNAUTHORIZED);
                }
                let words = "the token is not valid here or has expired; sign in again";
                let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
                self.refuse(fault, reference).await?;
                Err(UNAUTHORIZED)
            }
            Err(fault) => {
                self.refuse(fault, reference).await?;
                Err(End::Close(CloseCode::Again, "try again"))
            }
        }
    }

    /// Takes over what changed of the person's account; one that may no longer sign in is let go.
    async fn check_account(&mut self) -> Result<(), End> {
        let Some(known) = self.session.user() else {
            return Ok(());
        };
        let Some(accounts) = &mut self.accounts else {
            return Ok(());
        };
        let (listed, signed_out) = {
            let now = accounts.borrow_and_update();
            let signed_out = self
                .device
                .as_ref()
                .is_some_and(|id| now.revoked.contains(id));
            (now.users.get(&known.id).cloned(), signed_out)
        };
        if signed_out {
            let words = "this device was signed out; sign in again";
            let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
            self.refuse(fault, None).await?;
            return Err(End::Close(CloseCode::Policy, "Unauthorized"));
        }
        let now = match listed.filter(|user| user.enabled) {
            Some(user) => Some(user),
            // The list may be older than an account that has just been made or enabled.
            None => match self.app.database.user(&known.id).await {
                Ok(user) => user.filter(|user| user.enabled),
                Err(_) => return Ok(()),
            },
        };
        match now {
            Some(user) => {
                self.session.signed_in(user);
                Ok(())
            }
            None => {
                let words = "this account was disabled; ask the owner of this server";
                let fault = Fault::new(ErrorCode::AuthFailed, Reason::TokenRefused, words);
                self.refuse(fault, None).await?;
                Err(UNAUTHORIZED)
            }
        }
    }

    /// Looks at the person's account where any account changed.
    async fn heed_accounts(&mut self) -> Result<(), End> {
        let accounts = self.accounts.as_ref();
        match accounts.is_some_and(|accounts| accounts.has_changed().unwrap_or(false)) {
            true => Box::pin(self.check_account()).await,
            false => Ok(()),
        }
    }

    async fn perform(&mut self, request: Request, bytes: usize) -> Result<(), End> {
        let Request {
            reference,
            token,
            command,
        } = request;
        let reference = reference.as_deref();
        let mut new = false;
        if let (None, Some(token)) = (self.session.user(), &token) {
            self.sign_in(token, reference).await?;
            new = true;
        }
        // What is known to have changed holds for this frame already.
        self.heed_accounts().await?;
        if let Err(fault) = self.session.permit(&command) {
            return self.refuse(fault, reference).await;
        }
        if let Err(fault) = self.weigh(&command, bytes) {
            return self.refuse(fault, reference).await;
        }
        match self.command(command, reference, new).await {
            Ok(()) => Ok(()),
            Err(perform::Stumble::Fault(fault)) => self.refuse(fault, reference).await,
            Err(perform::Stumble::End(end)) => Err(end),
        }
    }
}

async fn changed_feed(feed: &mut Option<FeedReader>) {
    match feed {
        Some(feed) => feed.changed().await,
        None => std::future::pending().await,
    }
}

async fn changed_accounts(accounts: &mut Option<watch::Receiver<Accounts>>) {
    // An error is the end of the server, which closes the connection by itself.
    if let Some(accounts) = accounts
        && accounts.changed().await.is_ok()
    {
        return;
    }
    std::future::pending().await
}

async fn changed_log(following: &mut [Followed]) {
    match following {
        [] => std::future::pending().await,
        [one] => one.cursor.changed().await,
        several => {
            let changes = several.iter_mut().map(|one| Box::pin(one.cursor.changed()));
            futures_util::future::select_all(changes).await;
        }
    }
}

async fn late_frame(late: &mut Option<(mpsc::Sender<Bytes>, mpsc::Receiver<Bytes>)>) -> Bytes {
    if let Some((_, receiver)) = late
        && let Some(frame) = receiver.recv().await
    {
        return frame;
    }
    std::future::pending().await
}

/// What a broken rule of the protocol is answered with (RFC 6455, section 7.4.1).
pub(crate) fn end_of(error: &SocketError) -> End {
    match error {
        SocketError::Capacity(_) => End::Close(CloseCode::Size, "a message has at most 256 KiB"),
        SocketError::Utf8(_) => End::Close(CloseCode::Invalid, "text must be UTF-8"),
        SocketError::Protocol(
            tokio_tungstenite::tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
        ) => End::Gone,
        SocketError::Protocol(_) => End::Close(CloseCode::Protocol, "protocol error"),
        _ => End::Gone,
    }
}
