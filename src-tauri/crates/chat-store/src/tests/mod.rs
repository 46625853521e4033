//! Tests on real files. Each says in its assertions why it must be so.

mod accounts;
mod branches;
mod chats;
mod devices;
mod durability;
mod exchanges;
mod files;
mod invitations;
mod journal;
mod migrations;
mod objectives;
mod portable;
mod spending;
mod support;
mod tree;
mod writer;
