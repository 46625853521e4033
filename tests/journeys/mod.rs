//! What a person, a script or an operator does when all goes well, and what is kept when not.

mod accounts;
mod accounts_people;
mod accounts_rights;
mod answering;
mod authorisation;
mod behind_nginx;
mod branches;
mod chats;
mod command_line;
mod configuration;
mod demonstration;
mod devices;
mod events;
mod first_start;
mod forwarded;
mod guide;
mod http;
mod lan;
mod limits;
mod metrics;
mod oidc;
mod oidc_native;
mod own_certificate;
#[cfg(target_os = "linux")]
mod packaged;
mod portable;
mod providers;
mod readers;
mod resending;
mod restarting;
mod resuming;
mod sharing;
mod signing_in;
mod spend;
mod stopping;
mod tolerance;
