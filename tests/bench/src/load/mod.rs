//! The load client: many connections on one thread, with as little work as lets it check every
//! word. What is said and expected on a connection is a [`Behaviour`]; sockets, framing and waiting
//! are the [`Swarm`]'s.

mod chatter;
mod swarm;
mod wire;

pub(crate) use self::{
    chatter::{Chatter, Talk},
    swarm::{Mark, Swarm},
    wire::Wire,
};
