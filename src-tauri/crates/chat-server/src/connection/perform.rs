//! What clients ask, performed in order.

use chat_core::{
    Chat, ChatId, Command, Event, Fault, GenerationId, MessageId, NewMessage, ProviderError,
    Reason, Revision, User,
};

use super::{Connection, End, LATE_FRAMES, Stream};
use crate::counters;

/// Why a command was not performed.
pub(super) enum Stumble {
    /// To be told; the connection lives.
    Fault(Fault),
    /// The connection ends.
    End(End),
}

impl From<Fault> for Stumble {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<End> for Stumble {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

impl From<ProviderError> for Stumble {
    fn from(error: ProviderError) -> Self {
        Self::Fault(error.into())
    }
}

impl<S: Stream> Connection<S> {
    /// Performs one permitted command. `new` says that this frame signed in.
    pub(super) async fn command(
        &mut self,
        command: Command,
        reference: Option<&str>,
        new: bool,
    ) -> Result<(), Stumble> {
        let user = self.session.user().cloned().ok_or_else(Fault::internal)?;
        let service = self.app.service.clone();
        self.note_return(&command);
        match command {
            Command::Authenticate => {
                if !new && reference.is_some() {
                    self.tell(&Event::Authenticated(&user), reference).await?;
                }
            }
            Command::JoinChat { chat, resume } => {
                self.join(&chat, resume, reference).await??;
            }
            Command::CreateChat { chat, title } => {
                let chat = service.create_chat(&user.id, chat, title).await?;
                self.leave();
                self.session
                    .look_at(chat.id.clone(), chat.revision, Vec::new());
                self.tell(&Event::ChatCreated(&chat), reference).await?;
            }
            Command::BranchChat {
                message,
                chat,
                title,
            } => {
                let chat = service.branch_chat(&user.id, message, chat, title).await?;
                self.tell(&Event::ChatCreated(&chat), reference).await?;
            }
            Command::SendMessage {
                chat,
                client_id,
                parent,
                content,
            } => {
                let by = match self.count_message(&user) {
                    Ok(by) => by,
                    // What was accepted once is no new message.
                    Err(over) => match &client_id {
                        Some(client) if service.accepted(&user.id, client).await?.is_some() => {
                            self.asker(&user)
                        }
                        _ => return Err(over),
                    },
                };
                if self.dialect.manners().own_chat {
                    return self.say(&user, chat, content, reference).await;
                }
                let chat = self.chat_for(&user, chat, reference).await?;
                let new = NewMessage {
                    chat,
                    client_id,
                    parent,
                    content,
                };
                let began = std::time::Instant::now();
                let appended = service.send(&by, new).await?;
                counters::ACCEPTED.since(began);
                let (message, answer) = (&appended.message, &appended.answer);
                let viewed = self.session.looks_at(&message.chat);
                self.session.asked_for(&message.chat, answer.id.clone());
                if appended.created && viewed {
                    counters::MESSAGES.add(1);
                    let reference = reference.map(str::to_owned);
                    self.expected.push((appended.message.id, reference));
                } else {
                    self.tell(&Event::MessageAdded(&appended.message), reference)
                        .await?;
                }
            }
            Command::Regenerate { message, model } => {
                let by = self.count_message(&user)?;
                let answer = service.regenerate(&by, &message, model).await?;
                self.session.asked_for(&answer.chat, answer.id.clone());
                self.acknowledge(&user, &answer.chat, reference).await?;
            }
            Command::Continue { message } => {
                let by = self.count_message(&user)?;
                let answer = service.continue_answer(&by, &message).await?;
                self.session.asked_for(&answer.chat, answer.id.clone());
                self.acknowledge(&user, &answer.chat, reference).await?;
            }
            Command::StopAsked { name } => self.stop_asked(&user, name).await?,
            Command::WatchChat { chat, running } => {
                self.watch_chat(&user, &chat, running, reference).await?;
            }
            objectives @ (Command::WatchObjectives
            | Command::GenerateObjective { .. }
            | Command::UpdateObjective { .. }
            | Command::DeleteObjective { .. }
            | Command::RestoreObjective { .. }
            | Command::DiscussObjective { .. }) => {
                self.objective_command(&user, objectives, reference).await?;
            }
            Command::Stop { message } => {
                let generation = message.as_ref();
                let generation = generation.and_then(|id| GenerationId::parse(id.as_str()).ok());
                if generation.is_some_and(|id| service.stop_generation(&user.id, &id)) {
                    return Ok(());
                }
                let message = self.answer_to_stop(message)?;
                service.stop(&user.id, &message).await?;
            }
            Command::WatchChats { since, epoch } => {
                self.tell_chats(since, epoch.as_deref(), reference)
                    .await??;
            }
            Command::UpdateChat { chat, patch } => {
                let chat = service.update_chat(&user.id, &chat, patch).await?;
                self.answer_chat(&user, &chat, reference).await?;
            }
            Command::DeleteChat { chat } => {
                service.delete_chat(&user.id, &chat).await?;
                let revision = self.revision(&user).await?;
                if self.session.chat() == Some(&chat) {
                    self.leave();
                    self.session.look_away();
                }
                self.tell(
                    &Event::ChatRemoved {
                        chat: &chat,
                        revision,
                    },
                    reference,
                )
                .await?;
            }
            Command::RestoreChat { chat } => {
                let chat = service.restore_chat(&user.id, &chat).await?;
                self.answer_chat(&user, &chat, reference).await?;
            }
            Command::Sharing { chat, change } => {
                self.change_sharing(&user, &chat, change, reference).await?;
            }
            spending @ (Command::Estimate(_) | Command::GetUsage) => {
                self.spending_command(&user, spending, reference).await?;
            }
            Command::GetSettings => {
                let settings = service.settings(&user.id).await?;
                self.tell(&Event::Settings(&settings), reference).await?;
            }
            Command::UpdateSettings(patch) => {
                let settings = service.update_settings(&user.id, patch).await?;
                self.tell(&Event::Settings(&settings), reference).await?;
            }
            Command::Ping { timestamp } => self.tell(&Event::Pong { timestamp }, reference).await?,
            providers => self.provider_command(&user, providers, reference).await?,
        }
        Ok(())
    }

    /// Whether this person may send so many bytes more. A request that keeps nothing passes in any
    /// case: whoever has said too much can still stop it.
    pub(super) fn weigh(&self, command: &Command, bytes: usize) -> Result<(), Fault> {
        let Some(user) = self.session.user().filter(|_| command.keeps()) else {
            return Ok(());
        };
        let now = std::time::Instant::now();
        let passed = self.app.limits.bytes(&user.id, bytes, now);
        passed.map_err(too_much)
    }

    /// Counts clients that come back, once a connection.
    fn note_return(&mut self, command: &Command) {
        let knows = match command {
            Command::JoinChat { resume, .. } => resume.is_some(),
            Command::WatchChats { since, .. } => *since > Revision(0),
            Command::WatchChat { running, .. } => running.is_some(),
            _ => false,
        };
        if knows && !std::mem::replace(&mut self.returned, true) {
            counters::RETURNED.add(1);
        }
    }

    async fn provider_command(
        &mut self,
        user: &User,
        command: Command,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let provider = std::sync::Arc::clone(self.app.service.provider());
        match command {
            Command::SaveProvider(new) => provider.save(new).await?,
            Command::RemoveProvider { provider: id } => provider.remove(&id).await?,
            Command::SetProviderKey { provider: id, key } => {
                provider.set_session_key(&id, key).await?;
            }
            slow
            @ (Command::ListModels | Command::FindProviders | Command::TestProvider { .. }) => {
                return self.later(user, slow, reference);
            }
            // What is left is the question for the list itself.
            _ => {}
        }
        self.tell(&Event::Providers(&provider.providers()), reference)
            .await?;
        Ok(())
    }

    /// Performs what waits for other servers beside the connection, which goes on meanwhile.
    fn later(
        &mut self,
        user: &User,
        command: Command,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let late = self
            .late
            .get_or_insert_with(|| tokio::sync::mpsc::channel(LATE_FRAMES));
        let Ok(place) = late.0.clone().try_reserve_owned() else {
            let words = "some questions are still waiting for an answer; please wait for them";
            let fault = Fault::new(
                chat_core::ErrorCode::RateLimit,
                Reason::TooManyMessages,
                words,
            );
            return Err(fault.retry_after(1_000).into());
        };
        let provider = std::sync::Arc::clone(self.app.service.provider());
        let (dialect, reference) = (self.dialect, reference.map(str::to_owned));
        let (rules, by) = (self.app.service.spend_rules(), self.asker(user));
        let draining = self.app.draining.clone();
        self.app.tasks.spawn(async move {
            let asked = async {
                let encode = |event: &Event<'_>| {
                    let said = dialect.encode(event, reference.as_deref());
                    said.unwrap_or_default()
                };
                match command {
                    Command::FindProviders => {
                        encode(&Event::ProvidersFound(&provider.find_local().await))
                    }
                    Command::TestProvider { provider: id } => match provider.test(&id).await {
                        Ok(models) => encode(&Event::ProviderTested(&models)),
                        Err(error) => {
                            let fault = error.into();
                            encode(&Event::Error {
                                fault: &fault,
                                chat: None,
                                message: None,
                            })
                        }
                    },
                    _ => {
                        let (mut models, problems) = provider.models().await;
                        models.retain(|model| rules.allow(&by, Some(&model.id)));
                        encode(&Event::Models {
                            models: &models,
                            problems: &problems,
                        })
                    }
                }
            };
            tokio::select! {
                () = draining.cancelled() => {}
                frame = asked => { place.send(frame); }
            }
        });
        Ok(())
    }

    /// The chat a message goes to: the named one, the one looked at, or a new one.
    async fn chat_for(
        &mut self,
        user: &User,
        named: Option<ChatId>,
        reference: Option<&str>,
    ) -> Result<ChatId, Stumble> {
        if let Some(chat) = named.or_else(|| self.session.chat().cloned()) {
            return Ok(chat);
        }
        let chat = self.app.service.create_chat(&user.id, None, None).await?;
        self.session
            .look_at(chat.id.clone(), chat.revision, Vec::new());
        self.tell(&Event::ChatCreated(&chat), reference).await?;
        Ok(chat.id)
    }

    fn answer_to_stop(&self, named: Option<MessageId>) -> Result<MessageId, Fault> {
        let nothing = || Fault::invalid(Reason::NotFound, "no answer is running here");
        match named {
            Some(message) => Ok(message),
            None => {
                let chat = self.session.chat().ok_or_else(nothing)?;
                let (message, _) = self.app.service.running_in(chat).ok_or_else(nothing)?;
                Ok(message.id)
            }
        }
    }

    /// Answers a request whose effect comes through the feed.
    async fn acknowledge(
        &mut self,
        user: &User,
        chat: &ChatId,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        if reference.is_none() {
            return Ok(());
        }
        let chat = self.app.service.chat(&user.id, chat).await?;
        self.answer_chat(user, &chat, reference).await
    }

    /// Tells a chat as a request left it.
    pub(super) async fn answer_chat(
        &mut self,
        user: &User,
        chat: &Chat,
        reference: Option<&str>,
    ) -> Result<(), Stumble> {
        let revision = self.revision(user).await?;
        self.session.told_chat(chat);
        let updated = Event::ChatUpdated { chat, revision };
        self.tell(&updated, reference).await?;
        Ok(())
    }

    /// The person's revision now.
    pub(super) async fn revision(&self, user: &User) -> Result<Revision, Fault> {
        let latest = Revision(u64::try_from(i64::MAX).unwrap_or_default());
        Ok(self.app.service.chats(&user.id, latest).await?.revision)
    }
}

pub(super) fn too_many(wait: crate::limits::Wait) -> Fault {
    limited(Reason::TooManyMessages, "too many messages", wait)
}

fn too_much(wait: crate::limits::Wait) -> Fault {
    limited(Reason::TooManyBytes, "too much text at once", wait)
}

fn limited(reason: Reason, what: &str, wait: crate::limits::Wait) -> Fault {
    let milliseconds = wait.milliseconds();
    let words = format!("{what}; try again in {} s", milliseconds.div_ceil(1_000));
    Fault::new(chat_core::ErrorCode::RateLimit, reason, words).retry_after(milliseconds)
}
