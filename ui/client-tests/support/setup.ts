// Node 20 has no WebSocket of its own; later versions are given the same one, so that all test alike.
// The sockets are kept, so that a test can break them below the library.
import { closeWebSocketServices, configureClient } from '@parlor/client';
import { afterEach } from 'vitest';
import { WebSocket } from 'ws';

const sockets = new Set<WebSocket>();
/** Addresses and tokens of the documents' examples, and what they stand for in a test. */
const detours = new Map<string, string>();
Object.assign(globalThis, { sockets, detours });

class KeptSocket extends WebSocket {
  constructor(url: string, protocols: string[] = []) {
    super(detours.get(url) ?? url, protocols);
    sockets.add(this);
    this.on('close', () => sockets.delete(this));
  }

  override send(text: string): void {
    let whole = text;
    for (const [example, meant] of detours) whole = whole.replace(`"${example}"`, `"${meant}"`);
    super.send(whole);
  }
}

configureClient({ WebSocket: KeptSocket });
afterEach(() => closeWebSocketServices());
