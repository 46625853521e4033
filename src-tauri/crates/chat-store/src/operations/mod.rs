//! The rules: what each request of the store does to the tables, within one transaction of the
//! writer. The SQL is in `tables`, revisions and changes in `change`.

pub(crate) mod accounts;
pub(crate) mod answers;
pub(crate) mod branches;
pub(crate) mod chats;
pub(crate) mod devices;
pub(crate) mod exchanges;
pub(crate) mod invitations;
pub(crate) mod limits;
pub(crate) mod objectives;
pub(crate) mod portable;
pub(crate) mod sharing;
pub(crate) mod usage;
