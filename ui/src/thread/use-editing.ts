// Which earlier turn is being edited: one at most, set by its pencil or by Up in the composer.

import { create } from 'zustand';

interface Editing {
  messageId: string | null;
  edit(messageId: string | null): void;
}

export const useEditing = create<Editing>((set) => ({
  messageId: null,
  edit: (messageId) => set({ messageId }),
}));
