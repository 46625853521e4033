//! A network that breaks between client and server: what the client shows in the end is what the
//! provider sent and what the database holds, nothing lost and nothing twice.

use std::time::Duration;

use serde_json::json;

use super::visit::Visit;
use crate::support::{
    Gate, Provider, Script, Server, Setup,
    client::text,
    fault_proxy::{Break, FaultProxy, Passage, Way},
    server::Person,
};

struct Table {
    provider: Provider,
    server: Server,
    alice: Person,
    proxy: FaultProxy,
}

async fn table() -> Table {
    let provider = Provider::start().await;
    let server = Setup::with(&provider).start().await;
    let alice = server.user("alice");
    let proxy = FaultProxy::to(server.address()).await;
    Table {
        provider,
        server,
        alice,
        proxy,
    }
}

impl Table {
    /// An answer in three parts, with a gate before the second and the third.
    fn gated(&self) -> [Gate; 2] {
        let gates = [Gate::new(), Gate::new()];
        let script = Script::stream()
            .tokens(&["one ", "two "])
            .gate(&gates[0])
            .tokens(&["three — ", "trois "])
            .gate(&gates[1])
            .tokens(&["четыре"])
            .end();
        self.provider.queue(script);
        gates
    }

    async fn visit(&self) -> Visit {
        Visit::new_chat(&self.server, self.proxy.address(), &self.alice).await
    }

    async fn again(&self, visit: &Visit) -> Visit {
        Visit::arrive(self.proxy.address(), &self.alice, visit.view.clone()).await
    }

    /// The view is the whole conversation, and so is what a client sees that knew nothing.
    async fn assert_whole(&self, visit: &Visit, lines: &[&str]) {
        assert_eq!(visit.view.lines(), lines);
        assert!(visit.view.errors.is_empty(), "{:?}", visit.view.errors);
        let fresh = visit.fresh(&self.server, &self.alice).await;
        assert_eq!(fresh.lines(), lines, "what the database holds");
    }
}

const WHOLE: [&str; 2] = [
    "user: count (complete)",
    "assistant: one two three — trois четыре (complete)",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_taken_up_where_the_line_broke() {
    let table = table().await;
    for how in [
        Break::Cut,
        Break::Reset,
        Break::HalfClose(Way::Up),
        Break::HalfClose(Way::Down),
    ] {
        let [second, third] = table.gated();
        let mut visit = table.visit().await;
        visit.say("count").await;
        visit.until_writing("one two ").await;
        table.proxy.break_all(how);
        visit.until_gone().await;
        second.open();
        let mut again = table.again(&visit).await;
        again.until_writing("one two three — trois ").await;
        // And once more, now with nothing missed.
        table.proxy.break_all(how);
        again.until_gone().await;
        let mut again = table.again(&again).await;
        third.open();
        again.until_answered().await;
        table.assert_whole(&again, &WHOLE).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_ended_while_the_client_was_away_is_whole() {
    let table = table().await;
    for how in [Break::Cut, Break::Reset] {
        let [second, third] = table.gated();
        let mut visit = table.visit().await;
        let mut witness =
            Visit::arrive(table.server.address(), &table.alice, visit.view.clone()).await;
        visit.say("count").await;
        visit.until_writing("one two ").await;
        table.proxy.break_all(how);
        visit.until_gone().await;
        second.open();
        third.open();
        witness.until_answered().await;
        let mut again = table.again(&visit).await;
        again.until_answered().await;
        table.assert_whole(&again, &WHOLE).await;
        assert_eq!(witness.view.lines(), WHOLE, "a second device saw it all");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_leads_nowhere_delays_only_itself() {
    let table = table().await;
    let [second, third] = table.gated();
    let mut visit = table.visit().await;
    visit.say("count").await;
    visit.until_writing("one two ").await;
    table.proxy.pass_both(Passage::Nowhere);
    second.open();
    // The client gives up and dials anew, while the server still holds the dead line.
    let mut again = Visit::arrive(table.server.address(), &table.alice, visit.view.clone()).await;
    again.until_writing("one two three — trois ").await;
    third.open();
    again.until_answered().await;
    table.assert_whole(&again, &WHOLE).await;
    // What was under way on the old line comes in order too, had somebody waited.
    table.proxy.pass_both(Passage::Free);
    visit.until_answered().await;
    assert_eq!(visit.view.lines(), WHOLE);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_lost_on_the_way_is_sent_again_and_is_one() {
    let table = table().await;
    let cases = [
        // The message never leaves, its acknowledgement never comes, half of it arrives.
        (Way::Up, Passage::Nowhere),
        (Way::Down, Passage::Nowhere),
        (Way::Up, Passage::Trickle(Duration::from_millis(2))),
    ];
    for (way, passage) in cases {
        let before = table.provider.requests().len();
        let mut visit = table.visit().await;
        table.proxy.pass(way, passage);
        visit.say("Hello").await;
        if way == Way::Down {
            // It is known to have arrived, and the client cannot know.
            table.provider.wait(before, |asked| asked.ended).await;
        } else {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        table.proxy.break_all(Break::Reset);
        visit.until_gone().await;
        table.proxy.pass_both(Passage::Free);
        let mut again = table.again(&visit).await;
        again.say("Hello").await;
        while again.step().await != "user_message" {}
        again.until_answered().await;
        // A client that is not sure asks a third time.
        again.say("Hello").await;
        while again.step().await != "user_message" {}
        let lines = [
            "user: Hello (complete)",
            "assistant: Scripted answer. (complete)",
        ];
        table.assert_whole(&again, &lines).await;
        assert_eq!(
            table.provider.requests().len(),
            before + 1,
            "one message is one answer: {way:?} {passage:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_line_gets_every_word_and_slows_nobody() {
    let table = table().await;
    for passage in [
        Passage::Trickle(Duration::from_millis(1)),
        Passage::Delayed(Duration::from_millis(200)),
    ] {
        let mut slow = table.visit().await;
        let view = slow.view.clone();
        let mut quick = Visit::arrive(table.server.address(), &table.alice, view).await;
        table.proxy.pass_both(passage);
        let words: Vec<String> = (0..20).map(|number| format!("мот{number} ")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        table.provider.queue(Script::text(&words));
        quick.say("count").await;
        quick.until_answered().await;
        assert!(
            !slow
                .client
                .heard
                .concat()
                .contains("assistant_message_complete"),
            "the quick one did not wait for the slow one"
        );
        slow.until_answered().await;
        let whole = format!("assistant: {} (complete)", words.concat());
        let lines = ["user: count (complete)", whole.as_str()];
        table.assert_whole(&slow, &lines).await;
        assert_eq!(quick.view.lines(), lines);
        table.proxy.pass_both(Passage::Free);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_behind_the_line_is_found_again() {
    let Table {
        provider,
        server,
        alice,
        proxy,
    } = table().await;
    provider.queue(Script::stream().tokens(&["one ", "two "]).hang());
    provider.queue(Script::text(&["three"]));
    let mut visit = Visit::new_chat(&server, proxy.address(), &alice).await;
    visit.say("count").await;
    visit.until_writing("one two ").await;
    // Kept is what a checkpoint saw; here all of it.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let server = server.kill().await.start().await;
    visit.until_gone().await;
    proxy.aim(server.address());
    let mut again = Visit::arrive(proxy.address(), &alice, visit.view.clone()).await;
    let interrupted = [
        "user: count (complete)",
        "assistant: one two  (interrupted)",
    ];
    again.until(|view| view.writing().is_none()).await;
    assert_eq!(again.view.lines(), interrupted);
    let answer = text(again.view.last(), "messageId").to_owned();
    let go_on = json!({"type": "continue", "data": {"messageId": answer}});
    again.client.send(go_on).await;
    while again.step().await != "assistant_message_complete" {}
    let whole = [
        "user: count (complete)",
        "assistant: one two three (complete)",
    ];
    assert_eq!(again.view.lines(), whole);
    let fresh = again.fresh(&server, &alice).await;
    assert_eq!(fresh.lines(), whole);
}
