//! What is spent is counted once, what is reserved is given back, and no number of requests at once
//! spends more than is left.

use chat_core::{
    Asker, Asking, ChatPatch, ChatStore as _, Day, Device, DeviceId, Draft, Holder, LimitScope,
    Limits, MessageStatus, ModelId, NewAnswer, NewExchange, Price, Reason, Refusal, RefusalKind,
    SignInMethod, SpendStore as _, Spent, StoreError, Timestamp, Usage, UserRole, Usual,
};

use tokio::task::JoinSet;

use super::support::{Place, by, chat, end, exchange, message, nobody, open, user};

const DAY: i64 = 24 * 60 * 60 * 1000;
/// 2026-11-22, a little after noon.
const NOON: i64 = 20_779 * DAY + DAY / 2;

fn model(name: &str) -> ModelId {
    ModelId::parse(name).expect("a model")
}

fn device(id: &str) -> DeviceId {
    DeviceId::parse(id).expect("an id")
}

fn asker(name: &str) -> Asker {
    user(name).into()
}

/// A message of alice's in her chat `c`, at some moment.
fn at(id: &str, now: i64) -> NewExchange {
    NewExchange {
        now: Timestamp(now),
        ..exchange("alice", "c", id)
    }
}

fn spent(prompt_tokens: u64, completion_tokens: u64) -> Spent {
    Spent {
        by: asker("alice"),
        model: Some(model("openai/small")),
        counts: true,
        usage: Usage {
            prompt_tokens,
            completion_tokens,
        },
        estimated: false,
    }
}

async fn limit(place: &Place, whose: LimitScope, limits: Limits) {
    let set = place.store.set_limits(whose, limits, nobody(1)).await;
    set.expect("a write").expect("allowed");
}

async fn finish(place: &Place, answer: &str, now: i64, spent: Option<Spent>) {
    let end = chat_core::FinishedAnswer {
        spent,
        now: Timestamp(now),
        ..end(answer, "words")
    };
    place.store.finish(end).await.expect("an end");
}

async fn send(place: &Place, new: NewExchange) -> Result<(), Refusal> {
    match place.store.append(new).await {
        Ok(appended) => {
            assert!(appended.created);
            Ok(())
        }
        Err(StoreError::Refused(refusal)) => Err(*refusal),
        Err(other) => panic!("{other:?}"),
    }
}

/// Fifty messages at once, each from a task of its own.
async fn fifty(place: &Place) -> Vec<Result<(), Refusal>> {
    let mut tasks = JoinSet::new();
    for number in 0..50 {
        let store = std::sync::Arc::clone(&place.store);
        tasks.spawn(async move {
            match store.append(at(&format!("m{number}"), NOON)).await {
                Ok(_) => Ok(()),
                Err(StoreError::Refused(refusal)) => Err(*refusal),
                Err(other) => panic!("{other:?}"),
            }
        });
    }
    tasks.join_all().await
}

async fn used(place: &Place, name: &str, now: i64) -> (u64, u64, u64) {
    let own = place.store.own_usage(&asker(name), Timestamp(now)).await;
    let own = own.expect("usage");
    (own.today.messages, own.today.tokens(), own.month.tokens())
}

async fn place() -> Place {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    place
}

/// Signs alice's phone in.
async fn phone(place: &Place) {
    let phone = Device {
        id: device("phone"),
        user: user("alice"),
        name: "Phone".into(),
        user_agent: String::new(),
        address: String::new(),
        method: SignInMethod::Pairing,
        created_at: Timestamp(1),
        used_at: Timestamp(1),
        expires_at: Timestamp(i64::MAX),
    };
    let signed_in = place.store.sign_in_device(phone, None, nobody(1)).await;
    signed_in.expect("signed in");
}

fn tokens_a_day(limit: u64) -> Limits {
    Limits {
        tokens_per_day: Some(limit),
        ..Limits::default()
    }
}

#[tokio::test]
async fn what_was_spent_is_counted_by_day_model_and_device() {
    let place = place().await;
    let prices = vec![(
        model("openai/small"),
        Price {
            prompt: 250_000,
            answer: 2_000_000,
        },
    )];
    let set = place
        .store
        .set_prices("EUR".into(), prices, nobody(1))
        .await;
    set.expect("a write").expect("allowed");
    for (id, now, what) in [
        ("m1", NOON, spent(1000, 100)),
        ("m2", NOON, spent(3, 1)),
        (
            "m3",
            NOON + DAY,
            Spent {
                by: Asker {
                    user: user("alice"),
                    device: Some(device("phone")),
                },
                model: Some(model("ollama/llama")),
                estimated: true,
                ..spent(10, 5)
            },
        ),
    ] {
        place.store.append(at(id, now)).await.expect("accepted");
        finish(&place, &format!("{id}-a"), now, Some(what)).await;
    }
    let days = (Day(20_779), Day(20_780));
    let rows = place.store.usage(days, None).await.expect("rows");
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!((rows[0].day, rows[0].spending.messages), (Day(20_779), 2));
    assert_eq!(rows[0].spending.prompt_tokens, 1003);
    // 250 + 200 millionths, and 0.75 + 2, rounded up each time.
    assert_eq!(rows[0].spending.cost, 450 + 3);
    assert_eq!(
        (rows[1].spending.cost, rows[1].spending.unpriced_tokens),
        (0, 15)
    );
    assert_eq!(
        (rows[1].estimated_tokens, rows[1].device.clone()),
        (15, None)
    );
    let own = place
        .store
        .usage(days, Some(user("alice")))
        .await
        .expect("rows");
    assert_eq!(
        own[1].device,
        Some(device("phone")),
        "of one person by device too"
    );
    let bobs = place
        .store
        .usage(days, Some(user("bob")))
        .await
        .expect("rows");
    assert!(bobs.is_empty(), "what others spend is theirs");
    assert_eq!(used(&place, "alice", NOON + DAY).await, (1, 15, 1119));

    place.store.close().await;
    let (again, _) = open(&place.path());
    let rows = again.usage(days, None).await.expect("rows");
    assert_eq!(rows.len(), 2, "and it outlasts a restart");
    assert_eq!(again.spend_rules().currency, "EUR");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_at_once_get_no_more_than_is_left() {
    let place = place().await;
    let everyone = Limits {
        messages_per_day: Some(7),
        ..Limits::default()
    };
    limit(&place, LimitScope::Everyone, everyone).await;
    let outcomes = fifty(&place).await;
    let accepted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert_eq!(accepted, 7, "messages");
    let refused = outcomes.iter().filter_map(|outcome| outcome.as_ref().err());
    for refusal in refused {
        assert_eq!(refusal.kind, RefusalKind::Day);
        assert_eq!(refusal.wait_ms, Some(DAY as u64 / 2), "at midnight, UTC");
    }
    let history = place.store.history(&user("alice"), &chat("c")).await;
    let stored = history.expect("a history").messages.len();
    assert_eq!(stored, 14, "of a refused message nothing is kept");

    // Tokens: each is expected to need some 520, and what is not expected is left over.
    let place = self::place().await;
    limit(&place, LimitScope::Server, tokens_a_day(2_000)).await;
    let outcomes = fifty(&place).await;
    let accepted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    assert!((3..=4).contains(&accepted), "{accepted} of 50");
    let refused = outcomes
        .into_iter()
        .find_map(Result::err)
        .expect("refusals");
    assert_eq!(
        (refused.kind, refused.wait_ms),
        (RefusalKind::Running, Some(1_000)),
        "until those that run have ended it may still come to fit"
    );
}

#[tokio::test]
async fn the_end_settles_and_a_failure_gives_back() {
    let place = place().await;
    limit(&place, LimitScope::User(user("alice")), tokens_a_day(520)).await;
    assert_eq!(send(&place, at("m1", NOON)).await, Ok(()));
    let refused = send(&place, at("m2", NOON))
        .await
        .expect_err("all is reserved");
    assert_eq!(refused.kind, RefusalKind::Running);
    let nothing = Spent {
        counts: false,
        ..spent(0, 0)
    };
    finish(&place, "m1-a", NOON, Some(nothing)).await;
    assert_eq!(used(&place, "alice", NOON).await, (0, 0, 0), "given back");

    assert_eq!(send(&place, at("m2", NOON)).await, Ok(()));
    finish(&place, "m2-a", NOON, Some(spent(320, 200))).await;
    finish(&place, "m2-a", NOON, Some(spent(320, 200))).await;
    assert_eq!(used(&place, "alice", NOON).await.1, 520, "settled once");
    let refused = send(&place, at("m3", NOON))
        .await
        .expect_err("all is spent");
    assert_eq!(refused.kind, RefusalKind::Day);
    place.chat("bob", "b").await;
    let bobs = NewExchange {
        now: Timestamp(NOON),
        ..exchange("bob", "b", "bobs")
    };
    assert_eq!(send(&place, bobs).await, Ok(()), "others have their own");
    assert_eq!(send(&place, at("m3", NOON + DAY)).await, Ok(()), "tomorrow");
}

#[tokio::test]
async fn a_killed_process_leaves_no_reservation() {
    let place = place().await;
    limit(&place, LimitScope::Everyone, tokens_a_day(525)).await;
    assert_eq!(send(&place, at("m1", NOON)).await, Ok(()));
    let asking = Asking::from(user("alice"));
    let objective = place
        .store
        .reserve("wish".into(), asking, 50, Timestamp(NOON));
    assert!(
        objective.await.is_err(),
        "an objective reserves like a message"
    );
    let piece = place.piece("m1-a", 1, &"word ".repeat(20));
    place.store.checkpoint(vec![piece]).await.expect("kept");
    place.store.close().await;

    let (again, _) = open(&place.path());
    assert_eq!(again.sweep(Timestamp(NOON)).await.expect("swept"), 1);
    let own = again
        .own_usage(&asker("alice"), Timestamp(NOON))
        .await
        .expect("usage");
    assert_eq!(own.today.messages, 1);
    assert!(
        (30..60).contains(&own.today.tokens()),
        "what is left of its text is settled, not what was reserved: {own:?}"
    );
    let next = again.append(at("m2", NOON)).await;
    next.expect("and the rest may be spent");
    let rows = again
        .usage((Day(20_779), Day(20_779)), None)
        .await
        .expect("rows");
    assert_eq!(
        rows[0].estimated_tokens,
        own.today.tokens(),
        "said to be estimated"
    );
    assert_eq!(again.sweep(Timestamp(NOON)).await.expect("swept"), 1);
    assert_eq!(again.sweep(Timestamp(NOON)).await.expect("swept"), 0);
    let own = again
        .own_usage(&asker("alice"), Timestamp(NOON))
        .await
        .expect("usage");
    assert_eq!(own.today.messages, 2, "each is settled once");
}

#[tokio::test]
async fn days_and_months_end_where_the_clock_says_also_when_it_jumps() {
    let place = place().await;
    let monthly = Limits {
        tokens_per_day: Some(500),
        tokens_per_month: Some(900),
        ..Limits::default()
    };
    limit(&place, LimitScope::Everyone, monthly).await;
    let mut number = 0;
    let mut ask = async |now: i64, tokens: u64| {
        number += 1;
        let id = format!("m{number}");
        send(&place, at(&id, now)).await.map_err(|refusal| {
            (
                refusal.kind,
                refusal.wait_ms.unwrap_or_default() / 3_600_000,
            )
        })?;
        finish(&place, &format!("{id}-a"), now, Some(spent(tokens, 0))).await;
        Ok::<_, (RefusalKind, u64)>(())
    };
    assert_eq!(ask(NOON, 490).await, Ok(()));
    assert_eq!(
        ask(NOON, 1).await,
        Err((RefusalKind::Day, 12)),
        "12 hours to midnight"
    );
    let last = 20_780 * DAY - 1;
    assert_eq!(
        ask(last, 1).await,
        Err((RefusalKind::Day, 0)),
        "the last millisecond"
    );
    assert_eq!(
        ask(last + 1, 430).await,
        Ok(()),
        "the first one of the next day"
    );
    // The 24th: of the month 920 of 900 are spent, and it has 6.5 days to go.
    let refused = ask(NOON + 2 * DAY, 1).await;
    assert_eq!(refused, Err((RefusalKind::Month, 6 * 24 + 12)));
    // An hour back, into the day before: that day's count is as it was.
    assert_eq!(
        ask(last - 3_600_000, 1).await.map_err(|(kind, _)| kind),
        Err(RefusalKind::Month)
    );
    assert_eq!(ask(NOON + 9 * DAY, 100).await, Ok(()), "December");
    assert_eq!(
        used(&place, "alice", NOON).await,
        (1, 490, 920),
        "and November as it was"
    );
    // Years ahead and back again: what was spent there is counted there.
    assert_eq!(ask(NOON + 4_000 * DAY, 100).await, Ok(()));
    assert_eq!(used(&place, "alice", NOON + 9 * DAY).await, (1, 100, 100));
}

#[tokio::test]
async fn each_level_holds_and_the_more_special_one_decides() {
    let place = place().await;
    let messages = |count| Limits {
        messages_per_day: Some(count),
        ..Limits::default()
    };
    limit(&place, LimitScope::Everyone, messages(1)).await;
    limit(&place, LimitScope::User(user("alice")), messages(0)).await;
    for number in 0..3 {
        let id = format!("m{number}");
        assert_eq!(send(&place, at(&id, NOON)).await, Ok(()), "0 is no limit");
    }
    phone(&place).await;
    limit(&place, LimitScope::Device(device("phone")), messages(1)).await;
    let on_phone = |id: &str| NewExchange {
        device: Some(device("phone")),
        ..at(id, NOON)
    };
    assert_eq!(send(&place, on_phone("p1")).await, Ok(()));
    let refused = send(&place, on_phone("p2"))
        .await
        .expect_err("the phone's is used up");
    assert!(refused.message.contains("this device"), "{refused:?}");
    assert_eq!(
        send(&place, at("m4", NOON)).await,
        Ok(()),
        "the laptop's is not"
    );
    limit(&place, LimitScope::Server, messages(5)).await;
    let refused = send(&place, at("m5", NOON))
        .await
        .expect_err("the server's is");
    assert!(refused.message.contains("this server"), "{refused:?}");
    let own = place
        .store
        .own_usage(&asker("bob"), Timestamp(NOON))
        .await
        .expect("usage");
    let limits: Vec<_> = own
        .allowances
        .iter()
        .map(|one| (one.of, one.limit))
        .collect();
    assert_eq!(limits, [(Holder::Person, 1), (Holder::Server, 5)]);

    limit(&place, LimitScope::Server, Limits::default()).await;
    let running = Limits {
        running_answers: Some(5),
        ..Limits::default()
    };
    limit(&place, LimitScope::Server, running).await;
    let refused = send(&place, at("m6", NOON))
        .await
        .expect_err("five run already");
    assert_eq!(refused.kind, RefusalKind::Running);
    finish(&place, "m1-a", NOON, Some(spent(1, 1))).await;
    assert_eq!(send(&place, at("m6", NOON)).await, Ok(()), "one has ended");
}

#[tokio::test]
async fn a_device_has_limits_of_every_kind_of_its_own() {
    let place = place().await;
    phone(&place).await;
    let on_phone = |id: &str| NewExchange {
        device: Some(device("phone")),
        usual: Usual::Model(model("openai/large")),
        ..at(id, NOON)
    };
    let elsewhere = |id: &str| NewExchange {
        device: None,
        ..on_phone(id)
    };
    for (name, kind, limits) in [
        (
            "running",
            RefusalKind::Running,
            Limits {
                running_answers: Some(1),
                ..Limits::default()
            },
        ),
        ("tokens", RefusalKind::Running, tokens_a_day(300)),
    ] {
        limit(&place, LimitScope::Device(device("phone")), limits).await;
        let first = format!("{name}-1");
        assert_eq!(send(&place, on_phone(&first)).await, Ok(()), "{name}");
        let refused = send(&place, on_phone(&format!("{name}-2"))).await;
        let refused = refused.expect_err("the phone's is used up");
        assert_eq!(refused.kind, kind, "{name}: {refused:?}");
        assert!(
            refused.message.contains("this device"),
            "{name}: {refused:?}"
        );
        let other = format!("{name}-3");
        assert_eq!(send(&place, elsewhere(&other)).await, Ok(()), "{name}");
        for begun in [first, other] {
            finish(&place, &format!("{begun}-a"), NOON, None).await;
        }
    }
    let only = Limits {
        models: Some([model("openai/small")].into()),
        ..Limits::default()
    };
    limit(&place, LimitScope::Device(device("phone")), only).await;
    let patch = ChatPatch {
        model: Some(Some(model("openai/large"))),
        ..ChatPatch::default()
    };
    let chosen = place
        .store
        .update_chat(&user("alice"), &chat("c"), patch)
        .await;
    chosen.expect("chosen");
    let refused = send(&place, on_phone("model-1")).await;
    assert!(refused.is_err(), "not from the phone: {refused:?}");
    assert_eq!(send(&place, elsewhere("model-2")).await, Ok(()));
}

/// Whom a limit is for, whether it holds for bob and for alice's other devices too, and its name.
fn levels() -> [(LimitScope, bool, bool, &'static str); 4] {
    [
        (LimitScope::Server, true, true, "this server"),
        (LimitScope::Everyone, false, true, "you"),
        (LimitScope::User(user("alice")), false, true, "you"),
        (
            LimitScope::Device(device("phone")),
            false,
            false,
            "this device",
        ),
    ]
}

/// What 1,000 tokens use up: the limit, and whether it is a month's.
fn limits_of_a_thousand_tokens(cost: u64) -> [(Limits, bool); 5] {
    let none = Limits::default;
    [
        (
            Limits {
                messages_per_day: Some(1),
                ..none()
            },
            false,
        ),
        (tokens_a_day(1_000), false),
        (
            Limits {
                tokens_per_month: Some(1_000),
                ..none()
            },
            true,
        ),
        (
            Limits {
                cost_per_day: Some(cost),
                ..none()
            },
            false,
        ),
        (
            Limits {
                cost_per_month: Some(cost),
                ..none()
            },
            true,
        ),
    ]
}

#[tokio::test]
async fn every_limit_holds_at_every_level_until_its_time_is_over() {
    const PRICE: u64 = 1_000_000;
    for (scope, for_bob, for_laptop, named) in levels() {
        for (limits, monthly) in limits_of_a_thousand_tokens(1_000 * PRICE / 1_000_000) {
            let what = format!("{scope:?} {limits:?}");
            let place = place().await;
            place.chat("bob", "b").await;
            phone(&place).await;
            let prices = vec![(
                model("openai/small"),
                Price {
                    prompt: PRICE,
                    answer: PRICE,
                },
            )];
            let set = place
                .store
                .set_prices("EUR".into(), prices, nobody(1))
                .await;
            set.expect("a write").expect("allowed");
            let usual = || Usual::Model(model("openai/small"));
            let on_phone = |id: &str, now: i64| NewExchange {
                device: Some(device("phone")),
                usual: usual(),
                ..at(id, now)
            };
            let on_laptop = NewExchange {
                usual: usual(),
                ..at("laptop", NOON)
            };
            let of_bob = NewExchange {
                now: Timestamp(NOON),
                usual: usual(),
                ..exchange("bob", "b", "bob")
            };
            limit(&place, scope.clone(), limits).await;
            assert_eq!(send(&place, on_phone("m1", NOON)).await, Ok(()), "{what}");
            let thousand = Spent {
                by: Asker {
                    user: user("alice"),
                    device: Some(device("phone")),
                },
                ..spent(600, 400)
            };
            finish(&place, "m1-a", NOON, Some(thousand)).await;
            let refused = send(&place, on_phone("m2", NOON)).await;
            let refused = refused.expect_err(&what);
            let kind = match monthly {
                true => RefusalKind::Month,
                false => RefusalKind::Day,
            };
            assert_eq!(refused.kind, kind, "{what}: {refused:?}");
            let words = refused.message.to_lowercase();
            assert!(words.contains(named), "{what}: {refused:?}");
            assert_eq!(send(&place, on_laptop).await.is_err(), for_laptop, "{what}");
            assert_eq!(send(&place, of_bob).await.is_err(), for_bob, "{what}");
            let tomorrow = send(&place, on_phone("m3", NOON + DAY)).await;
            assert_eq!(tomorrow.is_err(), monthly, "{what}: {tomorrow:?}");
            let wait = i64::try_from(refused.wait_ms.expect("it frees up")).expect("a time");
            let then = send(&place, on_phone("m4", NOON + wait)).await;
            // A day's limit of one message is used up by then, by the one of tomorrow.
            if monthly {
                assert_eq!(then, Ok(()), "{what}: when it said");
            }
        }
    }
}

#[tokio::test]
async fn models_that_are_not_allowed_are_not_asked() {
    let place = place().await;
    let only = Limits {
        models: Some([model("ollama/*"), model("openai/small")].into()),
        ..Limits::default()
    };
    limit(&place, LimitScope::Everyone, only).await;
    let usual = |id: &str, usual| NewExchange {
        usual,
        ..at(id, NOON)
    };
    let guide = usual("m1", Usual::Guide);
    assert_eq!(send(&place, guide).await, Ok(()), "the guide always");
    let large = Usual::Model(model("openai/large"));
    assert_eq!(
        send(&place, usual("m2", large.clone())).await,
        Ok(()),
        "another instead"
    );
    for (name, allowed) in [("openai/large", false), ("ollama/any", true)] {
        let patch = ChatPatch {
            model: Some(Some(model(name))),
            ..ChatPatch::default()
        };
        let chosen = place
            .store
            .update_chat(&user("alice"), &chat("c"), patch)
            .await;
        chosen.expect("chosen");
        let sent = send(&place, usual(&format!("m-{allowed}"), large.clone())).await;
        assert_eq!(sent.is_ok(), allowed, "{name}: {sent:?}");
    }
    let again = NewAnswer::Regenerate {
        answer: message("m-true-a"),
        id: message("again"),
        now: Timestamp(NOON),
    };
    finish(&place, "m-true-a", NOON, None).await;
    let asking = Asking {
        model: Some(model("openai/large")),
        ..user("alice").into()
    };
    let opened = place
        .store
        .open_answer(asking, again, Timestamp(NOON))
        .await;
    assert!(matches!(opened, Err(StoreError::Refused(_))), "{opened:?}");
    let found = place.store.message(&user("alice"), &message("again")).await;
    assert!(found.is_err(), "and nothing is left of it");
}

/// Bytes of the write-ahead log, which only grows while somebody reads.
fn log_bytes(place: &Place) -> u64 {
    let log = place.path().with_extension("db-wal");
    std::fs::metadata(log).expect("a log").len()
}

#[tokio::test]
async fn an_answer_that_may_not_begin_again_costs_no_write() {
    let place = place().await;
    place.store.append(at("m1", NOON)).await.expect("accepted");
    let stopped = chat_core::FinishedAnswer {
        status: MessageStatus::Stopped,
        now: Timestamp(NOON),
        ..end("m1-a", "half")
    };
    place.store.finish(stopped).await.expect("an end");
    let again = |id: &str| NewAnswer::Regenerate {
        answer: message("m1-a"),
        id: message(id),
        now: Timestamp(NOON),
    };
    let on = || NewAnswer::Continue {
        answer: message("m1-a"),
    };
    let open = async |new| {
        let asking = Asking::from(user("alice"));
        let opened = place.store.open_answer(asking, new, Timestamp(NOON)).await;
        match opened {
            Ok(_) => Ok(()),
            Err(StoreError::Refused(refusal)) => Err(refusal.kind),
            Err(other) => panic!("{other:?}"),
        }
    };
    limit(&place, LimitScope::Everyone, tokens_a_day(1)).await;
    // So that nothing in the log is overwritten.
    let reader = rusqlite::Connection::open(place.path()).expect("a database");
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM messages;")
        .expect("a reader");
    let before = log_bytes(&place);
    assert_eq!(open(again("other")).await, Err(RefusalKind::TooLarge));
    assert_eq!(open(on()).await, Err(RefusalKind::TooLarge));
    assert_eq!(
        log_bytes(&place),
        before,
        "refused before anything was written"
    );
    limit(&place, LimitScope::Everyone, Limits::default()).await;
    let before = log_bytes(&place);
    assert_eq!(open(on()).await, Ok(()));
    assert!(log_bytes(&place) > before, "what is written is seen here");
}

#[tokio::test]
async fn an_estimate_counts_the_context_and_says_what_would_be_refused() {
    let place = place().await;
    let draft = |bytes| Draft {
        chat: Some(chat("c")),
        parent: None,
        bytes,
    };
    let estimate = async |draft: Draft| {
        let asking = Asking {
            usual: Usual::Model(model("openai/small")),
            ..user("alice").into()
        };
        let estimated = place.store.estimate(asking, draft, Timestamp(NOON)).await;
        estimated.expect("an estimate")
    };
    let first = estimate(draft(4_000)).await;
    assert_eq!(
        (first.prompt_tokens, first.cost),
        (1_004, None),
        "no price, no cost"
    );
    assert_eq!(first.refusal, None);
    place
        .store
        .append(NewExchange {
            content: "x".repeat(8_000),
            ..at("m1", NOON)
        })
        .await
        .expect("accepted");
    finish(&place, "m1-a", NOON, Some(spent(2_000, 10))).await;
    let prices = vec![(
        model("openai/*"),
        Price {
            prompt: 1_000_000,
            answer: 0,
        },
    )];
    let set = place
        .store
        .set_prices("USD".into(), prices, nobody(1))
        .await;
    set.expect("a write").expect("allowed");
    limit(&place, LimitScope::Everyone, tokens_a_day(2_500)).await;
    let second = estimate(draft(4_000)).await;
    // 8000 bytes, an answer of 5, and 4000 more; three messages around them.
    assert_eq!(second.prompt_tokens, 3_002 + 12);
    assert_eq!(second.cost, Some(3_014));
    let refusal = second.refusal.expect("more than a whole day has");
    assert_eq!(
        (refusal.reason, refusal.retry_after_ms),
        (Reason::OverLimit, None)
    );
    let fresh = Draft {
        chat: None,
        ..draft(400)
    };
    assert_eq!(estimate(fresh).await.refusal, None, "in a new chat it fits");
    let bobs = Asking::from(user("bob"));
    let foreign = place.store.estimate(bobs, draft(1), Timestamp(NOON)).await;
    assert!(matches!(foreign, Err(StoreError::NotFound)), "{foreign:?}");
    let running = place.store.message(&user("alice"), &message("m1-a")).await;
    assert_eq!(running.expect("there").status, MessageStatus::Complete);
}

#[tokio::test]
async fn only_those_who_manage_somebody_limit_them() {
    let place = Place::new().await;
    let create = |name: &'static str, role| {
        place
            .store
            .create_user(user(name), name, role, None, Timestamp(1))
    };
    create("ann", UserRole::Admin).await.expect("an account");
    for (actor, whose, allowed) in [
        ("bob", LimitScope::Everyone, false),
        ("ann", LimitScope::User(user("alice")), false),
        ("ann", LimitScope::User(user("bob")), true),
        ("ann", LimitScope::Server, true),
        ("alice", LimitScope::User(user("ann")), true),
    ] {
        let set = place
            .store
            .set_limits(whose.clone(), tokens_a_day(5), by(actor, 2))
            .await;
        assert_eq!(
            set.expect("a write").is_ok(),
            allowed,
            "{actor} limits {whose:?}"
        );
        assert_eq!(!place.store.spend_rules().at(&whose).is_silent(), allowed);
    }
    let nobody_there = LimitScope::Device(device("none"));
    let set = place
        .store
        .set_limits(nobody_there, tokens_a_day(5), by("alice", 2))
        .await;
    assert!(matches!(set, Err(StoreError::NotFound)));
    let prices = place
        .store
        .set_prices("USD".into(), Vec::new(), by("bob", 2))
        .await;
    assert!(prices.expect("a write").is_err());
    let log = place.store.audit(None, 10).await.expect("the log");
    let changes = log
        .iter()
        .filter(|line| line.action == chat_core::AuditAction::LimitsChanged);
    assert_eq!(changes.count(), 3, "and it is written down");
}
