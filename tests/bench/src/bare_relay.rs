//! A relay that does nothing but read and write: what no server that hands on every token as it comes
//! can do without. One process, one thread, for each client a connection of its own to the provider;
//! no protocol is read, nothing is kept.

use std::{
    collections::HashMap,
    io::{self, ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    os::fd::AsFd as _,
};

use anyhow::Result;

use crate::poll::{Poll, Ready};

/// The key of the listening socket.
const LISTENER: u64 = u64::MAX - 1;

/// One end of a pair, whose other end has the key beside it.
struct End {
    socket: TcpStream,
    /// What the socket has yet to take.
    pending: Vec<u8>,
}

/// Listens on a free port of loopback, says it on standard output, and relays to `provider` until it
/// is killed.
pub(crate) fn serve(provider: SocketAddr) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    println!("listening on http://{}", listener.local_addr()?);
    let mut poll = Poll::new()?;
    poll.add(listener.as_fd(), LISTENER, false)?;
    let mut ends: HashMap<u64, End> = HashMap::new();
    let (mut next, mut ready, mut buffer) = (0, Vec::new(), vec![0; 64 * 1024]);
    loop {
        poll.wait(None, &mut ready)?;
        for Ready {
            key,
            readable,
            writable,
        } in ready.drain(..)
        {
            if key == LISTENER {
                while let Some(client) = accepted(&listener)? {
                    for socket in [client, TcpStream::connect(provider)?] {
                        socket.set_nonblocking(true)?;
                        socket.set_nodelay(true)?;
                        poll.add(socket.as_fd(), next, false)?;
                        let pending = Vec::new();
                        ends.insert(next, End { socket, pending });
                        next += 1;
                    }
                }
                continue;
            }
            let done = (writable && flush(&poll, &mut ends, key).is_err())
                || (readable && pass(&poll, &mut ends, key, &mut buffer).is_err());
            if done {
                ends.remove(&key);
                ends.remove(&other(key));
            }
        }
    }
}

/// The ends of a pair are neighbours.
fn other(key: u64) -> u64 {
    key ^ 1
}

fn accepted(listener: &TcpListener) -> io::Result<Option<TcpStream>> {
    match listener.accept() {
        Ok((client, _)) => Ok(Some(client)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

/// Hands on what there is to read at one end. An error is the end of the pair.
fn pass(poll: &Poll, ends: &mut HashMap<u64, End>, key: u64, buffer: &mut [u8]) -> io::Result<()> {
    let Some(end) = ends.get_mut(&key) else {
        return Ok(());
    };
    let read = match end.socket.read(buffer) {
        Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
        Ok(read) => read,
        Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
        Err(error) => return Err(error),
    };
    let Some(to) = ends.get_mut(&other(key)) else {
        return Err(ErrorKind::BrokenPipe.into());
    };
    let bytes = &buffer[..read];
    let written = match to.pending.is_empty() {
        true => write(&mut to.socket, bytes)?,
        false => 0,
    };
    to.pending.extend_from_slice(&bytes[written..]);
    if !to.pending.is_empty() {
        poll.change(to.socket.as_fd(), other(key), true)?;
    }
    Ok(())
}

/// Writes what waited at one end.
fn flush(poll: &Poll, ends: &mut HashMap<u64, End>, key: u64) -> io::Result<()> {
    let Some(end) = ends.get_mut(&key) else {
        return Ok(());
    };
    let written = write(&mut end.socket, &end.pending)?;
    end.pending.drain(..written);
    if end.pending.is_empty() {
        poll.change(end.socket.as_fd(), key, false)?;
    }
    Ok(())
}

fn write(socket: &mut TcpStream, bytes: &[u8]) -> io::Result<usize> {
    match socket.write(bytes) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(0),
        written => written,
    }
}
