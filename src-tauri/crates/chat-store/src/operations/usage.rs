//! What answers spend: reserved in the transaction that accepts the message, settled in the one that
//! ends the answer, so that no number of requests at once spends more than is left.

use chat_core::{
    Asker, Asking, Balance, Chat, Day, Draft, Estimate, Holder, Limits, MessageId, ModelId,
    OwnUsage, Refusal, SpendRules, Spending, Spent, Timestamp, Usage, Usual, Wanted, allowances,
    judge, tokens_of,
};
use rusqlite::Connection;

use crate::{
    batch::Scope,
    error::Error,
    tables::{
        chats, lines, messages, reservations,
        reservations::Reservation,
        settings,
        usage::{self, Of},
        users,
    },
};

/// The most that one answer is taken to cost: no sum of such numbers overflows its column.
const MOST_COST: u64 = 1 << 50;

/// What is asked in a chat.
pub(crate) struct Question<'a> {
    /// The id of its answer.
    pub(crate) answer: &'a MessageId,
    /// The chat.
    pub(crate) chat: &'a Chat,
    /// What it follows.
    pub(crate) after: Option<&'a MessageId>,
    /// Its own bytes.
    pub(crate) bytes: usize,
}

/// What the answer to a question is expected to spend, if that may be. Writes nothing: what is refused
/// before anything was written costs no commit.
pub(crate) fn judge_for(
    connection: &Connection,
    rules: &SpendRules,
    asking: &Asking,
    question: &Question<'_>,
    now: Timestamp,
) -> Result<Reservation, Error> {
    let id = question.answer.as_str();
    // The usual case: nobody has a limit, and nothing is weighed.
    if !rules.guard() {
        return Ok(expected(id, asking, asking.model.clone()));
    }
    let settings = settings::get(connection, &asking.by.user)?;
    let named = asking.model.clone();
    let named = named
        .or_else(|| question.chat.model.clone())
        .or(settings.model);
    let model = chosen(rules, &asking.by, named, &asking.usual)?;
    let mut prompt_tokens = 0;
    let guide = model.is_none() && asking.usual == Usual::Guide;
    if !guide && weigh(rules, &asking.by) {
        let system = question.chat.system_prompt.as_ref();
        let system = system
            .or(settings.system_prompt.as_ref())
            .map_or(0, String::len);
        prompt_tokens = weight(connection, question.after, question.bytes + system)?;
    }
    judged(
        connection,
        rules,
        expected(id, asking, model),
        prompt_tokens,
        guide,
        now,
    )
}

/// Reserves for something that is no answer in a chat.
pub(crate) fn reserve_other(
    scope: &mut Scope<'_>,
    rules: &SpendRules,
    id: &str,
    asking: &Asking,
    prompt_tokens: u64,
    now: Timestamp,
) -> Result<(), Error> {
    let connection = scope.connection;
    let settings = settings::get(connection, &asking.by.user)?;
    let named = asking.model.clone().or(settings.model);
    let model = chosen(rules, &asking.by, named, &asking.usual)?;
    let reservation = judged(
        connection,
        rules,
        expected(id, asking, model),
        prompt_tokens,
        false,
        now,
    )?;
    Ok(reservations::insert(connection, &reservation)?)
}

fn expected(id: &str, asking: &Asking, model: Option<ModelId>) -> Reservation {
    Reservation {
        id: id.to_owned(),
        by: asking.by.clone(),
        model,
        prompt_tokens: 0,
        answer_tokens: 0,
        cost: 0,
    }
}

fn chosen(
    rules: &SpendRules,
    by: &Asker,
    named: Option<ModelId>,
    usual: &Usual,
) -> Result<Option<ModelId>, Error> {
    rules.choose(by, named, usual).map_err(refused)
}

fn refused(refusal: Refusal) -> Error {
    Error::Refused(Box::new(refusal))
}

/// What is to be reserved, as far as all limits let it be.
fn judged(
    connection: &Connection,
    rules: &SpendRules,
    mut wanted: Reservation,
    prompt_tokens: u64,
    free: bool,
    now: Timestamp,
) -> Result<Reservation, Error> {
    wanted.prompt_tokens = prompt_tokens;
    let needs = Wanted {
        free,
        ..rules.wanted(wanted.model.as_ref(), prompt_tokens)
    };
    let judged = judge_all(connection, rules, &wanted.by, needs, now)?;
    let answer_tokens = judged.map_err(refused)?;
    wanted.answer_tokens = if free { 0 } else { answer_tokens };
    let whole = Usage {
        prompt_tokens,
        completion_tokens: wanted.answer_tokens,
    };
    wanted.cost = rules.cost(wanted.model.as_ref(), whole).unwrap_or_default();
    Ok(wanted)
}

/// Whether tokens or money of this person, device or server are limited.
fn weigh(rules: &SpendRules, by: &Asker) -> bool {
    holders(rules, by).iter().any(|(_, limits)| limits.weigh())
}

/// The limits that concern somebody. How many answers of one person run is watched by the service.
fn holders(rules: &SpendRules, by: &Asker) -> [(Holder, Limits); 3] {
    let person = Limits {
        running_answers: None,
        ..rules.of_person(&by.user)
    };
    [
        (Holder::Device, rules.of_device(by.device.as_ref())),
        (Holder::Person, person),
        (Holder::Server, rules.server.clone()),
    ]
}

/// Judges all limits that concern somebody: how many tokens of an answer fit, or the refusal that
/// lasts longest.
fn judge_all(
    connection: &Connection,
    rules: &SpendRules,
    by: &Asker,
    wanted: Wanted,
    now: Timestamp,
) -> Result<Result<u64, Refusal>, Error> {
    let mut outcome = Ok(chat_core::EXPECTED_ANSWER);
    for (holder, limits) in holders(rules, by) {
        if !limits.guard() && !limits.guard_running() {
            continue;
        }
        let whose = match holder {
            Holder::Device => "this device",
            Holder::Person => "you",
            Holder::Server => "this server",
        };
        let balance = balance(connection, holder, by, now)?.2;
        outcome = match (outcome, judge(&limits, whose, &balance, wanted, now)) {
            (Ok(one), Ok(other)) => Ok(one.min(other)),
            (Err(one), Err(other)) if other.outlasts(&one) => Err(other),
            (Err(one), _) | (_, Err(one)) => Err(one),
        };
    }
    Ok(outcome)
}

/// What was spent today and this month, and both with what is reserved.
fn balance(
    connection: &Connection,
    holder: Holder,
    by: &Asker,
    now: Timestamp,
) -> Result<(Spending, Spending, Balance), Error> {
    let of = match (holder, &by.device) {
        (Holder::Server, _) => Of::All,
        (Holder::Device, Some(device)) => Of::Device(&by.user, device),
        (Holder::Device, None) | (Holder::Person, _) => Of::Person(&by.user),
    };
    let (today, month) = usage::sums(connection, of, Day::of(now))?;
    let part = |spent: &Spending| (spent.messages, spent.tokens(), spent.cost);
    let balance = Balance {
        today: part(&today),
        month: part(&month),
        reserved: reservations::sum(connection, of)?,
    };
    Ok((today, month, balance))
}

/// Tokens of the line to `after` with so many bytes more below it.
fn weight(connection: &Connection, after: Option<&MessageId>, bytes: usize) -> Result<u64, Error> {
    let (line, messages) = match after {
        Some(after) => lines::weight(connection, after)?,
        None => (0, 0),
    };
    Ok(tokens_of(line.saturating_add(bytes as u64), messages + 1))
}

/// Counts what an answer spent, and gives back what was reserved for it.
pub(crate) fn settle(
    connection: &Connection,
    rules: &SpendRules,
    id: &str,
    spent: Option<&Spent>,
    now: Timestamp,
) -> Result<(), Error> {
    reservations::delete(connection, id)?;
    let Some(spent) = spent else {
        return Ok(());
    };
    let (usage, model) = (spent.usage, spent.model.as_ref());
    let tokens = usage.prompt_tokens.saturating_add(usage.completion_tokens);
    if tokens == 0 && !spent.counts {
        return Ok(());
    }
    let cost = rules.cost(model, usage);
    let counted = Spending {
        messages: u64::from(spent.counts),
        prompt_tokens: usage.prompt_tokens,
        answer_tokens: usage.completion_tokens,
        cost: cost.unwrap_or_default().min(MOST_COST),
        unpriced_tokens: if cost.is_none() { tokens } else { 0 },
    };
    let estimated = if spent.estimated { tokens } else { 0 };
    let day = Day::of(now);
    Ok(usage::add(
        connection, day, &spent.by, model, &counted, estimated,
    )?)
}

/// Settles what the last process had reserved and not settled, by the text that is left of it.
/// `reserved` are all reservations, as they were before the answers were interrupted.
pub(crate) fn sweep(
    connection: &Connection,
    rules: &SpendRules,
    reserved: Vec<(Reservation, u64)>,
    now: Timestamp,
) -> Result<(), Error> {
    for (reserved, bytes) in reserved {
        let answer = MessageId::parse(&reserved.id).ok();
        let answer = match &answer {
            Some(id) => messages::get(connection, id)?,
            None => None,
        };
        let mut model = reserved.model;
        let mut prompt_tokens = reserved.prompt_tokens;
        if let Some(answer) = &answer {
            if model.is_none() {
                model = chats::get(connection, &answer.chat)?.and_then(|(chat, _)| chat.model);
            }
            if prompt_tokens == 0 {
                // What it had before it was gone on with was asked with too.
                let whole = answer.content.len() + answer.reasoning.len();
                let had = whole.saturating_sub(usize::try_from(bytes).unwrap_or(usize::MAX));
                prompt_tokens = weight(connection, answer.parent.as_ref(), had)?;
            }
        }
        // Where not even that is left, it is taken to be what was expected.
        let completion_tokens = match answer {
            Some(_) => tokens_of(bytes, 0),
            None => reserved.answer_tokens,
        };
        let spent = Spent {
            by: reserved.by,
            model,
            counts: true,
            usage: Usage {
                prompt_tokens,
                completion_tokens,
            },
            estimated: true,
        };
        // An account that is no more cannot be charged.
        let known = users::get(connection, &spent.by.user)?.is_some();
        let spent = known.then_some(&spent);
        settle(connection, rules, &reserved.id, spent, now)?;
    }
    Ok(())
}

/// What a message would cost, and whether it would be accepted.
pub(crate) fn estimate(
    connection: &Connection,
    rules: &SpendRules,
    asking: &Asking,
    draft: &Draft,
    now: Timestamp,
) -> Result<Estimate, Error> {
    let by = &asking.by;
    let chat = match &draft.chat {
        Some(id) => Some(chats::visible(connection, &by.user, id)?.ok_or(Error::NotFound)?),
        None => None,
    };
    let after = match (&draft.parent, &chat) {
        (Some(Some(id)), Some(chat)) => {
            let parent = messages::get(connection, id)?.ok_or(Error::NotFound)?;
            if parent.chat != chat.id {
                return Err(Error::NotFound);
            }
            Some(parent.id)
        }
        (None, Some(chat)) => chat.leaf.clone(),
        (Some(None), _) | (_, None) => None,
    };
    let settings = settings::get(connection, &by.user)?;
    let own = |chat: &Chat| chat.system_prompt.as_ref().map(String::len);
    let system = chat.as_ref().and_then(own);
    let system = system.or(settings.system_prompt.as_ref().map(String::len));
    let named = chat.and_then(|chat| chat.model).or(settings.model);
    let bytes = usize::try_from(draft.bytes).unwrap_or(usize::MAX);
    let bytes = bytes.saturating_add(system.unwrap_or_default());
    let prompt_tokens = weight(connection, after.as_ref(), bytes)?;
    let (model, mut refusal) = match rules.choose(by, named, &asking.usual) {
        Ok(model) => (model, None),
        Err(refusal) => (None, Some(refusal)),
    };
    let wanted = Wanted {
        free: model.is_none() && asking.usual == Usual::Guide,
        ..rules.wanted(model.as_ref(), prompt_tokens)
    };
    let mut answer_tokens = chat_core::EXPECTED_ANSWER;
    match judge_all(connection, rules, by, wanted, now)? {
        Ok(fits) => answer_tokens = fits,
        Err(judged) => refusal = refusal.or(Some(judged)),
    }
    let usage = Usage {
        prompt_tokens,
        completion_tokens: answer_tokens,
    };
    let cost = match (&model, &asking.usual) {
        (None, Usual::Model(_) | Usual::Unknown) => None,
        (model, _) => rules.cost(model.as_ref(), usage),
    };
    Ok(Estimate {
        model,
        prompt_tokens,
        answer_tokens,
        cost,
        currency: rules.currency.clone(),
        refusal: refusal.map(Into::into),
    })
}

/// What somebody spent, and may.
pub(crate) fn own(
    connection: &Connection,
    rules: &SpendRules,
    by: &Asker,
    now: Timestamp,
) -> Result<OwnUsage, Error> {
    let mut allowed = Vec::new();
    for (holder, limits) in holders(rules, by) {
        let balance = balance(connection, holder, by, now)?.2;
        allowed.extend(allowances(holder, &limits, &balance, now));
    }
    let (today, month, _) = balance(connection, Holder::Person, by, now)?;
    Ok(OwnUsage {
        day: Day::of(now),
        today,
        month,
        allowances: allowed,
        models: rules.models(by),
        currency: rules.currency.clone(),
    })
}
