//! What may be spent and what it costs, for those who manage the server. Who may limit whom is
//! judged by the store, in the transaction that changes.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use chat_core::{Reason, SpendStore as _, StoreError};
use chat_protocol::http::{LevelLimits, LimitsPage, Prices};

use super::{Manager, body, not_changed, not_found, private, problem, store_failed};
use crate::app::App;

/// All limits.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Manager(_): Manager,
) -> Result<Response, Response> {
    page(&app).await
}

async fn page(app: &App) -> Result<Response, Response> {
    let owners = app.database.owners_of_limited(app.sources.clock.now());
    let owners = owners.await.map_err(|error| store_failed(&error))?;
    let rules = app.database.spend_rules();
    Ok(private(&LimitsPage::new(&rules, |id| owners.get(id))))
}

/// Sets the limits of one level.
pub(super) async fn put(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    request: Request,
) -> Result<Response, Response> {
    let asked: LevelLimits = body(request).await?;
    let (whose, limits) = asked.read().ok_or_else(|| {
        senseless("of is server, everyone, user or device, with its id; models are provider/model")
    })?;
    let set = app
        .database
        .set_limits(whose, limits, caller.actor(&app))
        .await;
    match set {
        Ok(Ok(())) => page(&app).await,
        Ok(Err(refusal)) => Err(not_changed(refusal)),
        Err(StoreError::NotFound) => Err(not_found("person or device")),
        Err(error) => Err(store_failed(&error)),
    }
}

/// All prices.
pub(super) async fn prices(State(app): State<Arc<App>>, Manager(_): Manager) -> Response {
    private(&Prices::from(&*app.database.spend_rules()))
}

/// Replaces all prices.
pub(super) async fn put_prices(
    State(app): State<Arc<App>>,
    Manager(caller): Manager,
    request: Request,
) -> Result<Response, Response> {
    let asked: Prices = body(request).await?;
    let (currency, prices) = asked.read().ok_or_else(|| {
        senseless("currency has 1 to 8 letters; models are provider/model or provider/*")
    })?;
    let set = app
        .database
        .set_prices(currency, prices, caller.actor(&app))
        .await;
    match set {
        Ok(Ok(())) => Ok(private(&Prices::from(&*app.database.spend_rules()))),
        Ok(Err(refusal)) => Err(not_changed(refusal)),
        Err(error) => Err(store_failed(&error)),
    }
}

fn senseless(words: &str) -> Response {
    problem(StatusCode::BAD_REQUEST, Reason::Malformed, words)
}
