//! The server under test: the real binary as a process, in a temporary directory of its own.

use std::{
    env,
    ffi::OsString,
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;
use tokio::{sync::mpsc, time::timeout};

use super::{DEADLINE, Provider, token};

/// The `JWT_SECRET` of the servers that are given one.
pub(crate) const SECRET: &str = "a secret of the journeys, longer than 32 bytes";

/// The built server, beside the test executable in `target/debug`.
pub(crate) fn binary() -> PathBuf {
    let path = env::var_os("PARLOR_SERVER_BIN").map_or_else(
        || {
            let tests = env::current_exe().expect("the test executable has a path");
            let built = tests
                .ancestors()
                .nth(2)
                .expect("target/debug/deps/journeys-…");
            built.join(format!("parlor-server{}", env::consts::EXE_SUFFIX))
        },
        PathBuf::from,
    );
    assert!(
        path.is_file(),
        "there is no server at {}: run `cargo build -p chat-server` first, or name one in PARLOR_SERVER_BIN",
        path.display()
    );
    path
}

/// A server that is yet to be started: its home, environment and arguments.
#[derive(Clone)]
pub(crate) struct Setup {
    home: Arc<TempDir>,
    env: Vec<(String, String)>,
    args: Vec<String>,
    listen: Vec<String>,
    data_dir: bool,
    /// What runs the binary, such as `nsenter`; nothing for the binary itself.
    under: Vec<String>,
}

impl Setup {
    /// A server on a free port with [`SECRET`], no provider, and no titles by the model (they
    /// would be requests between those that a test scripts).
    pub(crate) fn new() -> Self {
        Self::bare()
            .env("JWT_SECRET", SECRET)
            .env("PARLOR_CHAT_AUTO_TITLE", "false")
            .listen("127.0.0.1:0")
            .data_dir_flag()
    }

    /// A server that is told nothing at all: no listen address, no data directory.
    pub(crate) fn bare() -> Self {
        Self {
            home: Arc::new(TempDir::new().expect("a temporary directory")),
            env: Vec::new(),
            args: Vec::new(),
            listen: Vec::new(),
            data_dir: false,
            under: Vec::new(),
        }
    }

    /// A server that asks `provider`, by the names of the seeds.
    pub(crate) fn with(provider: &Provider) -> Self {
        Self::new()
            .env("OPENAI_BASE_URL", &provider.base_url())
            .env("OPENAI_API_KEY", "x")
            .env("OPENAI_MODEL", "scripted")
    }

    /// Sets a variable; the last one wins.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes a variable away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.env.retain(|(known, _)| known != name);
        self
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// Adds `--listen ADDR`.
    pub(crate) fn listen(mut self, address: &str) -> Self {
        self.listen.push(address.to_owned());
        self
    }

    /// Takes every `--listen` away.
    pub(crate) fn no_listen(mut self) -> Self {
        self.listen.clear();
        self
    }

    /// Adds `--data-dir`, the directory `d` of the home.
    pub(crate) fn data_dir_flag(mut self) -> Self {
        self.data_dir = true;
        self
    }

    /// Runs the binary, as server and as command line, under a program that becomes it by `exec`.
    pub(crate) fn under(mut self, program: &[&str]) -> Self {
        self.under = program.iter().map(|part| (*part).to_owned()).collect();
        self
    }

    /// Writes `parlor.toml` and adds `--config`.
    pub(crate) fn config(self, text: &str) -> Self {
        let path = self.write("parlor.toml", text);
        self.arg("--config").arg(&path.to_string_lossy())
    }

    /// Writes a file into the home, which is the working directory.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home().join(name);
        fs::write(&path, text).expect("the home can be written");
        path
    }

    /// The working directory.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.home().join("d")
    }

    /// The binary with this environment and nothing of the tester's own.
    fn command(&self) -> Command {
        let program = self.under.iter().map(OsString::from);
        let mut words = program.chain([binary().into_os_string()]);
        let mut command = Command::new(words.next().expect("at least the binary"));
        command
            .args(words)
            .env_clear()
            .env("PATH", env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .current_dir(self.home())
            .stdin(Stdio::null());
        command
    }

    /// Runs a command of the command line on the same data directory.
    pub(crate) fn cli(&self, args: &[&str]) -> Output {
        self.cli_with_input(args, "")
    }

    /// The same, with something to read on standard input.
    pub(crate) fn cli_with_input(&self, args: &[&str], input: &str) -> Output {
        let mut command = self.command();
        command.args(args).arg("--data-dir").arg(self.data());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server's binary runs");
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        // A command that reads nothing may be gone already, which its status tells.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the command ends")
    }

    /// The standard output of a command that must succeed, without the white space around it.
    pub(crate) fn cli_ok(&self, args: &[&str]) -> String {
        succeeded(args, &self.cli(args))
    }

    /// Makes a person.
    pub(crate) fn user(&self, name: &str) -> Person {
        self.user_with(name, &[])
    }

    /// Makes a person with more arguments, such as a role.
    pub(crate) fn user_with(&self, name: &str, more: &[&str]) -> Person {
        let args = [&["user", "add", name], more].concat();
        let id = self.cli_ok(&args);
        Person {
            token: token::for_user(&id),
            id,
        }
    }

    fn serve(&self) -> Command {
        let mut command = self.command();
        for address in &self.listen {
            command.arg("--listen").arg(address);
        }
        if self.data_dir {
            command.arg("--data-dir").arg(self.data());
        }
        command
            .args(&self.args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Starts a server that is expected not to start, and gives what it said.
    pub(crate) fn refused(&self) -> Output {
        let mut child = self.serve().spawn().expect("the server's binary runs");
        let started = Instant::now();
        while child
            .try_wait()
            .expect("a child can be waited for")
            .is_none()
        {
            if started.elapsed() > DEADLINE {
                child.kill().expect("a child can be killed");
                panic!("the server started, though it should have refused to");
            }
            thread::sleep(Duration::from_millis(10));
        }
        child.wait_with_output().expect("the child has ended")
    }

    /// Starts the server and waits until it listens.
    pub(crate) async fn start(self) -> Server {
        let mut child = self.serve().spawn().expect("the server's binary runs");
        let log = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().expect("standard error is a pipe");
        let collector = collect(stderr, Arc::clone(&log));
        let lines = lines(child.stdout.take().expect("standard output is a pipe"));
        let mut server = Server {
            pid: child.id(),
            child: Some(child),
            addresses: Vec::new(),
            scheme: String::new(),
            log,
            lines,
            collector: Some(collector),
            setup: self,
        };
        while server.addresses.len() < server.setup.listen.len().max(1) {
            let line = server.line().await;
            let listening = line.strip_prefix("listening on ");
            let place = listening.and_then(|place| place.split_once("://"));
            let (scheme, address) = place.unwrap_or_else(|| {
                panic!("standard output is for `listening on http://…` lines alone, got {line:?}");
            });
            server.scheme = scheme.to_owned();
            server.addresses.push(
                address
                    .parse()
                    .expect("an address after `listening on http://`"),
            );
        }
        server
    }
}

/// The standard output of `output`, which must be a success.
pub(crate) fn succeeded(args: &[&str], output: &Output) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{args:?} failed: {stdout}\n{stderr}"
    );
    stdout.trim().to_owned()
}

fn lines(from: impl Read + Send + 'static) -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    thread::spawn(move || {
        // Reads on when nobody listens any more, so that the server never blocks on a full pipe.
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = sender.send(line);
        }
    });
    receiver
}

fn collect(from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            let _ = writeln!(into.lock().expect("no test panics with the lock"), "{line}");
        }
    })
}

/// A person with an account.
#[derive(Clone)]
pub(crate) struct Person {
    /// Their id.
    pub(crate) id: String,
    /// A token, good for an hour, signed with [`SECRET`].
    pub(crate) token: String,
}

/// A running server. Dropping it kills it.
pub(crate) struct Server {
    child: Option<Child>,
    pid: u32,
    addresses: Vec<SocketAddr>,
    scheme: String,
    log: Arc<Mutex<String>>,
    lines: mpsc::UnboundedReceiver<String>,
    /// Ends with the process.
    collector: Option<thread::JoinHandle<()>>,
    setup: Setup,
}

impl Server {
    /// The first address it listens on.
    pub(crate) fn address(&self) -> SocketAddr {
        self.addresses[0]
    }

    /// What it says that it speaks, `http` or `https`.
    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// All of them, in the order of the lines.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// What it was started with; `start` on it is a restart on the same data.
    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Its standard error so far.
    pub(crate) fn log(&self) -> String {
        self.log
            .lock()
            .expect("no test panics with the lock")
            .clone()
    }

    /// The next line of its standard output.
    pub(crate) async fn line(&mut self) -> String {
        let line = timeout(DEADLINE, self.lines.recv()).await;
        let line = line.expect("the server should have printed a line by now");
        line.expect("the server ended instead of printing a line; its log follows")
    }

    /// Makes a person, by the command line, while the server runs.
    pub(crate) fn user(&self, name: &str) -> Person {
        self.setup.user(name)
    }

    /// Its resident memory in MiB.
    pub(crate) fn memory_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid)).expect("/proc");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line
            .and_then(|line| line.split_whitespace().next())
            .expect("a VmRSS line");
        kib.parse::<u64>().expect("VmRSS is a number of KiB") / 1024
    }

    /// How long its threads have waited for a processor so far, taken together: the second number of
    /// `/proc/PID/task/*/schedstat`. Nothing where no kernel tells.
    pub(crate) fn waited(&self) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid));
        let waits = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let told = fs::read_to_string(task.path().join("schedstat")).ok()?;
            told.split_whitespace().nth(1)?.parse().ok()
        });
        waits.map(Duration::from_nanos).sum()
    }

    /// Sends a signal by its name, `TERM` or `INT`.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.pid);
        let sent = Command::new("sh")
            .args(["-c", &kill])
            .status()
            .expect("sh runs");
        assert!(
            sent.success(),
            "the server should still be there to get SIG{name}"
        );
    }

    /// Waits for its end; gives its status and setup.
    pub(crate) async fn ended(mut self) -> (ExitStatus, Setup) {
        let mut child = self.child.take().expect("a server is waited for once");
        let setup = self.setup.clone();
        let wait = tokio::task::spawn_blocking(move || child.wait());
        let status = timeout(DEADLINE, wait)
            .await
            .expect("the process should end");
        (
            status
                .expect("waiting does not panic")
                .expect("a child can be waited for"),
            setup,
        )
    }

    /// Ends it as an operator does (SIGTERM), for a restart.
    pub(crate) async fn stop(self) -> Setup {
        self.signal("TERM");
        self.ended().await.1
    }

    /// The same, with all that it ever said on standard error.
    pub(crate) async fn stop_with_log(mut self) -> (Setup, String) {
        let collector = self.collector.take().expect("a server is stopped once");
        let log = Arc::clone(&self.log);
        let setup = self.stop().await;
        collector.join().expect("the collector does not panic");
        let log = log.lock().expect("no test panics with the lock").clone();
        (setup, log)
    }

    /// Ends it as a power cut does (SIGKILL), for a restart.
    pub(crate) async fn kill(mut self) -> Setup {
        self.child
            .as_mut()
            .expect("it runs")
            .kill()
            .expect("a child can be killed");
        self.ended().await.1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself, which is what some tests are about.
            let _ = child.kill();
            let _ = child.wait();
        }
        if thread::panicking() {
            eprintln!("--- the server's log ---\n{}", self.log());
        }
    }
}
