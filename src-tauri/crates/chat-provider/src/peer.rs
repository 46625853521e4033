//! A provider as one request speaks to it: who it is, where it is, and the key that opens it.

use chat_core::ProviderId;
use secrecy::SecretString;

use crate::reach::Reach;

/// The other end of a request. Its failures are worded in [`crate::problem`].
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) id: ProviderId,
    /// What people call it.
    pub(crate) name: String,
    /// Ends before `/chat/completions`, without a slash.
    pub(crate) base_url: String,
    pub(crate) key: Option<SecretString>,
    /// How far requests to it may go.
    pub(crate) reach: Reach,
}

impl Peer {
    /// OpenAI's own service, whose request fields differ a little from those of its likes.
    pub(crate) fn is_openai(&self) -> bool {
        crate::address::is_openai(&self.base_url)
    }
}
