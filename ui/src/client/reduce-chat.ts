// What a frame does to the chat that is open. Pure but for the running text, idempotent, and safe
// against doubles: the same frame twice, or an old one after a resume, changes nothing. Where the
// chat cannot be right any more, it says so (`stale`), and the session reads it anew. The chat
// remembers it (`hasGap`) until it was read whole: its revision is no place to resume from.

import type { ClientData, ServerData, ServerFrame, WireChat, WireMessage } from './wire';
import type { RunningText } from './running-text';
import type { Message, OpenChat } from './model';

export interface Reduced {
  chat: OpenChat;
  stale: boolean;
}

export function emptyChat(chatId: string, loaded: boolean): OpenChat {
  return { chatId, loaded, epoch: null, revision: 0, messages: [], running: null };
}

export function reduceChat(chat: OpenChat, frame: ServerFrame, text: RunningText): Reduced {
  const reduced = reduce(chat, frame, text);
  const settled = withoutMove(reduced.chat);
  if (!reduced.stale || settled.hasGap === true) return { ...reduced, chat: settled };
  return { chat: { ...settled, hasGap: true }, stale: true };
}

/** What the server is asked for to have that chat: what of it is missing here, or all of it. */
export function readingOf(chat: OpenChat, text: RunningText, resume = true): ClientData['join_chat'] {
  const { chatId, epoch, loaded, hasGap } = chat;
  if (!resume || !loaded || epoch === null || hasGap === true) return { chatId };
  const revision = Math.min(chat.revision, chat.moved?.from ?? chat.revision);
  const running = text.messageId;
  const from = running === null ? {} : { messageId: running, seq: text.seq };
  return { chatId, resume: { epoch, revision, ...from } };
}

function reduce(chat: OpenChat, frame: ServerFrame, text: RunningText): Reduced {
  switch (frame.type) {
    case 'chat_joined':
      return same(frame.data.chatId, chat, () => joined(chat, frame.data, text));
    case 'user_message':
      return same(frame.data.chatId, chat, () => appended(chat, frame.data));
    case 'assistant_message_start':
      return same(frame.data.chatId, chat, () => started(chat, frame.data, text));
    case 'assistant_message_token':
      return same(frame.data.chatId, chat, () => grown(chat, 'text', frame.data, text));
    case 'assistant_message_reasoning':
      return same(frame.data.chatId, chat, () => grown(chat, 'reasoning', frame.data, text));
    case 'assistant_message_complete':
      return same(frame.data.chatId, chat, () => completed(chat, frame.data, text));
    case 'chat_updated':
      return same(frame.data.chat.chatId, chat, () => ({ chat: movedTo(chat, frame.data.chat), stale: false }));
    case 'error':
      return failed(chat, frame.data, text);
    default:
      return { chat, stale: false };
  }
}

function same(chatId: string, chat: OpenChat, reduce: () => Reduced): Reduced {
  return chatId === chat.chatId ? reduce() : { chat, stale: false };
}

/** Notes that the chat ends with a message that is not here, until that one comes. */
function movedTo(chat: OpenChat, { leafId, revision }: WireChat): OpenChat {
  if (!chat.loaded || leafId === null || shows(chat, leafId)) return chat;
  return { ...chat, moved: { leafId, from: Math.min(chat.moved?.from ?? revision, revision - 1) } };
}

function withoutMove(chat: OpenChat): OpenChat {
  if (chat.moved === undefined || !shows(chat, chat.moved.leafId)) return chat;
  const { moved: _, ...settled } = chat;
  return settled;
}

function shows({ messages, running }: OpenChat, id: string): boolean {
  return running?.id === id || messages.some((m) => m.id === id);
}

export function toMessage(wire: WireMessage, siblingIds?: string[]): Message {
  const { messageId, parentId, role, content, timestamp, status, revision } = wire;
  return {
    id: messageId,
    parentId: parentId ?? null,
    role: role === 'user' ? 'user' : 'assistant',
    content,
    timestamp,
    status,
    revision,
    siblingIds: wire.siblingIds ?? siblingIds ?? [messageId],
    ...(wire.clientId !== undefined && { clientId: wire.clientId }),
    ...(wire.reasoning !== undefined && { reasoning: wire.reasoning }),
    ...(wire.model !== undefined && { model: wire.model }),
    ...(wire.finishedAt !== undefined && { finishedAt: wire.finishedAt }),
    ...(wire.failure !== undefined && { failure: wire.failure }),
    ...(wire.author !== undefined && { author: wire.author }),
    ...retryTime(wire),
  };
}

/** `retryAfter` counts from the failure; what is long past is nobody's business. */
function retryTime({ failure, finishedAt }: WireMessage): { retryAt?: number } {
  if (failure?.retryAfter === undefined || finishedAt === undefined) return {};
  return { retryAt: Date.parse(finishedAt) + failure.retryAfter };
}

function joined(chat: OpenChat, data: ServerData['chat_joined'], text: RunningText): Reduced {
  const { running, resumed } = data;
  const told = data.messages.map((wire) => toMessage(wire));
  const merged = resumed === true ? caughtUp(chat.messages, told) : told;
  const messages = merged.filter((m) => m.id !== running?.messageId);
  if (running === undefined || running.messageId !== text.messageId) text.end();
  // Another life of the answer: what was counted in the last one is no place to resume from.
  else if (running.seq === 0 && text.seq > 0) text.begin(running.messageId);
  const kept = running !== undefined && chat.running?.id === running.messageId;
  const wholeAt = resumed === true ? chat.wholeAt : data.revision;
  const being = running === undefined ? null : { id: running.messageId };
  return {
    chat: {
      chatId: chat.chatId,
      loaded: true,
      epoch: data.epoch,
      revision: data.revision,
      messages,
      running: kept ? chat.running : null,
      ...(resumed === true && chat.hasGap === true && { hasGap: true }),
      ...(wholeAt !== undefined && { wholeAt }),
      ...(running !== undefined && { joinedInto: alternativesOf(running.messageId, chat) }),
    },
    stale:
      resumed === true &&
      (!chat.loaded || endsElsewhere(merged, data) || told.some((m) => misfits({ messages: merged, running: being }, m.parentId))),
  };
}

/** Nothing is being written, and what the chat ends with is not here. */
function endsElsewhere(messages: Message[], { chat, running }: ServerData['chat_joined']): boolean {
  return running === undefined && chat.leafId !== null && !messages.some((m) => m.id === chat.leafId);
}

/** A reading does not list the alternatives of the answer being written; what is here may have. */
function alternativesOf(id: string, { messages, running, joinedInto }: OpenChat): NonNullable<OpenChat['joinedInto']> {
  if (joinedInto?.id === id) return joinedInto;
  const lists = [running?.siblingIds ?? [], ...messages.map(({ siblingIds }) => siblingIds)];
  return { id, siblingIds: lists.find((list) => list.includes(id)) ?? null };
}

/** While one was away the line shown changed in its messages and grew at its end, nothing else. */
function caughtUp(messages: Message[], told: Message[]): Message[] {
  const next = [...messages];
  for (const message of told) {
    const at = next.findIndex((m) => m.id === message.id);
    const { thoughtMs } = next[at] ?? {};
    // An answer that somebody wrote on after before it was finished.
    const successor = next.findIndex((m) => m.parentId === message.id);
    if (at < 0) next.splice(successor < 0 ? next.length : successor, 0, message);
    else next[at] = { ...message, ...(thoughtMs !== undefined && { thoughtMs }) };
  }
  return next;
}

/**
 * Puts a message where its parent says: what followed that parent so far was another branch, but
 * for what was written to go on from this very message while it was not finished yet.
 */
function place({ messages, running }: OpenChat, message: Message): Message[] {
  const at = messages.findIndex((m) => m.id === message.id);
  if (at >= 0) return messages.with(at, { ...message, siblingIds: widest(messages[at], message) });
  const isAfterRunning = running !== null && message.parentId === running.id;
  const before = upTo(messages, isAfterRunning ? running.parentId : message.parentId);
  return [...before, message, ...goingOn(messages, before, message.id)];
}

/** What stands after those before, where it goes on from that message. */
function goingOn(messages: Message[], before: Message[], id: string): Message[] {
  const rest = messages.slice(before.length);
  return rest[0]?.parentId === id ? rest : [];
}

function widest(old: Message | undefined, fresh: Message): string[] {
  return old !== undefined && old.siblingIds.length > fresh.siblingIds.length
    ? old.siblingIds
    : fresh.siblingIds;
}

function upTo(messages: Message[], parentId: string | null): Message[] {
  if (parentId === null) return [];
  const at = messages.findIndex((m) => m.id === parentId);
  return at < 0 ? messages : messages.slice(0, at + 1);
}

/** The alternatives of a newcomer: those of what stood in its place, and itself. */
function siblingsFor(messages: Message[], id: string, parentId: string | null): string[] {
  const place = messages.find((m) => m.parentId === parentId);
  const known = place?.siblingIds ?? [];
  return known.includes(id) ? known : [...known, id];
}

function misfits({ messages, running }: { messages: Message[]; running: { id: string } | null }, parentId: string | null): boolean {
  return parentId !== null && parentId !== running?.id && !messages.some((m) => m.id === parentId);
}

function appended(chat: OpenChat, data: WireMessage): Reduced {
  const message = toMessage(data, siblingsFor(chat.messages, data.messageId, data.parentId ?? null));
  const stale = misfits(chat, message.parentId);
  return {
    chat: {
      ...chat,
      revision: Math.max(chat.revision, message.revision),
      messages: place(chat, message),
    },
    stale,
  };
}

function started(
  chat: OpenChat,
  data: ServerData['assistant_message_start'],
  text: RunningText,
): Reduced {
  const { messageId, seq } = data;
  // A server of the first days does not say it: then the question's counts.
  const parentId = data.parentId ?? null;
  const known = text.messageId === messageId;
  if (!known || seq === 0) text.begin(messageId);
  // The server counts on pieces that are not here: they can only come with a new reading.
  const stale = (known ? seq > text.seq : seq > 0) || misfits(chat, parentId);
  const startedAt = known && chat.running !== null ? chat.running.startedAt : startTime(data.timestamp);
  const joinedInto = begunBefore(chat, messageId, data.revision);
  const told = joinedInto?.id === messageId ? joinedInto.siblingIds : null;
  const siblingIds = told ?? siblingsFor(chat.messages, messageId, parentId);
  const others = chat.messages.filter((m) => m.id !== messageId);
  const before = upTo(others, parentId);
  const messages = [...before, ...goingOn(others, before, messageId)];
  return {
    chat: {
      ...chat,
      revision: Math.max(chat.revision, data.revision),
      messages,
      running: { id: messageId, parentId, startedAt, siblingIds },
      ...(joinedInto !== undefined && { joinedInto }),
    },
    stale,
  };
}

/** One that waited while the chat was read is like one that was being written then. */
function begunBefore(chat: OpenChat, id: string, revision: number): OpenChat['joinedInto'] {
  const { joinedInto, wholeAt = 0 } = chat;
  return joinedInto?.id === id || revision > wholeAt ? joinedInto : alternativesOf(id, chat);
}

/** The server's clock may be off by minutes; then the moment of hearing is the better start. */
function startTime(timestamp: string): number {
  const now = Date.now();
  const told = Date.parse(timestamp);
  return told <= now && now - told < 10 * 60_000 ? told : now;
}

function grown(
  chat: OpenChat,
  kind: 'text' | 'reasoning',
  data: ServerData['assistant_message_token'],
  text: RunningText,
): Reduced {
  if (text.messageId !== data.messageId) {
    const finished = chat.messages.some((m) => m.id === data.messageId);
    return { chat, stale: !finished };
  }
  text.append(kind, data.token, data.seq);
  return { chat, stale: false };
}

function completed(chat: OpenChat, data: WireMessage, text: RunningText): Reduced {
  const mine = chat.running?.id === data.messageId;
  const { firstTextAt, reasoning } = text.live;
  const thought =
    mine && reasoning !== '' && firstTextAt !== null && chat.running !== null
      ? { thoughtMs: firstTextAt - chat.running.startedAt }
      : {};
  if (text.messageId === data.messageId) text.end();
  const known = mine && chat.running !== null
    ? chat.running.siblingIds
    : siblingsFor(chat.messages, data.messageId, data.parentId ?? null);
  const message = { ...toMessage(data, known), ...thought };
  return {
    chat: {
      ...chat,
      revision: Math.max(chat.revision, message.revision),
      messages: place(chat, message),
      running: mine ? null : chat.running,
    },
    stale: isUnsure(chat, message.id) || misfits(chat, message.parentId),
  };
}

/** Read while it was being written, and nobody said what stands beside it. */
function isUnsure({ joinedInto }: OpenChat, id: string): boolean {
  return joinedInto?.id === id && joinedInto.siblingIds === null;
}

function failed(chat: OpenChat, data: ServerData['error'], text: RunningText): Reduced {
  if (data.messageId === undefined) return { chat, stale: false };
  const { code, reason, message: words, retryable } = data;
  const failure = { code, reason, message: words, retryable };
  const retry = data.retryAfter === undefined ? {} : { retryAt: Date.now() + data.retryAfter };
  const at = chat.messages.findIndex((m) => m.id === data.messageId);
  const old = chat.messages[at];
  if (old !== undefined) {
    const messages = chat.messages.with(at, { ...old, ...retry, status: 'failed', failure });
    return { chat: { ...chat, messages }, stale: false };
  }
  const { running } = chat;
  if (running?.id !== data.messageId) return { chat, stale: false };
  // Failed before its first word: it gets a row all the same, so that it can be tried again there.
  const message: Message = {
    id: running.id,
    parentId: running.parentId,
    role: 'assistant',
    content: text.live.text,
    timestamp: new Date(running.startedAt).toISOString(),
    status: 'failed',
    revision: chat.revision,
    siblingIds: running.siblingIds,
    failure,
    ...retry,
  };
  text.end();
  return { chat: { ...chat, running: null, messages: place(chat, message) }, stale: isUnsure(chat, running.id) };
}
