// What a frame of a server that is not shown means for the number beside its name. Pure.

import type { ServerFrame } from '@/client/wire';

/** What is remembered of a server between two looks at it. */
export interface Kept {
  epoch: string | null;
  revision: number;
  /** The time of the newest message that was there when the server was last shown. */
  seenUntil: string;
  unread: string[];
}

export const NOTHING_KEPT: Kept = { epoch: null, revision: 0, seenUntil: '', unread: [] };

const newest = (times: string[]) => times.reduce((late, time) => (time > late ? time : late), '');

function add(kept: Kept, chatIds: string[]): Kept {
  const fresh = chatIds.filter((id) => !kept.unread.includes(id));
  return fresh.length === 0 ? kept : { ...kept, unread: [...kept.unread, ...fresh] };
}

export function reduceNews(kept: Kept, frame: ServerFrame): Kept {
  switch (frame.type) {
    case 'chats': {
      const { whole, chats, removed, running, revision, epoch } = frame.data;
      const base = { ...kept, revision, epoch };
      if (whole) {
        // Another history, or the first look: nothing is known to be new, only what is gone.
        const there = new Set(chats.map(({ chatId }) => chatId));
        const known = kept.epoch === epoch;
        return {
          ...base,
          seenUntil: known ? kept.seenUntil : newest(chats.map(({ updatedAt }) => updatedAt)),
          unread: known ? kept.unread.filter((id) => there.has(id)) : [],
        };
      }
      const writing = new Set(running.map(({ chatId }) => chatId));
      const gone = new Set(removed);
      const left = { ...base, unread: kept.unread.filter((id) => !gone.has(id)) };
      // A new name of an old chat is no news; what is still written is news when it ends.
      const fresh = chats.filter(({ chatId, updatedAt }) => updatedAt >= kept.seenUntil && !writing.has(chatId));
      return add(left, fresh.map(({ chatId }) => chatId));
    }
    case 'chat_updated':
      return { ...kept, revision: Math.max(kept.revision, frame.data.revision) };
    case 'chat_activity':
      return frame.data.running ? kept : add(kept, [frame.data.chatId]);
    case 'chat_deleted':
      return {
        ...kept,
        revision: Math.max(kept.revision, frame.data.revision),
        unread: kept.unread.filter((id) => id !== frame.data.chatId),
      };
    default:
      return kept;
  }
}
