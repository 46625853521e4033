//! A client that keeps a [`View`] over all its connections.

use std::net::SocketAddr;

use serde_json::json;

use crate::support::{Client, Person, Server, client::Heard, view::View};

/// A connection and what its client shows.
pub(super) struct Visit {
    pub(super) client: Client,
    pub(super) view: View,
}

impl Visit {
    /// Connects at `address` and asks for what the view lacks; what happened until it was joined
    /// is in the view.
    pub(super) async fn arrive(address: SocketAddr, person: &Person, view: View) -> Self {
        let dialled = Client::dial(address, "/ws/chat", &[]).await;
        let Ok((mut client, _)) = dialled else {
            panic!("/ws/chat should upgrade a client without an Origin");
        };
        client.expect("connected").await;
        let sign_in = json!({"type": "join_chat", "data": {"token": person.token}});
        client.send(sign_in).await;
        client.expect("authenticated").await;
        client.send(view.join()).await;
        let mut visit = Self { client, view };
        while visit.step().await != "chat_joined" {}
        visit
    }

    /// A new chat, seen through `address`.
    pub(super) async fn new_chat(server: &Server, address: SocketAddr, person: &Person) -> Self {
        let (_, chat) = Client::in_new_chat(server, person).await;
        Self::arrive(address, person, View::of(&chat)).await
    }

    /// What a client that knew nothing shows of the same chat.
    pub(super) async fn fresh(&self, server: &Server, person: &Person) -> View {
        let view = View::of(&self.view.chat);
        Self::arrive(server.address(), person, view).await.view
    }

    /// Takes the next frame; gives its type.
    pub(super) async fn step(&mut self) -> String {
        let frame = self.client.next().await;
        self.view.take(&frame);
        frame["type"].as_str().unwrap_or_default().to_owned()
    }

    /// Takes frames until the view is so.
    pub(super) async fn until(&mut self, so: impl Fn(&View) -> bool) {
        while !so(&self.view) {
            self.step().await;
        }
    }

    /// Takes frames until this is being written.
    pub(super) async fn until_writing(&mut self, text: &str) {
        self.until(|view| view.writing() == Some(text)).await;
    }

    /// Takes frames until the last message is an answer that ended.
    pub(super) async fn until_answered(&mut self) {
        self.until(|view| view.writing().is_none() && view.ends_in("assistant"))
            .await;
    }

    /// Takes frames until the connection is gone.
    pub(super) async fn until_gone(&mut self) {
        while let Heard::Frame(frame) = self.client.hear().await {
            self.view.take(&frame);
        }
    }

    /// Says something, once in this chat however often it is sent: the client's id is a person's
    /// for ever, whatever the chat.
    pub(super) async fn say(&mut self, message: &str) {
        let client_id = format!("{}:{message}", self.view.chat);
        let data = json!({"message": message, "clientId": client_id});
        self.client
            .send(json!({"type": "message", "data": data}))
            .await;
    }
}
