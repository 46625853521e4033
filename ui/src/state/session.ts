// The session: what ties the connection, the outbox and the store together, and nothing a
// component ever touches. Frames go through the reducers; after every reconnect the list and the
// open chat resume from what is here.

import { Connection, type ConnectionOptions } from '@/client/connection';
import { fitsMessage } from '@/client/longest';
import { Outbox } from '@/client/outbox';
import type { OutboxStore } from '@/client/outbox-store';
import { isObjectiveFrame, reduceObjectives } from '@/objectives/reduce-objectives';
import { emptyChat, readingOf, reduceChat } from '@/client/reduce-chat';
import { Requests } from '@/client/requests';
import type { ServerData, ServerFrame, WireChat } from '@/client/wire';
import type { ChatCache, KeptChat } from '@/cache/chat-cache';
import { getState, setState } from './app-store';
import { keptChat } from './keep-cached';
import { localChat, ownWays } from './local-chat';
import { reduceList, without } from './reduce-list';
import { runningText } from './running-text';
import type { AppState, OpenChat, Person, Waiting } from './types';

export interface SessionNews {
  signedIn(person: Person): void;
  /** Somebody else is signed in now: nothing of the last person may stay on the screen. */
  replaced(): void;
  gone(chatId: string): void;
  trouble(error: ServerData['error']): void;
}

/** How many chats stay in memory, so that going back to one shows it at once. */
const KEPT_CHATS = 12;
const REREAD_MS = 250;

export class Session {
  readonly connection: Connection;
  readonly requests: Requests;
  readonly outbox: Outbox;
  readonly #news: SessionNews;
  readonly cache: ChatCache;
  readonly #kept = new Map<string, KeptChat>();
  #listed = false;
  #reread: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions, store: OutboxStore, cache: ChatCache, news: SessionNews) {
    this.cache = cache;
    this.#news = news;
    this.connection = new Connection(options);
    this.requests = new Requests(this.connection);
    this.outbox = new Outbox(store, {
      ready: (chatId) => this.#ready(chatId),
      transmit: (entry, ref) => this.#transmit(entry, ref),
    });
    this.outbox.changes.on((waiting) => setState({ waiting }));
    this.connection.states.on((connection) => {
      setState({ connection });
      if (connection.kind !== 'online' && connection.kind !== 'draining') {
        this.#listed = false;
        this.outbox.disconnected();
      }
    });
    this.connection.frames.on((frame) => this.#take(frame));
  }

  /** Shows a chat: from memory at once if it is there, then as the server has it. */
  look(chatId: string | null): void {
    const { open, localChats } = getState();
    if (open !== null && open.loaded) this.#keep(open);
    runningText.end();
    if (chatId === null) {
      setState({ open: null, selectedChatId: null });
      return;
    }
    const local = localChats[chatId] === true;
    const kept = this.#kept.get(chatId);
    setState({ open: emptyChat(chatId, local), selectedChatId: chatId });
    if (kept !== undefined) this.#show(kept);
    if (local) return;
    if (kept !== undefined) this.join(true);
    else void this.recall().then(() => this.join(true));
  }

  /** Shows the chat that is looked at as this device last had it, if it has it. */
  async recall(): Promise<void> {
    const { open, localChats } = getState();
    if (open === null || open.loaded) return;
    if (localChats[open.chatId]) return setState({ open: { ...open, loaded: true } });
    const kept = await this.cache.chat(open.chatId);
    const now = getState().open;
    if (kept !== null && now?.chatId === open.chatId && !now.loaded) this.#show(kept);
  }

  #show({ open, text, seq }: KeptChat): void {
    if (text !== null) runningText.restore(text, seq);
    setState({ open });
  }

  /** Asks for the open chat, or for what of it is missing here. */
  join(resume: boolean): void {
    const { open, localChats } = getState();
    if (open === null || localChats[open.chatId]) return;
    const { chatId } = open;
    const data = readingOf(open, runningText, resume);
    this.requests.ask('join_chat', data, 'chat_joined').catch((error: { reason?: string }) => {
      if (error.reason === 'not_found') this.#missing(chatId);
    });
  }

  /** The server has no such chat. If words wait for it here, it was begun here. */
  #missing(chatId: string): void {
    const { open, waiting } = getState();
    if (!waiting.some((entry) => entry.chatId === chatId)) {
      this.drop(chatId);
      setState({ chats: without(getState().chats, chatId) });
      this.#news.gone(chatId);
    } else if (open?.chatId === chatId) {
      // What was being written there went with it, and holds up nobody's words any more.
      runningText.end();
      setState({ open: { ...open, loaded: true, running: null } });
      this.outbox.flush();
    }
  }

  /**
   * A message was confirmed in a chat that the server was asked to make and did not: it took the
   * message on another line, and somebody has deleted the chat since.
   */
  #isNotBegunHere(chatId: string): void {
    const { localChats, chats, selectedChatId } = getState();
    if (localChats[chatId] !== true) return;
    setState({ localChats: without(localChats, chatId) });
    if (selectedChatId === chatId) return this.join(true);
    this.drop(chatId);
    setState({ chats: without(chats, chatId) });
  }

  /** Another server or account: nothing of the last one stays. */
  forget(): void {
    this.#kept.clear();
    runningText.end();
    clearTimeout(this.#reread);
  }

  drop(chatId: string): void {
    this.#kept.delete(chatId);
    this.cache.dropChat(chatId);
  }

  #take(frame: ServerFrame): void {
    const state = getState();
    if (frame.type === 'chats' && this.#isAnotherHistory(frame.data)) return;
    if (isObjectiveFrame(frame)) setState({ objectives: reduceObjectives(state.objectives, frame) });
    const list = reduceList(state, frame, state.selectedChatId);
    if (list !== null) setState(list);
    if (state.open !== null) {
      const { chat, stale } = reduceChat(state.open, frame, runningText);
      if (chat !== state.open) setState({ open: chat });
      if (stale) this.#readAnew();
    }
    this.#react(frame, state);
    if (frame.type === 'chat_created') this.#made(state, frame.data.chat);
  }

  #react(frame: ServerFrame, before: AppState): void {
    switch (frame.type) {
      case 'authenticated':
        if (this.#isSomebodyElse(frame.data)) this.#news.replaced();
        setState({ person: frame.data });
        this.#news.signedIn(frame.data);
        break;
      case 'chats':
        this.#listCame();
        if (this.#isNoLongerLocal(before)) this.join(true);
        break;
      case 'user_message':
        if (frame.data.clientId !== undefined) this.outbox.confirm(frame.data.clientId);
        this.#isNotBegunHere(frame.data.chatId);
        break;
      case 'assistant_message_complete':
      case 'chat_activity':
        this.outbox.flush();
        break;
      case 'chat_updated':
        if (getState().open?.moved !== undefined) this.#readAnew();
        break;
      case 'chat_deleted':
        this.drop(frame.data.chatId);
        if (getState().selectedChatId === frame.data.chatId) this.#news.gone(frame.data.chatId);
        break;
      case 'settings':
        setState({ settings: frame.data });
        break;
      case 'models':
        setState({ models: { list: frame.data.models, problems: frame.data.problems, loaded: true } });
        break;
      case 'providers':
        setState({ providers: frame.data.providers });
        break;
      case 'error':
        if (this.outbox.refused(frame.ref, frame.data)) break;
        if (isNobodys(frame)) this.#news.trouble(frame.data);
        this.outbox.flush();
        break;
      default:
        break;
    }
  }

  #isSomebodyElse({ userId }: Person): boolean {
    const { person } = getState();
    return person !== null && person.userId !== userId;
  }

  /** Called when the person is known: everything that a fresh or returning client asks for. */
  resume(): void {
    const { chatsLoaded, chatsRevision, chatsEpoch } = getState();
    const known = { since: chatsRevision, ...(chatsEpoch !== null && { epoch: chatsEpoch }) };
    this.connection.send('watch_chats', chatsLoaded ? known : { since: 0 });
    this.join(true);
    this.connection.send('get_settings', {});
    // A server of the first days knows none; then there is no place for them.
    this.requests.ask('watch_objectives', {}, 'objectives').catch(() => undefined);
    this.connection.send('list_models', {});
    this.requests.ask('list_providers', {}, 'providers').catch(() => undefined);
  }

  /** Changes of a history that is not the one known here are worth nothing: it is read whole. */
  #isAnotherHistory({ whole, epoch }: ServerData['chats']): boolean {
    const { chatsEpoch } = getState();
    if (whole || chatsEpoch === null || chatsEpoch === epoch) return false;
    this.connection.send('watch_chats', { since: 0 });
    return true;
  }

  #listCame(): void {
    this.#listed = true;
    this.#adoptWaiting();
    this.outbox.flush();
  }

  /** The chat on the screen was taken for one begun here, and the server has it. */
  #isNoLongerLocal({ open, localChats }: AppState): boolean {
    return open !== null && localChats[open.chatId] === true && getState().localChats[open.chatId] !== true;
  }

  /** Waiting messages of chats that the server has never heard of: begun here, offline. */
  #adoptWaiting(): void {
    const { waiting, chats, localChats } = getState();
    const waits = new Set(waiting.map(({ chatId }) => chatId));
    // One without a waiting message is a memory of a chat that was never sent.
    const ghosts = new Set(Object.keys(localChats).filter((id) => !waits.has(id)));
    const keep = <T>(all: Record<string, T>) => Object.fromEntries(Object.entries(all).filter(([id]) => !ghosts.has(id)));
    const local = ghosts.size === 0 ? { ...localChats } : keep(localChats);
    const list = ghosts.size === 0 ? { ...chats } : keep(chats);
    for (const { chatId, content, createdAt } of waiting) {
      if (list[chatId] !== undefined) continue;
      local[chatId] = true;
      list[chatId] = localChat(chatId, content, createdAt, null);
    }
    setState({ localChats: local, chats: list });
  }

  #ready(chatId: string): boolean {
    const { connection, runningChats, open } = getState();
    if (connection.kind !== 'online' || !this.#listed) return false;
    const answering = open?.chatId === chatId && open.running !== null;
    return runningChats[chatId] === undefined && !answering;
  }

  #transmit(entry: Waiting, ref: string): boolean | 'too_long' {
    if (!fitsMessage(entry.content)) return 'too_long';
    const { localChats, selectedChatId, chats } = getState();
    const { chatId, clientId, content } = entry;
    if (localChats[chatId]) {
      const { title, ...own } = ownWays(chats[chatId]);
      if (!this.connection.send('create_chat', { chatId, ...(title !== undefined && { title }) })) return false;
      if (Object.keys(own).length > 0) this.connection.send('update_chat', { chatId, ...own });
      // Making a chat is also looking at it; what is on the screen stays looked at.
      if (selectedChatId !== null && selectedChatId !== chatId) this.join(true);
    }
    const place = entry.parentId === undefined ? {} : { parentId: entry.parentId };
    return this.connection.send('message', { message: content, clientId, chatId, ...place }, ref);
  }

  /** A chat begun here is now the server's: from its first word on it can be resumed. */
  #made({ chats, localChats, chatsEpoch }: AppState, made: WireChat): void {
    const { chatId } = made;
    const { open } = getState();
    if (open?.chatId === chatId && open.epoch === null) setState({ open: { ...open, epoch: chatsEpoch } });
    // It may have been given a name between its making and the server's word of it.
    const title = localChats[chatId] ? ownWays(chats[chatId]).title : undefined;
    if (title !== undefined && title !== made.title) this.connection.send('update_chat', { chatId, title });
  }

  /** Not at once and not twice: what is missing may be in the next frame. */
  #readAnew(): void {
    clearTimeout(this.#reread);
    this.#reread = setTimeout(() => {
      const { open } = getState();
      if (open?.hasGap === true || open?.moved !== undefined) this.join(true);
    }, REREAD_MS);
  }

  #keep(chat: OpenChat): void {
    const kept = keptChat(chat);
    this.#kept.delete(chat.chatId);
    this.#kept.set(chat.chatId, kept);
    if (chat.epoch !== null) this.cache.saveChat(kept);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > KEPT_CHATS && !oldest.done) this.#kept.delete(oldest.value);
  }
}

/** No question waits for it, no answer and no objective failed by it. */
function isNobodys({ ref, data }: Extract<ServerFrame, { type: 'error' }>): boolean {
  return ref === undefined && data.messageId === undefined && data.generationId === undefined;
}
