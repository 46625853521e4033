// The events seed's service: dialect B over the kept connection and the durable outbox. It tells
// what happens to whoever asked with `on`; it keeps no messages (`chat-stream.ts` does).

import { Attempt, notConnected, queueFull, stateWord, tooLong, type WebSocketState } from '../attempt';
import { Emitter } from '../emitter';
import { ClientError } from '../errors';
import { Line } from '../line';
import { fitsFrame } from '../longest';
import { measureLine } from '../measure';
import { Metrics } from '../metrics';
import { Outbox } from '../outbox';
import { eventsUrl, given, lineOptions, QUEUE_LIMIT, storeOf, TIMEOUT_MS, withDefaults, type ClientSettings } from '../settings';
import { accountOf } from '../token';
import { Topics } from '../topics';
import { wakeOnReturn } from '../wake';
import { Answers } from './answers';
import { eventsDialect } from './dialect';
import { answered, chatOf, encodeEntry, isFleeting, isProvable, makeEntry, settles, type QueuedEvent } from './envelopes';
import { measureEvent } from './measure-event';
import type { Handler, Topic, TopicData } from './topics';
import type { ClientEventData, ClientEventType, MessageContext, ObjectiveUpdates, ServerEvent } from './wire';

export type WebSocketServiceOptions = ClientSettings;

/** How often an event that the server refused for now is sent before its person has to decide. */
const MOST_ATTEMPTS = 5;
/** The seed's own delay before another try, where the server names none. */
const RETRY_MS = 3000;
/** Bytes in the socket beyond which the outbox waits. */
const FULL_SOCKET = 1_000_000;

export class WebSocketService {
  readonly metrics = new Metrics();
  /** Something about `connectionState` or `queueSize` is different. */
  readonly changes = new Emitter<void>();
  readonly #topics = new Topics<TopicData, ServerEvent>();
  readonly #line: Line<ServerEvent>;
  readonly #outbox: Outbox<QueuedEvent>;
  readonly #answers = new Answers();
  readonly #overdue = new Map<string, ReturnType<typeof setTimeout>>();
  #settings: WebSocketServiceOptions;
  #state: WebSocketState = 'disconnected';
  /** The chat that the server made for this service: a returning one goes on there. */
  #chatId: string | undefined;
  #connecting: Attempt | null = null;
  /** The server has named no request so far. */
  #guesses = true;
  #lastError: ClientError | null = null;
  #stopWaking: (() => void) | null = null;

  constructor(options: WebSocketServiceOptions = {}) {
    this.#settings = withDefaults(options);
    const asking = (url: string, token: string | null) => void this.#outbox.open(`events ${url} ${accountOf(token)}`);
    this.#line = new Line(lineOptions(() => this.#settings, () => this.url, asking, true), eventsDialect);
    this.#outbox = new Outbox(
      storeOf<QueuedEvent>(this.#settings),
      { ready: () => this.#ready(), transmit: (entry) => this.#transmit(entry) },
      this.#settings.queueLimit ?? QUEUE_LIMIT,
    );
    measureLine(this.metrics, this.#line, this.#outbox);
    this.#line.states.on(({ kind }) => this.#entered(kind));
    this.#line.errors.on((error) => this.#failed(error));
    this.#line.frames.on((event) => this.#take(event));
    this.#outbox.sent.on((entry) => this.#went(entry));
    this.#outbox.changes.on(() => this.changes.emit());
  }

  get url(): string {
    return eventsUrl(this.#settings);
  }

  get isConnected(): boolean {
    return this.#state === 'connected';
  }

  get connectionState(): WebSocketState {
    return this.#state;
  }

  /** Events that wait to be sent or confirmed. */
  get queueSize(): number {
    return this.#outbox.entries.length;
  }

  /** The token, the address and the rest, from the next attempt to connect on. */
  configure(options: WebSocketServiceOptions): void {
    this.#settings = { ...this.#settings, ...given(options) };
  }

  /**
   * Connects, and keeps the connection from then on. Rejects with a `ClientError` when the first
   * attempt fails; further ones follow by themselves where `retryable` says so.
   */
  connect(): Promise<void> {
    if (this.isConnected) return Promise.resolve();
    if (this.#connecting !== null) return this.#connecting.promise;
    this.#lastError = null;
    const connecting = new Attempt();
    this.#connecting = connecting;
    this.#stopWaking ??= wakeOnReturn(this.#line);
    this.#line.start();
    return connecting.promise;
  }

  /**
   * Drops the line. With `reconnect` on (the default) that is a loss like any other: it is back
   * after `reconnectDelay`. `disconnect({ permanent: true })`, or `close()`, is the end until `connect`.
   */
  disconnect({ permanent = false }: { permanent?: boolean } = {}): void {
    if (permanent || this.#settings.reconnect === false) this.close();
    else this.#line.bounce();
  }

  close(): void {
    this.#stopWaking?.();
    this.#stopWaking = null;
    this.#line.stop();
    this.#entered('closed');
  }

  /** Hears events of the server and of the connection itself; gives back how to stop. */
  on<T extends Topic>(topic: T, handler: Handler<T>): () => void {
    return this.#topics.on(topic, handler);
  }

  /** How many handlers are on: for whoever looks for a leak. */
  get listenerCount(): number {
    return this.#topics.size;
  }

  /**
   * Sends an event, now or when the line is back; gives its id. What is too much for the queue, or
   * longer than a frame may be, is not taken: an error `QUEUE_FULL` or `INVALID_MESSAGE` says so.
   */
  send<T extends string>(type: T, ...data: T extends ClientEventType ? [ClientEventData[T]] : [unknown?]): string;
  send(event: { type: string; data?: unknown }): string;
  send(first: string | { type: string; data?: unknown }, second?: unknown): string {
    const { type, data = {} } = typeof first === 'string' ? { type: first, data: second } : first;
    const entry = makeEntry(type, data, Date.now());
    if (!fitsFrame(encodeEntry(entry, this.#chatId))) this.#failed(tooLong());
    else if (isFleeting(type, data)) this.#line.transmit(encodeEntry(entry));
    else if (this.#outbox.takes(entry)) void this.#outbox.add(entry);
    else this.#failed(queueFull());
    return entry.clientId;
  }

  sendMessage(content: string, context?: MessageContext): string {
    return this.send('USER_MESSAGE', context === undefined ? { content } : { content, context });
  }

  generateObjective(prompt: string, options: { difficulty?: string; category?: string } = {}): string {
    return this.send('GENERATE_OBJECTIVE', { prompt, ...options });
  }

  updateObjective(objectiveId: string, updates: ObjectiveUpdates): string {
    return this.send('UPDATE_OBJECTIVE', { objectiveId, updates });
  }

  /** Stops an answer or a generation; without an id all that this connection asked for. */
  stopGeneration(id?: string): void {
    const asked = this.#outbox.entries.find(({ clientId }) => clientId === id);
    if (asked !== undefined) this.#drop(asked.clientId);
    if (asked?.attempts === 0) return; // it never left
    this.send('STOP_GENERATION', id === undefined ? {} : { messageId: id });
  }

  #transmit(entry: QueuedEvent): boolean | 'too_long' {
    const frame = encodeEntry(entry, this.#chatId);
    return fitsFrame(frame) ? this.#line.transmit(frame) : 'too_long';
  }

  #ready(): boolean {
    return this.isConnected && this.#line.backlog < FULL_SOCKET;
  }

  #entered(kind: string): void {
    const before = this.#state;
    this.#state = stateWord(kind);
    if (this.#state !== 'connected') {
      this.#outbox.disconnected();
      for (const timer of this.#overdue.values()) clearTimeout(timer);
      this.#overdue.clear();
    }
    this.#debug('state', kind);
    if (before === this.#state) return;
    if (this.#state === 'connected') this.#came();
    else if (before === 'connected') this.#topics.tell('disconnected', {});
    if (this.#state === 'reconnecting') this.#topics.tell('reconnecting', {});
    this.#topics.tell('stateChange', this.#state);
    this.changes.emit();
    if (this.#state !== 'connected' && this.#state !== 'connecting') this.#settle(this.#lastError ?? notConnected());
  }

  #came(): void {
    this.#lastError = null;
    for (const had of this.#answers.unfinished()) this.send('WATCH_CHAT', had);
    this.#outbox.flush();
    this.#topics.tell('connected', {});
    this.#settle();
  }

  #settle(error?: ClientError): void {
    const connecting = this.#connecting;
    this.#connecting = null;
    connecting?.settle(error);
  }

  /** What cannot be proved to have arrived has, once it left; the rest is waited for, and asked again. */
  #went({ clientId, type, attempts }: QueuedEvent): void {
    this.#debug('sent', type, clientId);
    if (!isProvable(type)) return queueMicrotask(() => this.#outbox.confirm(clientId));
    if (type === 'GENERATE_OBJECTIVE') return;
    clearTimeout(this.#overdue.get(clientId));
    const late = () => {
      this.#overdue.delete(clientId);
      const retryable = attempts + 1 < MOST_ATTEMPTS;
      const refusal = { code: 'TIMEOUT', reason: 'no_answer', message: `no word about ${type}`, retryable } as const;
      this.#outbox.refused(`out-${clientId}`, { ...refusal, retryAfter: 0 });
      if (!retryable) this.#drop(clientId);
      this.metrics.error(refusal.code);
      this.#failed(new ClientError(refusal), { willRetry: retryable });
    };
    this.#overdue.set(clientId, setTimeout(late, this.#settings.timeout ?? TIMEOUT_MS));
  }

  #take(event: ServerEvent): void {
    this.#debug('heard', event.type);
    measureEvent(this.metrics, event);
    this.#guesses &&= event.metadata?.requestId === undefined;
    const entry = answered(event, this.#outbox.entries, this.#guesses);
    if (event.type === 'ERROR') return this.#refused(event, entry);
    if (entry !== undefined && settles(event, entry)) {
      this.metrics.accepted(entry.clientId);
      if (event.type === 'AI_THINKING' && chatOf(entry) === undefined) this.#chatId = event.data.chatId ?? this.#chatId;
      this.#drop(entry.clientId);
    }
    if (event.type === 'AI_MESSAGE_END') return this.#ended(event);
    if (this.#isNews(event)) this.#topics.tell(event.type, event.data, event);
  }

  /** What did not come piece by piece comes as a last one: who adds pieces has the whole text too. */
  #ended(event: ServerEvent & { type: 'AI_MESSAGE_END' }): void {
    const { text, rest } = this.#answers.ended(event.data);
    const { messageId } = event.data;
    if (rest !== '') this.#topics.tell('AI_MESSAGE_CHUNK', { messageId, content: rest, isComplete: false });
    event.data.content = text;
    this.#topics.tell(event.type, event.data, event);
  }

  /** False for what a resumed answer repeats. */
  #isNews(event: ServerEvent): boolean {
    switch (event.type) {
      case 'AI_MESSAGE_START':
        return this.#answers.started(event.data);
      case 'AI_MESSAGE_CHUNK':
        return this.#answers.grew(event.data);
      default:
        return true;
    }
  }

  #refused(event: ServerEvent & { type: 'ERROR' }, entry: QueuedEvent | undefined): void {
    const { code, message, reason = 'internal', retryable, retryAfter, messageId } = event.data;
    let willRetry = false;
    if (entry !== undefined) {
      willRetry = retryable && entry.attempts < MOST_ATTEMPTS;
      clearTimeout(this.#overdue.get(entry.clientId));
      this.#overdue.delete(entry.clientId);
      this.#outbox.refused(`out-${entry.clientId}`, { reason, message, retryable: willRetry, retryAfter: retryAfter ?? RETRY_MS });
      // The person heard the error; nothing that is refused for good may hold a place in the queue.
      if (!willRetry) this.#drop(entry.clientId);
    }
    const error = new ClientError({ code, message, reason, retryable, retryAfter, messageId });
    this.#failed(error, { ...event.data, willRetry }, event);
  }

  #drop(id: string): void {
    clearTimeout(this.#overdue.get(id));
    this.#overdue.delete(id);
    this.#outbox.confirm(id);
  }

  #failed(error: ClientError, more: Partial<TopicData['ERROR']> = {}, event?: ServerEvent): void {
    this.#debug('error', error.code, error.message);
    this.#lastError = error;
    const { code, message, retryable, reason } = error;
    this.#topics.tell('ERROR', { code, message, retryable, reason, ...more }, event);
    this.#topics.tell('error', error);
  }

  #debug(...words: unknown[]): void {
    if (this.#settings.debug === true) console.debug('parlor', ...words);
  }
}
