//! Many devices of one person, one truth.

use serde_json::{Value, json};

use crate::support::{Client, Gate, Person, Provider, Script, Server, Setup, client::text};

/// A device that watches the list and looks at no chat; gives `chats` too.
async fn watcher(server: &Server, person: &Person) -> (Client, Value) {
    let mut client = Client::join(server, person).await;
    client
        .send(json!({"type": "watch_chats", "data": {"since": 0}}))
        .await;
    let list = client.expect("chats").await;
    (client, list)
}

/// The next news of running answers: which, and whether it runs.
async fn activity(client: &mut Client) -> (Value, Value) {
    let news = client.until("chat_activity").await;
    (news["messageId"].clone(), news["running"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_running_answers_are_known_on_every_device_the_waiting_ones_too() {
    let (first, second) = (Gate::new(), Gate::new());
    let slow = |gate: &Gate| {
        Script::stream()
            .tokens(&["a"])
            .gate(gate)
            .tokens(&["b"])
            .end()
    };
    let provider = Provider::playing([slow(&first), slow(&second)]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut list, _) = watcher(&server, &alice).await;
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    for words in ["one", "two"] {
        client
            .send(json!({"type": "message", "data": {"message": words}}))
            .await;
    }
    let (writing, runs) = activity(&mut list).await;
    assert_eq!(runs, true);
    let (waiting, runs) = activity(&mut list).await;
    assert_eq!(runs, true, "one that waits for its turn is known too");
    assert_ne!(writing, waiting);
    let running = |list: &Value| -> Vec<Value> {
        let running = list["running"].as_array().expect("running");
        assert!(running.iter().all(|one| one["chatId"] == chat.as_str()));
        running.iter().map(|one| one["messageId"].clone()).collect()
    };
    let (_, later) = watcher(&server, &alice).await;
    assert_eq!(
        running(&later),
        [writing.clone(), waiting.clone()],
        "a device that comes later learns of both, in order"
    );
    first.open();
    assert_eq!(activity(&mut list).await, (writing, json!(false)));
    assert_eq!(activity(&mut list).await, (waiting.clone(), json!(true)));
    second.open();
    assert_eq!(activity(&mut list).await, (waiting, json!(false)));
    let (_, later) = watcher(&server, &alice).await;
    assert_eq!(running(&later), Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_that_send_at_once_both_keep_their_messages() {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut one, chat) = Client::in_new_chat(&server, &alice).await;
    let mut other = Client::join(&server, &alice).await;
    other.look_at(&chat).await;
    let say = |words: &str, reference: &str| {
        let data = json!({"message": words, "clientId": reference});
        json!({"type": "message", "ref": reference, "data": data})
    };
    for round in 0..5 {
        let (mine, theirs) = (format!("one-{round}"), format!("other-{round}"));
        tokio::join!(
            one.send(say(&mine, &mine)),
            other.send(say(&theirs, &theirs))
        );
        for (device, own) in [(&mut one, &mine), (&mut other, &theirs)] {
            let (mut said, mut ended) = (Vec::new(), 0);
            while said.len() < 2 || ended < 2 {
                let frame = device.next().await;
                match text(&frame, "type") {
                    "user_message" => {
                        let words = text(&frame["data"], "content").to_owned();
                        let reference = (words == *own).then_some(own.as_str());
                        assert_eq!(frame["ref"].as_str(), reference, "{frame}");
                        said.push(words);
                    }
                    "assistant_message_complete" => ended += 1,
                    _ => {}
                }
            }
            said.sort();
            assert_eq!(said, [mine.as_str(), theirs.as_str()], "both on both");
        }
    }
    let joined = other.look_at(&chat).await;
    let messages = joined["messages"].as_array().expect("messages");
    assert_eq!(
        messages.len(),
        20,
        "ten questions and ten answers on one line"
    );
    for pair in messages.windows(2) {
        assert_eq!(
            pair[1]["parentId"], pair[0]["messageId"],
            "one after the other"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_device_stops_an_answer_and_a_closed_window_does_not() {
    let scripts = [Script::stream().tokens(&["one "]).hang()];
    let provider = Provider::playing(scripts).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    let (mut list, _) = watcher(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    drop(client);
    let (answer, runs) = activity(&mut list).await;
    assert_eq!(runs, true);
    let (_, later) = watcher(&server, &alice).await;
    assert_eq!(
        later["running"],
        json!([{"chatId": chat, "messageId": answer}])
    );
    list.send(json!({"type": "stop", "data": {"messageId": answer}}))
        .await;
    assert_eq!(activity(&mut list).await, (answer.clone(), json!(false)));
    provider.aborted(0).await;
    list.send(json!({"type": "join_chat", "data": {"chatId": chat}}))
        .await;
    let joined = list.until("chat_joined").await;
    assert_eq!(joined["messages"][1]["status"], "stopped");
    assert_eq!(joined["messages"][1]["content"], "one ");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_deleted_elsewhere_is_gone_for_who_looks_at_it() {
    let provider = Provider::playing([Script::stream().tokens(&["one "]).hang()]).await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let (mut client, chat) = Client::in_new_chat(&server, &alice).await;
    client.say("count").await;
    client.expect("assistant_message_start").await;
    client.tokens_until("one ").await;
    let (mut list, known) = watcher(&server, &alice).await;
    let answer = known["running"][0]["messageId"].clone();
    let mut other = Client::join(&server, &alice).await;
    other
        .send(json!({"type": "delete_chat", "data": {"chatId": chat}}))
        .await;
    other.expect("chat_deleted").await;
    let told = client.expect("chat_deleted").await;
    assert_eq!(told["chatId"], chat.as_str(), "without watching the list");
    assert_eq!(
        activity(&mut list).await,
        (answer, json!(false)),
        "no list shows it as running for ever"
    );
    provider.aborted(0).await;
    client
        .send(json!({"type": "stop", "ref": "s", "data": {}}))
        .await;
    assert_eq!(
        client.error().await["reason"],
        "not_found",
        "it looks at none"
    );
}
