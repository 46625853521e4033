// The server of the events seed's document, at a port that is free instead of the one it names.
import { WebSocketServer as Real, type ServerOptions } from 'ws';

export class WebSocketServer extends Real {
  constructor(options: ServerOptions) {
    super({ ...options, port: 0, host: '127.0.0.1' });
  }
}
