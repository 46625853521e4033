//! The order of a chat: what several people ask there at once is accepted one after the other, and
//! their answers are written in the order of the line. Without it an answer could begin before the
//! one that it follows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as Gate, OwnedMutexGuard};

use crate::ids::ChatId;

/// A gate for each chat that something is being asked in.
#[derive(Default)]
pub(super) struct Order {
    gates: Mutex<Gates>,
}

#[derive(Default)]
struct Gates {
    by_chat: HashMap<ChatId, Weak<Gate<()>>>,
    /// Above this many, those that nobody stands at are forgotten. Doubles with what is left, so
    /// that cleaning costs a constant per request.
    clean_above: usize,
}

impl Order {
    /// Waits for its turn to ask something in `chat`, which lasts until the guard is dropped.
    pub(super) async fn of(&self, chat: &ChatId) -> OwnedMutexGuard<()> {
        self.gate(chat).lock_owned().await
    }

    fn gate(&self, chat: &ChatId) -> Arc<Gate<()>> {
        let gates = &mut *self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gate) = gates.by_chat.get(chat).and_then(Weak::upgrade) {
            return gate;
        }
        if gates.by_chat.len() > gates.clean_above {
            gates.by_chat.retain(|_, gate| gate.strong_count() > 0);
            gates.clean_above = 2 * gates.by_chat.len() + 64;
        }
        let gate = Arc::new(Gate::new(()));
        gates.by_chat.insert(chat.clone(), Arc::downgrade(&gate));
        gate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_chat_waits_and_another_does_not() {
        let order = Order::default();
        let chat = |text: &str| ChatId::parse(text).expect("an id");
        let first = order.of(&chat("a")).await;
        let _other = order.of(&chat("b")).await;
        let mut second = at_once(order.of(&chat("a")));
        assert!(second.is_none(), "the first is not over");
        drop(first);
        second = at_once(order.of(&chat("a")));
        assert!(second.is_some(), "now it is");
    }

    #[tokio::test]
    async fn chats_of_the_past_are_forgotten() {
        let order = Order::default();
        for number in 0..10_000 {
            let chat = ChatId::parse(&format!("c{number}")).expect("an id");
            drop(order.of(&chat).await);
        }
        let kept = order.gates.lock().expect("not poisoned").by_chat.len();
        assert!(kept <= 65, "{kept} are kept");
    }

    fn at_once<T>(work: impl Future<Output = T>) -> Option<T> {
        futures_util::FutureExt::now_or_never(work)
    }
}
