// The top of the conversation: its title, renamed in place, and what can be done with the chat.

import { MoreHorizontal, SlidersHorizontal, SquarePen } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { Menu, MenuContent, MenuTrigger } from '@/parts/menu';
import { ProgressRing } from '@/objectives/progress-ring';
import { Faces } from '@/screens/share/faces';
import { useAccess } from '@/state/access';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatMenuItems } from './chat-menu-items';
import { PageHeader } from './page-header';
import { RenameField } from './rename-field';

interface Props {
  sidebarHidden: boolean;
  onShowSidebar(): void;
}

export function Header({ sidebarHidden, onShowSidebar }: Props) {
  const { t } = useTranslation();
  const [renaming, setRenaming] = useState(false);
  const chat = useApp((state) =>
    state.selectedChatId === null ? undefined : state.chats[state.selectedChatId],
  );
  const objective = useApp((state) =>
    Object.values(state.objectives.byId).find(({ chatId }) => chatId !== undefined && chatId === chat?.chatId),
  );
  const access = useAccess();
  const panelOpen = useApp((state) => state.panelOpen);
  const title = chat === undefined || chat.title === '' ? t('sidebar.untitled') : chat.title;

  const renamed = (next: string | null) => {
    setRenaming(false);
    if (chat !== undefined && next !== null) void actions.renameChat(chat.chatId, next);
  };

  return (
    <PageHeader sidebarHidden={sidebarHidden} onShowSidebar={onShowSidebar}>
      <div className="flex min-w-0 flex-1 items-center px-1">
        {renaming && chat !== undefined ? (
          <RenameField title={chat.title} className="max-w-thread text-lg font-semibold" onDone={renamed} />
        ) : (
          <h1
            className="truncate text-lg font-semibold"
            title={title}
            onDoubleClick={() => setRenaming(chat !== undefined && access !== 'read')}
          >
            {chat === undefined ? <span className="sr-only">{title}</span> : title}
          </h1>
        )}
      </div>
      {chat !== undefined && <Faces chat={chat} />}
      {objective !== undefined && (
        <IconButton
          label={t('objectives.openFromChat', { title: objective.title })}
          onClick={() => actions.showObjectives(objective.id)}
        >
          <ProgressRing progress={objective.progress} done={[]} size={20} />
        </IconButton>
      )}
      {chat !== undefined && access !== 'read' && (
        <IconButton
          label={t('chatSettings.open')}
          aria-expanded={panelOpen}
          onClick={() => actions.showPanel(!panelOpen)}
        >
          <SlidersHorizontal size={17} />
        </IconButton>
      )}
      {chat !== undefined && (
        <Menu>
          <MenuTrigger asChild>
            <IconButton label={t('sidebar.chatMenu', { title })}>
              <MoreHorizontal size={18} />
            </IconButton>
          </MenuTrigger>
          <MenuContent align="end">
            <ChatMenuItems chat={chat} onRename={() => setRenaming(true)} />
          </MenuContent>
        </Menu>
      )}
      {(sidebarHidden || chat !== undefined) && (
        <span className={sidebarHidden ? 'contents' : 'contents md:hidden'}>
          <IconButton label={t('sidebar.newChat')} onClick={actions.newChat}>
            <SquarePen size={17} />
          </IconButton>
        </span>
      )}
    </PageHeader>
  );
}
