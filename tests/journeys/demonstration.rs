//! "The demonstration that everything works", word for word.

use serde_json::json;

use crate::support::{Client, Provider, Script, Setup, client::text, server::SECRET, token};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demonstration_of_the_contract() {
    let provider = Provider::playing([Script::text(&["It ", "streams", "."])]).await;
    let server = Setup::bare()
        .env("JWT_SECRET", SECRET)
        .env("OPENAI_BASE_URL", &provider.base_url())
        .env("OPENAI_API_KEY", "x")
        .data_dir_flag()
        .listen("127.0.0.1:0")
        .start()
        .await;
    let id = server.setup().cli_ok(&["user", "add", "alice"]);
    assert!(
        !id.is_empty() && !id.contains(char::is_whitespace),
        "`user add` prints the user id alone, got {id:?}"
    );
    let token = token::for_user(&id);

    let mut client = Client::open(&server).await;
    client
        .send(json!({"type": "join_chat", "data": {"token": token}}))
        .await;
    assert_eq!(client.expect("authenticated").await["userId"], id.as_str());
    client
        .send(json!({"type": "create_chat", "data": {"token": token}}))
        .await;
    let chat = client.expect("chat_created").await;
    client
        .send(json!({"type": "message", "data": {"message": "Does it stream?"}}))
        .await;

    let said = client.expect("user_message").await;
    assert_eq!(said["content"], "Does it stream?");
    assert_eq!(said["role"], "user");
    assert_eq!(
        said["chatId"], chat["chatId"],
        "a message goes to the chat last created"
    );
    let answer = client.answer().await;
    assert_eq!(
        text(&answer.end, "content"),
        "It streams.",
        "the answer streams"
    );
    assert_eq!(
        answer.end["messageId"], answer.start["messageId"],
        "one id from start to end"
    );
    assert_eq!(answer.end["role"], "assistant");
    assert_eq!(
        answer.end["status"], "complete",
        "a normal end has \"status\": \"complete\""
    );
    let asked = provider.asked(0).await;
    assert_eq!(
        asked.conversation().last().map(String::as_str),
        Some("user: Does it stream?"),
        "the question goes to the provider of OPENAI_BASE_URL"
    );
    assert!(
        asked
            .head
            .to_ascii_lowercase()
            .contains("authorization: bearer x\r\n"),
        "with OPENAI_API_KEY: {}",
        asked.head
    );
}
