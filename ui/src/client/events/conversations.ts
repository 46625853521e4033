// The events seed's chat store: conversations as a page shows them. It belongs to the page alone;
// what the server keeps is asked of the server.

import { makeId } from '../ids';
import { createStore, type Store } from '../store';

export interface ConversationMessage {
  id: string;
  role: 'user' | 'assistant' | 'system';
  content: string;
  timestamp: Date;
  isStreaming?: boolean;
}

export interface Conversation {
  id: string;
  title: string;
  messages: ConversationMessage[];
  createdAt: Date;
  updatedAt: Date;
}

export interface ChatStoreState {
  conversations: Conversation[];
  currentConversationId: string | null;
  /** Makes one, shows it, and gives its id. */
  createConversation(title?: string): string;
  deleteConversation(id: string): void;
  renameConversation(id: string, title: string): void;
  setCurrentConversation(id: string | null): void;
  getCurrentConversation(): Conversation | undefined;
  /** Adds a message; one with the same id is replaced. */
  addMessage(conversationId: string, message: ConversationMessage): void;
  updateMessage(conversationId: string, messageId: string, changes: Partial<ConversationMessage>): void;
  clearConversations(): void;
}

export const chatStore: Store<ChatStoreState> = createStore<ChatStoreState>((set, get) => {
  const change = (id: string, make: (conversation: Conversation) => Partial<Conversation>) =>
    set(({ conversations }) => ({
      conversations: conversations.map((conversation) =>
        conversation.id === id ? { ...conversation, ...make(conversation), updatedAt: new Date() } : conversation,
      ),
    }));
  return {
    conversations: [],
    currentConversationId: null,
    createConversation(title = '') {
      const now = new Date();
      const conversation: Conversation = { id: makeId('conversation-'), title, messages: [], createdAt: now, updatedAt: now };
      set(({ conversations }) => ({
        conversations: [...conversations, conversation],
        currentConversationId: conversation.id,
      }));
      return conversation.id;
    },
    deleteConversation: (id) =>
      set(({ conversations, currentConversationId }) => ({
        conversations: conversations.filter((conversation) => conversation.id !== id),
        currentConversationId: currentConversationId === id ? null : currentConversationId,
      })),
    renameConversation: (id, title) => change(id, () => ({ title })),
    setCurrentConversation: (id) => set({ currentConversationId: id }),
    getCurrentConversation() {
      const { conversations, currentConversationId } = get();
      return conversations.find(({ id }) => id === currentConversationId);
    },
    addMessage: (id, message) =>
      change(id, ({ messages }) => ({ messages: [...messages.filter((other) => other.id !== message.id), message] })),
    updateMessage: (id, messageId, changes) =>
      change(id, ({ messages }) => ({
        messages: messages.map((message) => (message.id === messageId ? { ...message, ...changes } : message)),
      })),
    clearConversations: () => set({ conversations: [], currentConversationId: null }),
  };
});
