//! What a client of dialect B does, over the same sockets: it signs in by its handshake and joins
//! nothing.

use serde_json::{Value, json};

use super::{
    Client, Person, Server,
    client::{assert_error, text},
};

/// An answer as it was streamed, each with the data of its event.
#[derive(Debug)]
pub(crate) struct Streamed {
    pub(crate) start: Value,
    pub(crate) chunks: Vec<Value>,
    pub(crate) end: Value,
}

impl Streamed {
    /// The answer's id.
    pub(crate) fn id(&self) -> &str {
        text(&self.start, "messageId")
    }

    /// The chunks, joined.
    pub(crate) fn text(&self) -> String {
        let pieces = self
            .chunks
            .iter()
            .filter_map(|chunk| chunk["content"].as_str());
        pieces.collect()
    }
}

/// A connection of dialect B.
pub(crate) struct Events {
    pub(crate) socket: Client,
    user: String,
    session: Option<String>,
}

impl Events {
    /// Upgrades at `path` with a token in the header.
    pub(crate) async fn at(server: &Server, person: &Person, path: &str) -> Self {
        let bearer = format!("Bearer {}", person.token);
        let headers = [("authorization", bearer.as_str())];
        let dialled = Client::dial(server.address(), path, &headers).await;
        let Ok((socket, _)) = dialled else {
            panic!("{path} should upgrade a client with a token");
        };
        Self {
            socket,
            user: person.id.clone(),
            session: None,
        }
    }

    /// Upgrades at `/ws/events`.
    pub(crate) async fn open(server: &Server, person: &Person) -> Self {
        Self::at(server, person, "/ws/events").await
    }

    /// Whose connection this is.
    pub(crate) fn person(&self) -> Person {
        Person {
            token: super::token::for_user(&self.user),
            id: self.user.clone(),
        }
    }

    /// Sends an event, with an id or without.
    pub(crate) async fn send(&mut self, id: Option<&str>, kind: &str, data: Value) {
        let mut frame = json!({"type": kind, "data": data});
        if let Some(id) = id {
            frame["id"] = id.into();
        }
        self.socket.send(frame).await;
    }

    /// The next frame, its envelope checked.
    pub(crate) async fn next(&mut self) -> Value {
        let frame = self.socket.next().await;
        for field in ["id", "type"] {
            assert!(
                !text(&frame, field).is_empty(),
                "every frame has `{field}`: {frame}"
            );
        }
        assert!(
            frame["timestamp"].as_i64() > Some(1_600_000_000_000),
            "in milliseconds: {frame}"
        );
        let metadata = &frame["metadata"];
        assert_eq!(metadata["userId"], self.user.as_str(), "{frame}");
        let session = text(metadata, "sessionId").to_owned();
        let known = self.session.get_or_insert(session.clone());
        assert_eq!(*known, session, "a connection has one session");
        frame
    }

    /// The next frame, which must be of this type.
    pub(crate) async fn expect_frame(&mut self, kind: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(
            frame["type"], kind,
            "the next frame should be `{kind}`, it is {frame}"
        );
        frame
    }

    /// The next frame's data.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.expect_frame(kind).await["data"].take()
    }

    /// The first frame of this type; others before it are passed over, but for errors.
    pub(crate) async fn until_frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["type"] == kind {
                return frame;
            }
            assert_ne!(frame["type"], "ERROR", "waiting for `{kind}`, got {frame}");
        }
    }

    /// Its data.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        self.until_frame(kind).await["data"].take()
    }

    /// The next frame, which must be an `ERROR`; its data.
    pub(crate) async fn error(&mut self) -> Value {
        let data = self.expect("ERROR").await;
        assert_error(&data);
        data
    }

    /// Says something; gives the data of `AI_THINKING`.
    pub(crate) async fn say(&mut self, content: &str) -> Value {
        self.send(None, "USER_MESSAGE", json!({"content": content}))
            .await;
        self.expect("AI_THINKING").await
    }

    /// Says something and takes the whole answer.
    pub(crate) async fn ask(&mut self, content: &str) -> Streamed {
        self.say(content).await;
        self.answer().await
    }

    /// An answer from its start to its end.
    pub(crate) async fn answer(&mut self) -> Streamed {
        let start = self.expect("AI_MESSAGE_START").await;
        self.rest(start, "").await
    }

    /// The rest of an answer whose start was heard, and whose first text `had` was too.
    pub(crate) async fn rest(&mut self, start: Value, had: &str) -> Streamed {
        let mut chunks = Vec::new();
        loop {
            let mut frame = self.next().await;
            let data = frame["data"].take();
            assert_eq!(
                data["messageId"], start["messageId"],
                "of one answer: {frame} {data}"
            );
            match text(&frame, "type") {
                "AI_MESSAGE_CHUNK" => chunks.push(data),
                "AI_MESSAGE_END" => {
                    let end = data;
                    let streamed = Streamed { start, chunks, end };
                    assert_eq!(
                        format!("{had}{}", streamed.text()),
                        text(&streamed.end, "content"),
                        "the chunks, joined, are the whole text in `content`"
                    );
                    return streamed;
                }
                other => panic!("in the middle of an answer came {other}: {data}"),
            }
        }
    }

    /// Chunks until the text so far is `whole`.
    pub(crate) async fn chunks_until(&mut self, whole: &str) -> Value {
        let mut so_far = String::new();
        loop {
            let chunk = self.expect("AI_MESSAGE_CHUNK").await;
            so_far.push_str(text(&chunk, "content"));
            if so_far == whole {
                return chunk;
            }
            assert!(
                whole.starts_with(&so_far),
                "{so_far:?} on the way to {whole:?}"
            );
        }
    }

    /// That the connection lives and all before was handled: the frames before the `PONG`.
    pub(crate) async fn settled(&mut self) -> Vec<Value> {
        self.send(Some("settled"), "PING", json!({"timestamp": 7}))
            .await;
        let mut before = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "PONG" {
                assert_eq!(
                    frame["data"],
                    json!({"timestamp": 7}),
                    "the same `timestamp`"
                );
                assert_eq!(frame["metadata"]["requestId"], "settled");
                return before;
            }
            before.push(frame);
        }
    }
}
