//! Objectives as structured output: asks a model for one by a JSON schema where its server knows
//! such, by "any JSON object" where it knows only that, by the instruction alone where it knows
//! neither; reads what comes, and asks once more when it is no objective.

mod glance;
mod read;
mod schema;

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use chat_core::{
    AnswerEvent, AnswerRequest, AnswerStream, DraftEvent, DraftRequest, DraftStream, ModelId,
    PromptMessage, ProviderError, ProviderProblem, Role,
};
use futures_util::{StreamExt as _, stream};

use self::glance::Glance;
use crate::{problem::error, roster::Roster};

/// More than this is no objective, whatever it is.
const MAX_BYTES: usize = 64 << 10;

/// Characters between two pieces of news that are otherwise alike.
const STEP: usize = 160;

/// How an answer is told what form it is to have, the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By the schema: the server lets the model write nothing else.
    Schema,
    /// By `json_object`: the server lets it write JSON alone, the words say which.
    Object,
    /// By the words alone.
    Words,
}

impl Form {
    /// What to ask by instead, where a server does not know this one.
    pub(crate) fn weaker(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Words),
            Self::Words => None,
        }
    }
}

/// What one objective is asked by; a server that refused a form is not asked by it again.
#[derive(Debug, Default)]
pub(crate) struct Structure {
    /// How many forms were refused.
    refused: AtomicU8,
}

impl Structure {
    /// The form to ask by.
    pub(crate) fn form(&self) -> Form {
        match self.refused.load(Ordering::Relaxed) {
            0 => Form::Schema,
            1 => Form::Object,
            _ => Form::Words,
        }
    }

    /// The server takes no form stricter than this.
    pub(crate) fn settle(&self, form: Form) {
        self.refused.store(form as u8, Ordering::Relaxed);
    }
}

/// A form as the `response_format` of a request.
pub(crate) use schema::response_format;

/// Makes an objective.
pub(crate) fn draft(roster: Arc<Roster>, request: DraftRequest) -> DraftStream {
    let making = Making {
        roster,
        messages: vec![said(Role::User, schema::wish(&request.wish))],
        request,
        structure: Arc::default(),
        answer: None,
        asked: None,
        text: String::new(),
        glance: Glance::default(),
        repaired: false,
        over: false,
    };
    stream::unfold(making, |mut making| async move {
        if making.over {
            return None;
        }
        let item = making.next().await;
        making.over = matches!(item, Err(_) | Ok(DraftEvent::Done(_)));
        Some((item, making))
    })
    .boxed()
}

struct Making {
    roster: Arc<Roster>,
    request: DraftRequest,
    messages: Vec<PromptMessage>,
    structure: Arc<Structure>,
    answer: Option<AnswerStream>,
    /// The model that answers.
    asked: Option<ModelId>,
    text: String,
    glance: Glance,
    repaired: bool,
    over: bool,
}

impl Making {
    /// The next piece of news.
    async fn next(&mut self) -> Result<DraftEvent, ProviderError> {
        loop {
            let answer = match &mut self.answer {
                Some(answer) => answer,
                None => {
                    let asked = ask(
                        Arc::clone(&self.roster),
                        self.request.model.clone(),
                        self.messages.clone(),
                        Arc::clone(&self.structure),
                    );
                    self.answer.insert(asked.await?)
                }
            };
            match answer.next().await {
                Some(Ok(AnswerEvent::Text(piece))) => {
                    self.text.push_str(&piece);
                    if self.text.len() > MAX_BYTES {
                        return self.judge("it is longer than 64 KiB");
                    }
                    if let Some(news) = self.news() {
                        return Ok(news);
                    }
                }
                Some(Ok(AnswerEvent::Finished(_))) => {
                    return match read::objective(&self.text, &self.request.wish) {
                        Ok(draft) => Ok(DraftEvent::Done(draft)),
                        Err(problem) => self.judge(problem),
                    };
                }
                Some(Ok(AnswerEvent::Started { model })) => self.asked = model,
                Some(Ok(AnswerEvent::Usage(usage))) => {
                    let model = self.asked.clone();
                    return Ok(DraftEvent::Spent { model, usage });
                }
                Some(Ok(AnswerEvent::Reasoning(_))) => {}
                Some(Err(failed)) => return Err(failed),
                None => return self.judge("it ended without a word"),
            }
        }
    }

    /// What there is to tell of the text so far, if it is worth telling.
    fn news(&mut self) -> Option<DraftEvent> {
        let now = Glance::at(&self.text);
        let same = now.title == self.glance.title && now.milestones == self.glance.milestones;
        let first = self.glance.characters == 0;
        if same && !first && now.characters < self.glance.characters + STEP {
            return None;
        }
        self.glance = now.clone();
        Some(DraftEvent::Writing {
            characters: now.characters,
            title: now.title,
            milestones: now.milestones,
        })
    }

    /// What came is no objective: asks once more, then gives up.
    fn judge(&mut self, problem: &str) -> Result<DraftEvent, ProviderError> {
        tracing::debug!(problem, repaired = self.repaired, "no objective");
        if self.repaired {
            let words = format!(
                "The model twice wrote something that is no objective: {problem}. Try again, or \
                 choose another model."
            );
            return Err(error(ProviderProblem::Garbled, words));
        }
        self.repaired = true;
        self.answer = None;
        self.glance = Glance::default();
        let mut written = std::mem::take(&mut self.text);
        // Enough to see the mistake; a small model forgets the rest anyway.
        let end = written.floor_char_boundary(4 << 10);
        written.truncate(end);
        if !written.trim().is_empty() {
            self.messages.push(said(Role::Assistant, written));
        }
        self.messages
            .push(said(Role::User, schema::repair(problem)));
        Ok(DraftEvent::Repairing)
    }
}

/// Without a part of what makes the objective: a stream cannot be waited for with another in hand.
async fn ask(
    roster: Arc<Roster>,
    model: Option<ModelId>,
    messages: Vec<PromptMessage>,
    structure: Arc<Structure>,
) -> Result<AnswerStream, ProviderError> {
    let Some(record) = roster.choose(model.as_ref())? else {
        return Err(no_model());
    };
    let request = AnswerRequest {
        model,
        system_prompt: Some(schema::instruction()),
        messages,
        ..AnswerRequest::default()
    };
    let (opened, _) = roster.ask(&record, &request, Some(&structure)).await;
    opened
}

fn said(role: Role, content: String) -> PromptMessage {
    PromptMessage { role, content }
}

fn no_model() -> ProviderError {
    error(
        ProviderProblem::NoModel,
        "No model is connected, and the guide cannot invent objectives. Connect a model in \
         Settings, Models, then try again.",
    )
}

/// Kept where the wish is worded, for tests of the whole.
#[cfg(test)]
mod tests {
    use chat_core::Wish;

    use super::*;

    #[test]
    fn the_wish_is_told_in_the_words_of_the_person() {
        let wish = Wish {
            prompt: "Apprendre le piano".into(),
            difficulty: Some(chat_core::Difficulty::Intermediate),
            category: Some("music".into()),
        };
        let told = schema::wish(&wish);
        for part in ["Apprendre le piano", "intermediate", "music"] {
            assert!(told.contains(part), "{told}");
        }
    }
}
