//! Requests to systems that vouch for people: for their keys, and for what OpenID Connect asks. They
//! follow no redirect, end within a time, and go by the proxy of the environment like all others,
//! but for those to this computer: seen from a proxy that is another one.

use std::time::Duration;

use chat_provider::is_local;
use reqwest::{Client, redirect::Policy};

/// A client for that address.
pub(super) fn client(address: &str, patience: Duration) -> reqwest::Result<Client> {
    let client = Client::builder().redirect(Policy::none()).timeout(patience);
    let client = if is_local(address) {
        client.no_proxy()
    } else {
        client
    };
    client.build()
}
