// A server of dialect B whose words the tests write: real sockets, no Parlor.
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

export interface Heard {
  id: string;
  type: string;
  timestamp: number;
  data: Record<string, unknown>;
}

export class Line {
  readonly heard: Heard[] = [];
  readonly socket: WebSocket;
  readonly protocol: string;

  constructor(socket: WebSocket, react: (line: Line, event: Heard) => void) {
    this.socket = socket;
    this.protocol = socket.protocol;
    socket.on('error', () => undefined);
    socket.on('message', (text) => {
      const event = JSON.parse(String(text)) as Heard;
      this.heard.push(event);
      react(this, event);
    });
  }

  says(type: string, data: object, requestId?: string): void {
    const metadata = { userId: 'u', sessionId: 's', ...(requestId !== undefined && { requestId }) };
    this.socket.send(JSON.stringify({ id: `s-${type}`, type, timestamp: 1, data, metadata }));
  }

  /** A whole answer, piece by piece. */
  answers(requestId: string, messageId: string, pieces: string[]): void {
    this.says('AI_THINKING', { timestamp: 1, chatId: 'chat-1' }, requestId);
    this.says('AI_MESSAGE_START', { messageId, chatId: 'chat-1', model: 'm', seq: 0 }, requestId);
    pieces.forEach((content, at) => this.says('AI_MESSAGE_CHUNK', { messageId, content, isComplete: false, seq: at + 1 }));
    this.says('AI_MESSAGE_END', { messageId, isComplete: true, stopReason: 'complete', content: pieces.join(''), chatId: 'chat-1' });
  }
}

export class ScriptedEvents {
  readonly lines: Line[] = [];
  /** What it does about an event; PING is answered by itself. */
  react: (line: Line, event: Heard) => void = () => undefined;
  readonly #server: WebSocketServer;

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on('connection', (socket) => {
      const line = new Line(socket, (from, event) => {
        if (event.type === 'PING') from.says('PONG', event.data, event.id);
        this.react(from, event);
      });
      this.lines.push(line);
    });
  }

  static async start(port = 0): Promise<ScriptedEvents> {
    const server = new WebSocketServer({ port, host: '127.0.0.1' });
    await new Promise((resolve) => server.on('listening', resolve));
    return new ScriptedEvents(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  get heard(): Heard[] {
    return this.lines.flatMap(({ heard }) => heard);
  }

  /** As when a cable is pulled: nobody says good-bye. */
  cut(): void {
    for (const client of this.#server.clients) client.terminate();
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
