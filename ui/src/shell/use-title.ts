// The title of the window or tab: the chat, and how many others have news.

import { useEffect } from 'react';
import { useApp } from '@/state/app-store';

export function useTitle(): void {
  const title = useApp((state) =>
    state.selectedChatId === null ? '' : (state.chats[state.selectedChatId]?.title ?? ''),
  );
  const unread = useApp((state) => Object.keys(state.unread).length);

  useEffect(() => {
    const name = title === '' ? 'Parlor' : `${title} · Parlor`;
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  }, [title, unread]);
}
