// Which chat's people are on the screen: one at most, asked for by its menu or by its faces.

import { create } from 'zustand';

interface Sharing {
  chatId: string | null;
  show(chatId: string | null): void;
}

export const useSharing = create<Sharing>((set) => ({
  chatId: null,
  show: (chatId) => set({ chatId }),
}));
