//! How long a request of the API may take, its body included. The head has a deadline of its own,
//! in `listener`; without this one a client could hold a connection for ever by sending a body a
//! byte at a time.

use std::time::Duration;

use axum::{extract::Request, http::StatusCode, middleware::Next, response::Response};
use chat_core::Reason;
use tokio::time::timeout;

use super::api;

/// The API's bodies are small; what takes longest is waiting for the hash of a password.
const WHOLE: Duration = Duration::from_secs(15);

/// Gives a request up that takes too long.
pub(crate) async fn within(request: Request, next: Next) -> Response {
    match timeout(WHOLE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let words = "the request took too long to arrive; please send it again";
            api::problem(StatusCode::REQUEST_TIMEOUT, Reason::Malformed, words)
        }
    }
}
