//! What is being made for people who may no longer ask for it.

use super::{ChatService, turns::StopReason};
use crate::ids::UserId;

impl ChatService {
    /// Whether anything is being made for anybody.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.inner.turns.count() > 0 || self.making_count() > 0
    }

    /// Ends the answers, those that wait too, and the objectives that were asked for by people of
    /// whom `gone` is true; their text is kept. What one of them asked for in a chat of several
    /// people ends too: it is they who would go on spending.
    pub fn stop_all_of(&self, gone: impl Fn(&UserId) -> bool) {
        for turn in self.inner.turns.all() {
            if gone(&turn.user) {
                self.inner.turns.stop(&turn.answer.id, StopReason::Person);
            }
        }
        self.inner.makings.stop_all_of(gone);
    }
}
