//! What only the inside can bring about: silence on a clock that stands still, and a feed that runs
//! ahead between two steps of a connection.

use std::{sync::Arc, time::Duration};

use chat_core::{
    Change, ChangeKind, CommitObserver, FeedHub, Sources, UserId, UserRole, UserSettings,
};
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

/// More entries than the feed remembers.
const FLOOD: u64 = 300;

/// Tells of every commit, and after a message that says "flood" of so much else that nobody can
/// have kept up.
struct Flooding(Arc<FeedHub>);

impl CommitObserver for Flooding {
    fn committed(&self, change: Change) {
        let floods = matches!(
            &change.kind, ChangeKind::MessageAdded(message, _) if message.content == "flood"
        );
        let audience = change.audience.clone();
        self.0.committed(change);
        for _ in (0..FLOOD).filter(|_| floods) {
            self.0.committed(Change {
                audience: audience.clone(),
                kind: ChangeKind::SettingsChanged(UserSettings::default()),
            });
        }
    }
}

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
        let database = Database::open(&config.database(), Arc::new(Flooding(Arc::clone(&hub))));
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

/// The next frame as JSON.
async fn heard(client: &mut WebSocketStream<DuplexStream>) -> serde_json::Value {
    let frame = timeout(LONG, client.next()).await.expect("in time");
    let frame = frame.expect("a frame").expect("a frame");
    serde_json::from_str(&frame.to_string()).expect("JSON")
}

#[tokio::test]
async fn an_own_message_is_acknowledged_though_the_feed_ran_ahead() {
    let place = Place::new().await;
    let mut client = place.signed_in().await;
    let create = r#"{"type":"create_chat","data":{}}"#;
    client.send(Frame::text(create)).await.expect("sent");
    assert_eq!(heard(&mut client).await["type"], "chat_created");
    // The second one is an edit: another branch is shown, so the chat is read anew after it.
    for (parent, reference) in [("", "one"), (r#","parentId":null"#, "two")] {
        let data = format!(r#"{{"message":"flood"{parent}}}"#);
        let say = format!(r#"{{"type":"message","ref":"{reference}","data":{data}}}"#);
        client.send(Frame::text(say)).await.expect("sent");
        let said = heard(&mut client).await;
        assert_eq!(said["type"], "user_message", "{said}");
        assert_eq!(said["ref"], reference, "the one who wrote it is told so");
        let mut next = heard(&mut client).await;
        if reference == "two" {
            assert_eq!(next["type"], "chat_joined", "{next}");
            assert_eq!(next["data"]["resumed"], false);
            let line = next["data"]["messages"].as_array().expect("messages");
            assert_eq!(line[0]["messageId"], said["data"]["messageId"]);
            let whole = line.get(1).map(|answer| answer["status"].clone());
            if whole.is_some_and(|status| status == "complete") {
                continue;
            }
            next = heard(&mut client).await;
        }
        assert_eq!(next["type"], "assistant_message_start", "{next}");
        let mut text = String::new();
        loop {
            let frame = heard(&mut client).await;
            match frame["type"].as_str() {
                Some("assistant_message_token") => {
                    text.push_str(frame["data"]["token"].as_str().expect("a token"));
                }
                Some("assistant_message_complete") => {
                    assert_eq!(frame["data"]["content"], text.as_str(), "every word once");
                    break;
                }
                _ => panic!("in the middle of an answer came {frame}"),
            }
        }
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
    end.expect("a dead peer is noticed")
        .expect("its end is read");
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
