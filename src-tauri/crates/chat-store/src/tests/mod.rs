//! Tests on real files. Each says in its assertions why it must be so.

mod accounts;
mod chats;
mod durability;
mod exchanges;
mod files;
mod migrations;
mod support;
mod tree;
mod writer;
