//! Many connections on one thread: opening, reading, writing, waiting. A behaviour that breaks, or
//! a connection that ends unasked, breaks the whole run: no figure is made of half a load.

use std::{
    io::{self, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    os::fd::AsFd as _,
    time::Duration,
};

use anyhow::{Context as _, Result, bail};
use socket2::{Domain, Protocol, Socket, Type};

use super::wire::{self, Found, Wire};
use crate::{
    clock,
    poll::{Poll, Ready},
};

/// What is read at once. A socket that has more is ready again.
const READ: usize = 256 * 1024;

/// What happens on one connection.
pub(crate) trait Behaviour {
    /// The connection can be used.
    fn opened(&mut self, out: &mut Outbox) -> Result<()>;
    /// A text frame or the data of an event came; `now` is when it was read.
    fn received(&mut self, text: &[u8], now: u64, out: &mut Outbox) -> Result<()>;
}

/// What a connection can reach, for others to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It is signed in.
    Ready,
    /// It has a chat of its own to ask in.
    Created,
    /// It looks at a chat.
    Joined,
    /// Its message is durable.
    Accepted,
    /// It has an answer as a whole, and found it sound.
    Whole,
    /// It has what was written while it was away.
    CaughtUp,
}

const MARKS: usize = 6;

/// What a behaviour wants of the world.
#[derive(Default)]
pub(crate) struct Outbox {
    bytes: Vec<u8>,
    marks: [u64; MARKS],
}

impl Outbox {
    /// Sends a text frame.
    pub(crate) fn text(&mut self, text: &str) {
        wire::put_frame(&mut self.bytes, 1, text.as_bytes());
    }

    /// Sends bytes as they are, on a connection without frames.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Says that something was reached; the swarm counts it.
    pub(crate) fn mark(&mut self, mark: Mark) {
        self.marks[mark as usize] += 1;
    }
}

struct Link<B> {
    stream: Option<TcpStream>,
    wire: Wire,
    opening: bool,
    /// Read and not whole.
    part: Vec<u8>,
    /// Not taken by the socket.
    rest: Vec<u8>,
    behaviour: B,
}

/// The connections, all to one address.
pub(crate) struct Swarm<B> {
    address: SocketAddr,
    poll: Poll,
    links: Vec<Link<B>>,
    outbox: Outbox,
    buffer: Vec<u8>,
    ready: Vec<Ready>,
}

impl<B: Behaviour> Swarm<B> {
    pub(crate) fn new(address: SocketAddr) -> Result<Self> {
        Ok(Self {
            address,
            poll: Poll::new()?,
            links: Vec::new(),
            outbox: Outbox::default(),
            buffer: vec![0; READ],
            ready: Vec::new(),
        })
    }

    /// Adds a connection; it opens while the swarm turns. Gives its index.
    pub(crate) fn open(&mut self, wire: Wire, behaviour: B) -> Result<usize> {
        let index = self.links.len();
        self.links.push(Link {
            stream: None,
            wire,
            opening: false,
            part: Vec::new(),
            rest: Vec::new(),
            behaviour,
        });
        self.reopen(index)?;
        Ok(index)
    }

    /// Connects anew, dropping what was there before without a word.
    pub(crate) fn reopen(&mut self, index: usize) -> Result<()> {
        self.drop_connection(index);
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_nonblocking(true)?;
        socket.set_tcp_nodelay(true)?;
        match socket.connect(&self.address.into()) {
            Ok(()) => {}
            // EINPROGRESS has no kind of its own.
            Err(error)
                if error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error()) => {}
            Err(error) => return Err(error).context("a connection cannot be opened"),
        }
        let stream = TcpStream::from(socket);
        self.poll.add(stream.as_fd(), index as u64, true)?;
        let link = &mut self.links[index];
        link.stream = Some(stream);
        link.opening = true;
        Ok(())
    }

    /// Closes the socket, as a laptop's lid does.
    pub(crate) fn drop_connection(&mut self, index: usize) {
        let link = &mut self.links[index];
        link.stream = None;
        link.part.clear();
        link.rest.clear();
    }

    /// Lets a behaviour do something of its own accord.
    pub(crate) fn act(
        &mut self,
        index: usize,
        action: impl FnOnce(&mut B, &mut Outbox) -> Result<()>,
    ) -> Result<()> {
        action(&mut self.links[index].behaviour, &mut self.outbox)?;
        self.send(index)
    }

    /// All behaviours.
    pub(crate) fn behaviours(&self) -> impl Iterator<Item = &B> {
        self.links.iter().map(|link| &link.behaviour)
    }

    /// All behaviours, to change them.
    pub(crate) fn behaviours_mut(&mut self) -> impl Iterator<Item = &mut B> {
        self.links.iter_mut().map(|link| &mut link.behaviour)
    }

    /// How many connections there are.
    pub(crate) fn len(&self) -> usize {
        self.links.len()
    }

    /// How often something was reached since it was last waited for.
    pub(crate) fn marks(&self, mark: Mark) -> u64 {
        self.outbox.marks[mark as usize]
    }

    /// Forgets how often something was reached.
    pub(crate) fn forget(&mut self, mark: Mark) {
        self.outbox.marks[mark as usize] = 0;
    }

    /// Turns until something was reached `count` times, and counts from there anew.
    pub(crate) fn reach(&mut self, mark: Mark, count: usize, patience: Duration) -> Result<()> {
        let deadline = clock::now() + patience.as_nanos() as u64;
        while self.marks(mark) < count as u64 {
            if clock::now() >= deadline {
                let (seconds, marks) = (patience.as_secs(), self.marks(mark));
                bail!("{mark:?} was reached only {marks} of {count} times within {seconds} s");
            }
            self.turn(deadline)?;
        }
        self.outbox.marks[mark as usize] -= count as u64;
        Ok(())
    }

    /// Turns until a moment of the clock.
    pub(crate) fn turn_until(&mut self, moment: u64) -> Result<()> {
        while clock::now() < moment {
            self.turn(moment)?;
        }
        Ok(())
    }

    /// Waits once, at most until the clock shows `until`, and handles what came.
    pub(crate) fn turn(&mut self, until: u64) -> Result<()> {
        let mut ready = std::mem::take(&mut self.ready);
        self.poll.wait(Some(until), &mut ready)?;
        for Ready {
            key,
            readable,
            writable,
        } in ready.drain(..)
        {
            let index = usize::try_from(key)?;
            if writable {
                self.writable(index)?;
            }
            if readable {
                self.readable(index)
                    .with_context(|| format!("connection {index}"))?;
            }
        }
        self.ready = ready;
        Ok(())
    }

    fn writable(&mut self, index: usize) -> Result<()> {
        let link = &mut self.links[index];
        let Some(stream) = &link.stream else {
            return Ok(());
        };
        self.poll.change(stream.as_fd(), index as u64, false)?;
        if !link.opening {
            return self.send(index);
        }
        if let Some(error) = stream.take_error()? {
            return Err(error).context("a connection was refused");
        }
        match link.wire {
            Wire::Socket => {
                let request = wire::upgrade(&self.address.to_string());
                self.outbox.raw(request.as_bytes());
            }
            Wire::Events => {
                link.opening = false;
                link.behaviour.opened(&mut self.outbox)?;
            }
        }
        self.send(index)
    }

    fn readable(&mut self, index: usize) -> Result<()> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let outcome = self.read(index, &mut buffer);
        self.buffer = buffer;
        outcome?;
        self.send(index)
    }

    fn read(&mut self, index: usize, buffer: &mut [u8]) -> Result<()> {
        let link = &mut self.links[index];
        let Some(stream) = &mut link.stream else {
            return Ok(());
        };
        let count = match stream.read(buffer) {
            Ok(0) => bail!("the other side hung up"),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let now = clock::now();
        if link.part.is_empty() {
            let taken = link.take(&buffer[..count], now, &mut self.outbox)?;
            link.part.extend_from_slice(&buffer[taken..count]);
        } else {
            let mut part = std::mem::take(&mut link.part);
            part.extend_from_slice(&buffer[..count]);
            let taken = link.take(&part, now, &mut self.outbox)?;
            part.drain(..taken);
            // Thousands of connections must not keep what one burst needed.
            if part.is_empty() && part.capacity() > 16 * 1024 {
                part = Vec::new();
            }
            link.part = part;
        }
        Ok(())
    }

    /// Sends what is in the outbox on a connection.
    fn send(&mut self, index: usize) -> Result<()> {
        let link = &mut self.links[index];
        if self.outbox.bytes.is_empty() && link.rest.is_empty() {
            return Ok(());
        }
        link.rest.append(&mut self.outbox.bytes);
        let Some(stream) = &mut link.stream else {
            bail!("connection {index} is asked to speak while it is closed");
        };
        match stream.write(&link.rest) {
            Ok(count) => drop(link.rest.drain(..count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error).context("a connection broke"),
        }
        if !link.rest.is_empty() {
            self.poll.change(stream.as_fd(), index as u64, true)?;
        }
        Ok(())
    }
}

impl<B: Behaviour> Link<B> {
    /// Handles all that is whole in `bytes` and gives how many those were.
    fn take(&mut self, bytes: &[u8], now: u64, out: &mut Outbox) -> Result<usize> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let found = match self.wire {
                Wire::Events if rest.is_empty() => Found::Part,
                Wire::Events => wire::event(rest)?,
                Wire::Socket if self.opening => wire::upgraded(rest)?,
                Wire::Socket => wire::frame(rest)?,
            };
            match found {
                Found::Part => return Ok(at),
                Found::Upgraded(taken) => {
                    at += taken;
                    self.opening = false;
                    self.behaviour.opened(out)?;
                }
                Found::Text(text, taken) => {
                    at += taken;
                    self.behaviour.received(text, now, out)?;
                }
                Found::Ping(payload, taken) => {
                    at += taken;
                    wire::put_frame(&mut out.bytes, 0xA, payload);
                }
                Found::Close(code) => bail!("the server closed the connection with {code}"),
                Found::Nothing(taken) => at += taken,
            }
        }
    }
}
