// Writes to the device's cache what is on the screen, shortly after it changed and at once when
// the window is hidden or closed. The text of a running answer is kept as it grows, so that a
// reload goes on with the very next word.

import type { ChatCache, KeptChat } from '@/cache/chat-cache';
import { getState, useApp } from './app-store';
import { runningText } from './running-text';
import type { AppState, OpenChat } from './types';

const LIST_AFTER_MS = 800;
const CHAT_AFTER_MS = 400;

/** Calls `write` once, some time after the first of many askings. */
function lazily(milliseconds: number, write: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    if (timer === undefined) return;
    clearTimeout(timer);
    timer = undefined;
    write();
  };
  const later = () => {
    timer ??= setTimeout(flush, milliseconds);
  };
  return { later, flush };
}

/** What is kept of the open chat: only with its text is a running answer worth keeping. */
export function keptChat(open: OpenChat): KeptChat {
  const { text, seq } = runningText.kept;
  if (open.running === null || open.running.id !== text.messageId) {
    return { open: { ...open, running: null }, text: null, seq: 0 };
  }
  return { open, text, seq };
}

/** Also before any list came: of a chat that was begun here nobody else knows. */
function isWorthKeeping({ chatsLoaded, localChats }: AppState): boolean {
  return chatsLoaded || Object.keys(localChats).length > 0;
}

function listChanged(now: AppState, before: AppState): boolean {
  // With the person the account is known, and with it where to keep what was begun before that.
  const fields = ['chats', 'chatsRevision', 'localChats', 'person', 'settings', 'models', 'providers'] as const;
  return isWorthKeeping(now) && fields.some((field) => now[field] !== before[field]);
}

export function keepCached(cache: ChatCache): void {
  const list = lazily(LIST_AFTER_MS, () => {
    if (!isWorthKeeping(getState())) return;
    const { chats, chatsRevision, chatsEpoch, localChats, person, settings, models, providers } = getState();
    cache.saveList({ chats, chatsRevision, chatsEpoch, localChats, person, settings, models, providers });
  });
  const chat = lazily(CHAT_AFTER_MS, () => {
    const { open, localChats } = getState();
    if (open !== null && open.loaded && open.epoch !== null && !localChats[open.chatId]) cache.saveChat(keptChat(open));
  });
  useApp.subscribe((now, before) => {
    if (listChanged(now, before)) list.later();
    if (now.open !== before.open) chat.later();
  });
  runningText.subscribe(chat.later);
  const leave = () => {
    list.flush();
    chat.flush();
  };
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', leave);
}
