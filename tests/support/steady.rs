//! A provider that answers everybody with numbered words at a steady pace, and keeps the moment at
//! which each word had been handed to the network: what a client can be held to.

use std::{
    collections::HashMap,
    fs,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::{
    provider::{hung_up, packet, request, whole},
    script::{delta, finish},
};

/// What a question begins with, so that it is told from what the server adds.
pub(crate) const QUESTION: &str = "Question ";

/// One answer as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    /// The last question of the conversation.
    pub(crate) question: String,
    /// The text of the answer that was to be continued; empty for a new one.
    pub(crate) had: String,
    /// The answer's number among all.
    pub(crate) number: usize,
    /// When each word had been written to the socket.
    pub(crate) sent: Vec<Instant>,
    /// The bytes written to the socket with each word and before it.
    bytes: Vec<usize>,
    /// The port at the other end of the socket.
    peer: u16,
    /// Whether it came to its end.
    pub(crate) ended: bool,
}

impl Told {
    /// The first words, as text.
    pub(crate) fn words(&self, count: usize) -> String {
        (0..count).map(|index| word(self.number, index)).collect()
    }

    /// All that was sent.
    pub(crate) fn text(&self) -> String {
        self.words(self.sent.len())
    }

    /// How many words had been sent at a moment.
    pub(crate) fn sent_by(&self, moment: Instant) -> usize {
        self.sent.partition_point(|sent| *sent <= moment)
    }

    /// How many of the words that had been sent at a moment the asker has certainly read, where
    /// that was its state a little later.
    pub(crate) fn read_by(&self, moment: Instant, unread: &Unread) -> usize {
        let sent = self.sent_by(moment);
        let written = sent.checked_sub(1).map_or(0, |last| self.bytes[last]);
        let waits = unread.0.get(&self.peer).copied().unwrap_or_default();
        let read = written.saturating_sub(waits);
        self.bytes[..sent].partition_point(|bytes| *bytes <= read)
    }
}

/// Bytes that wait in the system for the askers to read them, by the askers' ports.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unread(HashMap<u16, usize>);

fn word(number: usize, index: usize) -> String {
    // Some of it outside ASCII: a checkpoint must not cut a character.
    format!("{number}·{index} ")
}

/// The provider. Dropping it ends it.
pub(crate) struct Steady {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    task: JoinHandle<()>,
}

impl Steady {
    /// A provider that sends a word every `pace`: for ever, or as many as the question asks for
    /// by ending in `in N words`.
    pub(crate) async fn start(pace: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let told = Arc::default();
        let book = Arc::clone(&told);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let book = Arc::clone(&book);
                tokio::spawn(async move {
                    // A server that is killed breaks the connection: that is what this is for.
                    let _ = serve(&book, stream, pace).await;
                });
            }
        });
        Self {
            address,
            told,
            task,
        }
    }

    /// The address that ends before `/chat/completions`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What the askers have not read yet (`/proc/net/tcp`, described in proc(5)).
    pub(crate) fn unread(&self) -> Unread {
        let table = fs::read_to_string("/proc/net/tcp").expect("a table of sockets");
        let port = |address: &str| u16::from_str_radix(address.rsplit(':').next()?, 16).ok();
        let lines = table.lines().skip(1).filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (own, far) = (port(fields.get(1)?)?, port(fields.get(2)?)?);
            let waits = usize::from_str_radix(fields.get(4)?.split(':').nth(1)?, 16).ok()?;
            (far == self.address.port()).then_some((own, waits))
        });
        Unread(lines.collect())
    }

    /// All answers to a question, oldest first.
    pub(crate) fn told(&self, question: &str) -> Vec<Told> {
        let told = lock(&self.told);
        let mine = told.iter().filter(|told| told.question == question);
        mine.cloned().collect()
    }
}

impl Drop for Steady {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(told: &Mutex<Vec<Told>>) -> MutexGuard<'_, Vec<Told>> {
    told.lock().expect("no panic with the lock")
}

async fn serve(book: &Mutex<Vec<Told>>, stream: TcpStream, pace: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let peer = stream.peer_addr()?.port();
    let (mut reader, mut writer) = stream.into_split();
    let Some((head, body)) = request(&mut reader).await? else {
        return Ok(());
    };
    if head.starts_with("GET") {
        let models = json!({"object": "list", "data": [{"id": "scripted", "object": "model"}]});
        let head = "content-type: application/json\r\n";
        return whole(&mut writer, 200, head, &models.to_string()).await;
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let number = open(book, &body, peer);
    tokio::select! {
        biased;
        () = hung_up(&mut reader) => Ok(()),
        played = play(book, &mut writer, number, pace) => played,
    }
}

/// Notes a request; gives its number.
fn open(book: &Mutex<Vec<Told>>, body: &Value, peer: u16) -> usize {
    let messages = body["messages"].as_array().cloned().unwrap_or_default();
    let asked = messages.iter().rposition(|message| {
        let content = message["content"].as_str().unwrap_or_default();
        message["role"] == "user" && content.starts_with(QUESTION)
    });
    let asked = asked.expect("every conversation of these tests has a question");
    let content = |index: usize| {
        let message = messages.get(index).map(|message| &message["content"]);
        let text = message.and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let mut told = lock(book);
    let number = told.len();
    told.push(Told {
        question: content(asked),
        had: content(asked + 1),
        number,
        sent: Vec::new(),
        bytes: Vec::new(),
        peer,
        ended: false,
    });
    number
}

async fn play(
    book: &Mutex<Vec<Told>>,
    writer: &mut OwnedWriteHalf,
    number: usize,
    pace: Duration,
) -> std::io::Result<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                transfer-encoding: chunked\r\nconnection: close\r\n\r\n";
    writer.write_all(head.as_bytes()).await?;
    let mut written = head.len();
    let wanted = wanted(&lock(book)[number].question);
    let mut ticks = interval(pace);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for index in 0..wanted {
        ticks.tick().await;
        let chunk = delta(&json!({ "content": word(number, index) }));
        written += packet(writer, format!("data: {chunk}\n\n").as_bytes()).await?;
        let told = &mut lock(book)[number];
        told.sent.push(Instant::now());
        told.bytes.push(written);
    }
    packet(writer, format!("data: {}\n\n", finish()).as_bytes()).await?;
    packet(writer, b"data: [DONE]\n\n").await?;
    writer.write_all(b"0\r\n\r\n").await?;
    lock(book)[number].ended = true;
    Ok(())
}

fn wanted(question: &str) -> usize {
    let count = question
        .strip_suffix(" words")
        .and_then(|text| text.rsplit(' ').next());
    count
        .and_then(|count| count.parse().ok())
        .unwrap_or(usize::MAX)
}
