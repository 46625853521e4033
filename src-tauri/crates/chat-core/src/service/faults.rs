//! The one place where the store's errors become what a client is told.

use crate::{
    error::{ErrorCode, Fault, Reason},
    sharing::MAX_MEMBERS,
    store::StoreError,
};

/// Says what happened without what only the log may know.
pub(super) fn fault_of(error: StoreError) -> Fault {
    match error {
        // A taken id is said like "not found": whose it is, is nobody else's business.
        StoreError::NotFound | StoreError::IdTaken => Fault::not_found("chat"),
        StoreError::ReadOnly => {
            forbidden("this chat was shared with you for reading; ask its owner to let you write")
        }
        StoreError::NotOwner => forbidden("only the owner of this chat can do that"),
        StoreError::OwnerStays => {
            forbidden("this chat is yours; delete it, or stop sharing it, instead of leaving it")
        }
        StoreError::NoPerson => Fault::not_found("person"),
        StoreError::TooMany => Fault::invalid(
            Reason::TooLong,
            format!("a chat can be shared with at most {MAX_MEMBERS} people"),
        ),
        StoreError::Refused(refusal) => Fault::from(*refusal),
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

fn forbidden(words: &str) -> Fault {
    Fault::invalid(Reason::Forbidden, words)
}

fn store_failed(words: &str) -> Fault {
    Fault::new(ErrorCode::ServerError, Reason::StoreFailed, words).retry_after(1_000)
}
