//! Who came by the door of the local network, and how far they came: what a person who asks *why
//! can't my phone connect?* needs to see. Addresses and stages, for the last few who came; nothing
//! of what they sent.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use chat_core::{Sources, Timestamp};

/// As many addresses are remembered.
const CAPACITY: usize = 16;

/// How far somebody came, each further than the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// A connection was opened: network and firewall let them through.
    Connected,
    /// They spoke plain HTTP, and were sent to https.
    Plain,
    /// They did not go on: the certificate is not trusted yet.
    Distrusted,
    /// The handshake is done.
    Secured,
    /// They asked for a name that this computer does not have.
    WrongName,
    /// A request came through.
    Arrived,
}

/// Somebody who came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    /// From where.
    pub(crate) peer: IpAddr,
    /// How far they came, at the best.
    pub(crate) stage: Stage,
    /// When they came last.
    pub(crate) at: Timestamp,
}

/// The last who came.
pub(crate) struct Arrivals {
    sources: Sources,
    seen: Mutex<Vec<Arrival>>,
}

impl Arrivals {
    /// Nobody came.
    pub(crate) fn new(sources: Sources) -> Self {
        Self {
            sources,
            seen: Mutex::default(),
        }
    }

    /// Somebody came this far.
    pub(crate) fn note(&self, peer: IpAddr, stage: Stage) {
        let (peer, at) = (peer.to_canonical(), self.sources.clock.now());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = seen.iter_mut().find(|known| known.peer == peer) {
            known.stage = known.stage.max(stage);
            known.at = at;
            return;
        }
        if seen.len() == CAPACITY {
            let oldest = seen.iter().enumerate().min_by_key(|(_, known)| known.at);
            if let Some(place) = oldest.map(|(place, _)| place) {
                seen.swap_remove(place);
            }
        }
        seen.push(Arrival { peer, stage, at });
    }

    /// All of them, the last first.
    pub(crate) fn all(&self) -> Vec<Arrival> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = seen.clone();
        seen.sort_by_key(|arrival| std::cmp::Reverse(arrival.at));
        seen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(last: u8) -> IpAddr {
        [192, 168, 1, last].into()
    }

    #[test]
    fn the_furthest_that_somebody_came_is_remembered() {
        let arrivals = Arrivals::new(Sources::system());
        for stage in [Stage::Connected, Stage::Arrived, Stage::Connected] {
            arrivals.note(peer(1), stage);
        }
        let mapped = "::ffff:192.168.1.1".parse().expect("an address");
        arrivals.note(mapped, Stage::Secured);
        let all = arrivals.all();
        assert_eq!(all.len(), 1, "one address, however it is written");
        assert_eq!(all[0].stage, Stage::Arrived);
    }

    #[test]
    fn a_crowd_takes_no_more_room() {
        let arrivals = Arrivals::new(Sources::system());
        for last in 0..100 {
            arrivals.note(peer(last), Stage::Connected);
        }
        assert_eq!(arrivals.all().len(), CAPACITY);
    }
}
