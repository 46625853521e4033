//! Journeys over real sockets: the real `parlor-server` as a process, real clients, and a scripted
//! model provider that paces and misbehaves on command. Nothing here links a crate of the house:
//! what is held is the contract, `PROTOCOL.md` and the list of bad input, and each assertion
//! says which sentence it protects.
//!
//! The server must have been built first (`cargo build -p chat-server`); `PARLOR_SERVER_BIN` names
//! another one.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod journeys;
#[cfg(test)]
mod support;
