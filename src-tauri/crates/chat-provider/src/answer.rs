//! One answer from a provider: sends the question, gives way to what the server refuses to hear,
//! and drives the reader with its three deadlines: the first word, silence, and the short wait
//! after the end. The returned stream owns the connection, so dropping it hangs up.

use std::sync::Arc;

use chat_core::{AnswerEvent, AnswerRequest, AnswerStream, ModelId, ProviderError, Role};
use futures_util::{StreamExt as _, stream};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};

use crate::{
    client::{Http, error_body},
    objective::{Form, Structure},
    peer::Peer,
    request::{Allowances, body},
    settings::ProviderSettings,
    stream::AnswerReader,
};

/// First try, and once without each of: token counts, temperature, the other name of the limit,
/// the schema, the object.
const MAX_TRIES: usize = 6;

/// Asks, and returns as soon as the server took the question.
pub(crate) async fn open(
    http: &Http,
    settings: &Arc<ProviderSettings>,
    peer: Peer,
    model: String,
    request: &AnswerRequest,
    structure: Option<&Structure>,
) -> Result<AnswerStream, ProviderError> {
    let patience = settings.first_token_timeout;
    let deadline = Instant::now() + patience;
    let response = timeout_at(deadline, ask(http, &peer, &model, request, structure))
        .await
        .unwrap_or_else(|_| Err(peer.no_first_token(patience)))?;
    let goes_on = request
        .messages
        .last()
        .is_some_and(|message| message.role == Role::Assistant);
    let started = AnswerEvent::Started {
        model: Some(ModelId {
            provider: peer.id.clone(),
            name: model,
        }),
    };
    let running = Running {
        response,
        reader: AnswerReader::new(peer, goes_on),
        settings: Arc::clone(settings),
        deadline,
    };
    let rest = stream::unfold(running, |mut running| async move {
        let item = running.next().await?;
        Some((item, running))
    });
    Ok(stream::iter([Ok(started)]).chain(rest).boxed())
}

async fn ask(
    http: &Http,
    peer: &Peer,
    model: &str,
    request: &AnswerRequest,
    structure: Option<&Structure>,
) -> Result<Response, ProviderError> {
    let mut allowed = Allowances::new(peer.is_openai());
    allowed.form = structure.map(Structure::form);
    let mut tries = 1;
    loop {
        let body = body(request, model, allowed).map_err(|_| peer.unaskable())?;
        let mut response = http.post(peer, body).await?;
        let status = response.status();
        if status == StatusCode::OK {
            return Ok(response);
        }
        let headers = response.headers().clone();
        let refusal = error_body(&mut response).await;
        let words = String::from_utf8_lossy(&refusal);
        // llama-cpp-python says 500 to a schema, with the reason in words.
        let is_about_form = status.is_server_error()
            && allowed.form.is_some_and(|form| form != Form::Words)
            && ["response_format", "json_schema", "json_object"]
                .iter()
                .any(|name| words.contains(name));
        let is_refusal = matches!(status.as_u16(), 400 | 422) || is_about_form;
        let is_about_fields = is_refusal && tries < MAX_TRIES;
        match allowed.after_refusal(&words, request) {
            Some(next) if is_about_fields => {
                tracing::debug!(provider = %peer.id, ?next, "asking again with fewer fields");
                if let (Some(structure), Some(form)) = (structure, next.form) {
                    structure.settle(form);
                }
                allowed = next;
                tries += 1;
            }
            _ => return Err(peer.refused(status, &headers, &refusal, Some(model))),
        }
    }
}

impl Peer {
    fn unaskable(&self) -> ProviderError {
        crate::problem::error(
            chat_core::ProviderProblem::RequestRefused,
            format!(
                "The question to {} could not be written as JSON.",
                self.name
            ),
        )
    }
}

struct Running {
    response: Response,
    reader: AnswerReader,
    settings: Arc<ProviderSettings>,
    /// When the first word, or the next event, or the end after the last one is overdue.
    deadline: Instant,
}

impl Running {
    async fn next(&mut self) -> Option<Result<AnswerEvent, ProviderError>> {
        loop {
            if let Some(item) = self.reader.take() {
                return Some(item);
            }
            if self.reader.is_over() {
                return None;
            }
            self.read_more().await;
        }
    }

    async fn read_more(&mut self) {
        let was_finishing = self.reader.is_finishing();
        match timeout_at(self.deadline, self.response.chunk()).await {
            Ok(Ok(Some(packet))) => {
                self.reader.push(&packet);
                let progressed = self.reader.progressed();
                // The wait after the end is one, whatever else a server still says.
                if self.reader.is_finishing() && !was_finishing {
                    self.deadline = Instant::now() + self.settings.finish_grace;
                } else if progressed && self.reader.has_spoken() && !was_finishing {
                    self.deadline = Instant::now() + self.settings.idle_timeout;
                }
            }
            Ok(Ok(None)) => self.reader.end(),
            // The answer is whole: how the connection ends is nobody's concern any more.
            _ if was_finishing => self.reader.complete(),
            Ok(Err(_)) => self.reader.fail(self.reader.peer().cut_off()),
            Err(_) if self.reader.has_spoken() => {
                let error = self.reader.peer().stalled(self.settings.idle_timeout);
                self.reader.fail(error);
            }
            Err(_) => {
                let patience = self.settings.first_token_timeout;
                let error = self.reader.peer().no_first_token(patience);
                self.reader.fail(error);
            }
        }
    }
}
