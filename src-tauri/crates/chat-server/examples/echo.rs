//! `echo [ADDRESS]`: an echo server on Parlor's own WebSocket transport, for conformance suites.
//! Prints `listening on ws://ADDRESS`; ends with the process.

use std::{error::Error, io::Write as _};

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1);
    let address = address.as_deref().unwrap_or("127.0.0.1:9001");
    let listener = TcpListener::bind(address).await?;
    let mut output = std::io::stdout();
    writeln!(output, "listening on ws://{}", listener.local_addr()?)?;
    output.flush()?;
    chat_server::echo::serve(listener).await;
    Ok(())
}
