// The title of the window or tab: the chat, and how many others have news.

import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';

export function useTitle(): void {
  const { t } = useTranslation();
  const objectives = t('objectives.title');
  const admin = t('admin.title');
  const title = useApp(({ place, objectives: { byId }, selectedChatId, chats }) => {
    if (place.kind === 'admin') return admin;
    if (place.kind === 'objectives') return place.id === null ? objectives : (byId[place.id]?.title ?? objectives);
    return selectedChatId === null ? '' : (chats[selectedChatId]?.title ?? '');
  });
  const unread = useApp((state) => Object.keys(state.unread).length);

  useEffect(() => {
    const name = title === '' ? 'Parlor' : `${title} · Parlor`;
    document.title = unread > 0 ? `(${unread}) ${name}` : name;
  }, [title, unread]);
}
