//! Time as a connection sees it, on a clock that stands still: who is silent for how long.

use std::{sync::Arc, time::Duration};

use chat_core::{FeedHub, Sources, UserId, UserRole};
use chat_provider::MemorySecrets;
use chat_store::Database;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    io::{AsyncReadExt as _, DuplexStream, duplex},
    time::{Instant, pause, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message as Frame,
        protocol::{CloseFrame, Role, frame::coding::CloseCode},
    },
};

use crate::{
    Config,
    in_process::{InProcess, Parts},
    providers,
};

/// Longer than any silence that is borne.
const LONG: Duration = Duration::from_secs(600);

struct Place {
    server: InProcess,
    user: UserId,
    _home: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let home = tempfile::tempdir().expect("a directory");
        let config = Config::embedded(home.path().to_owned());
        let (hub, sources) = (Arc::new(FeedHub::default()), Sources::system());
        let database = Database::open(&config.database(), Arc::clone(&hub) as _);
        let database = database.expect("a database");
        let user = UserId::parse("user-1").expect("an id");
        let now = sources.clock.now();
        database
            .create_user(user.clone(), "alice", UserRole::Member, None, now)
            .await
            .expect("an account");
        let secrets = Arc::new(MemorySecrets::default());
        let provider = providers::compose(&config, &database, secrets).await;
        let parts = Parts {
            config,
            store: database.clone(),
            database,
            provider: provider.expect("the guide at least"),
            hub,
            sources,
        };
        let server = InProcess::start(parts).await.expect("it starts");
        Self {
            server,
            user,
            _home: home,
        }
    }

    /// A client that has heard `connected`.
    async fn client(&self) -> WebSocketStream<DuplexStream> {
        let (ours, theirs) = duplex(64 * 1024);
        self.server.connect(theirs);
        let mut client = WebSocketStream::from_raw_socket(ours, Role::Client, None).await;
        let hello = client.next().await.expect("a frame").expect("a frame");
        assert!(hello.to_string().contains("\"connected\""));
        client
    }

    async fn signed_in(&self) -> WebSocketStream<DuplexStream> {
        let mut client = self.client().await;
        let token = self.server.token(&self.user);
        let join = format!(r#"{{"type":"join_chat","data":{{"token":"{token}"}}}}"#);
        client.send(Frame::text(join)).await.expect("sent");
        let heard = client.next().await.expect("a frame").expect("a frame");
        assert!(heard.to_string().contains("\"authenticated\""), "{heard}");
        client
    }
}

#[tokio::test]
async fn who_answers_no_heartbeat_is_let_go_after_two_missed() {
    let place = Place::new().await;
    let client = place.signed_in().await;
    pause();
    let silent_since = Instant::now();
    // The bare stream: nobody answers what comes.
    let mut stream = client.into_inner();
    let mut heard = Vec::new();
    let end = timeout(LONG, stream.read_to_end(&mut heard)).await;
    end.expect("a dead peer is noticed").expect("its end is read");
    let silence = silent_since.elapsed().as_secs();
    assert!((85..=91).contains(&silence), "let go after {silence} s");
    assert_eq!(heard, [0x89, 0, 0x89, 0], "two pings went unanswered");
}

#[tokio::test]
async fn who_answers_heartbeats_stays() {
    let place = Place::new().await;
    let mut client = place.signed_in().await;
    pause();
    let until = Instant::now() + LONG;
    let mut pings = 0;
    while let Ok(heard) = tokio::time::timeout_at(until, client.next()).await {
        match heard {
            // The answer goes out with the next reading.
            Some(Ok(Frame::Ping(_))) => pings += 1,
            other => panic!("only heartbeats, not {other:?}"),
        }
    }
    assert!(pings >= 19, "{pings} heartbeats in ten minutes");
}

#[tokio::test]
async fn who_does_not_sign_in_is_closed_after_ten_seconds() {
    let place = Place::new().await;
    let mut client = place.client().await;
    pause();
    let since = Instant::now();
    let closed = timeout(LONG, client.next()).await.expect("its end");
    let Some(Ok(Frame::Close(Some(CloseFrame { code, .. })))) = closed else {
        panic!("a close, not {closed:?}");
    };
    assert_eq!(code, CloseCode::Policy);
    let silence = since.elapsed().as_secs();
    assert!((9..=10).contains(&silence), "closed after {silence} s");
}
