//! A network that breaks between server and provider: the text so far is kept, a sentence says what
//! happened, *Retry* works.

use std::{net::SocketAddr, time::Duration};

use serde_json::{Value, json};

use super::visit::Visit;
use crate::support::{
    Gate, Provider, Script, Server, Setup,
    client::{assert_error, text},
    fault_proxy::{Break, FaultProxy, Passage, Way},
    server::Person,
};

/// For what never ends by itself: short enough to wait for.
const SHORT: &str = "[provider]\nfirst_token_timeout_ms = 1500\nidle_timeout_ms = 1500\n\
                     connect_timeout_ms = 1500\n";

struct Table {
    provider: Provider,
    proxy: FaultProxy,
    server: Server,
    alice: Person,
}

async fn table() -> Table {
    patient(SHORT).await
}

async fn patient(config: &str) -> Table {
    let provider = Provider::start().await;
    let proxy = FaultProxy::to(SocketAddr::from(([127, 0, 0, 1], provider.port()))).await;
    let setup = Setup::with(&provider)
        .env("OPENAI_BASE_URL", &format!("http://{}/v1", proxy.address()))
        .config(config);
    let server = setup.start().await;
    let alice = server.user("alice");
    Table {
        provider,
        proxy,
        server,
        alice,
    }
}

impl Table {
    async fn visit(&self) -> Visit {
        Visit::new_chat(&self.server, self.server.address(), &self.alice).await
    }

    /// The answer has failed with `kept` as its text, for one of `reasons`; then the network is
    /// well again and *Retry* gives a whole one.
    async fn fails_and_is_retried(&self, visit: &mut Visit, kept: &str, reasons: &[&str]) {
        visit.until(|view| !view.errors.is_empty()).await;
        let error = visit.view.errors[0].clone();
        assert_error(&error);
        assert!(
            reasons.contains(&text(&error, "reason")),
            "one of {reasons:?}: {error}"
        );
        assert_eq!(error["retryable"], true, "{error}");
        assert!(
            text(&error, "message").len() > 15,
            "a sentence that says what happened: {error}"
        );
        let failed = format!("assistant: {kept} (failed)");
        let lines = visit.fresh(&self.server, &self.alice).await.lines();
        assert_eq!(lines, ["user: count (complete)", failed.as_str()]);
        self.proxy.pass_both(Passage::Free);
        self.proxy.refuse(false);
        self.retried(visit, &error).await;
    }

    async fn retried(&self, visit: &mut Visit, error: &Value) {
        let retry = json!({"type": "regenerate", "data": {"messageId": error["messageId"]}});
        visit.client.send(retry).await;
        let end = visit.client.until("assistant_message_complete").await;
        assert_eq!(
            (text(&end, "content"), text(&end, "status")),
            ("Scripted answer.", "complete"),
            "*Retry* works"
        );
        let lines = visit.fresh(&self.server, &self.alice).await.lines();
        let whole = [
            "user: count (complete)",
            "assistant: Scripted answer. (complete)",
        ];
        assert_eq!(
            lines, whole,
            "the new answer is shown, the old one is beside it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_line_changes_no_letter() {
    let table = patient("").await;
    let words = ["née ", "— ", "漢字 ", "🦀🦀 ", "конец"];
    for passage in [
        Passage::Trickle(Duration::from_millis(1)),
        Passage::Delayed(Duration::from_millis(200)),
    ] {
        table.proxy.pass_both(passage);
        table.provider.queue(Script::text(&words));
        let mut visit = table.visit().await;
        visit.say("count").await;
        visit.until_answered().await;
        let whole = format!("assistant: {} (complete)", words.concat());
        let lines = ["user: count (complete)", whole.as_str()];
        assert_eq!(visit.view.lines(), lines, "{passage:?}");
        let fresh = visit.fresh(&table.server, &table.alice).await;
        assert_eq!(fresh.lines(), lines);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_breaks_inside_the_answer_keeps_its_text() {
    let table = table().await;
    for how in [
        Break::Cut,
        Break::Reset,
        Break::HalfClose(Way::Up),
        Break::HalfClose(Way::Down),
    ] {
        let script = Script::stream().tokens(&["one ", "two "]);
        table.provider.queue(script.gate(&Gate::new()));
        let mut visit = table.visit().await;
        visit.say("count").await;
        visit.until_writing("one two ").await;
        table.proxy.break_all(how);
        table
            .fails_and_is_retried(&mut visit, "one two ", &["cut_off"])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_breaks_before_the_answer_says_so() {
    let table = table().await;
    for how in [Break::Cut, Break::Reset, Break::HalfClose(Way::Down)] {
        let before = table.provider.requests().len();
        table.provider.queue(Script::mute());
        let mut visit = table.visit().await;
        visit.say("count").await;
        table.provider.asked(before).await;
        table.proxy.break_all(how);
        let reasons = ["cut_off", "unreachable"];
        table.fails_and_is_retried(&mut visit, "", &reasons).await;
    }
    // In the middle of the response's head.
    let before = table.provider.requests().len();
    table
        .proxy
        .pass(Way::Down, Passage::Trickle(Duration::from_millis(5)));
    let mut visit = table.visit().await;
    visit.say("count").await;
    table.provider.asked(before).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    table.proxy.break_all(Break::Cut);
    let reasons = ["cut_off", "unreachable"];
    table.fails_and_is_retried(&mut visit, "", &reasons).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_leads_nowhere_is_given_up() {
    let table = table().await;
    let script = Script::stream().tokens(&["one ", "two "]);
    table.provider.queue(script.gate(&Gate::new()));
    let mut visit = table.visit().await;
    visit.say("count").await;
    visit.until_writing("one two ").await;
    table.proxy.pass_both(Passage::Nowhere);
    table
        .fails_and_is_retried(&mut visit, "one two ", &["stalled"])
        .await;

    for way in [Way::Up, Way::Down] {
        table.proxy.pass(way, Passage::Nowhere);
        let mut visit = table.visit().await;
        visit.say("count").await;
        table
            .fails_and_is_retried(&mut visit, "", &["no_first_token"])
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_refused_is_unreachable() {
    let table = table().await;
    table.proxy.refuse(true);
    let mut visit = table.visit().await;
    visit.say("count").await;
    let reasons = ["unreachable", "cut_off"];
    table.fails_and_is_retried(&mut visit, "", &reasons).await;
}
