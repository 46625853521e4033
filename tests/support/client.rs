//! A client of dialect A that waits for frames with a deadline and keeps the rules of the wire.

use std::net::SocketAddr;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout, timeout_at},
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue, Response},
    },
};

use super::{DEADLINE, Person, Server};

/// What a socket says next.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A text frame.
    Frame(Value),
    /// The end, with the code and reason of the close frame; 0 where there was none.
    Closed(u16, String),
}

/// An answer as it was streamed.
#[derive(Debug)]
pub(crate) struct Answer {
    /// `assistant_message_start`'s data.
    pub(crate) start: Value,
    /// The data of each `assistant_message_token`.
    pub(crate) tokens: Vec<Value>,
    /// The reasoning, joined.
    pub(crate) reasoning: String,
    /// `assistant_message_complete`'s data.
    pub(crate) end: Value,
}

impl Answer {
    /// The tokens, joined.
    pub(crate) fn text(&self) -> String {
        self.tokens
            .iter()
            .filter_map(|token| token["token"].as_str())
            .collect()
    }

    /// The answer's id.
    pub(crate) fn id(&self) -> &str {
        text(&self.end, "messageId")
    }
}

/// A string field that must be there.
pub(crate) fn text<'a>(data: &'a Value, field: &str) -> &'a str {
    data[field]
        .as_str()
        .unwrap_or_else(|| panic!("no string `{field}` in {data}"))
}

/// One connection.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    /// Every text frame that was heard, as it came.
    pub(crate) heard: Vec<String>,
}

impl Client {
    /// Upgrades at `path` with more headers; the refusal's status where there is one.
    pub(crate) async fn dial(
        address: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Result<(Self, Response<Option<Vec<u8>>>), u16> {
        let mut request = format!("ws://{address}{path}")
            .into_client_request()
            .expect("an address is a URL");
        for (name, value) in headers {
            let name = HeaderName::try_from(*name).expect("a header's name");
            request
                .headers_mut()
                .insert(name, HeaderValue::try_from(*value).expect("a value"));
        }
        let stream = TcpStream::connect(address)
            .await
            .expect("the server accepts");
        let upgrade = timeout(DEADLINE, client_async(request, stream)).await;
        match upgrade.expect("the upgrade should be answered") {
            Ok((socket, response)) => Ok((
                Self {
                    socket,
                    heard: Vec::new(),
                },
                response,
            )),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("the upgrade at {path} failed: {other}"),
        }
    }

    /// Upgrades at `/ws/chat` and hears `connected`.
    pub(crate) async fn open(server: &Server) -> Self {
        let Ok((mut client, _)) = Self::dial(server.address(), "/ws/chat", &[]).await else {
            panic!("/ws/chat should upgrade a client without an Origin");
        };
        client.expect("connected").await;
        client
    }

    /// Opens and signs in with the first frame.
    pub(crate) async fn join(server: &Server, person: &Person) -> Self {
        let mut client = Self::open(server).await;
        client
            .send(json!({"type": "join_chat", "data": {"token": person.token}}))
            .await;
        let user = client.expect("authenticated").await;
        assert_eq!(
            user["userId"],
            person.id.as_str(),
            "authenticated names the token's user"
        );
        client
    }

    /// Joins and makes a chat; gives its id.
    pub(crate) async fn in_new_chat(server: &Server, person: &Person) -> (Self, String) {
        let mut client = Self::join(server, person).await;
        client
            .send(json!({"type": "create_chat", "data": {}}))
            .await;
        let chat = text(&client.expect("chat_created").await, "chatId").to_owned();
        (client, chat)
    }

    /// Joins a chat; gives `chat_joined`'s data.
    pub(crate) async fn look_at(&mut self, chat: &str) -> Value {
        self.send(json!({"type": "join_chat", "data": {"chatId": chat}}))
            .await;
        self.expect("chat_joined").await
    }

    /// Sends a frame.
    pub(crate) async fn send(&mut self, frame: Value) {
        self.send_message(Message::text(frame.to_string())).await;
    }

    /// Sends anything.
    pub(crate) async fn send_message(&mut self, message: Message) {
        timeout(DEADLINE, self.socket.send(message))
            .await
            .expect("the server should read")
            .expect("the socket should be open");
    }

    /// Sends anything, though the server may close meanwhile; whether it could be written.
    pub(crate) async fn try_send(&mut self, message: Message) -> bool {
        matches!(
            timeout(DEADLINE, self.socket.send(message)).await,
            Ok(Ok(()))
        )
    }

    /// Puts a message into the socket's buffer without waiting for the network.
    pub(crate) async fn feed(&mut self, message: Message) -> bool {
        self.socket.feed(message).await.is_ok()
    }

    /// What comes next: a text frame or the end.
    pub(crate) async fn hear(&mut self) -> Heard {
        // One deadline for all: the server's heartbeats do not prolong it.
        let deadline = Instant::now() + DEADLINE;
        loop {
            let next = timeout_at(deadline, self.socket.next()).await;
            match next.expect("the server should have sent something by now") {
                Some(Ok(Message::Text(frame))) => {
                    self.heard.push(frame.to_string());
                    let value = serde_json::from_str(&frame);
                    return Heard::Frame(value.unwrap_or_else(|_| panic!("no JSON: {frame}")));
                }
                Some(Ok(Message::Close(Some(close)))) => {
                    return Heard::Closed(close.code.into(), close.reason.to_string());
                }
                Some(Ok(Message::Close(None)) | Err(_)) | None => {
                    return Heard::Closed(0, String::new());
                }
                Some(Ok(Message::Binary(_))) => panic!("the server sends text frames only"),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame, whole.
    pub(crate) async fn next(&mut self) -> Value {
        match self.hear().await {
            Heard::Frame(frame) => {
                assert!(
                    frame["type"].is_string() && frame["data"].is_object(),
                    "no frame: {frame}"
                );
                frame
            }
            Heard::Closed(code, reason) => panic!("closed with {code} {reason:?}, no frame came"),
        }
    }

    /// The next frame, which must be of this type; gives it whole.
    pub(crate) async fn expect_frame(&mut self, kind: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(
            frame["type"], kind,
            "the next frame should be `{kind}`, it is {frame}"
        );
        frame
    }

    /// The next frame, which must be of this type; gives its data.
    pub(crate) async fn expect(&mut self, kind: &str) -> Value {
        self.expect_frame(kind).await["data"].take()
    }

    /// The first frame of this type; others before it are passed over, but for errors.
    pub(crate) async fn until(&mut self, kind: &str) -> Value {
        loop {
            let mut frame = self.next().await;
            if frame["type"] == kind {
                return frame["data"].take();
            }
            assert_ne!(frame["type"], "error", "waiting for `{kind}`, got {frame}");
        }
    }

    /// The close code; frames before it are passed over.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Heard::Closed(code, _) = self.hear().await {
                return code;
            }
        }
    }

    /// That the connection lives and everything sent before was handled: the frames that came
    /// before the `pong`.
    pub(crate) async fn settled(&mut self) -> Vec<Value> {
        self.send(json!({"type": "ping", "ref": "settled", "data": {"timestamp": 7}}))
            .await;
        let mut before = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["type"] == "pong" && frame["ref"] == "settled" {
                assert_eq!(
                    frame["data"]["timestamp"], 7,
                    "a pong has the ping's timestamp"
                );
                return before;
            }
            before.push(frame);
        }
    }

    /// Says something in the current chat; gives `user_message`'s data.
    pub(crate) async fn say(&mut self, message: &str) -> Value {
        self.send(json!({"type": "message", "data": {"message": message}}))
            .await;
        self.expect("user_message").await
    }

    /// Says something and takes the whole answer.
    pub(crate) async fn ask(&mut self, message: &str) -> Answer {
        self.say(message).await;
        self.answer().await
    }

    /// An answer from its start to its end, with the rules every answer keeps.
    pub(crate) async fn answer(&mut self) -> Answer {
        let start = self.expect("assistant_message_start").await;
        self.rest_of_answer(start, "").await
    }

    /// Tokens until the text so far is `whole`: then the answer is where the test wants it.
    /// Gives the last token's data.
    pub(crate) async fn tokens_until(&mut self, whole: &str) -> Value {
        let mut so_far = String::new();
        loop {
            let token = self.expect("assistant_message_token").await;
            so_far.push_str(text(&token, "token"));
            if so_far == whole {
                return token;
            }
            assert!(
                whole.starts_with(&so_far),
                "tokens {so_far:?} on the way to {whole:?}"
            );
        }
    }

    /// The rest of an answer whose start was heard, and whose first text `had` was too.
    pub(crate) async fn rest_of_answer(&mut self, start: Value, had: &str) -> Answer {
        let (mut tokens, mut reasoning) = (Vec::<Value>::new(), String::new());
        loop {
            let mut frame = self.next().await;
            let (kind, data) = (frame["type"].take(), frame["data"].take());
            if kind == "chat_updated" || kind == "chat_activity" {
                continue;
            }
            assert_eq!(
                data["messageId"], start["messageId"],
                "of one answer: {kind} {data}"
            );
            match kind.as_str().unwrap_or_default() {
                "assistant_message_token" => {
                    let last = tokens.last().map_or(&start["seq"], |token| &token["seq"]);
                    assert!(
                        data["seq"].as_u64() > last.as_u64(),
                        "seq is the number of pieces after a token, so it grows: {data} after {last}"
                    );
                    tokens.push(data);
                }
                "assistant_message_reasoning" => reasoning.push_str(text(&data, "token")),
                "assistant_message_complete" => {
                    let answer = Answer {
                        start,
                        tokens,
                        reasoning,
                        end: data,
                    };
                    assert_eq!(
                        format!("{had}{}", answer.text()),
                        text(&answer.end, "content"),
                        "the tokens' texts, joined, equal `content`"
                    );
                    return answer;
                }
                other => panic!("in the middle of an answer came {other}: {data}"),
            }
        }
    }

    /// The next frame, which must be an `error`; its fields are checked, its data given.
    pub(crate) async fn error(&mut self) -> Value {
        let data = self.expect("error").await;
        assert_error(&data);
        data
    }
}

/// `error` keeps the seed's `message` and adds `code`, `retryable`.
pub(crate) fn assert_error(data: &Value) {
    const CODES: [&str; 6] = [
        "RATE_LIMIT",
        "INVALID_MESSAGE",
        "AUTH_FAILED",
        "GENERATION_FAILED",
        "TIMEOUT",
        "SERVER_ERROR",
    ];
    assert!(
        !text(data, "message").is_empty(),
        "an error says what happened: {data}"
    );
    assert!(
        CODES.contains(&text(data, "code")),
        "a code of the contract's list: {data}"
    );
    assert!(
        data["retryable"].is_boolean(),
        "an error says whether to retry: {data}"
    );
}
