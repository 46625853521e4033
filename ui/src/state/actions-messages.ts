// What a person does inside a chat.

import { toast } from 'sonner';
import { errorText } from '@/i18n/reason-text';
import { makeId } from '@/client/ids';
import type { Actions } from './actions';
import { chatActions } from './actions-chats';
import { getState, setState } from './app-store';
import { session } from './current-session';
import { saveDrafts } from './drafts';
import { localChat } from './local-chat';
import { without } from './reduce-list';

type MessageActions = Pick<
  Actions,
  | 'send'
  | 'retryWaiting'
  | 'discardWaiting'
  | 'stop'
  | 'stopAnswer'
  | 'branch'
  | 'regenerate'
  | 'continueAnswer'
  | 'showBranch'
  | 'setDraft'
>;

/** The draft of the page where no chat is chosen yet. */
export const NEW_CHAT_DRAFT = '';

function beginChat(text: string): string {
  const chatId = makeId('chat-');
  const { chats, localChats, newChatModel } = getState();
  setState({
    chats: { ...chats, [chatId]: localChat(chatId, text, Date.now(), newChatModel) },
    localChats: { ...localChats, [chatId]: true },
    newChatModel: null,
  });
  chatActions.selectChat(chatId);
  return chatId;
}

export const messageActions: MessageActions = {
  send(text, place) {
    const content = text.trim();
    if (content === '') return;
    const selected = getState().selectedChatId;
    if (place === undefined) messageActions.setDraft(selected, '');
    const chatId = selected ?? beginChat(content);
    void session().outbox.add({
      clientId: makeId('c-'),
      chatId,
      content,
      createdAt: Date.now(),
      attempts: 0,
      ...(place !== undefined && { parentId: place.parentId }),
    });
  },

  retryWaiting: (clientId) => session().outbox.retry(clientId),
  discardWaiting: (clientId) => session().outbox.discard(clientId),

  stop() {
    const running = getState().open?.running;
    if (running !== null && running !== undefined) {
      session().connection.send('stop', { messageId: running.id });
    }
  },

  stopAnswer(messageId) {
    session().connection.send('stop', { messageId });
  },

  async branch(messageId) {
    const chatId = makeId('chat-');
    try {
      await session().requests.ask('branch_chat', { messageId, chatId }, 'chat_created');
      chatActions.selectChat(chatId);
    } catch (error) {
      toast.error(errorText(error));
    }
  },

  regenerate(messageId, model) {
    session().connection.send('regenerate', { messageId, ...(model !== undefined && { model }) });
  },

  continueAnswer(messageId) {
    session().connection.send('continue', { messageId });
  },

  showBranch(messageId) {
    const { open } = getState();
    if (open === null) return;
    void chatActions.updateChat(open.chatId, { leafId: messageId }).then(() => session().join(false));
  },

  setDraft(chatId, text) {
    const key = chatId ?? NEW_CHAT_DRAFT;
    const { drafts } = getState();
    setState({ drafts: text === '' ? without(drafts, key) : { ...drafts, [key]: text } });
    saveDrafts();
  },
};
