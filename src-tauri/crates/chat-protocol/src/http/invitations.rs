//! Invitations to make an account.

use chat_core::{Invitation, Timestamp, User};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{OnDevice, Person, optional_role, secret};
use crate::spelling::{IsoTime, Shown, UserRole};

/// The body of `POST /api/invitations`.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// The role of whoever accepts; else a member.
    #[serde(default, deserialize_with = "optional_role")]
    #[ts(optional, type = "UserRole")]
    pub role: Option<chat_core::UserRole>,
    /// For whom it is.
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
    /// How long it is good: an hour to 30 days, else three days.
    #[serde(default)]
    #[ts(optional)]
    pub expires_in_hours: Option<u32>,
}

/// The answer to that: the one time that the code is told.
#[derive(Serialize, TS)]
pub struct InvitationMade<'a> {
    /// What to append to the server's address after `#invite=`.
    pub code: &'a str,
    /// The invitation.
    pub invitation: InvitationInfo<'a>,
}

/// The answer to `GET /api/invitations`.
#[derive(Serialize, TS)]
pub struct InvitationList<'a> {
    /// The newest first.
    pub invitations: Vec<InvitationInfo<'a>>,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// It can be accepted.
    Open,
    /// It was.
    Used,
    /// It was taken back.
    Revoked,
    /// Nobody accepted it in time.
    Expired,
}

/// An invitation, without its code.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationInfo<'a> {
    invitation_id: &'a str,
    role: UserRole,
    note: &'a str,
    state: InvitationState,
    #[ts(type = "string")]
    created_at: Shown<IsoTime>,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    created_by: Option<Person<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    used_by: Option<Person<'a>>,
}

impl<'a> InvitationInfo<'a> {
    /// An invitation as it stands at `now`; `person` finds people by their id.
    #[must_use]
    pub fn new(
        invitation: &'a Invitation,
        now: Timestamp,
        person: impl Fn(&chat_core::UserId) -> Option<&'a User>,
    ) -> Self {
        let state = match invitation {
            Invitation {
                used_at: Some(_), ..
            } => InvitationState::Used,
            Invitation {
                revoked_at: Some(_),
                ..
            } => InvitationState::Revoked,
            _ if invitation.expires_at <= now => InvitationState::Expired,
            _ => InvitationState::Open,
        };
        let used_by = invitation.used_by.as_ref();
        Self {
            invitation_id: invitation.id.as_str(),
            role: invitation.role.into(),
            note: &invitation.note,
            state,
            created_at: Shown(IsoTime(invitation.created_at)),
            expires_at: Shown(IsoTime(invitation.expires_at)),
            created_by: person(&invitation.created_by).map(Person::from),
            used_by: used_by.and_then(person).map(Person::from),
        }
    }
}

/// The body of `POST /api/invitations/look`: who invites, before one accepts.
#[derive(Deserialize, TS)]
pub struct InvitationCode {
    /// Unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
}

/// The answer to that.
#[derive(Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationOffer<'a> {
    role: UserRole,
    invited_by: &'a str,
    host: &'a str,
    #[ts(type = "string")]
    expires_at: Shown<IsoTime>,
}

impl<'a> InvitationOffer<'a> {
    /// What `invitation` by `by` offers on the server `host`.
    #[must_use]
    pub fn new(invitation: &Invitation, by: &'a User, host: &'a str) -> Self {
        Self {
            role: invitation.role.into(),
            invited_by: &by.name,
            host,
            expires_at: Shown(IsoTime(invitation.expires_at)),
        }
    }
}

/// The body of `POST /api/invitations/accept`.
#[derive(Deserialize, TS)]
pub struct AcceptInvitation {
    /// Unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub code: SecretString,
    /// What they want to be called.
    pub name: String,
    /// Unprintable.
    #[serde(deserialize_with = "secret")]
    #[ts(type = "string")]
    pub password: SecretString,
    /// The device.
    #[serde(flatten)]
    pub on: OnDevice,
}
