//! Tells the local network that a Parlor is here (mDNS, `_parlor._tcp`), so that other Parlors and
//! phones find it by its name. It says what anybody in the network can find out by knocking: a name,
//! the port, the version of this announcement. No code, no fingerprint (whoever can announce could
//! announce another one), no name of a person or computer.

use mdns_sd::{ServiceDaemon, ServiceInfo};

/// What is announced.
const SERVICE: &str = "_parlor._tcp.local.";

/// The longest part of a server's name that fits, in bytes; an instance's name has at most 63.
const NAME_BYTES: usize = 48;

/// An announcement; it ends when this is dropped.
pub(crate) struct Announcement {
    daemon: ServiceDaemon,
    instance: String,
}

impl Announcement {
    /// Announces the server called `server`, on `host` (`parlor-….local`) at `port`. Starts a thread.
    ///
    /// # Errors
    /// When the system lets nobody speak mDNS; sharing works without.
    pub(crate) fn begin(server: &str, host: &str, port: u16) -> Result<Self, mdns_sd::Error> {
        let daemon = ServiceDaemon::new()?;
        let service = service(server, host, port)?;
        let instance = service.get_fullname().to_owned();
        daemon.register(service)?;
        Ok(Self { daemon, instance })
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Neither waits: the daemon says good-bye on its own thread, and ends.
        for sent in [
            self.daemon.unregister(&self.instance).map(drop),
            self.daemon.shutdown().map(drop),
        ] {
            if let Err(error) = sent {
                tracing::debug!(%error, "the announcement could not be taken back");
            }
        }
    }
}

fn service(server: &str, host: &str, port: u16) -> Result<ServiceInfo, mdns_sd::Error> {
    let short = host.strip_prefix("parlor-").unwrap_or(host);
    let short = short.strip_suffix(".local").unwrap_or(short);
    let end = server.floor_char_boundary(NAME_BYTES);
    let instance = format!("{} {short}", &server[..end]);
    let properties = [("v", "1"), ("path", "/")];
    let service = ServiceInfo::new(
        SERVICE,
        &instance,
        &format!("{host}."),
        "",
        port,
        &properties[..],
    )?;
    Ok(service.enable_addr_auto())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use mdns_sd::ServiceEvent;

    use super::*;

    #[test]
    fn what_is_said_is_a_name_a_port_and_nothing_secret() {
        let service = service("Ann's", "parlor-ab12cd.local", 3000).expect("a service");
        assert_eq!(service.get_hostname(), "parlor-ab12cd.local.");
        let said: Vec<_> = service
            .get_properties()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(said, ["v=1", "path=/"]);
        assert!(service.get_fullname().contains("ab12cd"));
        let long = "é".repeat(64);
        let service = super::service(&long, "parlor-ab12cd.local", 1).expect("a service");
        let name = service
            .get_fullname()
            .split("._parlor")
            .next()
            .expect("a name");
        assert!(name.len() <= 63, "{name}");
    }

    /// A second resolver in this process hears it, by multicast on whatever interface there is.
    #[test]
    fn another_resolver_finds_it_until_it_ends() {
        let host = format!("parlor-{:06x}.local", std::process::id() & 0xff_ffff);
        let resolver = ServiceDaemon::new().expect("a resolver");
        let heard = resolver.browse(SERVICE).expect("browsing");
        let announcement = Announcement::begin("Parlor", &host, 3217).expect("announced");
        let wanted = announcement.instance.clone();
        let deadline = Instant::now() + Duration::from_secs(30);
        let next = || heard.recv_deadline(deadline).expect("an event in time");
        let resolved = loop {
            match next() {
                ServiceEvent::ServiceResolved(found) if found.get_fullname() == wanted => {
                    break found;
                }
                _ => {}
            }
        };
        assert_eq!(resolved.get_port(), 3217);
        assert_eq!(resolved.get_hostname(), format!("{host}."));
        assert!(!resolved.get_addresses().is_empty(), "with an address");
        drop(announcement);
        loop {
            match next() {
                ServiceEvent::ServiceRemoved(_, name) if name == wanted => break,
                _ => {}
            }
        }
        resolver.shutdown().expect("ended");
    }
}
