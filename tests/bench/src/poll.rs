//! Waiting for sockets, with an alarm of nanoseconds: epoll's own timeout counts in milliseconds,
//! which would bundle the tokens of a paced load.

use std::{
    io,
    os::fd::{AsFd, OwnedFd},
};

use rustix::{
    buffer::spare_capacity,
    event::epoll::{self, EventData, EventFlags},
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};

/// The key of the alarm among those of sockets.
const ALARM: u64 = u64::MAX;

/// How many events are taken at once.
const EVENTS: usize = 1_024;

/// What woke us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ready {
    /// The key that the socket was added with.
    pub(crate) key: u64,
    /// There is something to read, or an end.
    pub(crate) readable: bool,
    /// There is room to write.
    pub(crate) writable: bool,
}

/// What is waited for.
pub(crate) struct Poll {
    epoll: OwnedFd,
    alarm: OwnedFd,
    set_for: Option<u64>,
    events: Vec<epoll::Event>,
}

impl Poll {
    pub(crate) fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let alarm = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK)?;
        epoll::add(
            &epoll,
            &alarm,
            EventData::new_u64(ALARM),
            EventFlags::IN | EventFlags::ET,
        )?;
        Ok(Self {
            epoll,
            alarm,
            set_for: None,
            events: Vec::with_capacity(EVENTS),
        })
    }

    /// Watches a socket for reading, and for writing if `writing`.
    pub(crate) fn add(&self, socket: impl AsFd, key: u64, writing: bool) -> io::Result<()> {
        Ok(epoll::add(
            &self.epoll,
            socket,
            EventData::new_u64(key),
            flags(writing),
        )?)
    }

    /// Changes what a socket is watched for.
    pub(crate) fn change(&self, socket: impl AsFd, key: u64, writing: bool) -> io::Result<()> {
        Ok(epoll::modify(
            &self.epoll,
            socket,
            EventData::new_u64(key),
            flags(writing),
        )?)
    }

    /// Waits until a socket is ready or the clock shows `until`, and gives what is ready.
    /// A moment that has passed does not wait; none waits for sockets alone.
    pub(crate) fn wait(&mut self, until: Option<u64>, ready: &mut Vec<Ready>) -> io::Result<()> {
        let passed = until.is_some_and(|until| until <= crate::clock::now());
        if !passed && until != self.set_for {
            self.set(until.unwrap_or_default())?;
            self.set_for = until;
        }
        let at_once = Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        };
        self.events.clear();
        let timeout = passed.then_some(&at_once);
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), timeout) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        ready.clear();
        for event in &self.events {
            let (key, flags) = (event.data.u64(), event.flags);
            if key == ALARM {
                self.set_for = None;
                continue;
            }
            let over = flags.intersects(EventFlags::ERR | EventFlags::HUP);
            ready.push(Ready {
                key,
                readable: over || flags.contains(EventFlags::IN),
                writable: over || flags.contains(EventFlags::OUT),
            });
        }
        Ok(())
    }

    /// Sets the alarm to a moment of the clock; 0 turns it off.
    fn set(&self, moment: u64) -> io::Result<()> {
        let time = |nanoseconds: u64| Timespec {
            tv_sec: (nanoseconds / 1_000_000_000).cast_signed(),
            tv_nsec: (nanoseconds % 1_000_000_000).cast_signed(),
        };
        let alarm = Itimerspec {
            it_interval: time(0),
            it_value: time(moment),
        };
        timerfd_settime(&self.alarm, TimerfdTimerFlags::ABSTIME, &alarm)?;
        Ok(())
    }
}

fn flags(writing: bool) -> EventFlags {
    if writing {
        EventFlags::IN | EventFlags::OUT
    } else {
        EventFlags::IN
    }
}
