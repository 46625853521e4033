// What can be done with a chat, the same wherever its menu opens.

import { Pencil, Pin, PinOff, Send, Trash2, Users } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { WireChat } from '@/client/wire';
import { MenuItem, MenuSeparator } from '@/parts/menu';
import { useSharing } from '@/screens/share/use-sharing';
import { showServersDialog, useServers } from '@/servers/servers-store';
import { accessTo } from '@/state/access';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';

/** The menu gives the focus back when it closes; the field takes it after that. */
const AFTER_MENU_MS = 60;

export function ChatMenuItems({ chat, onRename }: { chat: WireChat; onRename(): void }) {
  const { t } = useTranslation();
  const access = useApp((state) => accessTo(chat, state.person));
  const others = useServers((state) => state.list.length > 1);
  const local = useApp((state) => state.localChats[chat.chatId] === true);
  return (
    <>
      {access !== 'read' && (
        <MenuItem icon={<Pencil size={15} />} shortcut="F2" onSelect={() => setTimeout(onRename, AFTER_MENU_MS)}>
          {t('sidebar.rename')}
        </MenuItem>
      )}
      {access === 'owner' && (
        <MenuItem
          icon={chat.pinned ? <PinOff size={15} /> : <Pin size={15} />}
          onSelect={() => void actions.pinChat(chat.chatId, !chat.pinned)}
        >
          {chat.pinned ? t('sidebar.unpin') : t('sidebar.pin')}
        </MenuItem>
      )}
      {!local && (
        <MenuItem
          icon={<Users size={15} />}
          onSelect={() => setTimeout(() => useSharing.getState().show(chat.chatId), AFTER_MENU_MS)}
        >
          {access === 'owner' ? t('share.menu') : t('share.menuMember')}
        </MenuItem>
      )}
      {others && !local && (
        <MenuItem
          icon={<Send size={15} />}
          onSelect={() => setTimeout(() => showServersDialog({ kind: 'move', chatId: chat.chatId }), AFTER_MENU_MS)}
        >
          {t('servers.move.menu')}
        </MenuItem>
      )}
      {access === 'owner' && (
        <>
          <MenuSeparator />
          <MenuItem icon={<Trash2 size={15} />} danger onSelect={() => void actions.deleteChat(chat.chatId)}>
            {t('sidebar.delete')}
          </MenuItem>
        </>
      )}
    </>
  );
}
