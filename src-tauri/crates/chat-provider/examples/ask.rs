//! Asks a real model once, to see that its server is understood:
//! `OPENAI_BASE_URL=http://127.0.0.1:8080/v1 cargo run -p chat-provider --example ask -- "Why?"`.
//! Without an address or key, the guide answers.

use std::{env, io::Write as _, sync::Arc};

use chat_core::{AnswerEvent, AnswerRequest, ModelProvider as _, PromptMessage, Role};
use chat_provider::{MemorySecrets, NothingKept, ProviderRecord, ProviderSettings, Providers};
use futures_util::StreamExt as _;
use secrecy::SecretString;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    let address = variable("OPENAI_BASE_URL");
    let fixed = ProviderRecord::fixed(address.as_deref(), variable("OPENAI_MODEL"))?;
    let key = variable("OPENAI_API_KEY").map(SecretString::from);
    let secrets = MemorySecrets::new(key.map(|key| (fixed.id.clone(), key)));
    let settings = ProviderSettings::default();
    let stored = Vec::new();
    let providers = Providers::new(
        settings,
        stored,
        Some(fixed),
        Arc::new(secrets),
        Arc::new(NothingKept),
    );
    let question = env::args()
        .nth(1)
        .unwrap_or_else(|| "Why is the sky blue?".into());
    let request = AnswerRequest {
        messages: vec![PromptMessage {
            role: Role::User,
            content: question,
        }],
        max_tokens: Some(60),
        ..AnswerRequest::default()
    };
    let mut answer = providers.answer(request).await?;
    let mut out = std::io::stdout();
    while let Some(event) = answer.next().await {
        match event? {
            AnswerEvent::Text(text) => write!(out, "{text}")?,
            other => writeln!(out, "[{other:?}]")?,
        }
        out.flush()?;
    }
    Ok(())
}
