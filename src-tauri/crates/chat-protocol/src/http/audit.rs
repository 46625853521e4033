//! The log of who did what.

use chat_core::{AuditEntry, User, UserId};
use serde::Serialize;
use ts_rs::TS;

use super::Person;
use crate::spelling::{AuditAction, IsoTime, Shown};

/// The answer to `GET /api/audit`.
#[derive(Serialize, TS)]
pub struct AuditPage<'a> {
    /// The newest first.
    pub entries: Vec<AuditLine<'a>>,
    /// Whether there are older ones: ask with `before` set to the last `id`.
    pub more: bool,
}

/// A line of the log.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine<'a> {
    #[ts(type = "number")]
    id: i64,
    #[ts(type = "string")]
    at: Shown<IsoTime>,
    action: AuditAction,
    /// Who did it; nobody is the command line or the server itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    actor: Option<Person<'a>>,
    /// From where.
    address: &'a str,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    subject: Option<Person<'a>>,
    /// More about it: a device's name, a role, a number.
    detail: &'a str,
}

impl<'a> AuditLine<'a> {
    /// A line; `person` finds people by their id.
    #[must_use]
    pub fn new(entry: &'a AuditEntry, person: impl Fn(&UserId) -> Option<&'a User>) -> Self {
        let (actor, subject) = (entry.actor.as_ref(), entry.subject.as_ref());
        Self {
            id: entry.id,
            at: Shown(IsoTime(entry.at)),
            action: entry.action.into(),
            actor: actor.and_then(&person).map(Person::from),
            address: &entry.address,
            subject: subject.and_then(&person).map(Person::from),
            detail: &entry.detail,
        }
    }
}
