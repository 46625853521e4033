//! Debian's nginx before the server, with the documented configuration.

use std::{
    fs,
    net::{IpAddr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    time::Instant,
};

use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

use super::DEADLINE;

/// The name that the documented configuration is for.
pub(crate) const NAME: &str = "chat.example.org";

const DOCUMENTED: &str = include_str!("../../src-tauri/packaging/nginx/parlor.conf");

/// A running nginx. Dropping it ends it.
pub(crate) struct Nginx {
    child: Child,
    home: TempDir,
    certificate: String,
    /// Where it speaks TLS.
    pub(crate) tls: SocketAddr,
    /// Where it speaks plain HTTP.
    pub(crate) plain: SocketAddr,
}

impl Nginx {
    /// Starts it before `server`; the file is as documented but for ports and the certificate.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let home = TempDir::new().expect("a temporary directory");
        let (plain, tls) = (free(), free());
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).expect("a certificate");
        let place = home.path().display().to_string();
        let (chain, key) = (format!("{place}/chain.pem"), format!("{place}/key.pem"));
        fs::write(&chain, made.cert.pem()).expect("the home");
        fs::write(&key, made.signing_key.serialize_pem()).expect("the home");
        let mut file = DOCUMENTED.to_owned();
        for (documented, here) in [
            ("listen 80;", format!("listen {plain};")),
            ("listen 443 ssl", format!("listen {tls} ssl")),
            ("server 127.0.0.1:3000;", format!("server {server};")),
            ("/etc/ssl/parlor/fullchain.pem", chain),
            ("/etc/ssl/parlor/privkey.pem", key),
        ] {
            let places = file.matches(documented).count();
            assert_eq!(places, 1, "parlor.conf has {documented:?} once");
            file = file.replace(documented, &here);
        }
        fs::write(home.path().join("parlor.conf"), file).expect("the home");
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {place}/{kind};\n"))
            .collect();
        let main = format!(
            "daemon off;\nmaster_process off;\npid {place}/pid;\nerror_log {place}/error.log;\n\
             events {{}}\nhttp {{\naccess_log {place}/access.log;\n{temporary}include {place}/parlor.conf;\n}}\n"
        );
        let settings = home.path().join("nginx.conf");
        fs::write(&settings, main).expect("the home");
        // Installed, or as `cargo xtask test` unpacks it.
        let unpacked = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../target/tools/nginx/usr/sbin"
        );
        let path = format!("/usr/sbin:/usr/bin:/sbin:/bin:{unpacked}");
        let spawned = Command::new("nginx")
            .args(["-p", &place, "-e", &format!("{place}/error.log"), "-c"])
            .arg(&settings)
            .env("PATH", path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut nginx = Self {
            child: spawned.expect("nginx runs; `cargo xtask test` installs it"),
            home,
            certificate: made.cert.pem(),
            tls,
            plain,
        };
        nginx.listens().await;
        nginx
    }

    async fn listens(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.tls).await.is_err() {
            let ended = self.child.try_wait().expect("a child can be asked");
            assert!(
                ended.is_none() && begun.elapsed() < DEADLINE,
                "nginx should listen: {}",
                self.said()
            );
            sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// A client that trusts its certificate and comes from an address of this computer.
    pub(crate) fn client(&self, from: &str) -> reqwest::Client {
        let certificate = reqwest::Certificate::from_pem(self.certificate.as_bytes());
        let from: IpAddr = from.parse().expect("an address");
        reqwest::Client::builder()
            .no_proxy()
            .timeout(DEADLINE)
            .local_address(from)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .tls_certs_only([certificate.expect("a certificate")])
            .resolve(NAME, self.tls)
            .build()
            .expect("a client")
    }

    /// An address of the site.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{NAME}:{}{path}", self.tls.port())
    }

    /// Its error log.
    pub(crate) fn said(&self) -> String {
        fs::read_to_string(self.home.path().join("error.log")).unwrap_or_default()
    }

    /// Its log of requests.
    pub(crate) fn logged(&self) -> String {
        fs::read_to_string(self.home.path().join("access.log")).unwrap_or_default()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("--- nginx ---\n{}", self.said());
        }
    }
}

/// A port that nobody listens at just now.
fn free() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address")
}
