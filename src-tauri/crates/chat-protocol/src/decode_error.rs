//! Why a frame could not be read, as much as is safe to say. What it says never quotes a value.

use chat_core::{Fault, Token};

/// A frame that makes no sense.
///
/// A frame whose envelope could be read still carries its token: whoever signs in with a frame
/// that is wrong otherwise is signed in first, then told what is wrong, as with a chat that does
/// not exist.
#[derive(Debug, thiserror::Error)]
#[error("{fault}")]
pub struct DecodeError {
    /// What the client wants to find again on the error, if it could be read.
    pub reference: Option<String>,
    /// The frame's token, if it could be read.
    pub token: Option<Token>,
    /// What to answer.
    pub fault: Fault,
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        error.fault
    }
}
