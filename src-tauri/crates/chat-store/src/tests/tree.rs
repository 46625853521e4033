//! Random trees, compared with a plain one in memory; and a long chat.

use std::collections::HashMap;

use chat_core::{ChatPatch, ChatStore as _, MessageId, NewAnswer, NewExchange, Role, Timestamp};

use super::support::{Place, chat, end, exchange, message, user};

/// A xorshift: the same numbers in every run of one seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).expect("small")).expect("small")
    }
}

/// The same chat, done as plainly as it can be.
#[derive(Default)]
struct Plain {
    /// In the order they came: parent and role.
    messages: Vec<(MessageId, Option<MessageId>, Role)>,
    leaf: Option<MessageId>,
}

impl Plain {
    fn parent(&self, id: &MessageId) -> Option<MessageId> {
        let found = self.messages.iter().find(|(one, ..)| one == id);
        found.expect("a known message").1.clone()
    }

    fn line(&self) -> Vec<(MessageId, Vec<MessageId>)> {
        let mut line = Vec::new();
        let mut next = self.leaf.clone();
        while let Some(id) = next {
            let (_, parent, role) = self
                .messages
                .iter()
                .find(|(one, ..)| *one == id)
                .expect("known")
                .clone();
            let beside = self
                .messages
                .iter()
                .filter(|(_, p, r)| *p == parent && *r == role);
            line.push((id, beside.map(|(id, ..)| id.clone()).collect()));
            next = parent;
        }
        line.reverse();
        line
    }

    fn show(&mut self, picked: &MessageId) {
        let below = |id: &MessageId| {
            let mut next = Some(id.clone());
            while let Some(id) = next {
                if id == *picked {
                    return true;
                }
                next = self.parent(&id);
            }
            false
        };
        let newest = self.messages.iter().rev().find(|(id, ..)| below(id));
        self.leaf = newest.map(|(id, ..)| id.clone());
    }
}

#[tokio::test]
async fn history_is_what_a_plain_tree_says() {
    let place = Place::new().await;
    let alice = user("alice");
    for seed in 1..=6 {
        let mut dice = Dice(seed * 7919);
        let id = format!("c{seed}");
        place.chat("alice", &id).await;
        let mut plain = Plain::default();
        for step in 0..60 {
            let pick = |dice: &mut Dice, plain: &Plain, role: Option<Role>| {
                let all: Vec<_> = plain
                    .messages
                    .iter()
                    .filter(|m| role.is_none_or(|r| m.2 == r))
                    .collect();
                (!all.is_empty()).then(|| all[dice.below(all.len())].0.clone())
            };
            let new = format!("s{seed}-{step}");
            match dice.below(5) {
                0 | 1 => {
                    let parent = match dice.below(4) {
                        0 => Some(None),
                        1 => pick(&mut dice, &plain, Some(Role::Assistant)).map(Some),
                        _ => None,
                    };
                    let exchange = NewExchange {
                        parent: parent.clone(),
                        ..exchange("alice", &id, &new)
                    };
                    let told = place.store.append(exchange).await.expect("an exchange");
                    let parent = parent.unwrap_or(plain.leaf.clone());
                    plain
                        .messages
                        .push((told.message.id.clone(), parent, Role::User));
                    plain.messages.push((
                        told.answer.id.clone(),
                        Some(told.message.id),
                        Role::Assistant,
                    ));
                    plain.leaf = Some(told.answer.id);
                }
                2 => {
                    if let Some(answer) = pick(&mut dice, &plain, Some(Role::Assistant)) {
                        let again = NewAnswer::Regenerate {
                            answer: answer.clone(),
                            id: message(&new),
                            now: Timestamp(50),
                        };
                        let told = place
                            .store
                            .open_answer(alice.clone().into(), again, Timestamp(40))
                            .await
                            .expect("an answer");
                        plain.messages.push((
                            told.id.clone(),
                            plain.parent(&answer),
                            Role::Assistant,
                        ));
                        plain.leaf = Some(told.id);
                    }
                }
                3 => {
                    if let Some(picked) = pick(&mut dice, &plain, None) {
                        let patch = ChatPatch {
                            leaf: Some(picked.clone()),
                            ..ChatPatch::default()
                        };
                        place
                            .store
                            .update_chat(&alice, &chat(&id), patch)
                            .await
                            .expect("a chat");
                        plain.show(&picked);
                    }
                }
                _ => {
                    if let Some(answer) = pick(&mut dice, &plain, Some(Role::Assistant)) {
                        place
                            .store
                            .finish(end(answer.as_str(), "done"))
                            .await
                            .expect("an end");
                    }
                }
            }
            let history = place
                .store
                .history(&alice, &chat(&id))
                .await
                .expect("a history");
            let line: Vec<_> = history
                .messages
                .into_iter()
                .map(|m| (m.id, m.siblings))
                .collect();
            assert_eq!(line, plain.line(), "seed {seed}, step {step}");
        }
    }
}

#[tokio::test]
async fn a_long_chat_is_read_whole() {
    let place = Place::new().await;
    place.chat("alice", "c").await;
    // Straight into the tables: 2,500 commits would measure the disk.
    let fill = place.store.write(|scope| {
        let mut parents: HashMap<usize, String> = HashMap::new();
        for number in 0..5_000_usize {
            let (id, role) = (format!("m{number}"), ["user", "assistant"][number % 2]);
            scope.connection.prepare_cached(
                "INSERT INTO messages (id, chat_id, parent_id, role, content, status, created_at, revision)
                 VALUES (?1, 'c', ?2, ?3, 'some words', 'complete', 1, 1)",
            )?.execute(rusqlite::params![id, number.checked_sub(1).map(|n| parents[&n].clone()), role])?;
            parents.insert(number, id);
        }
        scope.connection.execute("UPDATE chats SET leaf_id = 'm4999'", [])?;
        Ok(())
    });
    fill.await.expect("filled");
    let history = place
        .store
        .history(&user("alice"), &chat("c"))
        .await
        .expect("a history");
    assert_eq!(history.messages.len(), 5_000);
    assert!(
        history
            .messages
            .iter()
            .all(|m| m.siblings == [m.id.clone()])
    );
    assert_eq!(history.messages[4_999].id, message("m4999"), "oldest first");
    assert_eq!(
        place
            .store
            .line(&message("m4999"))
            .await
            .expect("a line")
            .len(),
        5_000
    );
}
