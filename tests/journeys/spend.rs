//! The spend guard: limits that admins set, what is counted, and what whoever is over them hears.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{
    Client, Gate, Person, Provider, Script, Server, Setup, client::text, events::Events, http,
    script::Step, server::succeeded,
};

const DAY: u64 = 24 * 60 * 60 * 1000;
/// Longer than any test here takes, also on a busy machine, in milliseconds.
const ENOUGH: u64 = 90_000;

/// Milliseconds until the day ends, UTC.
fn to_midnight() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = u64::try_from(now.expect("after 1970").as_millis()).expect("before the year 9999");
    DAY - now % DAY
}

/// A server whose limits are those of the test alone, and its owner. At midnight all of a day's limits
/// begin anew, so the last moments of a day are waited for.
async fn server(provider: &Provider) -> (Server, Person) {
    if to_midnight() < ENOUGH {
        tokio::time::sleep(Duration::from_millis(to_midnight())).await;
    }
    let server = Setup::with(provider)
        .env("PARLOR_LIMITS_MESSAGES_PER_MINUTE", "0")
        .env("PARLOR_LIMITS_RUNNING_ANSWERS", "0")
        .start()
        .await;
    let owner = server.user("olga");
    (server, owner)
}

async fn put(server: &Server, owner: &Person, path: &str, body: Value) -> Value {
    let reply = http::call(server, Method::PUT, path, Some(&body), Some(&owner.token)).await;
    assert_eq!(reply.status.as_u16(), 200, "{path} {body}: {}", reply.body);
    reply.json()
}

async fn limit(server: &Server, owner: &Person, of: &str, limits: Value) {
    put(
        server,
        owner,
        "/api/limits",
        json!({"of": of, "limits": limits}),
    )
    .await;
}

/// The rows of today.
async fn usage(server: &Server, owner: &Person) -> Vec<Value> {
    let reply = http::call(server, Method::GET, "/api/usage", None, Some(&owner.token)).await;
    let mut page = reply.json();
    let rows = page["rows"].as_array_mut().expect("rows");
    std::mem::take(rows)
}

/// That the refusal is the day's, and ends when the day does.
fn assert_daily(error: &Value) {
    assert_eq!(
        (text(error, "code"), text(error, "reason")),
        ("RATE_LIMIT", "daily_limit"),
        "{error}"
    );
    assert_eq!(error["retryable"], true, "{error}");
    let wait = error["retryAfter"].as_u64().expect("when to come back");
    let left = to_midnight();
    assert!(
        wait >= left && wait <= left + 60_000,
        "it frees up in {left} ms, at midnight: {error}"
    );
}

async fn refused(client: &mut Client, message: &str) -> Value {
    client
        .send(json!({"type": "message", "ref": "m", "data": {"message": message}}))
        .await;
    client.error().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_s_messages_are_counted_over_restarts_and_both_dialects() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    let everyone = json!({"messagesPerDay": 3});
    limit(&server, &owner, "everyone", everyone).await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("One").await;
    let server = server.stop().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    client.look_at(&chat).await;
    client.ask("Two").await;
    let server = server.kill().await.start().await;
    let mut client = Client::join(&server, &alice).await;
    client.look_at(&chat).await;
    client.ask("Three").await;
    assert_daily(&refused(&mut client, "Four").await);
    let joined = client.look_at(&chat).await;
    assert_eq!(
        joined["messages"].as_array().map(Vec::len),
        Some(6),
        "a refused message is not stored"
    );
    let mut events = Events::open(&server, &alice).await;
    events
        .send(Some("e-1"), "USER_MESSAGE", json!({"content": "Cinq"}))
        .await;
    assert_daily(&events.error().await);
    let (mut bob, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    bob.ask("One").await;

    let own = json!({"of": "user", "userId": alice.id, "limits": {"messagesPerDay": 0}});
    put(&server, &owner, "/api/limits", own).await;
    client.ask("Four").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whose_device_it_is_that_has_limits_is_told_as_long_as_it_is_signed_in() {
    let provider = Provider::playing([]).await;
    let (server, owner) = server(&provider).await;
    let args = ["user", "add", "guest", "--password-stdin"];
    succeeded(&args, &server.setup().cli_with_input(&args, "long enough"));
    let body = json!({"name": "guest", "password": "long enough", "refresh": "body"});
    let session = http::post(&server, "/api/session", &body, None)
        .await
        .json();
    let token = text(&session, "token");
    let devices = http::call(&server, Method::GET, "/api/devices", None, Some(token)).await;
    let devices = devices.json();
    let device = text(&devices["devices"][0], "deviceId");
    let level = json!({"of": "device", "deviceId": device, "limits": {"messagesPerDay": 1}});
    let page = put(&server, &owner, "/api/limits", level.clone()).await;
    let mut told = level;
    told["userId"] = session["userId"].clone();
    assert_eq!(page["limits"], json!([told]));

    let out = http::call(&server, Method::DELETE, "/api/session", None, Some(token)).await;
    assert_eq!(out.status.as_u16(), 204);
    let page = http::call(
        &server,
        Method::GET,
        "/api/limits",
        None,
        Some(&owner.token),
    )
    .await;
    let limits = &page.json()["limits"];
    assert!(limits[0]["userId"].is_null(), "nobody has it now: {limits}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_at_once_get_no_more_than_is_left() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    limit(&server, &owner, "everyone", json!({"messagesPerDay": 5})).await;
    let alice = server.user("alice");
    let mut clients = Vec::new();
    for _ in 0..50 {
        clients.push(Client::in_new_chat(&server, &alice).await.0);
    }
    let mut asked = JoinSet::new();
    for mut client in clients {
        asked.spawn(async move {
            client
                .send(json!({"type": "message", "data": {"message": "Now"}}))
                .await;
            let frame = client.next().await;
            match text(&frame, "type") {
                "user_message" => true,
                "error" => {
                    assert_daily(&frame["data"]);
                    false
                }
                other => panic!("{other}: {frame}"),
            }
        });
    }
    let accepted = asked.join_all().await;
    let accepted = accepted.into_iter().filter(|accepted| *accepted).count();
    assert_eq!(accepted, 5, "of fifty");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_count_that_no_answer_has_is_not_believed() {
    let absurd = json!({"choices": [], "usage": {"prompt_tokens": 1e300, "completion_tokens": -1}});
    let script = || {
        Script::stream()
            .tokens(&["one "])
            .event(&absurd)
            .end_uncounted()
    };
    let provider = Provider::playing([script(), script()]).await;
    let (server, owner) = server(&provider).await;
    let (mut client, _) = Client::in_new_chat(&server, &server.user("alice")).await;
    client.ask("One").await;
    client.ask("Two").await;
    let row = &usage(&server, &owner).await[0];
    let tokens = |name: &str| row[name].as_u64().unwrap_or(u64::MAX);
    assert!(tokens("promptTokens") < 1_000, "{row}");
    assert!(tokens("estimatedTokens") > 0, "estimated instead: {row}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_spent_is_what_the_provider_counts_at_the_price_of_then() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.ask("One").await;
    let rows = usage(&server, &owner).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = &rows[0];
    assert_eq!(
        (text(row, "userId"), text(row, "name")),
        (alice.id.as_str(), "alice")
    );
    assert_eq!(
        text(row, "model").split('/').nth(1),
        Some("scripted"),
        "{row}"
    );
    // The script's end tells one token of a question and two of an answer.
    assert_eq!(
        (&row["promptTokens"], &row["answerTokens"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(
        (&row["cost"], &row["unpricedTokens"]),
        (&json!(0), &json!(3))
    );
    assert_eq!(
        (&row["messages"], &row["estimatedTokens"]),
        (&json!(1), &json!(0))
    );

    let model = text(row, "model").to_owned();
    let prices = json!({"currency": "EUR", "prices": [
        {"model": model, "prompt": 1_000_000, "answer": 2_000_000},
    ]});
    put(&server, &owner, "/api/prices", prices).await;
    client.ask("Two").await;
    let row = &usage(&server, &owner).await[0];
    assert_eq!(
        (&row["cost"], &row["unpricedTokens"]),
        (&json!(5), &json!(3)),
        "{row}"
    );

    // What fails without a word is given back; what is cut off was spent, as far as is known.
    provider.queue(Script::refused(500, "no"));
    client.say("Three").await;
    client.expect("assistant_message_start").await;
    client.error().await;
    let after = &usage(&server, &owner).await[0];
    assert_eq!(after, row, "nothing was spent");
    provider.queue(Script::stream().tokens(&["one ", "two "]).cut());
    client.say("Four").await;
    while text(&client.next().await, "type") != "error" {}
    let row = &usage(&server, &owner).await[0];
    assert_eq!(row["messages"], 3, "{row}");
    assert!(row["estimatedTokens"].as_u64() > Some(5), "{row}");

    client
        .send(json!({"type": "get_usage", "ref": "u", "data": {}}))
        .await;
    let own = client.expect("usage").await;
    assert_eq!(
        (&own["today"]["messages"], &own["currency"]),
        (&json!(3), &json!("EUR"))
    );
    let body = json!({"of": "everyone", "limits": {"costPerMonth": own["month"]["cost"]}});
    put(&server, &owner, "/api/limits", body).await;
    // In a chat of its own it would be small enough.
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    let error = refused(&mut client, "Five").await;
    assert_eq!(text(&error, "reason"), "monthly_limit", "{error}");
    assert!(error["retryAfter"].as_u64() <= Some(31 * DAY), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_title_that_is_given_up_is_counted_too() {
    let sent = Gate::new();
    let mut titled = Script::stream().tokens(&["A long ", "title "]);
    // More than the sockets hold: when all of it is sent, the words were read.
    let thoughts = "thinking".repeat(8 << 10);
    for _ in 0..256 {
        titled = titled.reasoning(&thoughts);
    }
    let titled = titled.step(Step::Tell(sent.clone())).hang();
    let provider = Provider::playing([Script::text(&["Hello"]), titled]).await;
    let setup = Setup::with(&provider).without("PARLOR_CHAT_AUTO_TITLE");
    let server = setup.start().await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.ask("Hi").await;
    sent.passed().await;
    server.signal("TERM");
    let (_, setup) = server.ended().await;

    let server = setup.start().await;
    let mut client = Client::join(&server, &alice).await;
    client.send(json!({"type": "get_usage", "data": {}})).await;
    let own = client.expect("usage").await;
    assert_eq!(
        own["today"]["messages"], 1,
        "a title is no message of its own: {own}"
    );
    assert!(
        own["today"]["answerTokens"].as_u64() > Some(2),
        "two were the answer's: {own}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_between_reserving_and_settling_leaks_nothing() {
    let provider = Provider::playing([Script::stream().tokens(&["one "]).hang()]).await;
    let (server, owner) = server(&provider).await;
    limit(&server, &owner, "server", json!({"tokensPerDay": 600})).await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.say("One").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    let (mut other, _) = Client::in_new_chat(&server, &server.user("bob")).await;
    let long = "x".repeat(400);
    let error = refused(&mut other, &long).await;
    assert_eq!(
        (text(&error, "reason"), error["retryAfter"].as_u64()),
        ("too_many_answers", Some(1_000)),
        "what is left is reserved: {error}"
    );
    let server = server.kill().await.start().await;
    let (mut other, _) = Client::in_new_chat(&server, &server.setup().user("carl")).await;
    other.ask(&long).await;
    let rows = usage(&server, &owner).await;
    let killed = rows.iter().find(|row| row["name"] == "alice");
    let killed = killed.expect("what the killed answer spent");
    assert_eq!(killed["messages"], 1, "{killed}");
    let tokens = |name: &str| killed[name].as_u64().expect("a number");
    assert!(
        (2..50).contains(&(tokens("promptTokens") + tokens("answerTokens"))),
        "what was said, not what was reserved: {killed}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_end_of_an_answer_gives_back_what_it_did_not_need() {
    let gate = Gate::new();
    let provider = Provider::playing([Script::stream().tokens(&["one "]).gate(&gate).end()]).await;
    let (server, owner) = server(&provider).await;
    limit(&server, &owner, "everyone", json!({"tokensPerDay": 560})).await;
    let alice = server.user("alice");
    let (mut client, _) = Client::in_new_chat(&server, &alice).await;
    client.say("One").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    let (mut second, _) = Client::in_new_chat(&server, &alice).await;
    let long = "x".repeat(400);
    let error = refused(&mut second, &long).await;
    assert_eq!(text(&error, "reason"), "too_many_answers", "{error}");
    gate.open();
    client.expect("assistant_message_complete").await;
    second.ask(&long).await;
    let error = refused(&mut second, &"x".repeat(4_000)).await;
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("INVALID_MESSAGE", "over_limit"),
        "more than a whole day has: it would never fit: {error}"
    );
    assert_eq!(error["retryable"], false, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_allowed_models_are_offered_and_asked() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let answer = client.ask("One").await;
    let usual = text(&answer.end, "model").to_owned();
    let own_provider = usual.split('/').next().expect("a provider").to_owned();
    let other = format!("{own_provider}/other");
    limit(&server, &owner, "everyone", json!({"models": [other]})).await;
    client
        .send(json!({"type": "list_models", "ref": "l", "data": {}}))
        .await;
    let listed = client.expect("models").await;
    let ids: Vec<_> = listed["models"]
        .as_array()
        .expect("models")
        .iter()
        .collect();
    assert_eq!((ids.len(), &ids[0]["id"]), (1, &json!(other)), "{listed}");
    let again = client.ask("Two").await;
    assert_eq!(text(&again.end, "model"), other, "instead of the usual one");
    let regenerate = json!({"messageId": again.id(), "model": usual});
    client
        .send(json!({"type": "regenerate", "ref": "r", "data": regenerate}))
        .await;
    let error = client.error().await;
    assert_eq!(
        (text(&error, "code"), text(&error, "reason")),
        ("INVALID_MESSAGE", "model_not_allowed"),
        "{error}"
    );
    client
        .send(json!({"type": "update_chat", "data": {"chatId": chat, "model": usual}}))
        .await;
    client.expect("chat_updated").await;
    let error = refused(&mut client, "Three").await;
    assert_eq!(text(&error, "reason"), "model_not_allowed", "{error}");
    assert_eq!(provider.requests().len(), 2, "and nobody was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_estimate_comes_before_the_message() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.ask("One").await;
    let estimate =
        json!({"type": "estimate", "ref": "e", "data": {"bytes": 40_000, "chatId": chat}});
    client.send(estimate.clone()).await;
    let told = client.expect("estimate").await;
    assert!(told["promptTokens"].as_u64() > Some(10_000), "{told}");
    assert_eq!(
        (&told["cost"], &told["refusal"]),
        (&Value::Null, &Value::Null),
        "{told}"
    );
    let model = text(&told, "model").to_owned();
    let prices = json!({"currency": "USD", "prices": [
        {"model": model, "prompt": 1_000_000, "answer": 1_000_000},
    ]});
    put(&server, &owner, "/api/prices", prices).await;
    limit(&server, &owner, "everyone", json!({"tokensPerDay": 2_000})).await;
    client.send(estimate).await;
    let told = client.expect("estimate").await;
    assert!(told["cost"].as_u64() > Some(10_000), "{told}");
    assert_eq!(told["refusal"]["reason"], "over_limit", "{told}");
    let foreign = json!({"type": "estimate", "data": {"bytes": 1, "chatId": "no-such-chat"}});
    client.send(foreign).await;
    assert_eq!(text(&client.error().await, "reason"), "not_found");
    client.send(json!({"type": "get_usage", "data": {}})).await;
    let own = client.expect("usage").await;
    assert_eq!(own["limits"][0]["limit"], 2_000, "{own}");
    assert_eq!(own["limits"][0]["used"], 3, "{own}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_above_an_admin_is_not_theirs_to_limit() {
    let provider = Provider::start().await;
    let (server, owner) = server(&provider).await;
    let admin = server.setup().user_with("ann", &["--role", "admin"]);
    let body = |id: &str| json!({"of": "user", "userId": id, "limits": {"messagesPerDay": 1}});
    for (id, expected) in [
        (owner.id.as_str(), 403),
        ("nobody", 404),
        (admin.id.as_str(), 200),
    ] {
        let body = body(id);
        let reply = http::call(
            &server,
            Method::PUT,
            "/api/limits",
            Some(&body),
            Some(&admin.token),
        )
        .await;
        assert_eq!(reply.status.as_u16(), expected, "{}", reply.body);
    }
    let log = http::call(&server, Method::GET, "/api/audit", None, Some(&owner.token)).await;
    let log = log.json();
    let lines = log["entries"].as_array().expect("lines").iter();
    let changes: Vec<_> = lines
        .filter(|line| line["action"] == "limits_changed")
        .collect();
    assert_eq!(changes.len(), 1, "what was done is written down: {log}");
    assert_eq!(changes[0]["actor"]["name"], "ann");
}
