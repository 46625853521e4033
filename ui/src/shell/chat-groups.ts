// The order of the list: pinned ones first, then by the day of their last change, newest first.

import { groupOfDay } from '@/i18n/group-of-day';
import type { WireChat } from '@/client/wire';

export interface ChatGroup {
  key: string;
  chats: WireChat[];
}

export function groupChats(chats: Record<string, WireChat>, query: string, now: number): ChatGroup[] {
  const wanted = query.trim().toLocaleLowerCase();
  const matching = Object.values(chats)
    .filter((chat) => wanted === '' || chat.title.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0));
  const groups = new Map<string, WireChat[]>();
  const pinned = matching.filter((chat) => chat.pinned);
  if (pinned.length > 0) groups.set('pinned', pinned);
  for (const chat of matching) {
    if (chat.pinned) continue;
    const key = groupOfDay(chat.updatedAt, now);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [chat]);
    else group.push(chat);
  }
  return [...groups].map(([key, list]) => ({ key, chats: list }));
}
