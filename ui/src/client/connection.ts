// One connection that is kept: it opens the socket, signs in with the first frame, notices when
// the other end is gone, and comes back by itself. It knows nothing about chats.

import type { ConnectionState } from './model';
import { backoffDelay } from './backoff';
import { Emitter } from './emitter';
import { decodeFrame } from './frames';
import type { ClientData, ClientType, ServerFrame } from './wire';

export interface SocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
}

export interface ConnectionOptions {
  /** Where to and as whom, asked anew before every attempt. No token: nobody is signed in. */
  target(): Promise<{ url: string; token: string | null }>;
  /** The token was refused: a fresh one, or `null` when a person has to sign in. */
  renewToken(): Promise<string | null>;
  openSocket(url: string): SocketLike;
  random(): number;
  now(): number;
  /** False only when the machine is sure to have no network and the server is elsewhere. */
  mayReach(url: string): boolean;
}

const PING_EVERY_MS = 25_000;
const SILENCE_MS = 10_000;
const OPEN_WITHIN_MS = 15_000;
const OFFLINE_LOOK_MS = 30_000;
const OPEN = 1;
const POLICY_VIOLATION = 1008;
const SIGN_IN_REF = 'sign-in';

export class Connection {
  readonly frames = new Emitter<ServerFrame>();
  readonly states = new Emitter<ConnectionState>();
  #state: ConnectionState = { kind: 'connecting' };
  #socket: SocketLike | null = null;
  #attempt = 0;
  /** Grows with every attempt, so that what an old socket still says is not heard. */
  #generation = 0;
  #renewed = false;
  #draining = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pulse: ReturnType<typeof setTimeout> | undefined;
  readonly #options: ConnectionOptions;

  constructor(options: ConnectionOptions) {
    this.#options = options;
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
    this.#socket?.close(1000);
    this.#socket = null;
    this.#draining = false;
  }

  /** Tries at once, if it is waiting for its next attempt. */
  retryNow(): void {
    const { kind } = this.#state;
    if (kind !== 'reconnecting' && kind !== 'offline') return;
    clearTimeout(this.#retry);
    void this.#open();
  }

  signOut(): void {
    this.stop();
    this.#enter({ kind: 'signed-out', reason: 'signed-out' });
  }

  /** True if the frame went out. What must arrive belongs into the outbox. */
  send<T extends ClientType>(type: T, data: ClientData[T], ref?: string): boolean {
    if (this.#state.kind !== 'online' && this.#state.kind !== 'draining') return false;
    return this.#write(type, data, ref);
  }

  #write<T extends ClientType>(type: T, data: ClientData[T], ref?: string): boolean {
    if (this.#socket?.readyState !== OPEN) return false;
    this.#socket.send(JSON.stringify(ref === undefined ? { type, data } : { type, ref, data }));
    return true;
  }

  async #open(fresh?: string): Promise<void> {
    this.#generation += 1;
    const generation = this.#generation;
    const target = await this.#options.target().catch(() => null);
    if (generation !== this.#generation) return;
    if (target === null) return this.#lost();
    const token = fresh ?? target.token;
    if (token === null) return this.#enter({ kind: 'signed-out', reason: 'no-account' });
    if (!this.#options.mayReach(target.url)) return this.#waitForNetwork();
    const socket = this.#options.openSocket(target.url);
    this.#socket = socket;
    this.#pulse = setTimeout(() => this.#drop(socket), OPEN_WITHIN_MS);
    socket.onopen = () => {
      if (generation === this.#generation) this.#write('join_chat', { token }, SIGN_IN_REF);
    };
    socket.onmessage = ({ data }) => {
      if (generation === this.#generation) this.#hear(data);
    };
    socket.onerror = () => undefined;
    socket.onclose = ({ code }) => {
      if (generation !== this.#generation) return;
      this.#socket = null;
      clearTimeout(this.#pulse);
      if (code === POLICY_VIOLATION) void this.#refused();
      else this.#lost();
    };
  }

  #hear(data: unknown): void {
    this.#listen();
    const frame = decodeFrame(data);
    if (frame === null) return;
    if (frame.type === 'authenticated') {
      this.#attempt = 0;
      this.#renewed = false;
      this.#enter({ kind: 'online' });
    } else if (frame.type === 'draining') {
      this.#draining = true;
      this.#enter({ kind: 'draining' });
    }
    this.frames.emit(frame);
  }

  /** Anything heard proves life: the next ping is due 25 s later. */
  #listen(): void {
    clearTimeout(this.#pulse);
    const socket = this.#socket;
    if (socket === null) return;
    this.#pulse = setTimeout(() => {
      this.#write('ping', { timestamp: this.#options.now() });
      this.#pulse = setTimeout(() => this.#drop(socket), SILENCE_MS);
    }, PING_EVERY_MS);
  }

  #drop(socket: SocketLike): void {
    if (socket !== this.#socket) return;
    this.#generation += 1;
    this.#socket = null;
    socket.close();
    this.#lost();
  }

  async #refused(): Promise<void> {
    const generation = this.#generation;
    const token = this.#renewed ? null : await this.#options.renewToken().catch(() => null);
    if (generation !== this.#generation) return;
    this.#renewed = true;
    if (token === null) this.#enter({ kind: 'signed-out', reason: 'token-refused' });
    else void this.#open(token);
  }

  #lost(): void {
    this.#attempt += 1;
    const delay = backoffDelay(this.#attempt, this.#options.random());
    const retryAt = this.#options.now() + delay;
    // A server that said good-bye is not a broken line: its face stays until it fails to return.
    if (!(this.#draining && this.#attempt === 1)) {
      this.#enter({ kind: 'reconnecting', attempt: this.#attempt, retryAt });
    }
    this.#draining = false;
    this.#retry = setTimeout(() => void this.#open(), delay);
  }

  #waitForNetwork(): void {
    this.#enter({ kind: 'offline' });
    this.#retry = setTimeout(() => void this.#open(), OFFLINE_LOOK_MS);
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.states.emit(state);
  }
}
