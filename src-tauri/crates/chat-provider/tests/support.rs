//! A scripted HTTP server on a real socket, and a provider that is pointed at it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use chat_core::{
    AnswerEvent, AnswerRequest, ModelProvider as _, NewProvider, PromptMessage, ProviderError,
    ProviderId, Role,
};
use chat_provider::{
    LocalPorts, MemorySecrets, NothingKept, ProviderRecord, ProviderSettings, Providers,
};
use futures_util::StreamExt as _;
use secrecy::SecretString;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::sleep,
};

pub(crate) const KEY: &str = "sk-very-secret-key";

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Sends bytes as they are.
    Send(Vec<u8>),
    Pause(Duration),
    /// Keeps the connection open until the other end closes it.
    Hang,
}

/// A server that answers its nth request with the nth script, and all later ones with the last.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    /// The requests as they came, heads and bodies.
    pub(crate) requests: Arc<Mutex<Vec<String>>>,
    /// Told whenever a hanging connection was closed by the other end.
    pub(crate) closed: mpsc::Receiver<()>,
}

impl Server {
    pub(crate) async fn start(scripts: Vec<Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (sender, closed) = mpsc::channel(16);
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (seen, scripts, sender) = (Arc::clone(&seen), scripts.clone(), sender.clone());
                tokio::spawn(async move {
                    // A client that hangs up is what some tests are about.
                    let _ = serve(socket, &seen, &scripts, &sender).await;
                });
            }
        });
        Self {
            address,
            requests,
            closed,
        }
    }

    pub(crate) fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub(crate) fn request(&self, number: usize) -> String {
        self.requests.lock().unwrap()[number].clone()
    }
}

async fn serve(
    mut socket: TcpStream,
    seen: &Mutex<Vec<String>>,
    scripts: &[Vec<Step>],
    closed: &mpsc::Sender<()>,
) -> io::Result<()> {
    let request = read_request(&mut socket).await?;
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request);
        (seen.len() - 1).min(scripts.len() - 1)
    };
    for step in &scripts[number] {
        match step {
            Step::Send(bytes) => socket.write_all(bytes).await?,
            Step::Pause(pause) => sleep(*pause).await,
            Step::Hang => {
                // Nothing more is sent by a client, so a read ends when it closes.
                let _ = socket.read(&mut [0; 1024]).await;
                let _ = closed.send(()).await;
            }
        }
    }
    socket.shutdown().await
}

pub(crate) async fn read_request(socket: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let count = socket.read(&mut piece).await?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .to_ascii_lowercase()
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return Ok(text.into_owned());
            }
        }
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../tests/fixtures/provider/"
    );
    std::fs::read(format!("{folder}{name}.sse")).unwrap()
}

/// The head of a stream in chunks, with one chunk per packet; ends well.
pub(crate) fn chunked(packets: &[&[u8]]) -> Vec<Step> {
    let mut steps = vec![stream_head()];
    steps.extend(packets.iter().map(|packet| chunk(packet)));
    steps.push(Step::Send(b"0\r\n\r\n".to_vec()));
    steps
}

pub(crate) fn stream_head() -> Step {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    Step::Send(head.into())
}

pub(crate) fn chunk(packet: &[u8]) -> Step {
    let mut bytes = format!("{:x}\r\n", packet.len()).into_bytes();
    bytes.extend_from_slice(packet);
    bytes.extend_from_slice(b"\r\n");
    Step::Send(bytes)
}

/// A whole response.
pub(crate) fn response(status: &str, headers: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n{body}"
    );
    vec![Step::Send(text.into())]
}

/// Patience that a busy machine does not use up; tests of silence shorten what they are about.
pub(crate) fn settings() -> ProviderSettings {
    ProviderSettings {
        connect_timeout: Duration::from_secs(20),
        first_token_timeout: Duration::from_secs(20),
        idle_timeout: Duration::from_secs(20),
        finish_grace: Duration::from_millis(200),
        list_timeout: Duration::from_secs(20),
        local_timeout: Duration::from_secs(20),
        local_ports: LocalPorts::default(),
        private_addresses: true,
        guide_pace: Duration::ZERO,
    }
}

pub(crate) fn id(text: &str) -> ProviderId {
    ProviderId::parse(text).unwrap()
}

/// A provider with one fixed server, its model named, with [`KEY`] or without any.
pub(crate) fn provider(base_url: &str, key: Option<&str>, settings: ProviderSettings) -> Providers {
    let fixed = ProviderRecord::fixed(Some(base_url), Some("test-model".into())).unwrap();
    let keys = key.map(|key| (fixed.id.clone(), SecretString::from(key)));
    Providers::new(
        settings,
        Vec::new(),
        Some(fixed),
        Arc::new(MemorySecrets::new(keys)),
        Arc::new(NothingKept),
    )
}

/// A provider as somebody enters it, to answer from now on.
pub(crate) fn new_provider(name: &str, called: &str, base_url: &str) -> NewProvider {
    NewProvider {
        id: id(name),
        name: called.to_owned(),
        base_url: base_url.to_owned(),
        default_model: None,
        activate: true,
    }
}

pub(crate) fn question(text: &str) -> AnswerRequest {
    AnswerRequest {
        messages: vec![PromptMessage {
            role: Role::User,
            content: text.into(),
        }],
        ..AnswerRequest::default()
    }
}

/// Everything of an answer: its events, and the error that ended it.
pub(crate) async fn ask(
    providers: &Providers,
    request: AnswerRequest,
) -> (Vec<AnswerEvent>, Option<ProviderError>) {
    let mut answer = match providers.answer(request).await {
        Ok(answer) => answer,
        Err(error) => return (Vec::new(), Some(error)),
    };
    let mut events = Vec::new();
    while let Some(item) = answer.next().await {
        match item {
            Ok(event) => events.push(event),
            Err(error) => {
                assert!(answer.next().await.is_none(), "an error is the end");
                return (events, Some(error));
            }
        }
    }
    (events, None)
}

/// Asks a server that plays `script` once.
pub(crate) async fn answer_to(script: Vec<Step>) -> (Vec<AnswerEvent>, Option<ProviderError>) {
    let server = Server::start(vec![script]).await;
    ask(
        &provider(&server.base_url(), Some(KEY), settings()),
        question("Hi"),
    )
    .await
}

/// The error of such an answer.
pub(crate) async fn error_of(script: Vec<Step>) -> ProviderError {
    answer_to(script).await.1.expect("an error")
}

pub(crate) fn text_of(events: &[AnswerEvent]) -> String {
    let texts = events.iter().filter_map(|event| match event {
        AnswerEvent::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}
