// The chats, grouped by day. Arrow keys walk through it.

import { useMemo, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { groupTitle } from '@/i18n/group-of-day';
import { useNow } from '@/lib/use-now';
import { useApp } from '@/state/app-store';
import { groupChats } from './chat-groups';
import { ChatRow } from './chat-row';

function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLAnchorElement)) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a[href]')];
  const next = links[links.indexOf(event.target) + step];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

export function ChatList({ query }: { query: string }) {
  const { t } = useTranslation();
  const chats = useApp((state) => state.chats);
  const loaded = useApp((state) => state.chatsLoaded);
  const selected = useApp((state) => state.selectedChatId);
  const running = useApp((state) => state.runningChats);
  const unread = useApp((state) => state.unread);
  const now = useNow(60_000);
  const groups = useMemo(() => groupChats(chats, query, now), [chats, query, now]);

  if (groups.length === 0) {
    return (
      <p className="px-2.5 py-6 text-ink-faint">
        {!loaded
          ? t('sidebar.loading')
          : query !== ''
            ? t('sidebar.noResults', { query })
            : `${t('sidebar.empty')} ${t('sidebar.emptyHint')}`}
      </p>
    );
  }
  return (
    // The keys only move the focus between links that work without them.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div onKeyDown={walk} className="flex flex-col gap-5 pb-4">
      {groups.map((group) => (
        <section key={group.key} aria-label={groupTitle(group.key, now)}>
          <h2 className="px-2.5 pb-1 text-xs text-ink-faint">{groupTitle(group.key, now)}</h2>
          <ul>
            {group.chats.map((chat) => (
              <ChatRow
                key={chat.chatId}
                chat={chat}
                selected={chat.chatId === selected}
                running={chat.chatId in running}
                unread={chat.chatId in unread}
              />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
