//! A chat on its way to another server: all of its tree and nothing that means something only
//! where it comes from. It has no ids; what a message follows is a place further up the list, so
//! that no list can hold a circle or a gap.

use crate::{Fault, MessageStatus, ModelId, Role, Timestamp, TitleSource};

/// The most messages that a chat may bring along.
pub const MAX_PORTABLE_MESSAGES: usize = 20_000;

/// A chat without ids.
#[derive(Debug, Clone, PartialEq)]
pub struct PortableChat {
    /// See [`crate::Chat::title`].
    pub title: String,
    /// Who gave it.
    pub title_source: TitleSource,
    /// The model that answers; none follows the person's setting.
    pub model: Option<ModelId>,
    /// Instructions to the model.
    pub system_prompt: Option<String>,
    /// Sampling temperature, 0 to 2.
    pub temperature: Option<f64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When a message was last added.
    pub updated_at: Timestamp,
    /// The place of the message at the end of the branch that is shown.
    pub leaf: Option<usize>,
    /// All messages of all branches, in the order in which they were made.
    pub messages: Vec<PortableMessage>,
}

/// One message of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PortableMessage {
    /// The place of what it follows, always before its own; none begins the chat.
    pub parent: Option<usize>,
    /// Who speaks: a person or an assistant.
    pub role: Role,
    /// The text.
    pub content: String,
    /// What the model thought before it spoke.
    pub reasoning: String,
    /// How it ended; never [`MessageStatus::Running`].
    pub status: MessageStatus,
    /// The model that answered.
    pub model: Option<ModelId>,
    /// Set with [`MessageStatus::Failed`].
    pub failure: Option<Fault>,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// When its last word came.
    pub finished_at: Option<Timestamp>,
}

/// Why a chat cannot be taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PortableError {
    /// More than [`MAX_PORTABLE_MESSAGES`].
    #[error("a chat of more than {MAX_PORTABLE_MESSAGES} messages cannot be taken in")]
    TooMany,
    /// A message follows one that is not before it in the list.
    #[error("a message must follow one that stands before it in the list")]
    Parent,
    /// A question after a question is fine, an answer to nothing is not.
    #[error("an answer must follow a message of a person")]
    Answer,
    /// A role or status that no finished chat has.
    #[error("a message must be a person's, or an answer that has ended")]
    Unfinished,
    /// The branch shown ends in no message of the list.
    #[error("the branch that is shown must end in a message of the list")]
    Leaf,
}

impl PortableChat {
    /// Checks what the types leave open, and moves the leaf to an end of its branch.
    ///
    /// # Errors
    /// [`PortableError`] for what no chat of this server could look like.
    pub fn checked(mut self) -> Result<Self, PortableError> {
        if self.messages.len() > MAX_PORTABLE_MESSAGES {
            return Err(PortableError::TooMany);
        }
        for (place, message) in self.messages.iter().enumerate() {
            let parent = match message.parent {
                Some(parent) if parent >= place => return Err(PortableError::Parent),
                Some(parent) => self.messages.get(parent),
                None => None,
            };
            match (message.role, message.status) {
                (Role::User, MessageStatus::Complete) => {}
                (Role::User | Role::System, _) | (Role::Assistant, MessageStatus::Running) => {
                    return Err(PortableError::Unfinished);
                }
                (Role::Assistant, _) if parent.is_none_or(|above| above.role != Role::User) => {
                    return Err(PortableError::Answer);
                }
                (Role::Assistant, _) => {}
            }
        }
        self.leaf = self.end_of_branch()?;
        Ok(self)
    }

    /// The newest message at or below the leaf; without one, the newest of all.
    fn end_of_branch(&self) -> Result<Option<usize>, PortableError> {
        let Some(leaf) = self.leaf else {
            return Ok(self.messages.len().checked_sub(1));
        };
        if leaf >= self.messages.len() {
            return Err(PortableError::Leaf);
        }
        // Children stand behind their parents: one pass finds all that is below.
        let mut below = vec![false; self.messages.len()];
        let mut end = leaf;
        for (place, message) in self.messages.iter().enumerate().skip(leaf) {
            let within = place == leaf || message.parent.is_some_and(|parent| below[parent]);
            if within {
                below[place] = true;
                end = place;
            }
        }
        Ok(Some(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: Role, parent: Option<usize>) -> PortableMessage {
        PortableMessage {
            parent,
            role,
            content: "words".to_owned(),
            reasoning: String::new(),
            status: MessageStatus::Complete,
            model: None,
            failure: None,
            created_at: Timestamp(1),
            finished_at: None,
        }
    }

    fn chat(leaf: Option<usize>, messages: Vec<PortableMessage>) -> PortableChat {
        PortableChat {
            title: String::new(),
            title_source: TitleSource::Placeholder,
            model: None,
            system_prompt: None,
            temperature: None,
            created_at: Timestamp(1),
            updated_at: Timestamp(2),
            leaf,
            messages,
        }
    }

    /// A question with two answers, the first of them followed by another exchange.
    fn tree() -> Vec<PortableMessage> {
        use Role::{Assistant, User};
        vec![
            message(User, None),
            message(Assistant, Some(0)),
            message(Assistant, Some(0)),
            message(User, Some(1)),
            message(Assistant, Some(3)),
        ]
    }

    #[test]
    fn the_leaf_is_an_end_of_its_branch() {
        for (leaf, end) in [(None, 4), (Some(0), 4), (Some(1), 4), (Some(2), 2)] {
            let checked = chat(leaf, tree()).checked().expect("a sound chat");
            assert_eq!(checked.leaf, Some(end), "from {leaf:?}");
        }
        assert_eq!(chat(None, Vec::new()).checked().expect("empty").leaf, None);
        assert_eq!(
            chat(Some(5), tree()).checked(),
            Err(PortableError::Leaf),
            "a leaf that is nowhere"
        );
    }

    #[test]
    fn what_no_chat_looks_like_is_refused() {
        use PortableError::{Answer, Parent, TooMany, Unfinished};
        use Role::{Assistant, System, User};
        let running = PortableMessage {
            status: MessageStatus::Running,
            ..message(Assistant, Some(0))
        };
        for (messages, error) in [
            (vec![message(User, Some(0))], Parent),
            (vec![message(User, Some(1)), message(User, Some(0))], Parent),
            (vec![message(User, Some(usize::MAX))], Parent),
            (vec![message(Assistant, None)], Answer),
            (
                vec![
                    message(User, None),
                    message(Assistant, Some(0)),
                    message(Assistant, Some(1)),
                ],
                Answer,
            ),
            (vec![message(System, None)], Unfinished),
            (vec![message(User, None), running], Unfinished),
            (
                vec![message(User, None); MAX_PORTABLE_MESSAGES + 1],
                TooMany,
            ),
        ] {
            let count = messages.len();
            assert_eq!(chat(None, messages).checked(), Err(error), "of {count}");
        }
    }
}
