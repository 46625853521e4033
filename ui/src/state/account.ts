// What this device has of an account, shown before the server says a word: drafts, messages that
// wait, the list of chats, and the chat that is looked at.

import type { KeptList } from '@/cache/chat-cache';
import { getState, setState } from './app-store';
import { closeDrafts, openDrafts } from './drafts';
import { only } from './reduce-list';
import type { Session } from './session';

let opened: { account: string; done: Promise<void> } | null = null;

/** Settles when all of it is on the screen. Asking twice for the same account opens it once. */
export function openAccount(session: Session, account: string): Promise<void> {
  if (opened?.account === account) return opened.done;
  void openDrafts(account);
  const opening = { account, done: Promise.resolve() };
  opened = opening;
  opening.done = Promise.all([session.cache.open(account), session.outbox.open(account)]).then(([list]) => {
    if (opened !== opening) return undefined;
    if (list !== null && !getState().chatsLoaded) show(list);
    return session.recall();
  });
  return opening.done;
}

/**
 * The list may have been kept in the moment before the server knew a chat: what waits is the truth.
 * And it may never have come, when it holds only what was begun here; then it is still to be loaded.
 */
function show(list: KeptList): void {
  const { waiting, chats: here, localChats: begun, person } = getState();
  const waits = new Set(waiting.map(({ chatId }) => chatId));
  const chatsLoaded = list.chatsEpoch !== null;
  // Without a list, one that waits no more was deleted again.
  const chats = only(list.chats, (id) => chatsLoaded || waits.has(id) || list.localChats[id] !== true);
  // A person may have begun one while the device was still reading.
  const fresh = only(begun, (id) => waits.has(id) && here[id] !== undefined);
  setState({
    ...list,
    person: person ?? list.person,
    chats: { ...chats, ...only(here, (id) => fresh[id] === true) },
    localChats: { ...only(list.localChats, (id) => waits.has(id)), ...fresh },
    chatsLoaded,
  });
}

/** The account leaves the screen; what is its own stays on the device. */
export function closeAccount(session: Session): void {
  opened = null;
  session.outbox.close();
  session.cache.close();
  closeDrafts();
}
