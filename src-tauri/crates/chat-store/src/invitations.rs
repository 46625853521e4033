//! What the server asks of the database about invitations, accounts of other systems, and the log
//! of who did what.

use chat_core::{
    Actor, AuditAction, AuditEntry, Invitation, InvitationId, StoreError, Timestamp, User, UserId,
    UserRole,
};

use crate::{
    database::Database,
    error::Error,
    operations::{
        accounts::{self, Refusal},
        invitations::{self, Acceptance},
    },
    tables::{self, identities, users},
};

impl Database {
    /// Keeps an invitation and the hash of its code. Whoever makes it must be an admin or owner and
    /// have the role that it gives.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails. The inner error is why not.
    pub async fn invite(
        &self,
        hash: [u8; 32],
        invitation: Invitation,
        actor: Actor,
    ) -> Result<Result<(), Refusal>, StoreError> {
        self.write(move |scope| invitations::invite(scope, &hash, &invitation, &actor))
            .await
    }

    /// All invitations that are remembered, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn invitations(&self) -> Result<Vec<Invitation>, StoreError> {
        self.read(|connection| Ok(tables::invitations::all(connection)?))
            .await
    }

    /// The invitation that a code opens at `now`, and who made it.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn open_invitation(
        &self,
        hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<(Invitation, User)>, StoreError> {
        self.read(move |connection| invitations::open(connection, &hash, now))
            .await
    }

    /// Takes an invitation back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none that could be accepted. The inner error is why
    /// this person may not.
    pub async fn revoke_invitation(
        &self,
        invitation: &InvitationId,
        actor: Actor,
    ) -> Result<Result<(), Refusal>, StoreError> {
        let invitation = invitation.clone();
        self.write(move |scope| invitations::revoke(scope, &invitation, &actor))
            .await
    }

    /// Makes the account of whoever accepts an invitation, and uses it up. Of any number that try
    /// at once, one is welcome.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails or the name is none.
    pub async fn accept_invitation(
        &self,
        hash: [u8; 32],
        id: UserId,
        name: &str,
        password_hash: String,
        actor: Actor,
    ) -> Result<Acceptance, StoreError> {
        let name = name.to_owned();
        self.write(move |scope| {
            invitations::accept(scope, &hash, id, &name, &password_hash, &actor)
        })
        .await
    }

    /// Whose account an account of another system is tied to.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn user_of_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<UserId>, StoreError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.read(move |connection| Ok(identities::find(connection, &issuer, &subject)?))
            .await
    }

    /// Whether anybody of `issuer` is tied to an account here.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn is_tied(&self, issuer: &str, user: &UserId) -> Result<bool, StoreError> {
        let (issuer, user) = (issuer.to_owned(), user.clone());
        self.read(move |connection| Ok(identities::has(connection, &issuer, &user)?))
            .await
    }

    /// Ties an account of another system to one here.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person, [`StoreError::IdTaken`] when the
    /// other account is tied already.
    pub async fn link_identity(
        &self,
        issuer: &str,
        subject: &str,
        user: &UserId,
        actor: Actor,
    ) -> Result<(), StoreError> {
        let (issuer, subject, user) = (issuer.to_owned(), subject.to_owned(), user.clone());
        self.write(move |scope| {
            accounts::found(users::get(scope.connection, &user)?.is_some())?;
            identities::insert(scope.connection, &issuer, &subject, &user, actor.at)
                .map_err(Error::taken)?;
            let action = AuditAction::IdentityLinked;
            tables::audit::write(scope.connection, &actor, action, Some(&user), &issuer)?;
            Ok(())
        })
        .await
    }

    /// Makes an account for somebody whom another system vouches for, and ties the two. Gives the
    /// id of the account that is tied already, if there is one by now.
    ///
    /// # Errors
    /// [`StoreError::IdTaken`] when the name is somebody's; nothing was made then.
    pub async fn provision(
        &self,
        id: UserId,
        name: &str,
        role: UserRole,
        issuer: &str,
        subject: &str,
        actor: Actor,
    ) -> Result<UserId, StoreError> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        let user = User {
            id,
            name: name.to_owned(),
            role,
            enabled: true,
            created_at: actor.at,
        };
        self.write(move |scope| {
            if let Some(known) = identities::find(scope.connection, &issuer, &subject)? {
                return Ok(known);
            }
            let user = accounts::create(scope, user, None)?;
            let connection = scope.connection;
            identities::insert(connection, &issuer, &subject, &user.id, actor.at)?;
            let action = AuditAction::UserCreated;
            tables::audit::write(connection, &actor, action, Some(&user.id), &issuer)?;
            Ok(user.id)
        })
        .await
    }

    /// Notes that something was done that changed nothing in the store.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn note(
        &self,
        actor: Actor,
        action: AuditAction,
        subject: Option<UserId>,
        detail: String,
    ) -> Result<(), StoreError> {
        self.write(move |scope| {
            let subject = subject.as_ref();
            Ok(tables::audit::write(
                scope.connection,
                &actor,
                action,
                subject,
                &detail,
            )?)
        })
        .await
    }

    /// Who did what when: the newest `limit` lines before the line `before`, the newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn audit(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| Ok(tables::audit::page(connection, before, limit)?))
            .await
    }
}
