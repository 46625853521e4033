// The session: what ties the connection, the outbox and the store together, and nothing a
// component ever touches. Frames go through the reducers; after every reconnect the list and the
// open chat resume from what is here.

import { Connection, type ConnectionOptions } from '@/client/connection';
import { Outbox } from '@/client/outbox';
import type { OutboxStore } from '@/client/outbox-store';
import { emptyChat, reduceChat } from '@/client/reduce-chat';
import { Requests } from '@/client/requests';
import type { ServerData, ServerFrame } from '@/client/wire';
import { getState, setState } from './app-store';
import { localChat } from './local-chat';
import { reduceList } from './reduce-list';
import { runningText } from './running-text';
import type { OpenChat, Person, Waiting } from './types';

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
  readonly #kept = new Map<string, OpenChat>();
  #listed = false;
  #reread: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions, store: OutboxStore, news: SessionNews) {
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
    const chat = this.#kept.get(chatId) ?? emptyChat(chatId, local);
    setState({ open: { ...chat, running: null }, selectedChatId: chatId });
    if (!local) this.join(true);
  }

  /** Asks for the open chat, or for what of it is missing here. */
  join(resume: boolean): void {
    const { open, localChats } = getState();
    if (open === null || localChats[open.chatId]) return;
    const { chatId, epoch, revision } = open;
    const running = runningText.messageId;
    const from =
      running === null ? {} : { messageId: running, seq: runningText.seq };
    const data =
      resume && open.loaded && epoch !== null
        ? { chatId, resume: { epoch, revision, ...from } }
        : { chatId };
    this.requests.ask('join_chat', data, 'chat_joined').catch((error: { reason?: string }) => {
      if (error.reason === 'not_found') this.#missing(chatId);
    });
  }

  /** The server has no such chat. If words wait for it here, it was begun here. */
  #missing(chatId: string): void {
    const { open, waiting } = getState();
    if (!waiting.some((entry) => entry.chatId === chatId)) this.#news.gone(chatId);
    else if (open?.chatId === chatId) setState({ open: { ...open, loaded: true } });
  }

  /** Another server or account: nothing of the last one stays. */
  forget(): void {
    this.#kept.clear();
    runningText.end();
    clearTimeout(this.#reread);
  }

  drop(chatId: string): void {
    this.#kept.delete(chatId);
  }

  #take(frame: ServerFrame): void {
    const state = getState();
    const list = reduceList(state, frame, state.selectedChatId);
    if (list !== null) setState(list);
    if (state.open !== null) {
      const { chat, stale } = reduceChat(state.open, frame, runningText);
      if (chat !== state.open) setState({ open: chat });
      if (stale) this.#readAnew();
    }
    this.#react(frame);
  }

  #react(frame: ServerFrame): void {
    switch (frame.type) {
      case 'authenticated':
        if (this.#isSomebodyElse(frame.data)) this.#news.replaced();
        setState({ person: frame.data });
        this.#news.signedIn(frame.data);
        break;
      case 'chats':
        this.#listCame(frame.data);
        break;
      case 'user_message':
        if (frame.data.clientId !== undefined) this.outbox.confirm(frame.data.clientId);
        break;
      case 'assistant_message_complete':
      case 'chat_activity':
        this.outbox.flush();
        break;
      case 'chat_updated':
        this.#branchMayHaveMoved(frame.data.chat);
        break;
      case 'chat_deleted':
        this.#kept.delete(frame.data.chatId);
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
        if (frame.ref === undefined && frame.data.messageId === undefined) this.#news.trouble(frame.data);
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
    const { chatsLoaded, chatsRevision } = getState();
    this.connection.send('watch_chats', { since: chatsLoaded ? chatsRevision : 0 });
    this.join(true);
    this.connection.send('get_settings', {});
    this.connection.send('list_models', {});
    this.requests.ask('list_providers', {}, 'providers').catch(() => undefined);
  }

  #listCame(data: ServerData['chats']): void {
    const known = this.#listed ? null : getState().chatsEpoch;
    if (known !== null && known !== data.epoch && !data.whole) {
      this.connection.send('watch_chats', { since: 0 });
      return;
    }
    this.#listed = true;
    this.#adoptWaiting();
    this.outbox.flush();
  }

  /** Waiting messages of chats that the server has never heard of: begun here, offline. */
  #adoptWaiting(): void {
    const { waiting, chats, localChats } = getState();
    const unknown = waiting.filter((entry) => chats[entry.chatId] === undefined);
    if (unknown.length === 0) return;
    const local = { ...localChats };
    const list = { ...chats };
    for (const { chatId, content, createdAt } of unknown) {
      local[chatId] = true;
      list[chatId] ??= localChat(chatId, content, createdAt, null);
    }
    setState({ localChats: local, chats: list });
  }

  #ready(chatId: string): boolean {
    const { connection, runningChats, open } = getState();
    if (connection.kind !== 'online' || !this.#listed) return false;
    const answering = open?.chatId === chatId && open.running !== null;
    return runningChats[chatId] === undefined && !answering;
  }

  #transmit(entry: Waiting, ref: string): boolean {
    const { localChats, selectedChatId, chats } = getState();
    const { chatId, clientId, content } = entry;
    const model = chats[chatId]?.model ?? null;
    if (localChats[chatId]) {
      if (!this.connection.send('create_chat', { chatId })) return false;
      if (model !== null) this.connection.send('update_chat', { chatId, model });
      // Making a chat is also looking at it; what is on the screen stays looked at.
      if (selectedChatId !== null && selectedChatId !== chatId) this.join(true);
    }
    const place = entry.parentId === undefined ? {} : { parentId: entry.parentId };
    return this.connection.send('message', { message: content, clientId, chatId, ...place }, ref);
  }

  /** Somebody else showed another branch of the open chat. */
  #branchMayHaveMoved(chat: { chatId: string; leafId: string | null }): void {
    const { open } = getState();
    if (open?.chatId !== chat.chatId || !open.loaded || chat.leafId === null) return;
    if (!this.#shows(chat.leafId)) this.#readAnew(() => !this.#shows(chat.leafId));
  }

  #shows(leafId: string | null): boolean {
    const { open } = getState();
    return open?.running?.id === leafId || open?.messages.some((m) => m.id === leafId) === true;
  }

  /** Not at once and not twice: what is missing may be in the next frame. */
  #readAnew(still: () => boolean = () => true): void {
    clearTimeout(this.#reread);
    this.#reread = setTimeout(() => {
      if (still()) this.join(false);
    }, REREAD_MS);
  }

  #keep(chat: OpenChat): void {
    this.#kept.delete(chat.chatId);
    this.#kept.set(chat.chatId, { ...chat, running: null });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > KEPT_CHATS && !oldest.done) this.#kept.delete(oldest.value);
  }
}
