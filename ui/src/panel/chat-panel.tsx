// The panel at the right: what this chat does differently from the person's settings. On a narrow
// window it lies over the conversation.

import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/parts/icon-button';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatSettings } from './chat-settings';

const wide = window.matchMedia('(min-width: 64rem)');

function onWidth(listener: () => void): () => void {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}

const close = () => actions.showPanel(false);

export default function ChatPanel() {
  const { t } = useTranslation();
  const beside = useSyncExternalStore(onWidth, () => wide.matches);
  const chat = useApp((state) =>
    state.selectedChatId === null ? undefined : state.chats[state.selectedChatId],
  );
  if (chat === undefined) return null;

  const closer = (
    <IconButton label={t('chatSettings.close')} onClick={close}>
      <X size={17} />
    </IconButton>
  );
  if (beside) {
    return (
      <aside
        aria-labelledby="chat-panel"
        className="flex w-panel shrink-0 animate-fade-in flex-col overflow-y-auto border-l bg-paper-sunk"
      >
        <div className="flex h-13 shrink-0 items-center justify-between pr-2 pl-5">
          <h2 id="chat-panel" className="font-semibold">
            {t('chatSettings.title')}
          </h2>
          {closer}
        </div>
        <ChatSettings key={chat.chatId} chat={chat} />
      </aside>
    );
  }
  return (
    <Dialog.Root open onOpenChange={close}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade-in bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 right-0 z-40 flex w-[min(22rem,92vw)] animate-fade-in flex-col overflow-y-auto bg-paper-sunk shadow-lg"
        >
          <div className="flex h-13 shrink-0 items-center justify-between pr-2 pl-5">
            <Dialog.Title className="font-semibold">{t('chatSettings.title')}</Dialog.Title>
            {closer}
          </div>
          <ChatSettings key={chat.chatId} chat={chat} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
