//! How patient the provider is, and where it looks. Defaults are what people want; tests make
//! them tiny.

use std::time::Duration;

use crate::discovery::LocalPorts;

/// Time limits and places, all changeable by configuration.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// To resolve, connect and agree on encryption.
    pub connect_timeout: Duration,
    /// From the request to the first word of the answer, waiting for the headers included.
    pub first_token_timeout: Duration,
    /// Silence between two events of an answer.
    pub idle_timeout: Duration,
    /// How long token counts and `[DONE]` are waited for once the model said that it is done.
    pub finish_grace: Duration,
    /// To list a provider's models.
    pub list_timeout: Duration,
    /// To look at one port of this computer.
    pub local_timeout: Duration,
    /// The ports at which model servers are looked for.
    pub local_ports: LocalPorts,
    /// Whether providers that people add may be on this computer or in a private network.
    pub private_addresses: bool,
    /// The guide's pause between two words.
    pub guide_pace: Duration,
}

impl Default for ProviderSettings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            first_token_timeout: Duration::from_secs(120),
            idle_timeout: Duration::from_secs(60),
            finish_grace: Duration::from_secs(1),
            list_timeout: Duration::from_secs(10),
            local_timeout: Duration::from_secs(1),
            local_ports: LocalPorts::default(),
            private_addresses: true,
            guide_pace: Duration::from_millis(15),
        }
    }
}
