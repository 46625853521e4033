//! The TypeScript types of the wire: `chat-protocol` writes them, and its own test compares them.

use anyhow::Result;

use crate::process::Step;

/// Writes `ui/src/generated` anew.
pub(crate) fn write() -> Result<()> {
    Step::new("writing ui/src/generated", "cargo")
        .args(["test", "--quiet", "--package", "chat-protocol"])
        .env("PARLOR_WRITE_TYPES", "1")
        .run()
}
