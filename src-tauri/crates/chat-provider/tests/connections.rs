//! Connections that are kept for the next question, and those that are not.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::AsyncWriteExt as _,
    net::TcpListener,
    time::{sleep, timeout},
};

use crate::support::{KEY, ask, fixture, provider, question, read_request, settings, text_of};

/// A server that keeps its connections open and answers all questions on them; gives its address
/// and the number of connections so far.
async fn keeps_connections() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let body = fixture("openai");
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\
                     Transfer-Encoding: chunked\r\n\r\n{:x}\r\n",
                    body.len()
                );
                let answer = [head.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
                while read_request(&mut socket).await.is_ok() {
                    socket.write_all(&answer).await.unwrap();
                }
            });
        }
    });
    (address, connections)
}

#[tokio::test]
async fn the_next_question_goes_over_the_same_connection_but_not_after_a_while() {
    let (address, connections) = keeps_connections().await;
    let providers = provider(&format!("http://{address}/v1"), Some(KEY), settings());
    let says = async || {
        let (events, error) = ask(&providers, question("Hi")).await;
        assert_eq!(error, None);
        assert!(!text_of(&events).is_empty());
        connections.load(Ordering::SeqCst)
    };
    // A connection is put back when its last byte was read, a moment after the answer.
    let mut made = says().await;
    let is_kept = async {
        while says().await > made {
            made = connections.load(Ordering::SeqCst);
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(Duration::from_secs(30), is_kept)
        .await
        .expect("kept");
    // Servers that close idle connections do so after 5 s at the earliest.
    sleep(Duration::from_millis(4_500)).await;
    assert_eq!(says().await, made + 1, "given up before the server does");
}
