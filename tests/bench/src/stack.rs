//! The processes that are measured: the provider, `parlor-server`, and the seed's stack; each on
//! free ports of loopback, ended when its handle is dropped.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    rc::Rc,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, bail, ensure};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::json;

use crate::{
    load::{Talk, Wire},
    machine,
};

/// Signs tokens for both servers.
const SECRET: &str = "the benchmark's own secret of enough bytes";

/// Where things are, and what holds for all scenarios.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// The binary `parlor-server`, released.
    pub(crate) server: PathBuf,
    /// The folder of the seed's stack, its packages installed.
    pub(crate) seed: PathBuf,
    /// Where results go.
    pub(crate) output: PathBuf,
    /// Small sizes, no judgement.
    pub(crate) quick: bool,
    /// An hour's soak.
    pub(crate) long: bool,
}

impl Setting {
    /// A full run's size, or a quick run's.
    pub(crate) fn size<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }

    /// An empty directory on the disk that is measured.
    pub(crate) fn directory(&self, name: &str) -> Result<PathBuf> {
        let directory = self.output.join("work").join(name);
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&directory)?;
        Ok(directory)
    }
}

/// A process that says where it listens. It is killed when this is dropped.
pub(crate) struct Listening {
    child: Child,
    address: SocketAddr,
}

impl Listening {
    /// Starts it and waits for its line `listening on http://…`.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .with_context(|| format!("{command:?} cannot be started"))?;
        let output = child.stdout.take().context("its output is not piped")?;
        // Held before the line is read, so that it is killed if there is none.
        let mut listening = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
        };
        for line in BufReader::new(output).lines() {
            if let Some(address) = line?.strip_prefix("listening on http://") {
                listening.address = address.parse()?;
                return Ok(listening);
            }
        }
        bail!("{command:?} ended before it listened")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        // Both fail only for a child that is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Which way tokens go from the provider to the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Straight: the ceiling.
    Direct,
    /// Through a relay that only reads and writes: the floor of what a server spends.
    Bare,
    /// Through `parlor-server`.
    Parlor,
    /// Through the seed's stack.
    Seed,
}

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Bare => "a bare relay",
            Self::Parlor => "Parlor",
            Self::Seed => "the seed's stack",
        }
    }
}

/// A provider and, if there is one, a server before it, with people who can sign in.
pub(crate) struct Stack {
    provider: Listening,
    server: Option<Listening>,
    talks: Vec<Talk>,
}

impl Stack {
    /// Starts it with `people` accounts. With more than one core the provider has the first for
    /// itself alone, the load client the last; servers use all.
    pub(crate) fn start(setting: &Setting, way: Way, name: &str, people: usize) -> Result<Self> {
        let cores = machine::cores();
        machine::pin(None, cores)?;
        let bench = std::env::current_exe()?;
        let provider = Listening::start(Command::new(&bench).arg("provider"))?;
        if let [first, .., _] = *cores {
            machine::pin(Some(provider.pid()), &[first])?;
        }
        let base = format!("http://{}/v1", provider.address());
        let directory = setting.directory(name)?;
        let (server, ids) = match way {
            Way::Direct => (None, Vec::new()),
            Way::Bare => {
                let provider = provider.address().to_string();
                let mut relay = Command::new(&bench);
                (
                    Some(Listening::start(relay.args(["relay", &provider]))?),
                    Vec::new(),
                )
            }
            Way::Parlor => {
                let ids = add_people(&setting.server, &directory, people)?;
                (
                    Some(Listening::start(&mut parlor(setting, &directory, &base))?),
                    ids,
                )
            }
            Way::Seed => {
                let ids: Vec<String> = (0..people).map(|index| format!("user-{index}")).collect();
                (
                    Some(Listening::start(&mut seed(
                        setting, &directory, &base, &ids,
                    ))?),
                    ids,
                )
            }
        };
        if let [.., last] = *cores {
            machine::pin(None, &[last])?;
        }
        let mut talks = Vec::new();
        for id in ids {
            talks.push(Talk::Server(token(&id)?));
        }
        Ok(Self {
            provider,
            server,
            talks,
        })
    }

    /// Where clients connect to.
    pub(crate) fn address(&self) -> SocketAddr {
        self.server.as_ref().unwrap_or(&self.provider).address()
    }

    /// How clients speak there.
    pub(crate) fn wire(&self) -> Wire {
        if self.talks.is_empty() {
            Wire::Events
        } else {
            Wire::Socket
        }
    }

    /// Who client `index` is: people are dealt out in turn.
    pub(crate) fn talk(&self, index: usize) -> Talk {
        match self.talks.len() {
            0 => Talk::Provider,
            count => self.talks[index % count].clone(),
        }
    }

    /// The server's process; the provider's where there is no server.
    pub(crate) fn pid(&self) -> u32 {
        self.server.as_ref().unwrap_or(&self.provider).pid()
    }

    /// The provider's process.
    pub(crate) fn provider_pid(&self) -> u32 {
        self.provider.pid()
    }
}

/// `parlor-server`, its limits out of the way of a load that no person makes.
pub(crate) fn parlor(setting: &Setting, directory: &Path, base: &str) -> Command {
    let mut command = Command::new(&setting.server);
    command
        .args(["--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory)
        .env("JWT_SECRET", SECRET)
        .env("OPENAI_BASE_URL", base)
        .env("OPENAI_API_KEY", "bench")
        .env("OPENAI_MODEL", "bench-model")
        .current_dir(directory);
    for (name, value) in LIMITS {
        command.env(name, value);
    }
    command
}

/// What is set apart from the defaults, for the report.
pub(crate) const LIMITS: &[(&str, &str)] = &[
    ("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0"),
    ("PARLOR_LIMITS_RUNNING_ANSWERS", "0"),
    ("PARLOR_LIMITS_CONNECTIONS", "0"),
    ("PARLOR_LIMITS_FRAMES_PER_SECOND", "0"),
    ("PARLOR_CHAT_AUTO_TITLE", "false"),
    ("PARLOR_LOG_FILTER", "warn"),
];

fn seed(setting: &Setting, directory: &Path, base: &str, ids: &[String]) -> Command {
    let mut command = Command::new("node");
    command
        .arg(setting.seed.join("server.js"))
        .env("NODE_ENV", "production")
        .env("JWT_SECRET", SECRET)
        .env("OPENAI_BASE_URL", base)
        .env("OPENAI_API_KEY", "bench")
        .env("OPENAI_MODEL", "bench-model")
        .env("DATABASE", directory.join("seed.db"))
        .env("BENCH_USERS", ids.join(","));
    command
}

fn add_people(server: &Path, directory: &Path, people: usize) -> Result<Vec<String>> {
    let mut ids = Vec::new();
    for index in 0..people {
        let output = Command::new(server)
            .args(["user", "add", &format!("person-{index}"), "--data-dir"])
            .arg(directory)
            .current_dir(directory)
            .stdin(Stdio::null())
            .output()?;
        ensure!(
            output.status.success(),
            "an account cannot be made: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        ids.push(String::from_utf8(output.stdout)?.trim().to_owned());
    }
    Ok(ids)
}

fn token(id: &str) -> Result<Rc<str>> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let claims = json!({
        "sub": id, "aud": "parlor", "iat": now, "exp": now + 24 * 3_600, "jti": format!("bench-{id}"),
    });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key)?;
    Ok(Rc::from(token))
}
