//! A scripted OpenAI-compatible provider: a real HTTP server on a real socket that answers each
//! request by the next script, and notes when its client goes away.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Instant,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    DEADLINE,
    script::{Script, Step},
};

/// One request for an answer.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The request's head as it came.
    pub(crate) head: String,
    /// Its body.
    pub(crate) body: Value,
    /// When the client went away before the script's end.
    pub(crate) aborted: Option<Instant>,
    /// Whether the script was played to its end.
    pub(crate) ended: bool,
}

impl Asked {
    /// The conversation as `role: content` lines.
    pub(crate) fn conversation(&self) -> Vec<String> {
        let messages = self.body["messages"]
            .as_array()
            .expect("a request has messages");
        let line = |message: &Value| {
            let content = message["content"].as_str().map(ToOwned::to_owned);
            let role = message["role"].as_str().unwrap_or_default();
            format!(
                "{role}: {}",
                content.unwrap_or_else(|| message["content"].to_string())
            )
        };
        messages.iter().map(line).collect()
    }
}

#[derive(Default)]
struct Stage {
    scripts: Mutex<VecDeque<Script>>,
    asked: Mutex<Vec<Asked>>,
    changed: watch::Sender<()>,
}

/// The provider. Dropping it ends it.
pub(crate) struct Provider {
    address: SocketAddr,
    stage: Arc<Stage>,
    task: JoinHandle<()>,
}

impl Provider {
    /// A provider that answers "Scripted answer." until scripts are queued.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let stage = Arc::new(Stage::default());
        let serving = Arc::clone(&stage);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let stage = Arc::clone(&serving);
                tokio::spawn(async move {
                    // A client that goes away in the middle is what many tests are about.
                    let _ = serve(&stage, stream).await;
                });
            }
        });
        Self {
            address,
            stage,
            task,
        }
    }

    /// A provider with these scripts for its first requests.
    pub(crate) async fn playing(scripts: impl IntoIterator<Item = Script>) -> Self {
        let provider = Self::start().await;
        scripts
            .into_iter()
            .for_each(|script| provider.queue(script));
        provider
    }

    /// Adds a script for one more request.
    pub(crate) fn queue(&self, script: Script) {
        self.stage
            .scripts
            .lock()
            .expect("no panic with the lock")
            .push_back(script);
    }

    /// The address that ends before `/chat/completions`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// All requests for answers so far.
    pub(crate) fn requests(&self) -> Vec<Asked> {
        self.stage
            .asked
            .lock()
            .expect("no panic with the lock")
            .clone()
    }

    /// The request with this index, as soon as `seen` holds of it.
    pub(crate) async fn wait(&self, index: usize, seen: impl Fn(&Asked) -> bool) -> Asked {
        let mut changes = self.stage.changed.subscribe();
        let found = async {
            loop {
                if let Some(asked) = self.requests().into_iter().nth(index).filter(&seen) {
                    return asked;
                }
                changes
                    .changed()
                    .await
                    .expect("the stage outlives the wait");
            }
        };
        timeout(DEADLINE, found).await.unwrap_or_else(|_| {
            panic!(
                "request {index} never came to where it was awaited: {:?}",
                self.requests()
            )
        })
    }

    /// The request with this index, as soon as it came.
    pub(crate) async fn asked(&self, index: usize) -> Asked {
        self.wait(index, |_| true).await
    }

    /// When the client of this request went away.
    pub(crate) async fn aborted(&self, index: usize) -> Instant {
        let asked = self.wait(index, |asked| asked.aborted.is_some()).await;
        asked.aborted.expect("just seen")
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stage: &Stage, stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let (mut reader, mut writer) = stream.into_split();
    // What begins a TLS handshake is no HTTP: closed, as any plain server does.
    if begins_tls(&mut reader).await? {
        return Ok(());
    }
    let Some((head, body)) = request(&mut reader).await? else {
        return Ok(());
    };
    if head.starts_with("GET") {
        let models = json!({"object": "list", "data": [
            {"id": "scripted", "object": "model"}, {"id": "other", "object": "model"},
        ]});
        return whole(
            &mut writer,
            200,
            "content-type: application/json\r\n",
            &models.to_string(),
        )
        .await;
    }
    let body: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let streamed = body["stream"] == true;
    let index = {
        let mut asked = stage.asked.lock().expect("no panic with the lock");
        asked.push(Asked {
            head,
            body,
            aborted: None,
            ended: false,
        });
        asked.len() - 1
    };
    stage.changed.send_replace(());
    let script = stage
        .scripts
        .lock()
        .expect("no panic with the lock")
        .pop_front();
    let script = script.unwrap_or_else(|| Script::text(&["Scripted ", "answer."]));
    let gone = tokio::select! {
        biased;
        () = hung_up(&mut reader) => true,
        played = play(&mut writer, &script, streamed) => played.is_err(),
    };
    {
        let asked = &mut stage.asked.lock().expect("no panic with the lock")[index];
        if gone {
            asked.aborted = Some(Instant::now());
        } else {
            asked.ended = true;
        }
    }
    stage.changed.send_replace(());
    Ok(())
}

async fn begins_tls(reader: &mut OwnedReadHalf) -> io::Result<bool> {
    const HANDSHAKE: u8 = 0x16;
    let mut first = [0];
    Ok(reader.peek(&mut first).await? == 1 && first[0] == HANDSHAKE)
}

/// The head and body of a request; none where the client closed instead.
pub(super) async fn request(reader: &mut OwnedReadHalf) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut got = Vec::new();
    let head = loop {
        if let Some(end) = got.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if reader.read_buf(&mut got).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&got[..head]).into_owned();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    let mut body = got.split_off(head);
    while body.len() < length.unwrap_or(0) {
        if reader.read_buf(&mut body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some((text, body)))
}

/// Waits until the client closes its side.
pub(super) async fn hung_up(reader: &mut OwnedReadHalf) {
    let mut ignored = [0; 64];
    while !matches!(reader.read(&mut ignored).await, Ok(0) | Err(_)) {}
}

pub(super) async fn whole(
    writer: &mut OwnedWriteHalf,
    status: u16,
    head: &str,
    body: &str,
) -> io::Result<()> {
    let length = body.len();
    let reply = format!(
        "HTTP/1.1 {status} Scripted\r\n{head}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    writer.write_all(reply.as_bytes()).await
}

async fn play(writer: &mut OwnedWriteHalf, script: &Script, streamed: bool) -> io::Result<()> {
    if script.status == 200 && !streamed && !script.mute {
        let message = json!({"role": "assistant", "content": script.text});
        let choices = json!([{"index": 0, "message": message, "finish_reason": "stop"}]);
        let reply = json!({"object": "chat.completion", "model": "scripted", "choices": choices});
        return whole(
            writer,
            200,
            "content-type: application/json\r\n",
            &reply.to_string(),
        )
        .await;
    }
    if !script.mute {
        let headers: String = script
            .headers
            .iter()
            .map(|line| format!("{line}\r\n"))
            .collect();
        let head = format!(
            "HTTP/1.1 {} Scripted\r\n{headers}transfer-encoding: chunked\r\nconnection: close\r\n\r\n",
            script.status
        );
        writer.write_all(head.as_bytes()).await?;
    }
    for step in &script.steps {
        match step {
            Step::Bytes(bytes) => drop(packet(writer, bytes).await?),
            Step::Wait(time) => sleep(*time).await,
            Step::Gate(gate) => gate.passed().await,
            Step::Tell(gate) => gate.open(),
            Step::Hang => std::future::pending::<()>().await,
            Step::EndlessLine => {
                packet(writer, b"data: ").await?;
                loop {
                    packet(writer, &[b'a'; 16 * 1024]).await?;
                }
            }
            Step::Cut => return Ok(()),
        }
    }
    writer.write_all(b"0\r\n\r\n").await?;
    writer.flush().await
}

/// One chunk in one write, so that it arrives as it was scripted; gives the bytes of it.
pub(super) async fn packet(writer: &mut OwnedWriteHalf, bytes: &[u8]) -> io::Result<usize> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    writer.write_all(&chunk).await?;
    Ok(chunk.len())
}
