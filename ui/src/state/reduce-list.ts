// What a frame does to the list of chats. Pure and idempotent; an older revision of a chat never
// replaces a newer one.

import type { ServerFrame, WireChat } from '@/client/wire';
import type { AppState } from './types';

type ListState = Pick<
  AppState,
  'chats' | 'chatsLoaded' | 'chatsRevision' | 'chatsEpoch' | 'runningChats' | 'unread' | 'localChats'
>;

/** What changed, or `null`. `looking` is the chat on the screen, which is never unread. */
export function reduceList(
  state: ListState,
  frame: ServerFrame,
  looking: string | null,
): Partial<ListState> | null {
  switch (frame.type) {
    case 'chats': {
      const { whole, chats, removed, running, revision, epoch } = frame.data;
      const listed = new Set(chats.map(({ chatId }) => chatId));
      const localChats = only(state.localChats, (id) => !listed.has(id));
      const local = only(state.chats, (id) => localChats[id] === true);
      const next: Record<string, WireChat> = whole ? { ...local } : { ...state.chats };
      for (const chat of chats) next[chat.chatId] = chat;
      for (const id of removed) Reflect.deleteProperty(next, id);
      const runningChats: Record<string, string[]> = {};
      for (const { chatId, messageId } of running) (runningChats[chatId] ??= []).push(messageId);
      // One that went while nobody listened can be opened, and so read, no more.
      const unread = only(state.unread, (id) => next[id] !== undefined);
      return { chats: next, chatsLoaded: true, chatsRevision: revision, chatsEpoch: epoch, runningChats, unread, localChats };
    }
    case 'chat_created':
      return { ...put(state, frame.data.chat), localChats: without(state.localChats, frame.data.chatId) };
    case 'chat_joined':
      return put(state, frame.data.chat);
    case 'chat_updated':
      return { ...put(state, frame.data.chat), chatsRevision: Math.max(state.chatsRevision, frame.data.revision) };
    case 'chat_deleted':
      return {
        chats: without(state.chats, frame.data.chatId),
        unread: without(state.unread, frame.data.chatId),
        chatsRevision: Math.max(state.chatsRevision, frame.data.revision),
      };
    case 'chat_activity':
      return activity(state, frame.data, looking);
    case 'assistant_message_start':
      return activity(state, { ...frame.data, running: true }, looking);
    case 'assistant_message_complete':
      return activity(state, { ...frame.data, running: false }, looking);
    case 'error': {
      const { chatId, messageId } = frame.data;
      if (chatId === undefined || messageId === undefined) return null;
      return activity(state, { chatId, messageId, running: false }, looking);
    }
    default:
      return null;
  }
}

function put(state: ListState, chat: WireChat): Partial<ListState> {
  const old = state.chats[chat.chatId];
  if (old !== undefined && old.revision > chat.revision && !state.localChats[chat.chatId]) return {};
  return { chats: { ...state.chats, [chat.chatId]: chat } };
}

function activity(
  state: ListState,
  news: { chatId: string; messageId: string; running: boolean },
  looking: string | null,
): Partial<ListState> | null {
  const { chatId, messageId, running } = news;
  const known = state.runningChats[chatId] ?? [];
  if (running === known.includes(messageId)) return null;
  if (running) return { runningChats: { ...state.runningChats, [chatId]: [...known, messageId] } };
  const rest = known.filter((id) => id !== messageId);
  if (rest.length > 0) return { runningChats: { ...state.runningChats, [chatId]: rest } };
  const runningChats = without(state.runningChats, chatId);
  if (chatId === looking) return { runningChats };
  return { runningChats, unread: { ...state.unread, [chatId]: true } };
}

/** The entries whose key `keep` wants. */
export function only<T>(record: Record<string, T>, keep: (key: string) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => keep(key)));
}

export function without<T>(record: Record<string, T>, key: string): Record<string, T> {
  if (!(key in record)) return record;
  const next = { ...record };
  Reflect.deleteProperty(next, key);
  return next;
}
