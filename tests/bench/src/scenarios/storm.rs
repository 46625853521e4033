//! 5,000 clients that lose their connections at one moment and come back at another, while answers
//! run: how long until all of them are back and have what they should.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use super::{Row, Section, resume::ask_in, steady::PATIENCE};
use crate::{
    answer::Plan,
    clock,
    load::{Chatter, Mark, Swarm},
    report::words,
    say,
    stack::{Setting, Stack, Way},
    statistics::Figure,
};

/// How long one storm took, in seconds.
struct Storm {
    joined: f64,
    caught_up: f64,
}

pub(super) fn run(setting: &Setting) -> Result<Section> {
    let clients = setting.size(5_000, 500);
    let chats = setting.size(200, 20);
    let streaming = chats / 4;
    let rounds = setting.size(3, 1);
    let mut storms = Vec::new();
    for round in 1..=rounds {
        say(&format!(
            "storm: round {round} of {rounds}, {clients} clients"
        ));
        storms.push(storm(setting, clients, chats, streaming)?);
    }
    let figure = |value: fn(&Storm) -> f64| Figure::of(storms.iter().map(value));
    let (joined, consistent) = (
        figure(|storm| storm.joined),
        figure(|storm| storm.joined.max(storm.caught_up)),
    );
    Ok(Section {
        rows: vec![Row::judged(
            format!("reconnect storm, {clients} clients: all back and consistent"),
            format!(
                "{} (all joined after {}), no error",
                words::figure(consistent, "s"),
                words::figure(joined, "s")
            ),
            "≤ 5 s, no error",
            consistent.most <= 5.0,
        )],
        notes: vec![format!(
            "{clients} clients of {chats} people look at {chats} chats, in {streaming} of which an \
             answer runs. All sockets are dropped at once, and a second later all are opened at \
             once. Back means signed in and joined; consistent means that the chat has the messages \
             it should have, and that a running answer was resumed and has gone on. Running answers \
             are then read to their end and checked."
        )],
        data: json!({
            "clients": clients, "chats": chats, "streaming": streaming,
            "rounds": storms.iter().map(|storm| json!({
                "joined_s": storm.joined, "caught_up_s": storm.caught_up,
            })).collect::<Vec<_>>(),
        }),
        plots: Vec::new(),
    })
}

fn storm(setting: &Setting, clients: usize, chats: usize, streaming: usize) -> Result<Storm> {
    let stack = Stack::start(setting, Way::Parlor, "storm", chats)?;
    let mut swarm = Swarm::new(stack.address())?;
    let ids = ask_in(&mut swarm, &stack, chats)?;
    let short = Plan::new(20, 0);
    for asker in 0..chats {
        swarm.act(asker, |chatter, out| chatter.ask(short, out))?;
    }
    swarm.reach(Mark::Whole, chats, PATIENCE)?;
    for batch in 0..10 {
        let part = batch * clients / 10..(batch + 1) * clients / 10;
        for index in part.clone() {
            let watcher = Chatter::new(stack.talk(index)).watching(&ids[index % chats]);
            swarm.open(stack.wire(), watcher)?;
        }
        swarm.reach(Mark::Joined, part.len(), PATIENCE)?;
    }
    let long = Plan::new(setting.size(400, 100), 20);
    for asker in 0..streaming {
        swarm.act(asker, |chatter, out| chatter.ask(long, out))?;
    }
    swarm.turn_until(clock::now() + 1_000_000_000)?;
    for index in 0..clients {
        swarm.drop_connection(chats + index);
    }
    swarm.turn_until(clock::now() + 1_000_000_000)?;

    let start = clock::now();
    let follows = |index: usize| index % chats < streaming;
    for index in 0..clients {
        if follows(index) {
            swarm.act(chats + index, |chatter, _| {
                chatter.returns(start);
                Ok(())
            })?;
        }
        swarm.reopen(chats + index)?;
    }
    let since = || (clock::now() - start) as f64 / 1e9;
    swarm.reach(Mark::Joined, clients, PATIENCE)?;
    let joined = since();
    let following = (0..clients).filter(|index| follows(*index)).count();
    swarm.reach(Mark::CaughtUp, following, PATIENCE)?;
    let caught_up = since();
    for (index, chatter) in swarm.behaviours().skip(chats).enumerate() {
        // Question and answer; where an answer runs, the second question too.
        let due = if follows(index) { 3 } else { 2 };
        let history = chatter.history.len();
        ensure!(
            history == due,
            "client {index} knows {history} messages instead of {due}"
        );
    }
    let patience = PATIENCE + Duration::from_secs(30);
    swarm.reach(Mark::Whole, streaming + following, patience)?;
    Ok(Storm { joined, caught_up })
}
