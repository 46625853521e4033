//! Why a frame could not be read, as much as is safe to say. What it says never quotes a value.

use chat_core::{Command, Fault, Request, Token};

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

impl DecodeError {
    /// Of a frame of which nothing could be read.
    pub(crate) fn bare(fault: Fault) -> Self {
        Self {
            reference: None,
            token: None,
            fault,
        }
    }

    /// The request of a frame, or why it is none; either way with what was read of it already.
    pub(crate) fn or_request(
        reference: Option<String>,
        token: Option<Token>,
        command: Result<Command, Fault>,
    ) -> Result<Request, Self> {
        match command {
            Ok(command) => Ok(Request {
                reference,
                token,
                command,
            }),
            Err(fault) => Err(Self {
                reference,
                token,
                fault,
            }),
        }
    }
}

impl From<DecodeError> for Fault {
    fn from(error: DecodeError) -> Self {
        error.fault
    }
}
