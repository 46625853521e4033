// A chat that only this device knows, until its first message reaches the server.

import type { ClientData, WireChat } from '@/client/wire';

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

type OwnWays = Pick<ClientData['update_chat'], 'title' | 'model' | 'systemPrompt' | 'temperature' | 'pinned'>;

/** What a person decided about a chat before the server knew it. */
export function ownWays(chat: WireChat | undefined): OwnWays {
  if (chat === undefined) return {};
  const { title, titleSource, model, systemPrompt, temperature, pinned } = chat;
  return {
    ...(titleSource === 'person' && { title }),
    ...(model !== null && { model }),
    ...(systemPrompt !== null && { systemPrompt }),
    ...(temperature !== null && { temperature }),
    ...(pinned && { pinned }),
  };
}
