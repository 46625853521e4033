//! Who may sign in, on what, and who did what: the parts of accounts that the store keeps and the
//! wire shows. The rules are the store's, which judges them in the transaction that changes.

use crate::{
    ids::{DeviceId, InvitationId, UserId},
    model::UserRole,
    sources::Timestamp,
};

/// How somebody signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInMethod {
    /// By name and password.
    Password,
    /// By a one-time link.
    Link,
    /// By accepting an invitation.
    Invitation,
    /// By pairing a phone.
    Pairing,
    /// By another system that vouches for them.
    Provider,
}

/// A device that somebody is signed in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id, the `sid` of its tokens.
    pub id: DeviceId,
    /// Whose it is.
    pub user: UserId,
    /// What it is called, for people.
    pub name: String,
    /// What it calls itself, shortened.
    pub user_agent: String,
    /// The address it was last seen at.
    pub address: String,
    /// How the person signed in on it.
    pub method: SignInMethod,
    /// When.
    pub created_at: Timestamp,
    /// When it was last seen, to about a minute.
    pub used_at: Timestamp,
    /// When it is signed out if nothing is heard of it.
    pub expires_at: Timestamp,
}

/// An invitation to make an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its id; not its code.
    pub id: InvitationId,
    /// The role of whoever accepts it.
    pub role: UserRole,
    /// For whom it is, in the words of whoever made it.
    pub note: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was accepted.
    pub used_at: Option<Timestamp>,
    /// By whom.
    pub used_by: Option<UserId>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// What can be done that others may have to account for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditAction {
    /// Somebody signed in.
    SignedIn,
    /// A wrong password for an account that exists.
    SignInRefused,
    /// Somebody signed out on their own device.
    SignedOut,
    /// One device was signed out from elsewhere.
    DeviceRevoked,
    /// All devices, or all others, were.
    DevicesRevoked,
    /// A refresh token came a second time: its device was signed out.
    TokenReused,
    /// A password was set or changed.
    PasswordChanged,
    /// An account was made.
    UserCreated,
    /// A role was changed.
    RoleChanged,
    /// An account was opened again.
    UserEnabled,
    /// An account was closed.
    UserDisabled,
    /// Somebody was invited.
    InvitationCreated,
    /// An invitation was taken back.
    InvitationRevoked,
    /// An invitation was accepted.
    InvitationAccepted,
    /// A sign-in link was made for somebody.
    LinkCreated,
    /// An account of another system was tied to one here.
    IdentityLinked,
    /// Somebody may spend more or less than before, or ask other models.
    LimitsChanged,
    /// What models cost was changed.
    PricesChanged,
    /// The computer was opened to the local network.
    LanOpened,
    /// It was closed again.
    LanClosed,
    /// A device that brought a code was let in as somebody.
    DevicePaired,
}

/// Who acts, from where, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; nobody is the command line or the server itself.
    pub user: Option<UserId>,
    /// Their network address, or where else it was done.
    pub address: String,
    /// When.
    pub at: Timestamp,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Grows with each.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who; nobody is the command line or the server itself.
    pub actor: Option<UserId>,
    /// From where.
    pub address: String,
    /// What.
    pub action: AuditAction,
    /// To whom it was done.
    pub subject: Option<UserId>,
    /// More about it, for people.
    pub detail: String,
}
