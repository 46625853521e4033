// The chat seed's service: dialect A over the kept connection, one chat at a time. It holds what
// a page shows of that chat; after a broken line exactly what is missing is asked for.

import { Attempt, notConnected, queueFull, stateWord, tooLong, type WebSocketState } from '../attempt';
import { Connection } from '../connection';
import { Emitter } from '../emitter';
import { ClientError } from '../errors';
import { makeId } from '../ids';
import { fitsMessage } from '../longest';
import { measureChat } from '../measure';
import { Metrics } from '../metrics';
import type { OpenChat, Waiting } from '../model';
import { Outbox } from '../outbox';
import { emptyChat, readingOf, reduceChat } from '../reduce-chat';
import { Requests } from '../requests';
import { RunningText } from '../running-text';
import { chatUrl, given, lineOptions, QUEUE_LIMIT, storeOf, withDefaults, type ClientSettings } from '../settings';
import { Topics } from '../topics';
import { wakeOnReturn } from '../wake';
import type { ServerFrame } from '../wire';
import { shownMessages, streamingAfter, toChatMessage, type ChatMessage } from './chat-message';
import type { ChatTopic, ChatTopicData } from './chat-topics';
import { newest } from './newest';

export type WebSocketChatOptions = ClientSettings;

export interface ChatSnapshot {
  isConnected: boolean;
  connectionState: WebSocketState;
  /** An answer is being written. */
  isTyping: boolean;
  /** Its text so far. */
  streamingMessage: string;
  /**
   * The `id` of the message that it stands after: not always the last, since somebody may write on
   * while it is being written. `null` where it stands before all, and while there is none.
   */
  streamingAfter: string | null;
  currentChatId: string | null;
  title: string;
  /** What was said, with what waits to be sent; without the answer being written. */
  messages: readonly ChatMessage[];
}

const FULL_SOCKET = 1_000_000;
const REREAD_MS = 250;
/** A frame's worth: whoever shows a text that grows is told this often. */
const TELL_MS = 16;

export class WebSocketChatService {
  readonly metrics = new Metrics();
  readonly #topics = new Topics<ChatTopicData>();
  readonly #changes = new Emitter<void>();
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #outbox: Outbox;
  readonly #text = new RunningText((tell) => void setTimeout(tell, TELL_MS));
  /** Chats made here that the server does not know yet. */
  readonly #local = new Set<string>();
  /** Those that this connection has made. */
  readonly #made = new Set<string>();
  #settings: WebSocketChatOptions;
  #chat: OpenChat | null = null;
  #title = '';
  #state: WebSocketState = 'disconnected';
  #connecting: Attempt | null = null;
  #lastError: ClientError | null = null;
  #stopWaking: (() => void) | null = null;
  #reread: ReturnType<typeof setTimeout> | undefined;
  #snapshot: ChatSnapshot | null = null;

  constructor(options: WebSocketChatOptions | string = {}) {
    this.#settings = withDefaults(typeof options === 'string' ? { url: options } : options);
    this.#connection = new Connection(lineOptions(() => this.#settings, () => this.url, () => undefined));
    this.#requests = new Requests(this.#connection);
    const port = { ready: () => this.#ready(), transmit: (entry: Waiting, ref: string) => this.#transmit(entry, ref) };
    this.#outbox = new Outbox(storeOf<Waiting>(this.#settings), port, this.#settings.queueLimit ?? QUEUE_LIMIT);
    measureChat(this.metrics, this.#connection, this.#outbox);
    this.#connection.states.on(({ kind }) => this.#entered(kind));
    this.#connection.errors.on((error) => this.#failed(error));
    this.#connection.frames.on((frame) => this.#take(frame));
    this.#outbox.changes.on(() => this.#changed());
    this.#text.subscribe(() => this.#changed());
  }

  get url(): string {
    return chatUrl(this.#settings);
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  get connectionState(): WebSocketState {
    return this.#state;
  }

  get currentChatId(): string | null {
    return this.#chat?.chatId ?? null;
  }

  /** Messages that wait to be sent or confirmed. */
  get queueSize(): number {
    return this.#outbox.entries.length;
  }

  /** The token, the address and the rest, from the next attempt to connect on. */
  configure(options: WebSocketChatOptions): void {
    this.#settings = { ...this.#settings, ...given(options) };
  }

  /**
   * Connects and signs in, and keeps the connection from then on. Rejects with a `ClientError`
   * when the first attempt fails; further ones follow where `retryable` says so.
   */
  connect(token?: string): Promise<void> {
    if (token !== undefined) this.configure({ token });
    if (this.isConnected) return Promise.resolve();
    if (this.#connecting !== null) return this.#connecting.promise;
    this.#lastError = null;
    const connecting = new Attempt();
    this.#connecting = connecting;
    this.#stopWaking ??= wakeOnReturn(this.#connection);
    this.#connection.start();
    return connecting.promise;
  }

  /** The end, until `connect`. Only a line that breaks by itself comes back by itself. */
  disconnect(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    clearTimeout(this.#reread);
    this.#connection.stop();
    this.#entered('closed');
  }

  /** Hears frames of the server by their type, and `message`, `error` and `state`. */
  on<T extends ChatTopic>(topic: T, handler: (data: ChatTopicData[T]) => void): () => void {
    return this.#topics.on(topic, handler);
  }

  /** Begins a chat and shows it; gives its id. The server is told now, or when the line is back. */
  createChat(title?: string): string {
    const chatId = makeId('chat-');
    this.#local.add(chatId);
    this.#show(emptyChat(chatId, true), title ?? '');
    if (this.isConnected) this.#create(chatId);
    return chatId;
  }

  /** Shows a chat, and hears of it from now on. */
  joinChat(chatId: string): void {
    if (this.#chat?.chatId !== chatId) this.#show(emptyChat(chatId, false), '');
    if (this.isConnected) this.#join();
  }

  /** Says something in the chat shown, in a new one where there is none; gives the message's id. */
  sendMessage(message: string): string {
    const chatId = this.currentChatId ?? this.createChat();
    const clientId = makeId('c-');
    const begins = this.#local.has(chatId) ? { begins: true } : {};
    const entry = { clientId, chatId, content: message, createdAt: Date.now(), attempts: 0, ...begins };
    if (!fitsMessage(message)) this.#failed(tooLong());
    else if (this.#outbox.takes(entry)) void this.#outbox.add(entry);
    else this.#failed(queueFull());
    return clientId;
  }

  /** Ends the answer being written. */
  stop(): void {
    const messageId = this.#chat?.running?.id;
    this.#connection.send('stop', messageId === undefined ? {} : { messageId });
  }

  /** Tries a message again that the server refused. */
  retry(messageId: string): void {
    this.#outbox.retry(messageId);
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#changes.on(listener);

  /** The same object until something changes, as `useSyncExternalStore` wants it. */
  readonly snapshot = (): ChatSnapshot => {
    this.#snapshot ??= {
      isConnected: this.isConnected,
      connectionState: this.#state,
      isTyping: this.#chat?.running != null,
      streamingMessage: this.#text.live.text,
      streamingAfter: streamingAfter(this.#chat),
      currentChatId: this.currentChatId,
      title: this.#title,
      messages: shownMessages(this.#chat, this.#outbox.entries),
    };
    return this.#snapshot;
  };

  #show(chat: OpenChat, title: string): void {
    this.#text.end();
    this.#chat = chat;
    this.#title = title;
    this.#changed();
  }

  #ready(): boolean {
    return this.isConnected && this.#chat?.running == null && this.#connection.backlog < FULL_SOCKET;
  }

  /** Made and then joined: only the joining tells from where to resume. */
  #create(chatId: string): void {
    this.#made.add(chatId);
    const isShown = this.#chat?.chatId === chatId;
    this.#connection.send('create_chat', isShown && this.#title !== '' ? { chatId, title: this.#title } : { chatId });
    if (isShown) this.#join();
  }

  #transmit({ chatId, clientId, content, begins }: Waiting, ref: string): boolean | 'too_long' {
    if (!fitsMessage(content)) return 'too_long';
    // Asked for twice, a chat is made once; and making one is also looking at it.
    const isNew = begins === true && !this.#made.has(chatId);
    if (isNew) this.#create(chatId);
    if (!this.#connection.send('message', { message: content, clientId, chatId }, ref)) return false;
    if (isNew && chatId !== this.currentChatId) this.#look();
    return true;
  }

  #join(): void {
    if (this.#chat === null) return;
    const data = readingOf(this.#chat, this.#text);
    this.#requests.ask('join_chat', data, 'chat_joined').catch((error: unknown) => {
      if (error instanceof ClientError) this.#failed(error);
    });
  }

  #entered(kind: string): void {
    const before = this.#state;
    this.#state = stateWord(kind);
    if (this.#state !== 'connected') {
      this.#outbox.disconnected();
      this.#made.clear();
    }
    if (before === this.#state) return;
    this.#debug('state', kind);
    if (this.#state === 'connected') {
      this.#lastError = null;
      this.#resume();
    }
    this.#topics.tell('state', this.#state);
    this.#changed();
    if (this.#state !== 'connecting') this.#settle(this.#state === 'connected' ? undefined : (this.#lastError ?? notConnected()));
  }

  #settle(error?: ClientError): void {
    const connecting = this.#connecting;
    this.#connecting = null;
    connecting?.settle(error);
  }

  #resume(): void {
    for (const chatId of this.#local) if (chatId !== this.currentChatId) this.#create(chatId);
    this.#look();
  }

  /** Has the server tell of the chat shown. */
  #look(): void {
    const chatId = this.currentChatId;
    if (chatId === null) return;
    if (this.#local.has(chatId)) this.#create(chatId);
    else this.#join();
  }

  #take(frame: ServerFrame): void {
    this.#debug('heard', frame.type);
    if (this.#chat !== null) {
      const { chat, stale } = reduceChat(this.#chat, frame, this.#text);
      const messages = chat.messages === this.#chat.messages ? chat.messages : newest(chat.messages);
      this.#chat = messages === chat.messages ? chat : { ...chat, messages };
      if (stale || chat.moved !== undefined) this.#readAnew();
    }
    this.#react(frame);
    if (frame.type !== 'error') this.#topics.tell(frame.type, frame.data as never);
    this.#changed();
  }

  #react(frame: ServerFrame): void {
    switch (frame.type) {
      case 'authenticated':
        void this.#outbox.open(`chat ${this.url} ${frame.data.userId}`);
        break;
      case 'chat_created':
        this.#local.delete(frame.data.chatId);
        this.#isTitled(frame.data.chatId, frame.data.title);
        break;
      case 'chat_joined':
        this.#isTitled(frame.data.chatId, frame.data.title);
        this.#outbox.flush();
        break;
      case 'chat_updated':
        this.#isTitled(frame.data.chat.chatId, frame.data.chat.title);
        break;
      case 'user_message':
        if (frame.data.clientId !== undefined) this.#outbox.confirm(frame.data.clientId);
        // Taken on another line, and the chat was deleted since: else it was made before this.
        if (this.#local.delete(frame.data.chatId)) this.#look();
        if (frame.data.chatId === this.currentChatId) this.#topics.tell('message', toChatMessage(frame.data));
        break;
      case 'assistant_message_complete':
        if (frame.data.chatId === this.currentChatId) this.#topics.tell('message', toChatMessage(frame.data));
        this.#outbox.flush();
        break;
      case 'error':
        this.#refused(frame);
        break;
      default:
        break;
    }
  }

  #refused({ ref, data }: ServerFrame & { type: 'error' }): void {
    this.#outbox.refused(ref, data);
    this.#outbox.flush();
    // A request's own error reaches whoever asked.
    if (ref === undefined || !ref.startsWith('q-')) this.#failed(new ClientError(data));
  }

  #isTitled(chatId: string, title: string): void {
    if (chatId === this.currentChatId) this.#title = title;
  }

  /** Not at once and not twice: what is missing may be in the next frame. */
  #readAnew(): void {
    clearTimeout(this.#reread);
    this.#reread = setTimeout(() => {
      if (this.#chat?.hasGap === true || this.#chat?.moved !== undefined) this.#join();
    }, REREAD_MS);
  }

  #failed(error: ClientError): void {
    this.#debug('error', error.code, error.message);
    this.#lastError = error;
    this.#topics.tell('error', error);
  }

  #changed(): void {
    this.#snapshot = null;
    this.#changes.emit();
  }

  #debug(...words: unknown[]): void {
    if (this.#settings.debug === true) console.debug('parlor', ...words);
  }
}
