//! A TCP proxy that breaks what goes through it, as networks do: it delays, lets through a byte at
//! a time, swallows, closes one direction, cuts, resets, refuses.

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{broadcast, watch},
    task::JoinHandle,
    time::sleep,
};

/// Breaks that may wait to be noticed: a test makes one or two.
const BREAKS: usize = 16;

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// From whoever connected to the target.
    Up,
    /// Back.
    Down,
}

/// How bytes pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// At once.
    Free,
    /// Each piece that much later.
    Delayed(Duration),
    /// A byte, a pause, a byte.
    Trickle(Duration),
    /// Not at all, and nobody is told: a black hole.
    Nowhere,
}

/// What ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// Both sides see the end of the stream.
    Cut,
    /// Both sides see a reset.
    Reset,
    /// The reader of this direction sees its end; the other direction goes on.
    HalfClose(Way),
}

#[derive(Clone, Copy)]
struct Passages {
    up: Passage,
    down: Passage,
    refuses: bool,
}

impl Passages {
    fn of(self, way: Way) -> Passage {
        match way {
            Way::Up => self.up,
            Way::Down => self.down,
        }
    }
}

/// The proxy. Dropping it ends it and all that goes through it.
pub(crate) struct FaultProxy {
    address: SocketAddr,
    target: watch::Sender<SocketAddr>,
    passages: watch::Sender<Passages>,
    breaks: broadcast::Sender<Break>,
    task: JoinHandle<()>,
}

impl FaultProxy {
    /// A proxy through which all passes freely, for now.
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound listener has an address");
        let free = Passages {
            up: Passage::Free,
            down: Passage::Free,
            refuses: false,
        };
        let (passages, breaks) = (watch::Sender::new(free), broadcast::Sender::new(BREAKS));
        let target = watch::Sender::new(target);
        let (passing, breaking, aimed) = (passages.subscribe(), breaks.clone(), target.subscribe());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if passing.borrow().refuses {
                    reset(&stream);
                    continue;
                }
                let to = *aimed.borrow();
                tokio::spawn(relay(stream, to, passing.clone(), breaking.clone()));
            }
        });
        Self {
            address,
            target,
            passages,
            breaks,
            task,
        }
    }

    /// Where to connect.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where new connections go.
    pub(crate) fn aim(&self, target: SocketAddr) {
        self.target.send_replace(target);
    }

    /// How bytes pass from now on, in one direction.
    pub(crate) fn pass(&self, way: Way, passage: Passage) {
        self.passages.send_modify(|passages| match way {
            Way::Up => passages.up = passage,
            Way::Down => passages.down = passage,
        });
    }

    /// How bytes pass from now on, in both.
    pub(crate) fn pass_both(&self, passage: Passage) {
        self.pass(Way::Up, passage);
        self.pass(Way::Down, passage);
    }

    /// Whether new connections are reset.
    pub(crate) fn refuse(&self, refuses: bool) {
        self.passages
            .send_modify(|passages| passages.refuses = refuses);
    }

    /// Breaks all connections that there are.
    pub(crate) fn break_all(&self, how: Break) {
        // An error says that there are none.
        let _ = self.breaks.send(how);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
        self.break_all(Break::Cut);
    }
}

/// Makes closing the socket a reset.
fn reset(stream: &TcpStream) {
    // It may be closed already, which is the end that is wanted.
    let _ = stream.set_zero_linger();
}

async fn relay(
    stream: TcpStream,
    target: SocketAddr,
    passages: watch::Receiver<Passages>,
    breaks: broadcast::Sender<Break>,
) {
    let breaking = [breaks.subscribe(), breaks.subscribe()];
    let Ok(onward) = TcpStream::connect(target).await else {
        reset(&stream);
        return;
    };
    for socket in [&stream, &onward] {
        // A fault is ours to make, not Nagle's.
        let _ = socket.set_nodelay(true);
    }
    let (here_reads, here_writes) = stream.into_split();
    let (there_reads, there_writes) = onward.into_split();
    let [up, down] = breaking;
    let upward = pump(Way::Up, here_reads, there_writes, passages.clone(), up);
    tokio::spawn(upward);
    pump(Way::Down, there_reads, here_writes, passages, down).await;
}

/// Carries one direction to its end.
async fn pump(
    way: Way,
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut passages: watch::Receiver<Passages>,
    mut breaks: broadcast::Receiver<Break>,
) {
    let mine = async {
        loop {
            match breaks.recv().await {
                Ok(Break::HalfClose(other)) if other != way => {}
                Ok(how) => return Some(how),
                Err(_) => return None,
            }
        }
    };
    let how = tokio::select! {
        how = mine => how,
        _ = carry(way, &mut from, &mut to, &mut passages) => None,
    };
    if how == Some(Break::Reset) {
        reset(from.as_ref());
        reset(to.as_ref());
        // Dropping it would first say goodbye.
        to.forget();
    }
}

async fn carry(
    way: Way,
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    passages: &mut watch::Receiver<Passages>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        passes(way, passages).await;
        let count = tokio::select! {
            read = from.read(&mut buffer) => read?,
            _ = passages.changed() => continue,
        };
        if count == 0 {
            return to.shutdown().await;
        }
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            // What was read before the hole opened falls into it too.
            passes(way, passages).await;
            let passage = passages.borrow().of(way);
            let (now, later) = match passage {
                Passage::Free | Passage::Nowhere => (rest, &rest[..0]),
                Passage::Delayed(time) => {
                    sleep(time).await;
                    (rest, &rest[..0])
                }
                Passage::Trickle(pause) => {
                    sleep(pause).await;
                    rest.split_at(1)
                }
            };
            to.write_all(now).await?;
            rest = later;
        }
    }
}

/// Waits while the direction is a black hole.
async fn passes(way: Way, passages: &mut watch::Receiver<Passages>) {
    let open = |passages: &Passages| passages.of(way) != Passage::Nowhere;
    // An error is the end of the proxy, which cuts all anyway.
    let _ = passages.wait_for(open).await;
}
