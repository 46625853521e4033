// The panel at the right: what this chat does differently from the person's settings.

import { useTranslation } from 'react-i18next';
import { actions } from '@/state/actions';
import { useApp } from '@/state/app-store';
import { ChatSettings } from './chat-settings';
import { SidePanel } from './side-panel';

export default function ChatPanel() {
  const { t } = useTranslation();
  const chat = useApp((state) =>
    state.selectedChatId === null ? undefined : state.chats[state.selectedChatId],
  );
  if (chat === undefined) return null;
  return (
    <SidePanel
      id="chat-panel"
      title={t('chatSettings.title')}
      closeLabel={t('chatSettings.close')}
      onClose={() => actions.showPanel(false)}
    >
      <ChatSettings key={chat.chatId} chat={chat} />
    </SidePanel>
  );
}
