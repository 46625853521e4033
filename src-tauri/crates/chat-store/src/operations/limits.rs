//! Who may say what may be spent, and what it costs: judged in the transaction that changes it.

use chat_core::{Actor, AuditAction, LimitScope, Limits, ModelId, Price};

use super::accounts::{Refusal, manager};
use crate::{
    batch::Scope,
    error::Error,
    tables::{audit, limits, users},
};

/// Sets the limits of one level on behalf of an admin or owner, who may not limit whoever stands
/// above them. Without a person it is the server itself.
pub(crate) fn set_limits(
    scope: &mut Scope<'_>,
    whose: &LimitScope,
    new: &Limits,
    actor: &Actor,
) -> Result<Result<(), Refusal>, Error> {
    let connection = scope.connection;
    let (subject, detail) = match whose {
        LimitScope::Server => (None, "server"),
        LimitScope::Everyone => (None, "everyone"),
        LimitScope::User(user) => (Some(user.clone()), ""),
        LimitScope::Device(device) => {
            let owner = limits::owner_of(connection, device)?.ok_or(Error::NotFound)?;
            (Some(owner), device.as_str())
        }
    };
    let subject = match subject {
        Some(id) => Some(users::get(connection, &id)?.ok_or(Error::NotFound)?),
        None => None,
    };
    if actor.user.is_some() {
        let Some(own) = manager(connection, actor)? else {
            return Ok(Err(Refusal::Forbidden));
        };
        if subject.as_ref().is_some_and(|subject| subject.role > own) {
            return Ok(Err(Refusal::Forbidden));
        }
    }
    limits::put(connection, whose, new)?;
    let subject = subject.map(|subject| subject.id);
    let action = AuditAction::LimitsChanged;
    audit::write(connection, actor, action, subject.as_ref(), detail)?;
    Ok(Ok(()))
}

/// Replaces all prices on behalf of an admin or owner.
pub(crate) fn set_prices(
    scope: &mut Scope<'_>,
    currency: &str,
    prices: &[(ModelId, Price)],
    actor: &Actor,
) -> Result<Result<(), Refusal>, Error> {
    let connection = scope.connection;
    if actor.user.is_some() && manager(connection, actor)?.is_none() {
        return Ok(Err(Refusal::Forbidden));
    }
    limits::put_prices(connection, currency, prices)?;
    let detail = prices.len().to_string();
    audit::write(connection, actor, AuditAction::PricesChanged, None, &detail)?;
    Ok(Ok(()))
}
