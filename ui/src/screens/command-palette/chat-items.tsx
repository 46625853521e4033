// The chats in the palette: the newest few while nothing is typed, all that match once it is.

import { Command } from 'cmdk';
import { MessageSquareText } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { relativeTime } from '@/i18n/relative-time';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

const NEWEST = 6;
const MOST = 50;

interface ChatItemsProps {
  query: string;
  row: string;
  group: string;
  onRun: (action: () => void) => void;
}

export function ChatItems({ query, row, group, onRun }: ChatItemsProps) {
  const { t } = useTranslation();
  const chats = useApp((state) => state.chats);
  const shown = useMemo(() => {
    const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    return Object.values(chats)
      .filter((chat) => words.every((word) => chat.title.toLocaleLowerCase().includes(word)))
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt))
      .slice(0, words.length === 0 ? NEWEST : MOST);
  }, [chats, query]);
  if (shown.length === 0) return null;
  return (
    <Command.Group heading={t('palette.group.chats')} className={group}>
      {shown.map((chat) => {
        const title = chat.title === '' ? t('sidebar.untitled') : chat.title;
        return (
          <Command.Item
            key={chat.chatId}
            value={`chat ${chat.chatId}`}
            keywords={[title]}
            onSelect={() => onRun(() => actions.selectChat(chat.chatId))}
            className={row}
          >
            <MessageSquareText size={16} aria-hidden className="shrink-0 text-ink-faint" />
            <span className="min-w-0 flex-1 truncate">{title}</span>
            <span className="shrink-0 text-xs text-ink-faint">{relativeTime(chat.updatedAt)}</span>
          </Command.Item>
        );
      })}
    </Command.Group>
  );
}
