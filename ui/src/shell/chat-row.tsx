// One chat in the list: its title, whether it is answering or has news, and what can be done.

import { MoreHorizontal, Users } from 'lucide-react';
import { memo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { exactTime, relativeTime } from '@/i18n/relative-time';
import type { WireChat } from '@/client/wire';
import {
  ContextMenu,
  ContextMenuContent,
  ContextMenuTrigger,
  Menu,
  MenuContent,
  MenuTrigger,
} from '@/parts/menu';
import { useSharing } from '@/screens/share/use-sharing';
import { accessTo } from '@/state/access';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatMenuItems } from './chat-menu-items';
import { RenameField } from './rename-field';

interface Props {
  chat: WireChat;
  selected: boolean;
  running: boolean;
  unread: boolean;
}

export const ChatRow = memo(function ChatRow({ chat, selected, running, unread }: Props) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const access = useApp((state) => accessTo(chat, state.person));
  const link = useRef<HTMLAnchorElement>(null);
  const title = chat.title === '' ? t('sidebar.untitled') : chat.title;
  const news = running ? t('sidebar.running') : unread ? t('sidebar.unread') : null;

  const renamed = (next: string | null) => {
    setRenaming(false);
    if (next !== null) void actions.renameChat(chat.chatId, next);
    requestAnimationFrame(() => link.current?.focus());
  };

  if (renaming) {
    return (
      <li className="flex h-9 items-center rounded-md px-2.5 pointer-coarse:h-touch">
        <RenameField title={chat.title} onDone={renamed} />
      </li>
    );
  }
  return (
    <li
      className={`group relative flex h-9 items-center pointer-coarse:h-touch pointer-coarse:text-[1rem] rounded-md transition-colors ${
        selected ? 'bg-wash-strong' : 'hover:bg-wash has-[[aria-expanded=true]]:bg-wash'
      }`}
    >
      <ContextMenu>
        <ContextMenuTrigger asChild>
          <a
            ref={link}
            href={`/chat/${chat.chatId}`}
            aria-current={selected ? 'page' : undefined}
            title={`${title}\n${relativeTime(chat.updatedAt)} · ${exactTime(chat.updatedAt)}`}
            className={`flex h-full min-w-0 flex-1 items-center gap-2 rounded-md pl-2.5 pr-2 group-hover:pr-9 group-has-[[aria-expanded=true]]:pr-9 pointer-coarse:pr-11 ${
              unread ? 'font-medium' : ''
            }`}
            onClick={(event) => {
              if (event.ctrlKey || event.metaKey || event.shiftKey) return;
              event.preventDefault();
              actions.selectChat(chat.chatId);
            }}
            onDoubleClick={() => setRenaming(access !== 'read')}
            onKeyDown={(event) => {
              if (event.key === 'F2') setRenaming(access !== 'read');
              if (event.key !== 'Delete') return;
              if (access === 'owner') void actions.deleteChat(chat.chatId);
              else useSharing.getState().show(chat.chatId);
            }}
          >
            <span dir="auto" className="truncate">{title}</span>
            {chat.members !== undefined && (
              <Users size={13} role="img" aria-label={t('share.shared')} className="shrink-0 text-ink-faint" />
            )}
            {news !== null && (
              <span
                role="img"
                aria-label={news}
                className={`ml-auto size-2 shrink-0 rounded-full bg-accent ${
                  running ? 'animate-pulse-quiet' : ''
                } group-hover:hidden group-has-[[aria-expanded=true]]:hidden`}
              />
            )}
          </a>
        </ContextMenuTrigger>
        <ContextMenuContent>
          <ChatMenuItems chat={chat} onRename={() => setRenaming(true)} />
        </ContextMenuContent>
      </ContextMenu>
      <Menu>
        <MenuTrigger asChild>
          <button
            type="button"
            aria-label={t('sidebar.chatMenu', { title })}
            className="absolute right-1 grid size-7 pointer-coarse:right-0 pointer-coarse:size-touch place-items-center rounded-sm text-ink-soft opacity-0 hover:bg-wash-strong hover:text-ink focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-60"
          >
            <MoreHorizontal size={16} aria-hidden="true" />
          </button>
        </MenuTrigger>
        <MenuContent align="start">
          <ChatMenuItems chat={chat} onRename={() => setRenaming(true)} />
        </MenuContent>
      </Menu>
    </li>
  );
});
