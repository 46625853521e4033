// A chat that only this device knows, until its first message reaches the server.

import type { WireChat } from '@/client/wire';

const TITLE_LENGTH = 60;

export function localChat(chatId: string, firstWords: string, now: number, model: string | null): WireChat {
  const time = new Date(now).toISOString();
  return {
    chatId,
    title: firstWords.trim().split('\n', 1)[0]?.slice(0, TITLE_LENGTH) ?? '',
    titleSource: 'placeholder',
    pinned: false,
    model,
    systemPrompt: null,
    temperature: null,
    leafId: null,
    createdAt: time,
    updatedAt: time,
    revision: 0,
  };
}
