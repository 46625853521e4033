//! Whose account here is meant by somebody whom another system vouches for. An account is found by
//! what that system says of itself and of them, never by a name that they chose there.

use chat_core::{Actor, Sources, StoreError, UserId, UserRole};
use chat_store::Database;

use crate::{
    auth::{Foreigner, Vouched, check_account_name, shortened},
    config::{ForeignUsers, OidcUsers},
};

/// As many names are tried for a new account.
const TRIES: u32 = 20;

/// The account's id, where there is one or one may be made.
pub(crate) async fn find(
    database: &Database,
    sources: &Sources,
    users: ForeignUsers,
    foreigner: &Foreigner,
) -> Option<UserId> {
    if users == ForeignUsers::Id {
        return UserId::parse(&foreigner.subject).ok();
    }
    let found = linked(database, sources, users, foreigner).await;
    found.unwrap_or_else(|error| {
        tracing::error!(%error, "an account of another system could not be looked up");
        None
    })
}

/// Whose account is meant by somebody who signs in through the identity provider. Whoever is found
/// by their address is tied to that account from then on.
pub(crate) async fn vouched(
    database: &Database,
    sources: &Sources,
    users: OidcUsers,
    vouched: &Vouched,
) -> Result<Option<UserId>, StoreError> {
    let person = &vouched.person;
    let (issuer, subject) = (&person.issuer, &person.subject);
    let known = database.user_of_identity(issuer, subject).await?;
    if known.is_some() || users == OidcUsers::Linked {
        return Ok(known);
    }
    // No name that somebody chose: only an account that is called by an address, and that address.
    let email = vouched.email.as_deref().filter(|email| email.contains('@'));
    if let Some(email) = email
        && let Some((user, _)) = database.user_by_name(email).await?
        // Somebody of that system has this account already: another person, or who took the name.
        && !database.is_tied(issuer, &user.id).await?
    {
        let linked = database.link_identity(issuer, subject, &user.id, outside(sources));
        linked.await?;
        return Ok(Some(user.id));
    }
    match users {
        OidcUsers::Create => linked(database, sources, ForeignUsers::Create, person).await,
        OidcUsers::Linked | OidcUsers::Email => Ok(None),
    }
}

fn outside(sources: &Sources) -> Actor {
    Actor {
        user: None,
        address: "another system".to_owned(),
        at: sources.clock.now(),
    }
}

async fn linked(
    database: &Database,
    sources: &Sources,
    users: ForeignUsers,
    foreigner: &Foreigner,
) -> Result<Option<UserId>, StoreError> {
    let Foreigner {
        issuer, subject, ..
    } = foreigner;
    let known = database.user_of_identity(issuer, subject).await?;
    if known.is_some() || users == ForeignUsers::Linked {
        return Ok(known);
    }
    let Ok(id) = UserId::parse(&sources.ids.fresh()) else {
        return Ok(None);
    };
    let wanted = foreigner.name.as_deref().unwrap_or("guest");
    // An account that is called by an address is found by it (`vouched`): nobody takes another's.
    let wanted = wanted.split('@').next().unwrap_or_default();
    let wanted = shortened(wanted, 56).trim().to_owned();
    let wanted = match check_account_name(&wanted) {
        Ok(()) => wanted,
        Err(_) => "guest".to_owned(),
    };
    let actor = outside(sources);
    for number in 1..=TRIES {
        let name = match number {
            1 => wanted.clone(),
            _ => format!("{wanted} {number}"),
        };
        let made = database.provision(
            id.clone(),
            &name,
            UserRole::Member,
            issuer,
            subject,
            actor.clone(),
        );
        match made.await {
            Ok(user) => return Ok(Some(user)),
            Err(StoreError::IdTaken) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
