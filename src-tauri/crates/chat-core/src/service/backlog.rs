//! When the pieces of a quick answer are told together.
//!
//! A provider that writes faster than readers are woken would cost a wake, an encoding and a
//! system call a piece. So once a look finds that more has come already, pieces are held back
//! until a look finds nothing, or enough are held. No clock is involved: a piece after which
//! nothing has come yet is told at once, and an answer that comes word by word pays for a look
//! ever more rarely.

/// Pieces that are told together at most: a wake, a record and a frame for all of them. More than
/// that many are never there at once but in a rush.
const TOGETHER: u32 = 128;

/// Pieces between two looks that find nothing, at most.
const RAREST_LOOK: u32 = 16;

/// What was seen so far of how the pieces come.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    /// The last look found more.
    more: bool,
    /// Pieces that were added and not told.
    held: u32,
    /// Pieces until the next look.
    skip: u32,
    /// Pieces that were skipped before the last look.
    skipped: u32,
}

impl Backlog {
    /// Counts a piece in; true when it is told together with the next.
    pub(super) fn hold(&mut self) -> bool {
        let hold = self.more && self.held + 1 < TOGETHER;
        self.held = if hold { self.held + 1 } else { 0 };
        hold
    }

    /// Whether to look for more now.
    pub(super) fn is_likely(&mut self) -> bool {
        let likely = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        likely
    }

    /// Takes down what a look found.
    pub(super) fn seen(&mut self, more: bool) {
        self.more = more;
        self.skipped = if more {
            0
        } else {
            (self.skipped * 2 + 1).min(RAREST_LOOK)
        };
        self.skip = self.skipped;
    }

    /// Whether pieces were held back, which are to be told now.
    pub(super) fn release(&mut self) -> bool {
        std::mem::take(&mut self.held) > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_come_one_by_one_are_told_at_once_and_seldom_looked_for() {
        let mut backlog = Backlog::default();
        let mut looks = 0;
        for piece in 0..1_000 {
            assert!(!backlog.hold(), "piece {piece} is told at once");
            if backlog.is_likely() {
                looks += 1;
                backlog.seen(false);
            }
            assert!(!backlog.release(), "nothing is held after piece {piece}");
        }
        assert!(looks < 1_000 / 10, "{looks} looks at 1,000 pieces");
    }

    #[test]
    fn a_rush_is_told_in_bundles_and_its_last_piece_is_not_kept() {
        let mut backlog = Backlog::default();
        let (mut bundles, mut waiting) = (Vec::new(), 0);
        for piece in 1..=300 {
            waiting += 1;
            if !backlog.hold() {
                bundles.push(std::mem::take(&mut waiting));
            }
            assert!(backlog.is_likely(), "a rush is looked at every time");
            backlog.seen(piece < 300);
        }
        assert!(
            backlog.release(),
            "what was held is told when nothing more comes"
        );
        bundles.push(waiting);
        assert_eq!(
            bundles,
            [1, 128, 128, 43],
            "the first piece waits for nobody"
        );
        assert!(!backlog.release(), "and told once");
    }
}
