// What the person may do in a chat: all in their own, and in those of others what the owner said.

import type { WireChat } from '@/client/wire';
import { useApp } from './app-store';
import type { Person } from './types';

export type Access = 'owner' | 'write' | 'read';

export function accessTo(chat: WireChat | undefined, person: Pick<Person, 'userId'> | null): Access {
  const own = chat?.members?.find(({ userId }) => userId === person?.userId);
  return own?.access ?? 'owner';
}

/** What the person may do in the chat on the screen. */
export function useAccess(): Access {
  return useApp((state) =>
    accessTo(state.selectedChatId === null ? undefined : state.chats[state.selectedChatId], state.person),
  );
}

export function useMayWrite(): boolean {
  return useAccess() !== 'read';
}
