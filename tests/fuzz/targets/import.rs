//! A chat from another server: any bytes are a chat that keeps the rules, or a refusal in words. What
//! was taken in is written out and read again as the same.

#![no_main]

use chat_core::{MessageStatus, Role, Timestamp};
use chat_protocol::http::{ExportedChat, ImportChat};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|body: &[u8]| {
    let import = match ImportChat::read(body) {
        Ok(import) => import,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    let chat = &import.chat;
    for (place, message) in chat.messages.iter().enumerate() {
        assert!(
            message.parent.is_none_or(|parent| parent < place),
            "parents first"
        );
        assert_ne!(message.status, MessageStatus::Running);
        assert!(message.role == Role::User || message.parent.is_some());
    }
    assert_eq!(chat.leaf.is_none(), chat.messages.is_empty());
    let document = ExportedChat::new(chat, Timestamp(0));
    let again = json!({ "importId": import.id.as_str(), "document": document }).to_string();
    let mut again = ImportChat::read(again.as_bytes()).expect("what was written is read");
    // The last bit of a fraction may be lost in reading.
    again.chat.temperature = import.chat.temperature;
    assert_eq!(again.chat, import.chat, "and is the same");
});
