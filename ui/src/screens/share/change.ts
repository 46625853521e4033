// What is asked of the server about the people of a chat. Each settles when it has answered.

import type { ClientData } from '@/client/wire';
import type { Directory } from '@/generated/wire';
import { ask } from '@/state/api';
import { session } from '@/state/current-session';

export async function share(wish: ClientData['share_chat']): Promise<void> {
  await session().requests.ask('share_chat', wish, 'chat_updated');
}

export async function unshare(chatId: string, userId: string): Promise<void> {
  await session().requests.ask('unshare_chat', { chatId, userId }, 'chat_updated');
}

export async function leave(chatId: string): Promise<void> {
  await session().requests.ask('leave_chat', { chatId }, 'chat_deleted');
}

/** Everyone of this server who may sign in. */
export async function directory(): Promise<Directory['people']> {
  return (await ask<Directory>('GET', '/api/people')).people;
}
