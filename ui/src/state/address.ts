// The address bar names what is on the screen, so that a link or a reload leads back to it.

import { getState } from './app-store';
import { ADMIN_SECTIONS, type Place } from './types';

const CHAT = /^\/chat\/([A-Za-z0-9\-_.:]{1,64})$/;
const OBJECTIVES = /^\/objectives(?:\/([A-Za-z0-9\-_.:]{1,64}))?$/;
const ADMIN = /^\/admin(?:\/([a-z]+))?$/;

export function chatInAddress(): string | null {
  return CHAT.exec(location.pathname)?.[1] ?? null;
}

export function placeInAddress(): Place {
  const admin = ADMIN.exec(location.pathname);
  if (admin !== null) return { kind: 'admin', section: ADMIN_SECTIONS.find((one) => one === admin[1]) ?? 'people' };
  const found = OBJECTIVES.exec(location.pathname);
  return found === null ? { kind: 'chat' } : { kind: 'objectives', id: found[1] ?? null };
}

function pathOf(place: Place, chatId: string | null): string {
  if (place.kind === 'admin') return `/admin/${place.section}`;
  if (place.kind === 'objectives') return place.id === null ? '/objectives' : `/objectives/${place.id}`;
  return chatId === null ? '/' : `/chat/${chatId}`;
}

/** Writes down where the person is. */
export function showPlace(): void {
  const { place, selectedChatId } = getState();
  const path = pathOf(place, selectedChatId);
  if (location.pathname !== path) history.pushState(null, '', path);
}
