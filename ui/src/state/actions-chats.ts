// What a person does to chats as wholes.

import { toast } from 'sonner';
import { i18next } from '@/i18n';
import { errorText } from '@/i18n/reason-text';
import type { WireChat } from '@/client/wire';
import type { Actions } from './actions';
import { getState, setState } from './app-store';
import { session } from './current-session';
import { showPlace } from './address';
import { without } from './reduce-list';

type ChatActions = Pick<
  Actions,
  'newChat' | 'selectChat' | 'renameChat' | 'pinChat' | 'deleteChat' | 'updateChat'
>;

const CHAT = { kind: 'chat' } as const;

/** Shows at once what the server will most likely say, and takes it back if it does not. */
async function change(chatId: string, patch: Parameters<Actions['updateChat']>[1]): Promise<void> {
  const before = getState().chats[chatId];
  if (before === undefined) return;
  const { leafId: _, ...visible } = patch;
  put({ ...before, ...visible, ...(patch.title !== undefined && { titleSource: 'person' }) });
  if (getState().localChats[chatId]) return;
  try {
    await session().requests.ask('update_chat', { chatId, ...patch }, 'chat_updated');
  } catch (error) {
    put(before);
    toast.error(i18next.t('toast.saveFailed', { reason: errorText(error) }));
  }
}

function put(chat: WireChat): void {
  setState({ chats: { ...getState().chats, [chat.chatId]: chat } });
}

async function restore(chat: WireChat): Promise<void> {
  try {
    await session().requests.ask('restore_chat', { chatId: chat.chatId }, 'chat_updated');
    chatActions.selectChat(chat.chatId);
  } catch (error) {
    toast.error(errorText(error));
  }
}

export const chatActions: ChatActions = {
  newChat() {
    session().look(null);
    setState({ drawerOpen: false, place: CHAT });
    showPlace();
  },

  selectChat(chatId) {
    if (getState().selectedChatId !== chatId) session().look(chatId);
    setState({ drawerOpen: false, place: CHAT, unread: without(getState().unread, chatId) });
    showPlace();
  },

  async renameChat(chatId, title) {
    const clean = title.trim();
    if (clean === '' || clean === getState().chats[chatId]?.title) return;
    await change(chatId, { title: clean });
  },

  pinChat: (chatId, pinned) => change(chatId, { pinned }),

  updateChat: (chatId, patch) => change(chatId, patch),

  async deleteChat(chatId) {
    const chat = getState().chats[chatId];
    if (chat === undefined) return;
    const shown = getState().selectedChatId === chatId;
    if (shown) chatActions.newChat();
    session().drop(chatId);
    setState({ chats: without(getState().chats, chatId) });
    if (getState().localChats[chatId]) {
      setState({ localChats: without(getState().localChats, chatId) });
      for (const entry of getState().waiting) {
        if (entry.chatId === chatId) session().outbox.discard(entry.clientId);
      }
      return;
    }
    try {
      await session().requests.ask('delete_chat', { chatId }, 'chat_deleted');
      toast(i18next.t('toast.chatDeleted', { title: chat.title }), {
        duration: 8000,
        action: { label: i18next.t('common.undo'), onClick: () => void restore(chat) },
      });
    } catch (error) {
      put(chat);
      toast.error(errorText(error));
    }
  },
};
