//! A chat moves from one server to another over HTTP: with all of its branches, once, and only
//! for those who see it.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Client, DEADLINE, Person, Provider, Script, Server, Setup,
    client::text,
    http::{self, Reply},
};

async fn export(server: &Server, chat: &str, person: &Person) -> Reply {
    let path = format!("/api/chats/{chat}/export");
    http::call(server, Method::GET, &path, None, Some(&person.token)).await
}

async fn import(server: &Server, id: &str, document: &Value, person: &Person) -> Reply {
    let body = json!({"importId": id, "document": document});
    http::post(server, "/api/chats/import", &body, Some(&person.token)).await
}

/// A chat with two answers to one question, the second of them shown, and its document.
async fn branched(server: &Server, person: &Person) -> (String, Value) {
    let (mut client, chat) = Client::in_new_chat(server, person).await;
    let first = client.ask("Say something").await;
    let again = json!({"type": "regenerate", "data": {"messageId": first.id()}});
    client.send(again).await;
    let start = client.until("assistant_message_start").await;
    client.rest_of_answer(start, "").await;
    let named = json!({"type": "update_chat", "data": {"chatId": chat, "title": "Bread"}});
    client.send(named).await;
    client.until("chat_updated").await;
    let exported = export(server, &chat, person).await;
    assert_eq!(exported.status.as_u16(), 200, "{}", exported.body);
    (chat, exported.json())
}

/// Two servers that know nothing of each other, and the model's server of the first.
async fn two() -> (Provider, Server, Server) {
    let provider = Provider::playing([Script::text(&["one"]), Script::text(&["two"])]).await;
    let here = Setup::with(&provider).start().await;
    (provider, here, Setup::new().start().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_arrives_with_its_branches_and_is_a_chat_there() {
    let (_provider, here, there) = two().await;
    let (alice, bob) = (here.user("alice"), there.user("bob"));
    let (chat, document) = branched(&here, &alice).await;
    let said: Vec<&str> = document["messages"]
        .as_array()
        .expect("messages")
        .iter()
        .map(|message| text(message, "content"))
        .collect();
    assert_eq!(said, ["Say something", "one", "two"], "all branches");
    let words = document.to_string();
    assert!(
        !words.contains(&chat) && !words.contains(&alice.id),
        "no id of this server leaves it"
    );

    // Somebody who watches the list there sees it come.
    let mut watching = Client::join(&there, &bob).await;
    watching
        .send(json!({"type": "watch_chats", "data": {}}))
        .await;
    watching.until("chats").await;
    let imported = import(&there, "journey-1", &document, &bob).await;
    assert_eq!(imported.status.as_u16(), 200, "{}", imported.body);
    let imported = imported.json();
    assert_eq!(
        (&imported["messages"], &imported["created"]),
        (&json!(3), &json!(true))
    );
    let new = text(&imported, "chatId");
    let told = watching.until("chat_updated").await;
    assert_eq!(text(&told["chat"], "chatId"), new);

    let joined = watching.look_at(new).await;
    assert_eq!(text(&joined, "title"), "Bread");
    let messages = joined["messages"].as_array().expect("messages");
    assert_eq!(
        text(&messages[1], "content"),
        "two",
        "the branch that was shown"
    );
    assert_eq!(messages[1]["siblingIds"].as_array().map(Vec::len), Some(2));
    let again = export(&there, new, &bob).await.json();
    for part in ["chat", "messages"] {
        assert_eq!(again[part], document[part], "{part} is as it was");
    }
    // The guide answers there: it is a chat like any other.
    let mut talking = Client::join(&there, &bob).await;
    talking.look_at(new).await;
    talking.ask("And now?").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_was_cut_never_makes_two_chats() {
    let (_provider, here, there) = two().await;
    let (alice, bob, carol) = (here.user("alice"), there.user("bob"), there.user("carol"));
    let (_, document) = branched(&here, &alice).await;
    let (one, two, other) = tokio::join!(
        import(&there, "journey-1", &document, &bob),
        import(&there, "journey-1", &document, &bob),
        import(&there, "journey-1", &document, &carol),
    );
    let (one, two, other) = (one.json(), two.json(), other.json());
    assert_eq!(one["chatId"], two["chatId"]);
    assert_ne!(one["created"], two["created"], "one of them made it");
    assert_ne!(one["chatId"], other["chatId"], "carol's journey is her own");
    assert_eq!(other["created"], true);

    let there = there.stop().await.start().await;
    let late = import(&there, "journey-1", &document, &bob).await.json();
    assert_eq!(
        (&late["chatId"], &late["created"]),
        (&one["chatId"], &json!(false)),
        "also after a restart"
    );
    let mut client = Client::join(&there, &bob).await;
    client
        .send(json!({"type": "delete_chat", "data": {"chatId": one["chatId"]}}))
        .await;
    client.until("chat_deleted").await;
    let undone = import(&there, "journey-1", &document, &bob).await;
    assert_eq!(
        undone.status.as_u16(),
        404,
        "what was taken back stays away"
    );
    let anew = import(&there, "journey-2", &document, &bob).await.json();
    assert_eq!(anew["created"], true, "another journey is another chat");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_exports_what_they_do_not_see() {
    let (_provider, here, _) = two().await;
    let (alice, mallory) = (here.user("alice"), here.user("mallory"));
    let (chat, _) = branched(&here, &alice).await;
    let hers = export(&here, &chat, &mallory).await;
    let nobodys = export(&here, "no-such-chat", &mallory).await;
    assert_eq!(hers.status.as_u16(), 404);
    assert_eq!(hers.body, nobodys.body, "one answer for both");
    let path = format!("/api/chats/{chat}/export");
    let stranger = http::get(&here, &path).await;
    assert_eq!(stranger.status.as_u16(), 401);
    for path in [
        "/api/chats/../export",
        "/api/chats/%2e%2e/export",
        "/api/chats/a%00b/export",
    ] {
        let odd = http::call(&here, Method::GET, path, None, Some(&mallory.token)).await;
        assert!(
            matches!(odd.status.as_u16(), 400 | 404),
            "{path}: {}",
            odd.status
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_chat_is_refused_and_makes_nothing() {
    let (_provider, here, there) = two().await;
    let (alice, bob) = (here.user("alice"), there.user("bob"));
    let (_, good) = branched(&here, &alice).await;
    let with = |change: &dyn Fn(&mut Value)| {
        let mut document = good.clone();
        change(&mut document);
        document
    };
    for (what, document) in [
        ("nothing", Value::Null),
        ("a list", json!([])),
        ("a later version", with(&|it| it["version"] = json!(2))),
        (
            "a circle",
            with(&|it| it["messages"][0]["parent"] = json!(0)),
        ),
        (
            "a parent that comes later",
            with(&|it| it["messages"][0]["parent"] = json!(2)),
        ),
        (
            "a parent that is nowhere",
            with(&|it| it["messages"][1]["parent"] = json!(99)),
        ),
        (
            "an id for a parent",
            with(&|it| it["messages"][1]["parent"] = json!("message-1")),
        ),
        (
            "a running answer",
            with(&|it| it["messages"][1]["status"] = json!("running")),
        ),
        (
            "a leaf that is nowhere",
            with(&|it| it["chat"]["leaf"] = json!(9)),
        ),
        ("no messages", with(&|it| it["messages"] = Value::Null)),
    ] {
        let refused = import(&there, "bad", &document, &bob).await;
        assert_eq!(refused.status.as_u16(), 400, "{what}: {}", refused.body);
        assert_eq!(refused.json()["reason"], "malformed", "{what}");
    }
    // What does not concern this server is passed over.
    let strange = with(&|it| {
        it["messages"][0]["messageId"] = json!("message-of-somebody");
        it["messages"][0]["chatId"] = json!("chat-of-somebody");
        it["chat"]["owner"] = json!("root");
    });
    let taken = import(&there, "strange", &strange, &bob).await;
    assert_eq!(taken.status.as_u16(), 200, "{}", taken.body);
    let mut client = Client::join(&there, &bob).await;
    client
        .send(json!({"type": "watch_chats", "data": {}}))
        .await;
    let list = client.until("chats").await;
    assert_eq!(
        list["chats"].as_array().map(Vec::len),
        Some(1),
        "only that one: {list}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_early() {
    let server = Setup::new().start().await;
    let bob = server.user("bob");
    // A gibibyte is announced; not one byte of it is asked for.
    let head = format!(
        "POST /api/chats/import HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n",
        server.address(),
        bob.token
    );
    let answer = http::raw(server.address(), head.as_bytes()).await;
    assert_eq!(http::status(&answer), 413, "{answer}");

    let message = json!({"role": "user", "content": "", "status": "complete",
        "createdAt": "2024-01-01T00:00:00Z"});
    let document = |count: usize| {
        json!({"format": "parlor-chat", "version": 1, "messages": vec![message.clone(); count],
            "chat": {"title": "many", "titleSource": "person",
                "createdAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z"}})
    };
    for (what, count) in [("more than fit", 20_001), ("a million", 1_000_000)] {
        let refused = import(&server, "many", &document(count), &bob).await;
        assert_eq!(refused.status.as_u16(), 413, "{what}: {}", refused.body);
        assert_eq!(refused.json()["reason"], "too_long", "{what}");
    }
    assert!(server.memory_mib() < 400, "{} MiB", server.memory_mib());
    let most = import(&server, "most", &document(20_000), &bob).await;
    assert_eq!(most.json()["messages"], 20_000, "as many as may");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_person_leaves_room_for_the_others() {
    let (_provider, here, there) = two().await;
    let (alice, bob, carol) = (here.user("alice"), there.user("bob"), there.user("carol"));
    let (_, document) = branched(&here, &alice).await;
    let body = json!({"importId": "slow", "document": document}).to_string();
    // On its way, and read: the server says so. The body does not come.
    let begin = async || {
        let mut stream = TcpStream::connect(there.address()).await.expect("accepted");
        let head = format!(
            "POST /api/chats/import HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\
             Expect: 100-continue\r\nConnection: close\r\n\r\n",
            there.address(),
            bob.token,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut answer = [0; 25];
        let read = timeout(DEADLINE, stream.read_exact(&mut answer)).await;
        read.expect("in time").expect("an answer");
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (stream, answer)
    };
    let (mut first, said) = begin().await;
    assert_eq!(said, "HTTP/1.1 100 Continue\r\n\r\n");
    let (_second, said) = begin().await;
    assert_eq!(said, "HTTP/1.1 100 Continue\r\n\r\n");

    let third = import(&there, "third", &document, &bob).await;
    assert_eq!(third.status.as_u16(), 429, "{}", third.body);
    let third = third.json();
    assert!(text(&third, "message").contains("two of your chats"));
    assert_eq!(third["retryAfter"], 2_000);
    let hers = import(&there, "hers", &document, &carol).await;
    assert_eq!(hers.status.as_u16(), 200, "{}", hers.body);

    first.write_all(body.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    let read = timeout(DEADLINE, first.read_to_end(&mut answer)).await;
    read.expect("in time").expect("an answer");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert_eq!(http::status(&answer), 200, "{answer}");
    let next = import(&there, "third", &document, &bob).await;
    assert_eq!(next.status.as_u16(), 200, "{}", next.body);
}
