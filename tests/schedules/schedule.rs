//! What happens: a list of steps, made from a seed. A step names its object by a number that is
//! looked up when it is done, so that any step can be left out and the others still make sense.

use crate::dice::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Says something at the end of the line.
    Say,
    /// Says something in place of an earlier message.
    Edit,
    BeginChat,
    Look,
    Stop,
    Regenerate,
    Continue,
    ShowBranch,
    Delete,
    Restore,
    /// Some frames go up, some are read.
    Exchange,
    /// As many as there are.
    ExchangeAll,
    /// A moment passes for the client.
    Tick,
    /// The line breaks; what was on it is lost.
    Cut,
    /// The client takes the line for dead, but what it sent still arrives, later.
    Abandon,
    /// Frames on abandoned lines arrive.
    Arrive,
    Connect,
    /// The page is loaded anew: only the outbox is left.
    Reload,
    /// The server ends in order and starts again.
    Drain,
    /// The server is killed and starts again.
    Kill,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) act: Act,
    pub(crate) client: usize,
    /// Chooses among what the act can be about.
    pub(crate) pick: u64,
    /// Milliseconds until the next step; 0 lets the others run once.
    pub(crate) pause: u64,
}

/// How often each act comes, of all.
const WEIGHTS: &[(Act, u64)] = &[
    (Act::Exchange, 60),
    (Act::ExchangeAll, 14),
    (Act::Say, 20),
    (Act::Tick, 10),
    (Act::Connect, 12),
    (Act::Look, 8),
    (Act::Regenerate, 5),
    (Act::Continue, 5),
    (Act::Edit, 5),
    (Act::ShowBranch, 6),
    (Act::Stop, 5),
    (Act::BeginChat, 3),
    (Act::Cut, 4),
    (Act::Abandon, 4),
    (Act::Arrive, 4),
    (Act::Reload, 2),
    (Act::Delete, 2),
    (Act::Restore, 2),
    (Act::Kill, 2),
    (Act::Drain, 1),
];

/// The schedule of a seed: how many clients, and what happens.
pub(crate) fn of(seed: u64) -> (usize, Vec<Step>) {
    let mut dice = Dice::new(seed);
    let clients = 1 + dice.below(3);
    let length = 30 + dice.below(120);
    let all = WEIGHTS.iter().map(|(_, weight)| weight).sum();
    let steps = (0..length).map(|_| {
        let mut at = dice.below(all);
        let act = WEIGHTS.iter().find(|(_, weight)| {
            let found = at < *weight;
            at = at.saturating_sub(*weight);
            found
        });
        Step {
            act: act.map_or(Act::Tick, |(act, _)| *act),
            client: usize::try_from(dice.below(clients)).unwrap_or_default(),
            pick: dice.roll(),
            pause: if dice.once_in(2) { 0 } else { dice.below(40) },
        }
    });
    let steps = steps.collect();
    (usize::try_from(clients).unwrap_or(1), steps)
}
