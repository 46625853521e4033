//! The one place where the store's errors become what a client is told.

use crate::{
    error::{ErrorCode, Fault, Reason},
    store::StoreError,
};

/// Says what happened without what only the log may know.
pub(super) fn fault_of(error: StoreError) -> Fault {
    match error {
        // A taken id is said like "not found": whose it is, is nobody else's business.
        StoreError::NotFound | StoreError::IdTaken => Fault::not_found("chat"),
        StoreError::Unavailable => store_failed("the store is busy; please try again in a second"),
        StoreError::Database(cause) => {
            tracing::error!(
                error = &*cause as &dyn std::error::Error,
                "the store failed"
            );
            store_failed(
                "the message could not be saved: the server's disk may be full or read-only; \
                 make room or ask whoever runs it, then try again",
            )
        }
    }
}

/// The same, where a message was asked for.
pub(super) fn fault_of_message(error: StoreError) -> Fault {
    match error {
        StoreError::NotFound => Fault::not_found("message"),
        other => fault_of(other),
    }
}

fn store_failed(words: &str) -> Fault {
    Fault::new(ErrorCode::ServerError, Reason::StoreFailed, words).retry_after(1_000)
}
