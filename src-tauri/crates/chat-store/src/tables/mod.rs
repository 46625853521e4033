//! The tables. Each module owns the SQL of one table and knows no rule about it: rules are in
//! `operations`.

pub(crate) mod audit;
pub(crate) mod chats;
pub(crate) mod devices;
pub(crate) mod identities;
pub(crate) mod invitations;
pub(crate) mod limits;
pub(crate) mod lines;
pub(crate) mod links;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod meta;
pub(crate) mod objectives;
pub(crate) mod pieces;
pub(crate) mod providers;
pub(crate) mod refresh_tokens;
pub(crate) mod reservations;
pub(crate) mod settings;
pub(crate) mod usage;
pub(crate) mod users;
pub(crate) mod whole_messages;
