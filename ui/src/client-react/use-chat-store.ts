// The events seed's chat store as a hook that is also the store itself.

import { chatStore, type ChatStoreState, type Store } from '@parlor/client';
import { useStore } from './use-store';

interface UseChatStore extends Store<ChatStoreState> {
  (): ChatStoreState;
  <Part>(select: (state: ChatStoreState) => Part): Part;
}

function useConversations<Part>(select?: (state: ChatStoreState) => Part): Part | ChatStoreState {
  return useStore<ChatStoreState, Part | ChatStoreState>(chatStore, select);
}

export const useChatStore = Object.assign(useConversations, chatStore) as UseChatStore;
