// The shortest client of dialect A: tests set the stage with it, past the UI.
import { WebSocket } from 'ws';
import { within } from './gate';

interface Frame {
  type: string;
  ref?: string;
  data: Record<string, unknown>;
}

export class WireClient {
  readonly #socket: WebSocket;
  readonly frames: Frame[] = [];
  readonly #listeners = new Set<(frame: Frame) => void>();
  #refs = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (text) => {
      const frame = JSON.parse(String(text)) as Frame;
      this.frames.push(frame);
      for (const listener of this.#listeners) listener(frame);
    });
  }

  static async connect(origin: string, token: string): Promise<WireClient> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws/chat`, ['parlor.bearer', token]);
    const client = new WireClient(socket);
    const signedIn = client.next(({ type }) => type === 'authenticated', 'authenticated');
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
    await signedIn;
    return client;
  }

  send(type: string, data: object, ref?: string): void {
    this.#socket.send(JSON.stringify({ type, data, ...(ref !== undefined && { ref }) }));
  }

  /** The data of the direct answer; an error frame with the same ref rejects. */
  async ask(type: string, data: object, answer: string): Promise<Record<string, unknown>> {
    const ref = `w${(this.#refs += 1)}`;
    const came = this.next((frame) => frame.ref === ref && [answer, 'error'].includes(frame.type), answer);
    this.send(type, data, ref);
    const frame = await came;
    if (frame.type === 'error') throw new Error(`${type}: ${JSON.stringify(frame.data)}`);
    return frame.data;
  }

  /** Says something and waits until its answer has ended, whichever way. */
  async converse(chatId: string, message: string): Promise<void> {
    const ended = this.next(
      ({ type, data }) =>
        data['chatId'] === chatId &&
        (type === 'assistant_message_complete' || (type === 'error' && data['messageId'] !== undefined)),
      `the answer to “${message}”`,
    );
    await this.ask('message', { chatId, message, clientId: `c-${chatId}-${(this.#refs += 1)}` }, 'user_message');
    await ended;
  }

  next(wanted: (frame: Frame) => boolean, what: string): Promise<Frame> {
    const came = new Promise<Frame>((resolve) => {
      const listener = (frame: Frame) => {
        if (!wanted(frame)) return;
        this.#listeners.delete(listener);
        resolve(frame);
      };
      this.#listeners.add(listener);
    });
    return within(came, what);
  }

  close(): void {
    this.#socket.close();
  }
}
