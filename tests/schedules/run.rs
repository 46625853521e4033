//! Runs one schedule: lives of the server one after the other, the clients through all of them.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    path::Path,
    time::Duration,
};

use serde_json::json;
use tokio::time::sleep;

use crate::{
    client::{Client, outbox::Waiting, wire},
    schedule::{Act, Step},
    truth::{self, Said},
    world::{
        line::{Arrived, Line},
        provider::Ledger,
        server::{Outside, Server},
    },
};

/// What was found wrong.
pub(crate) type Finding = String;

/// Rounds of 20 ms after which everything must have come to rest: more than the longest answers.
const ROUNDS: usize = 2_000;
/// Rounds without any news that count as rest.
const QUIET: usize = 10;
/// Pipes between a client and the server, in bytes: a narrow one makes a slow reader.
const PIPES: &[usize] = &[128, 2_048, 65_536];

thread_local! {
    /// Panics on this thread, also those that a task of the server keeps to itself.
    pub(crate) static PANICS: Cell<usize> = const { Cell::new(0) };
    /// Steps and frames of the last run, when they are wanted.
    pub(crate) static TRACE: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// A client with its line.
struct Device {
    client: Client,
    line: Option<Line>,
}

/// How a life of the server ended.
enum Life {
    Killed(Duration),
    Drained,
    Settled,
}

struct Run {
    seed: u64,
    ledger: Ledger,
    devices: Vec<Device>,
    abandoned: Vec<Line>,
    said: Vec<Said>,
    /// Questions that another answer was asked for, once for each time.
    regenerated: Vec<String>,
    deleted: Vec<String>,
    names: usize,
}

/// Runs `steps` with so many clients, to the end and to rest.
pub(crate) fn run(seed: u64, clients: usize, steps: &[Step]) -> Result<(), Finding> {
    let memory = Path::new("/dev/shm");
    let directory = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let directory = directory.map_err(|error| error.to_string())?;
    let outside = Outside::new();
    let new = || Device {
        client: Client::new(Default::default()),
        line: None,
    };
    let mut run = Run {
        seed,
        ledger: Ledger::default(),
        devices: std::iter::repeat_with(new).take(clients).collect(),
        abandoned: Vec::new(),
        said: Vec::new(),
        regenerated: Vec::new(),
        deleted: Vec::new(),
        names: 0,
    };
    PANICS.set(0);
    TRACE.take();
    let mut steps: VecDeque<Step> = steps.iter().copied().collect();
    let mut killed = None;
    for life in 0.. {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .map_err(|error| error.to_string())?;
        let end = runtime.block_on(async {
            let server = Server::start(directory.path(), &outside, &run.ledger, seed, life).await;
            if life > 0 {
                truth::recovered(server.database.path(), &run.ledger, life - 1, killed)?;
            }
            run.live(server, &mut steps).await
        });
        // All tasks stop where they are. What they held of the database goes with them.
        run.hang_up();
        drop(runtime);
        match end? {
            Life::Killed(moment) => killed = Some(moment),
            Life::Drained => killed = None,
            Life::Settled => break,
        }
    }
    match PANICS.get() {
        0 => Ok(()),
        panics => Err(format!("{panics} panics")),
    }
}

/// Notes what happens, with `PARLOR_TRACE` in the environment.
fn trace(words: impl FnOnce() -> String) {
    if std::env::var_os("PARLOR_TRACE").is_some() {
        TRACE.with_borrow_mut(|trace| trace.push(words()));
    }
}

impl Run {
    async fn live(&mut self, server: Server, steps: &mut VecDeque<Step>) -> Result<Life, Finding> {
        while let Some(step) = steps.pop_front() {
            match step.act {
                Act::Kill => return Ok(Life::Killed(server.born.elapsed())),
                Act::Drain => {
                    server.drain().await;
                    for index in 0..self.devices.len() {
                        self.read(index, usize::try_from(step.pick % 20).unwrap_or_default())?;
                    }
                    return Ok(Life::Drained);
                }
                _ => self.act(&server, step).await?,
            }
            if step.pause == 0 {
                tokio::task::yield_now().await;
            } else {
                sleep(Duration::from_millis(step.pause)).await;
            }
        }
        self.settle(&server).await?;
        let outboxes = self.devices.iter().map(|device| &device.client);
        truth::settled(
            server.database.path(),
            &self.ledger,
            &self.said,
            &self.regenerated,
            &outboxes.collect::<Vec<_>>(),
        )?;
        Ok(Life::Settled)
    }

    fn hang_up(&mut self) {
        self.abandoned.clear();
        for device in &mut self.devices {
            device.line = None;
            device.client.disconnected();
        }
    }

    async fn act(&mut self, server: &Server, step: Step) -> Result<(), Finding> {
        trace(|| format!("{step:?}"));
        let Step {
            act, client, pick, ..
        } = step;
        match act {
            Act::Exchange => {
                self.lift(client, usize::try_from(pick % 4).unwrap_or_default());
                self.read(
                    client,
                    usize::try_from((pick >> 8) % 12).unwrap_or_default(),
                )?;
            }
            Act::ExchangeAll => {
                self.lift(client, usize::MAX);
                self.read(client, usize::MAX)?;
            }
            Act::Connect => self.connect(server, client, pick).await,
            Act::Cut | Act::Abandon => {
                let device = &mut self.devices[client];
                let line = device.line.take();
                self.abandoned.extend(line.filter(|_| act == Act::Abandon));
                device.client.disconnected();
            }
            Act::Arrive => {
                for line in &mut self.abandoned {
                    line.lift(usize::try_from(pick % 4).unwrap_or_default());
                }
                // Somebody notices in the end that the line is dead.
                let keep = pick % 3 != 0;
                self.abandoned.retain(|line| keep || line.is_waiting());
            }
            Act::Reload => {
                let device = &mut self.devices[client];
                device.line = None;
                device.client.disconnected();
                let outbox = std::mem::take(&mut device.client.outbox);
                device.client = Client::new(outbox);
            }
            Act::Tick => self.devices[client].client.tick(),
            Act::Kill | Act::Drain => {}
            _ => self.person(act, client, pick),
        }
        self.hand_over(client);
        Ok(())
    }

    /// What the person at a device does.
    fn person(&mut self, act: Act, device: usize, pick: u64) {
        let among = |count: usize| usize::try_from(pick % (count.max(1) as u64)).unwrap_or(0);
        let client = &mut self.devices[device].client;
        let Some(open) = client.open.clone().filter(|_| act != Act::BeginChat) else {
            if act == Act::Look && !client.list.chats.is_empty() {
                let index = among(client.list.chats.len());
                let chat = client.list.chats.keys().nth(index).cloned();
                client.look(&chat.unwrap_or_default());
            } else if matches!(act, Act::BeginChat | Act::Say) {
                self.names += 1;
                client.begin_chat(&format!("chat-{}", self.names));
            }
            return;
        };
        let answers: Vec<_> = open
            .messages
            .iter()
            .filter(|one| one.role == "assistant")
            .collect();
        match act {
            Act::Say => self.say(device, &open.id, None),
            Act::Edit => {
                let own: Vec<_> = open
                    .messages
                    .iter()
                    .filter(|one| one.role == "user")
                    .collect();
                if let Some(message) = own.get(among(own.len())) {
                    self.say(device, &open.id, Some(message.parent_id.clone()));
                }
            }
            Act::Look => {
                let index = among(client.list.chats.len());
                if let Some(chat) = client.list.chats.keys().nth(index).cloned() {
                    client.look(&chat);
                }
            }
            Act::Stop => match &open.writing {
                Some(writing) => client.ask("stop", json!({ "messageId": writing.id })),
                None => client.ask("stop", json!({})),
            },
            Act::Regenerate => {
                if let Some(message) = answers.get(among(answers.len())) {
                    self.regenerated.extend(message.parent_id.clone());
                    client.ask("regenerate", json!({ "messageId": message.message_id }));
                }
            }
            Act::Continue => {
                let cut: Vec<_> = answers
                    .iter()
                    .filter(|one| one.status != "complete")
                    .collect();
                if let Some(message) = cut.get(among(cut.len())) {
                    client.ask("continue", json!({ "messageId": message.message_id }));
                }
            }
            Act::ShowBranch => {
                let others = open
                    .messages
                    .iter()
                    .flat_map(|one| one.sibling_ids.iter().filter(|id| **id != one.message_id));
                let others: Vec<_> = others.cloned().collect();
                if let Some(other) = others.get(among(others.len())) {
                    client.show_branch(other);
                }
            }
            Act::Delete => {
                self.deleted.push(open.id.clone());
                client.ask("delete_chat", json!({ "chatId": open.id }));
            }
            Act::Restore => {
                if let Some(chat) = self.deleted.get(among(self.deleted.len())) {
                    client.ask("restore_chat", json!({ "chatId": chat }));
                }
            }
            _ => {}
        }
    }

    fn say(&mut self, device: usize, chat: &str, parent: Option<Option<String>>) {
        self.names += 1;
        let client_id = format!("c-{}", self.names);
        let content = format!("say {}", self.names);
        self.said.push(Said {
            client_id: client_id.clone(),
            content: content.clone(),
        });
        self.devices[device].client.say(Waiting {
            client_id,
            chat: chat.to_owned(),
            content,
            parent,
            refused: None,
        });
    }

    async fn connect(&mut self, server: &Server, device: usize, pick: u64) {
        let device = &mut self.devices[device];
        if device.line.is_none() {
            let pipe = PIPES[usize::try_from(pick % 3).unwrap_or_default()];
            device.line = Some(Line::open(server, pipe).await);
            device.client.connected(&server.token());
        }
    }

    /// Frames that the client wants to send go to its end of the line.
    fn hand_over(&mut self, device: usize) {
        let Device { client, line } = &mut self.devices[device];
        if let Some(line) = line {
            for frame in client.sending.drain(..) {
                trace(|| format!("  {device} > {frame}"));
                line.push(frame);
            }
        }
    }

    fn lift(&mut self, device: usize, frames: usize) {
        if let Some(line) = &mut self.devices[device].line {
            line.lift(frames);
        }
    }

    fn bytes(&self, device: usize) -> u64 {
        self.devices[device].line.as_ref().map_or(0, Line::bytes)
    }

    /// Reads up to so many frames. After each, what is shown must be true.
    fn read(&mut self, device: usize, frames: usize) -> Result<(), Finding> {
        for _ in 0..frames {
            let Device { client, line } = &mut self.devices[device];
            match line.as_mut().map_or(Arrived::Nothing, Line::read) {
                Arrived::Nothing => break,
                Arrived::End => {
                    *line = None;
                    client.disconnected();
                    break;
                }
                Arrived::Frame(text) => {
                    trace(|| format!("  {device} < {text}"));
                    let (frame, reference) = wire::parse(&text)
                        .map_err(|error| format!("a frame makes no sense ({error}): {text}"))?;
                    client.take(frame, reference.as_deref());
                    truth::shown(client, &self.ledger)
                        .map_err(|finding| format!("client {device}, after {text}: {finding}"))?;
                    self.hand_over(device);
                }
            }
        }
        Ok(())
    }

    /// Lets everything arrive and every answer end, with all clients there.
    async fn settle(&mut self, server: &Server) -> Result<(), Finding> {
        let mut quiet = 0;
        for round in 0..ROUNDS {
            self.abandoned
                .iter_mut()
                .for_each(|line| line.lift(usize::MAX));
            if round == QUIET {
                self.abandoned.clear();
            }
            let mut news = round <= QUIET;
            for device in 0..self.devices.len() {
                self.connect(server, device, 2).await;
                self.devices[device].client.tick();
                self.hand_over(device);
                self.lift(device, usize::MAX);
                let bytes = self.bytes(device);
                self.read(device, usize::MAX)?;
                news |= self.bytes(device) != bytes;
                news |= !self.devices[device].client.is_at_rest();
            }
            quiet = if news { 0 } else { quiet + 1 };
            if quiet == QUIET {
                return Ok(());
            }
            sleep(Duration::from_millis(20)).await;
        }
        let left: Vec<_> = self
            .devices
            .iter()
            .map(|device| device.client.unrest())
            .collect();
        Err(format!(
            "it does not come to rest (seed {}): {left:?}",
            self.seed
        ))
    }
}
