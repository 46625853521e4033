//! What a person, a script or an operator does when all goes well, and what is kept when not.

mod accounts;
mod accounts_people;
mod accounts_rights;
mod answering;
mod branches;
mod chats;
mod command_line;
mod configuration;
mod demonstration;
mod devices;
mod events;
mod guide;
mod http;
mod limits;
mod metrics;
mod providers;
mod readers;
mod resending;
mod restarting;
mod resuming;
mod signing_in;
mod stopping;
mod sharing;
mod tolerance;
