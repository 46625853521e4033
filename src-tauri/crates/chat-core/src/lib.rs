//! The pure centre of Parlor.
//!
//! Owns what a chat *is*: users, chats, messages, turns, the turn log with its cursors, the
//! session's rules, and the service that runs answers. Knows no JSON, no SQL, no HTTP and no
//! Tauri: history is reached through [`ChatStore`], models through [`ModelProvider`], and the
//! wires through [`Command`] and [`Event`].

mod account;
mod change;
mod command;
mod error;
mod event;
mod feed;
mod ids;
mod model;
mod objective;
mod objective_store;
mod portable;
mod provider;
mod service;
mod session;
mod sharing;
mod sources;
mod spend;
mod store;
mod sync;
mod turn_log;
#[cfg(test)]
mod turn_log_tests;

pub use account::{Actor, AuditAction, AuditEntry, Device, Invitation, SignInMethod};
pub use change::{Change, ChangeKind, CommitObserver};
pub use command::{Command, PartOfAnswer, Request, Resume, Token};
pub use error::{ErrorCode, Fault, Reason};
pub use event::{Event, RunningAnswer};
pub use feed::{FeedEntry, FeedEvent, FeedHub, FeedItem, FeedReader};
pub use ids::{
    ChatId, ClientId, DeviceId, GenerationId, IdError, InvitationId, MessageId, MilestoneId,
    ModelId, ObjectiveId, ProviderId, Revision, UserId,
};
pub use model::{
    Chat, ChatPatch, Message, MessageStatus, Role, SettingsPatch, TitleSource, User, UserRole,
    UserSettings,
};
pub use objective::{
    Difficulty, DueDate, Generation, GenerationStage, MAX_MILESTONES, Milestone, MilestoneDraft,
    MilestonePatch, Objective, ObjectiveDraft, ObjectivePatch, ObjectiveStatus, PatchError, Wish,
};
pub use objective_store::{NewObjective, ObjectiveStore};
pub use portable::{MAX_PORTABLE_MESSAGES, PortableChat, PortableError, PortableMessage};
pub use provider::{
    AnswerEvent, AnswerRequest, AnswerStream, DraftEvent, DraftRequest, DraftStream, FinishReason,
    FoundProvider, KeyState, ModelInfo, ModelProvider, NewProvider, PromptMessage, ProviderError,
    ProviderInfo, ProviderProblem, Purpose, Usage,
};
pub use service::{Asked, ChatService, NewGeneration, NewMessage, ServiceSettings};
pub use session::{Delivery, Session};
pub use sharing::{Access, MAX_MEMBERS, Member, Person, SharingChange, SharingStore};
pub use sources::{Clock, IdSource, Sources, Timestamp};
pub use spend::{
    Allowance, Asker, Asking, Balance, Day, Draft, EXPECTED_ANSWER, Estimate, Holder, LimitScope,
    Limits, OwnUsage, Period, Price, Quantity, Refusal, RefusalKind, SpendRules, SpendStore,
    Spending, Spent, UsageRow, Usual, Wanted, allowances, judge, tokens_of,
};
pub use store::{
    AnswerContext, AnswerJournal, Appended, ChatChanges, ChatStore, FinishedAnswer, History,
    NewAnswer, NewBranch, NewChat, NewExchange, Snapshot, Standing, StillRunning, StoreError,
    TurnPiece,
};
pub use turn_log::{Cursor, PieceKind, Segment, TurnLog};
