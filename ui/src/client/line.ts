// One connection that is kept: it opens the socket, notices when the other end is gone, and comes
// back by itself. How one signs in and what a frame is, a `Dialect` says; what frames mean to a
// chat is nobody's business here.

import { backoffDelay, USUAL_BACKOFF, type Backoff } from './backoff';
import { Emitter } from './emitter';
import { ClientError, type Fault } from './errors';
import type { ConnectionState } from './model';
import { release, type SocketLike } from './socket';

export interface Dialect<Frame> {
  /** Subprotocols to offer. */
  protocols(token: string | null): string[];
  /** The first frame, where one signs in with it; `null` where an open socket is a signed-in one. */
  greeting(token: string | null): string | null;
  /** A frame, or `null` for what is to be passed over; `fault` hears why, where somebody erred. */
  decode(text: unknown, fault: (why: string) => void): Frame | null;
  /** What a frame says about the connection itself: a welcome proves that it is good. */
  meaning(frame: Frame): 'welcome' | 'farewell' | null;
  ping(now: number): string;
}

export interface LineOptions {
  /** Where to and as whom, asked anew before every attempt. No token: nobody is signed in. */
  target(): Promise<{ url: string; token: string | null }>;
  /** The token was refused: a fresh one, or `null` when a person has to sign in. Failing, it is asked again. */
  renewToken(): Promise<string | null>;
  openSocket(url: string, protocols: string[]): SocketLike;
  random(): number;
  now(): number;
  /** False only when the machine is sure to have no network and the server is elsewhere. */
  mayReach(url: string): boolean;
  backoff?: Backoff;
  /** Failed attempts in a row after which it waits to be told; absent: it never gives up. */
  attempts?: number;
  /** Whether a server is asked that knows nobody: then a missing token is no reason to stay away. */
  anonymous?: boolean;
  openWithinMs?: number;
  pingEveryMs?: number;
  silenceMs?: number;
}

const PING_EVERY_MS = 25_000;
const SILENCE_MS = 10_000;
const OPEN_WITHIN_MS = 15_000;
const OFFLINE_LOOK_MS = 30_000;
const OPEN = 1;
const POLICY_VIOLATION = 1008;
/** What no honest frame reaches; a longer one is not even parsed. */
const LONGEST_FRAME = 16 * 1024 * 1024;

export class Line<Frame> {
  readonly frames = new Emitter<Frame>();
  readonly states = new Emitter<ConnectionState>();
  readonly errors = new Emitter<ClientError>();
  /** Characters of each frame that came (`in`) or went (`out`). */
  readonly traffic = new Emitter<{ direction: 'in' | 'out'; size: number }>();
  #state: ConnectionState = { kind: 'connecting' };
  #socket: SocketLike | null = null;
  #attempt = 0;
  /** Grows with every attempt, so that what an old socket still says is not heard. */
  #generation = 0;
  #renewed = false;
  #draining = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setTimeout> | undefined;
  readonly #options: LineOptions;
  readonly #dialect: Dialect<Frame>;

  constructor(options: LineOptions, dialect: Dialect<Frame>) {
    this.#options = options;
    this.#dialect = dialect;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  start(): void {
    this.stop();
    this.#attempt = 0;
    this.#renewed = false;
    this.#enter({ kind: 'connecting' });
    void this.#open();
  }

  /** Closes for good; `start` begins anew. */
  stop(): void {
    this.#generation += 1;
    clearTimeout(this.#retry);
    clearTimeout(this.#pulse);
    if (this.#socket !== null) release(this.#socket, 1000);
    this.#socket = null;
    this.#draining = false;
  }

  /** Tries at once, if it is waiting for its next attempt or has given up. */
  retryNow(): void {
    const { kind } = this.#state;
    if (kind !== 'reconnecting' && kind !== 'offline') return;
    if (kind === 'offline') this.#attempt = 0;
    clearTimeout(this.#retry);
    void this.#open();
  }

  /** Drops the socket, as if the line had broken: it comes back after the first wait. */
  bounce(): void {
    if (this.#socket !== null) this.#drop(this.#socket, 1000);
  }

  signOut(): void {
    this.stop();
    this.#enter({ kind: 'signed-out', reason: 'signed-out' });
  }

  /** True if the frame went out. What must arrive belongs into the outbox. */
  transmit(text: string): boolean {
    if (this.#state.kind !== 'online' && this.#state.kind !== 'draining') return false;
    return this.#write(text);
  }

  /** Bytes that the socket has yet to send. */
  get backlog(): number {
    return this.#socket?.bufferedAmount ?? 0;
  }

  #write(text: string): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(text);
    this.traffic.emit({ direction: 'out', size: text.length });
    return true;
  }

  async #open(fresh?: string): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    clearTimeout(this.#retry);
    const target = await this.#options.target().catch(() => null);
    if (generation !== this.#generation) return;
    if (target === null) return this.#lost();
    const token = fresh ?? target.token;
    if (token === null && this.#options.anonymous !== true) {
      this.#fault({ code: 'AUTH_FAILED', reason: 'sign_in_required', message: 'there is no token to sign in with', retryable: false });
      return this.#enter({ kind: 'signed-out', reason: 'no-account' });
    }
    if (!this.#options.mayReach(target.url)) return this.#waitForNetwork();
    const socket = this.#socketFor(target.url, token);
    if (socket === null) return;
    this.#socket = socket;
    this.#pulse = setTimeout(() => this.#silent(socket), this.#options.openWithinMs ?? OPEN_WITHIN_MS);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      if (generation === this.#generation) this.#greet(token);
    };
    socket.onmessage = ({ data }) => {
      if (generation === this.#generation) this.#hear(data);
    };
    socket.onerror = () => undefined;
    socket.onclose = ({ code }) => {
      if (generation !== this.#generation) return;
      this.#socket = null;
      clearTimeout(this.#pulse);
      if (code === POLICY_VIOLATION) return void this.#refused();
      if (!opened) this.#fault({ code: 'CONNECTION_FAILED', reason: 'unreachable', message: 'the server cannot be reached', retryable: true });
      this.#lost();
    };
  }

  /** `null` where no further attempt can help: an address that is none, a host without sockets. */
  #socketFor(url: string, token: string | null): SocketLike | null {
    try {
      return this.#options.openSocket(url, this.#dialect.protocols(token));
    } catch (error) {
      if (error instanceof ClientError) this.errors.emit(error);
      else this.#fault({ code: 'CONNECTION_FAILED', reason: 'bad_address', message: 'this address cannot be opened', retryable: false });
      this.#enter({ kind: 'offline' });
      return null;
    }
  }

  #greet(token: string | null): void {
    const greeting = this.#dialect.greeting(token);
    if (greeting !== null) return void this.#write(greeting);
    this.#listen();
    this.#enter({ kind: 'online' });
  }

  #hear(data: unknown): void {
    this.#listen();
    const size = typeof data === 'string' ? data.length : 0;
    this.traffic.emit({ direction: 'in', size });
    const garbled = (why: string) =>
      this.#fault({ code: 'INVALID_MESSAGE', reason: 'garbled', message: `a frame of the server: ${why}`, retryable: false });
    if (size > LONGEST_FRAME) return garbled('too long');
    const frame = this.#dialect.decode(data, garbled);
    if (frame === null) return;
    const meaning = this.#dialect.meaning(frame);
    if (meaning === 'welcome') {
      this.#attempt = 0;
      this.#renewed = false;
      if (this.#state.kind !== 'online') this.#enter({ kind: 'online' });
    } else if (meaning === 'farewell') {
      this.#draining = true;
      this.#enter({ kind: 'draining' });
    }
    this.frames.emit(frame);
  }

  /** Anything heard proves life: the next ping is due one interval later. */
  #listen(): void {
    clearTimeout(this.#pulse);
    const socket = this.#socket;
    if (socket === null) return;
    this.#pulse = setTimeout(() => {
      this.#write(this.#dialect.ping(this.#options.now()));
      this.#pulse = setTimeout(() => this.#silent(socket), this.#options.silenceMs ?? SILENCE_MS);
    }, this.#options.pingEveryMs ?? PING_EVERY_MS);
  }

  #silent(socket: SocketLike): void {
    if (socket !== this.#socket) return;
    this.#fault({ code: 'TIMEOUT', reason: 'no_answer', message: 'the server does not answer', retryable: true });
    this.#drop(socket);
  }

  #drop(socket: SocketLike, code?: number): void {
    if (socket !== this.#socket) return;
    this.#generation += 1;
    this.#socket = null;
    clearTimeout(this.#pulse);
    release(socket, code);
    this.#lost();
  }

  async #refused(): Promise<void> {
    const generation = this.#generation;
    // `undefined` is no refusal: nobody could say, for instance because the line broke just then.
    const token = this.#renewed ? null : await this.#options.renewToken().catch(() => undefined);
    if (generation !== this.#generation) return;
    if (token === undefined) return this.#lost();
    this.#renewed = true;
    if (token !== null) return void this.#open(token);
    this.#fault({ code: 'AUTH_FAILED', reason: 'token_refused', message: 'the server refused the token', retryable: false });
    this.#enter({ kind: 'signed-out', reason: 'token-refused' });
  }

  #lost(): void {
    this.#attempt += 1;
    if (this.#attempt > (this.#options.attempts ?? Infinity)) return this.#giveUp();
    const delay = backoffDelay(this.#attempt, this.#options.random(), this.#options.backoff ?? USUAL_BACKOFF);
    const retryAt = this.#options.now() + delay;
    // A server that said good-bye is not a broken line: its face stays until it fails to return.
    if (!(this.#draining && this.#attempt === 1)) {
      this.#enter({ kind: 'reconnecting', attempt: this.#attempt, retryAt });
    }
    this.#draining = false;
    this.#retry = setTimeout(() => void this.#open(), delay);
  }

  #giveUp(): void {
    this.#draining = false;
    this.#fault({ code: 'CONNECTION_FAILED', reason: 'gave_up', message: 'no attempt to connect is left', retryable: false });
    this.#enter({ kind: 'offline' });
  }

  #waitForNetwork(): void {
    this.#enter({ kind: 'offline' });
    this.#retry = setTimeout(() => void this.#open(), OFFLINE_LOOK_MS);
  }

  #fault(fault: Fault): void {
    this.errors.emit(new ClientError(fault));
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.states.emit(state);
  }
}
