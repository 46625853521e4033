// What stands between the header and the composer: the empty page, a chat on its way, or the chat.

import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '@/state/app-store';
import { EmptyChat } from './empty-chat';
import { Thread } from './thread';

function Loading() {
  const { t } = useTranslation();
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 400);
    return () => clearTimeout(timer);
  }, []);
  return (
    <p role="status" className="m-auto text-ink-faint">
      {slow && t('thread.loading')}
    </p>
  );
}

export function Conversation() {
  const open = useApp((state) => state.open);
  const waits = useApp((state) => state.waiting.some((entry) => entry.chatId === open?.chatId));
  if (open === null) return <EmptyChat />;
  if (!open.loaded && !waits) return <Loading />;
  if (open.messages.length === 0 && open.running === null && !waits) return <EmptyChat />;
  return <Thread key={open.chatId} open={open} />;
}
