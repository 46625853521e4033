//! The fake model provider, a process of its own on one thread: an OpenAI-compatible endpoint whose
//! answers are planned by the question and stamped token by token.
//!
//! Paced answers send each token at its moment. Unpaced ones send as fast as the socket takes it.
//! Either way a token is an event and a write of its own, as model servers flush each one.

mod exchange;

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
    io,
    net::{TcpListener, TcpStream},
    os::fd::AsFd as _,
};

use anyhow::Result;

use self::exchange::{Exchange, Sent};
use crate::{
    clock,
    poll::{Poll, Ready},
};

/// The key of the listening socket.
const LISTENER: u64 = u64::MAX - 1;

/// Tokens that an unpaced answer sends before the next one has its turn.
const TURN: u32 = 8;

/// Listens on a free port of loopback, says it on standard output, and serves until it is killed.
pub(crate) fn serve() -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    // The standard library's backlog of 128 is too short for hundreds of chats that begin at once.
    socket2::SockRef::from(&listener).listen(4_096)?;
    listener.set_nonblocking(true)?;
    println!("listening on http://{}", listener.local_addr()?);
    Provider::new(listener)?.run()
}

struct Provider {
    listener: TcpListener,
    poll: Poll,
    exchanges: HashMap<u64, Exchange>,
    next_key: u64,
    /// When which paced answer sends its next token.
    due: BinaryHeap<Reverse<(u64, u64)>>,
    /// Unpaced answers whose sockets take more.
    eager: Vec<u64>,
}

impl Provider {
    fn new(listener: TcpListener) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.add(listener.as_fd(), LISTENER, false)?;
        Ok(Self {
            listener,
            poll,
            exchanges: HashMap::new(),
            next_key: 0,
            due: BinaryHeap::new(),
            eager: Vec::new(),
        })
    }

    fn run(mut self) -> Result<()> {
        let mut ready = Vec::new();
        loop {
            let next = if self.eager.is_empty() {
                self.due.peek().map(|Reverse((moment, _))| *moment)
            } else {
                Some(0)
            };
            self.poll.wait(next, &mut ready)?;
            for Ready {
                key,
                readable,
                writable,
            } in ready.drain(..)
            {
                if key == LISTENER {
                    self.accept()?;
                    continue;
                }
                if readable {
                    self.read(key);
                }
                if writable {
                    self.write(key);
                }
            }
            self.send_due();
            for key in std::mem::take(&mut self.eager) {
                self.send(key, TURN);
            }
        }
    }

    fn accept(&mut self) -> io::Result<()> {
        loop {
            match self.listener.accept() {
                Ok((stream, _)) => self.welcome(stream)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn welcome(&mut self, stream: TcpStream) -> io::Result<()> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let key = self.next_key;
        self.next_key += 1;
        self.poll.add(stream.as_fd(), key, false)?;
        self.exchanges.insert(key, Exchange::new(stream));
        Ok(())
    }

    /// Takes what a client sent; a whole request begins its answer at once.
    fn read(&mut self, key: u64) {
        let Some(exchange) = self.exchanges.get_mut(&key) else {
            return;
        };
        match exchange.read(clock::now()) {
            Ok(false) => {}
            Ok(true) => self.send(key, 1),
            Err(_) => drop(self.exchanges.remove(&key)),
        }
    }

    /// The socket takes more again.
    fn write(&mut self, key: u64) {
        if let Some(exchange) = self.exchanges.get(&key) {
            let calm = self.poll.change(exchange.stream().as_fd(), key, false);
            if calm.is_ok() {
                self.send(key, 1);
            }
        }
    }

    fn send_due(&mut self) {
        let now = clock::now();
        while let Some(Reverse((moment, key))) = self.due.peek().copied()
            && moment <= now
        {
            self.due.pop();
            self.send(key, 1);
        }
    }

    /// Sends up to `most` tokens of an answer and arranges for the next one.
    fn send(&mut self, key: u64, most: u32) {
        let Some(exchange) = self.exchanges.get_mut(&key) else {
            return;
        };
        match exchange.send(most) {
            Ok(Sent::Nothing) => {}
            Ok(Sent::NextAt(moment)) => self.due.push(Reverse((moment, key))),
            Ok(Sent::More) => self.eager.push(key),
            Ok(Sent::Full) => {
                let watched = self.poll.change(exchange.stream().as_fd(), key, true);
                if watched.is_err() {
                    self.exchanges.remove(&key);
                }
            }
            Err(_) => drop(self.exchanges.remove(&key)),
        }
    }
}
